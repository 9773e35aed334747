"""The keys of a case file that nobody reads: slips of the pen, which are refused, and remarks, which are only told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple  # JSON, not checked yet

from pydantic import BaseModel
from rapidfuzz.distance import OSA

from importer.matcher.case_values import CaseCustomer, CaseDocument, CaseLine, CaseSettings, Expected, LabelledCase

# What the shared files (matching.md §9) hold for people to read; the matcher has no use for it.
_FOR_PEOPLE: Mapping[type[BaseModel], frozenset[str]] = {
    LabelledCase: frozenset(("source", "why", "microsoft")),
    CaseCustomer: frozenset(("address",)),
    CaseDocument: frozenset(("remainingAmountLCY",)),
    Expected: frozenset(("candidates", "fx")),
}
_SHORT, _SLIPS_IN_SHORT, _SLIPS = 5, 1, 2


class _Part(NamedTuple):
    """An object of a case, where it stands, and what is read of it."""

    place: str
    given: Mapping[str, Any]
    kind: type[BaseModel]


def misspelt(rows: Sequence[Any]) -> Iterable[tuple[tuple[int | str, ...], str]]:
    """Keys a letter or two away from one that is missing beside them, with their place: without it the case says another thing.

    Those of statement lines and settings are told by `unread` instead.
    """
    for number, row in enumerate(rows):
        for part in _parts(row):
            names = _names(part.kind)
            missing = sorted(names.difference(part.given))
            for key in part.given:
                if key not in names and (meant := [name for name in missing if _is_slip(key, name)]):
                    yield (number, *filter(None, (part.place,))), f"there is no {key}; is {meant[0]} meant?"


def unread(row: Mapping[str, Any]) -> Iterable[str]:
    """The other keys that nobody reads though they may be meant for something."""
    for part in _parts(row):
        yield from (f"{part.place or 'case'}, {said}" for said in _strangers(part))
    settings = row.get("settings") or {}
    yield from (f"settings.{said}" for said in _strangers(_Part("settings", settings, CaseSettings)))
    for line in (row["statement_line"], *(row.get("other_statement_lines") or ())):
        yield from (f"statement line, {said}" for said in _strangers(_Part("statement_line", line, CaseLine)))


def _parts(row: Any) -> Iterable[_Part]:
    if not isinstance(row, Mapping):
        return
    yield _Part("", row, LabelledCase)
    for name, kind in (("customers", CaseCustomer), ("open_invoices", CaseDocument)):
        given = row.get(name)
        for place, item in enumerate(given if isinstance(given, list) else ()):
            if isinstance(item, Mapping):
                yield _Part(f"{name}.{place}", item, kind)
    if isinstance(row.get("expected"), Mapping):
        yield _Part("expected", row["expected"], Expected)


def _names(kind: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items()} | set(_FOR_PEOPLE.get(kind, ()))


def _is_slip(key: str, name: str) -> bool:
    """Whether the key is the name but for a letter or two, capitals or underscores."""
    plain_key, plain_name = (written.replace("_", "").lower() for written in (key, name))
    allowed = _SLIPS if len(name) > _SHORT else _SLIPS_IN_SHORT
    return OSA.distance(plain_key, plain_name) <= allowed


def _strangers(part: _Part) -> Iterable[str]:
    known = _names(part.kind)
    for key in part.given:
        if key not in known and key not in part.kind.model_fields:
            near = get_close_matches(key, sorted(known), 1)
            yield f"{key} is not known" + (f"; the nearest is {near[0]}" if near else "")
