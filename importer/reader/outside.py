"""What a file says above and below its table: account, currency, opening and closing balance, last day, statement number.

Source: formats.md §4 (13)(15)(16).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.cells import Wrong
from importer.mapping import Mapping
from importer.mapping.headers import plain_header
from importer.mapping.layout import Label
from importer.money import Money
from importer.reader.amounts import NumberReader
from importer.reader.rows import Cell, Row, is_filled, text_of
from importer.reader.table import joined


@dataclass(frozen=True, slots=True)
class Outside:
    """What stands outside the table, as the mapping finds it; "" and None where it does not."""

    account: str = ""
    currency: str = ""
    ends_on: date | None = None
    number: str = ""
    opening: Cell = ""
    closing: Cell = ""

    def balances(self, mapping: Mapping, currency: str) -> tuple[Money | None, Money | None]:
        """Opening and closing balance in the currency of the lines."""
        reader = NumberReader(mapping.number_format)
        numbers = [reader.read(cell, currency) for cell in (self.opening, self.closing)]
        opening, closing = (Money(number, currency) if isinstance(number, Decimal) else None for number in numbers)
        return opening, closing


def read_outside(mapping: Mapping, rows: Sequence[Row]) -> Outside:
    """The mapping's labels looked up in the rows outside the table."""
    labels = mapping.outside
    currency = text_of(_find(labels.currency, rows)).strip()
    ends_on = mapping.stated_date_format.parse(text_of(_find(labels.ends_on, rows))) if labels.ends_on else None
    return Outside(
        account=text_of(_find(labels.account, rows)).strip(),
        currency=mapping.currency_words.get(currency, currency.upper()),
        ends_on=None if isinstance(ends_on, Wrong) else ends_on,
        number=text_of(_find(labels.number, rows)).strip(),
        opening=_find(labels.opening, rows),
        closing=_find(labels.closing, rows),
    )


def _find(label: Label | None, rows: Sequence[Row]) -> Cell:
    if label is None:
        return ""
    if label.pattern is not None:
        pattern = re.compile(label.pattern)
        found = next((match for row in rows if (match := pattern.search(joined(row)))), None)
        return (found[1] if pattern.groups else found[0]) or "" if found else ""
    wanted = plain_header(label.label or "")
    return next((cell for row in rows if (cell := _beside(row, wanted)) is not None), "")


def _beside(row: Row, wanted: str) -> Cell | None:
    for place, cell in enumerate(row):
        text = text_of(cell)
        if plain_header(text) == wanted:
            return next((other for other in row[place + 1 :] if is_filled(other)), None)
        if plain_header(text).startswith(wanted) and len(text.strip()) > len(wanted):
            return text.strip()[len(wanted) :].strip(" :\t")
    return None
