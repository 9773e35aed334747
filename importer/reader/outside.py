"""What a file says above and below its table, and in its name: account, currency, balances, last day, statement number.

Source: formats.md §4 (13)(15)(16).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.mapping.headers import plain_header
from importer.mapping.layout import Label
from importer.money import Money
from importer.reader.amounts import Number, NumberReader, Signer
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

    def balances(self, mapping: Mapping, currency: str, file: str) -> tuple[Money | None, Money | None]:
        """Opening and closing balance in the currency of the lines.

        Raises:
            UnusableFile: one of them has digits and cannot be read: it would prove nothing, without a word.
        """
        found: list[Money | None] = []
        for name, cell in (("opening", self.opening), ("closing", self.closing)):
            number = _stated(cell, mapping, currency)
            if isinstance(number, Wrong) and any(map(str.isdigit, text_of(cell))):
                raise UnusableFile(
                    f'{file}: the {name} balance "{text_of(cell)}" {number.message}; export the file again, or name the number '
                    "alone by a pattern with a group"
                )
            found.append(Money(number, currency) if isinstance(number, Decimal) else None)
        return found[0], found[1]


def _stated(cell: Cell, mapping: Mapping, currency: str) -> Number:
    """The number of a stated balance, signed by the word beside it, if there is one of the mapping's."""
    reader, signer = NumberReader(mapping.number_format), Signer(mapping.amounts)
    number = reader.read(cell, currency)
    bare, word = signer.split_word(text_of(cell)) if isinstance(number, Wrong) else ("", "")
    return signer.marked(reader.read(bare, currency), word) if word else number


def read_outside(mapping: Mapping, rows: Sequence[Row], file: str, left_out: Sequence[Row] = ()) -> Outside:
    """The mapping's labels looked up in rows outside the table and in the name of the file; balances also in `left_out`."""
    find = partial(look_up, rows=rows, file=file)
    find_balance = partial(look_up, rows=[*rows, *left_out], file=file)
    labels = mapping.outside
    currency = text_of(find(labels.currency)).strip()
    ends_on = mapping.stated_date_format.parse(text_of(find(labels.ends_on))) if labels.ends_on else None
    return Outside(
        account=text_of(find(labels.account)).strip(),
        currency=mapping.currency_words.get(currency, currency.upper()),
        ends_on=None if isinstance(ends_on, Wrong) else ends_on,
        number=text_of(find(labels.number)).strip(),
        opening=find_balance(labels.opening),
        closing=find_balance(labels.closing),
    )


def look_up(label: Label | None, rows: Sequence[Row], file: str) -> Cell:
    """What a label of a mapping names, "" when it is not there."""
    if label is None:
        return ""
    if label.file_name is not None:
        return _first_match(label.file_name, [file])
    if label.pattern is not None:
        return _first_match(label.pattern, map(joined, rows))
    wanted = plain_header(label.label or "")
    return next((cell for row in rows if (cell := _beside(row, wanted)) is not None), "")


def _first_match(text: str, places: Iterable[str]) -> str:
    pattern = re.compile(text)
    found = next((match for place in places if (match := pattern.search(place))), None)
    if found is None:
        return ""
    return " ".join(filter(None, found.groups())) if pattern.groups else found[0]


def _beside(row: Row, wanted: str) -> Cell | None:
    for place, cell in enumerate(row):
        text = text_of(cell)
        if plain_header(text) == wanted:
            return next((other for other in row[place + 1 :] if is_filled(other)), None)
        if plain_header(text).startswith(wanted) and len(text.strip()) > len(wanted):
            return text.strip()[len(wanted) :].strip(" :\t")
    return None
