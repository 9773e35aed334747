"""What the columns of an unknown file hold: dates, amounts, currencies, account numbers, text. Whole columns, never one cell.

This is the workbench of `importer mapping new`; statements are never read by guessing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path

import pandas as pd

from importer.cells import DateFormat, NumberFormat, Sign, contradict
from importer.mapping.headers import plain_header

DATE_FORMATS = (
    "%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d %b %y", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M",
)  # fmt: skip
NUMBER_FORMATS = (
    NumberFormat(",", (".", " ", "'"), signs=frozenset(Sign)),
    NumberFormat(".", (",", "'", " "), signs=frozenset(Sign)),
)
_CURRENCY = r"[A-Z]{3}"
_IBAN = r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,30}"
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Proof:
    """What a column was taken for; `rivals` are the other readings that nothing in the file excludes."""

    chosen: str
    rivals: tuple[str, ...] = ()


def best_delimiter(text: str) -> str:
    """The delimiter that gives most rows the same number of columns."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return count, width

    return max(";,\t|", key=score)


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """The row that heads the table: the first of the usual width that is all words and is followed by one with digits."""
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)[0][0]
    for index, (row, after) in enumerate(pairwise(rows)):
        words = [cell for cell in row if cell.strip()]
        if len(row) >= width - 1 and len(words) > 1 and not any(map(_is_figure, words)) and any(map(_is_figure, after)):
            return index
    return -1


def _is_figure(cell: str) -> bool:
    return re.fullmatch(r"[^\w]*[0-9][0-9.,:/ '-]*\S{0,4}", cell.strip()) is not None


def date_proof(column: pd.Series[str]) -> Proof | None:
    """The date formats that read every filled cell of the column; None when there is none."""
    cells = [cell for cell in column.unique() if cell.strip()]
    fitting = [form for form in DATE_FORMATS if cells and _reads_all(DateFormat((form,)), cells)]
    if not fitting:
        return None
    return Proof(fitting[0], tuple(form for form in fitting[1:] if contradict([fitting[0], form])))


def _reads_all(form: DateFormat, cells: Sequence[str]) -> bool:
    return all(not hasattr(form.parse(cell), "rule") for cell in cells)


def numbers_of(column: pd.Series[str], form: NumberFormat) -> list[Decimal | None] | None:
    """The column as numbers, None for blank cells; None when a cell is not a number in this format."""
    numbers: list[Decimal | None] = []
    for cell in column:
        if form.is_blank(cell):
            numbers.append(None)
            continue
        number = form.parse(cell, _MOST_DECIMALS)
        if not isinstance(number, Decimal):
            return None
        numbers.append(number)
    return numbers if any(number is not None for number in numbers) else None


def decimal_proof(columns: Sequence[pd.Series[str]]) -> Proof | None:
    """The decimal mark that reads all the columns; both are rivals when nothing in the file tells them apart."""
    fitting = [form.decimal for form in NUMBER_FORMATS if all(numbers_of(column, form) for column in columns)]
    if not columns or not fitting:
        return None
    shown = [
        mark
        for mark in fitting
        if any(column.str.contains(rf"\{mark}\d{{1,2}}\D*$", regex=True).any() for column in columns)
    ]
    best = shown[0] if len(shown) == 1 else fitting[0]
    return Proof(best, () if len(shown) == 1 else tuple(mark for mark in fitting if mark != best))


def is_numeric(column: pd.Series[str]) -> bool:
    """True when the column holds numbers in one of the usual formats, and not only long codes."""
    if column.str.fullmatch(r"\s*\d{7,}\s*").any():
        return False
    return any(numbers_of(column, form) for form in NUMBER_FORMATS)


def is_currency(column: pd.Series[str]) -> bool:
    """True when every filled cell is a currency code."""
    filled = column[column.str.strip() != ""]
    return not filled.empty and bool(filled.str.fullmatch(_CURRENCY).all())


def is_iban(column: pd.Series[str]) -> bool:
    """True when most filled cells look like IBANs."""
    filled = column[column.str.strip() != ""]
    return not filled.empty and bool(filled.str.fullmatch(_IBAN).mean() > 0.5)


def running_balance(amounts: Sequence[Decimal | None], balances: Sequence[Decimal | None]) -> str | None:
    """How the balances follow from the amounts: "oldest_first" or "newest_first" as signed, None when they do not."""
    for order, step in (("oldest_first", 1), ("newest_first", -1)):
        rows = list(zip(amounts, balances, strict=True))[::step]
        pairs = [(one, other) for one, other in pairwise(rows) if None not in (*one, *other)]
        if len(pairs) > 1 and all(other[1] == (one[1] or 0) + (other[0] or 0) for one, other in pairs):
            return order
    return None


def lexicon() -> dict[str, str]:
    """Header names that banks use, in comparable form, with the field they most often head."""
    fields: dict[str, list[str]] = json.loads(Path(__file__).with_name("lexicon.json").read_text(encoding="utf-8"))
    return {name: field for field, names in fields.items() for name in names}


def fields_by_header(header: Sequence[str]) -> dict[str, list[int]]:
    """The columns whose names say what they hold."""
    known = lexicon()
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(header):
        plain = plain_header(re.sub(r"\s*\(.*?\)|\s+[A-Z]{3}$", "", cell))
        if field := known.get(plain_header(cell)) or known.get(plain):
            found.setdefault(field, []).append(place)
    return found


def balance_pairs(numeric: dict[int, list[Decimal | None]]) -> list[tuple[int, int, str]]:
    """Columns that behave like amount and running balance, with the order that shows it."""
    pairs = product(numeric, numeric)
    found = ((a, b, running_balance(numeric[a], numeric[b])) for a, b in pairs if a != b)
    return [(a, b, order) for a, b, order in found if order is not None]
