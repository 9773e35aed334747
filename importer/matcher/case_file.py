"""Reads a file of labelled cases: every broken field at once, and what is ignored is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any  # JSON, not checked yet

from pydantic import TypeAdapter, ValidationError

from importer.errors import UnusableFile
from importer.matcher.case_keys import misspelt, unread
from importer.matcher.case_values import LabelledCase
from importer.matcher.schemes import SCHEMES

_SHAPE = 'a JSON list of cases, or {"cases": [...]}; samples/matching-cases.json is one'


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of a file in their order, and what in it was passed over."""

    cases: tuple[LabelledCase, ...]
    ignored: tuple[str, ...] = ()


def load_cases(path: Path) -> CaseFile:
    """The cases of a file.

    Raises:
        UnusableFile: it cannot be read, is no JSON, has no cases, or a case breaks the format; every broken field and every
            misspelt key is named.
    """
    rows = _rows(path)
    wrong = [f"  {_place(rows, place)}: {said}" for place, said in misspelt(rows)]
    cases: tuple[LabelledCase, ...] = ()
    try:
        cases = TypeAdapter(tuple[LabelledCase, ...]).validate_python(rows)
    except ValidationError as error:
        wrong += [f"  {_place(rows, item['loc'])}: {item['msg']}{_given(item['input'])}" for item in error.errors()]
    if wrong:
        raise UnusableFile("\n".join([f"{path} is not in the format of a case file:", *wrong]))
    return CaseFile(cases, tuple(_ignored(rows, cases)))


def _rows(path: Path) -> Sequence[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise UnusableFile(f"{path} cannot be read as a case file: {error}. Wanted is {_SHAPE}.") from error
    rows = content.get("cases") if isinstance(content, Mapping) else content
    if not isinstance(rows, list):
        raise UnusableFile(f"{path} is no case file. Wanted is {_SHAPE}.")
    if not rows:
        raise UnusableFile(f"{path} has no cases. Wanted is {_SHAPE}.")
    return rows


def _place(rows: Sequence[Any], location: tuple[int | str, ...]) -> str:
    number, *inner = location
    row = rows[int(number)]
    named = f" ({row['id']})" if isinstance(row, Mapping) and "id" in row else ""
    return f"case {int(number) + 1}{named}" + "".join(f", {part}" for part in [".".join(map(str, inner))] if part)


def _given(value: object) -> str:
    """The value that is wrong, unless it is a whole record."""
    return "" if isinstance(value, Mapping | list) else f", not {str(value)!r}"


def _ignored(rows: Sequence[Mapping[str, Any]], cases: Sequence[LabelledCase]) -> Iterable[str]:
    """Keys that nobody reads but that may be meant for something, schemes that do not exist, and owners who are missing."""
    for row, case in zip(rows, cases, strict=True):
        yield from (f"{case.id}: {said}" for said in unread(row))
        unknown = [scheme for scheme in case.settings.reference_schemes if scheme not in SCHEMES]
        yield from (f"{case.id}: there is no reference scheme {scheme}" for scheme in unknown)
        known = {customer.number for customer in case.customers}
        owners = {document.customer_number for document in case.open_invoices} - known
        yield from (f"{case.id}: customer {owner} is not among its customers" for owner in sorted(owners))
