"""Rows that are no records must hold no bookings.

Above a table without a header the bank may have stopped writing one: a row counts as a booking by its date and a digit where
the amount stands; whether the number is well written does not matter here. Below a table of which nothing is read, its
columns may be exchanged: a row counts by a date and a number in any of its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.reader.amounts import NumberReader, unwrapped
from importer.reader.rows import Cell, Row, is_filled, text_of
from importer.reader.table import Table

_FEWEST_CELLS = 3
_DIGIT = re.compile("[0-9]")


def refuse_skipped_booking(table: Table, file: str) -> None:
    """Refuse a file whose first bookings would be taken for rows above its table.

    Raises:
        UnusableFile: a skipped row reads as a booking.
    """
    if table.header:
        return
    for number, row in enumerate(table.before, 1):
        if len(row) == table.width and has_dated_amount(row, table):
            raise UnusableFile(
                f"{file}, row {number}: mapping {table.mapping.id} skips this row, but it is a booking; "
                "lower table.skip in a copy of the mapping in your own folder"
            )


def refuse_only_footers(after: Iterable[tuple[int, Row]], table: Table, file: str) -> None:
    """Refuse a file of which every row is a footer when one of them, well filled, holds a date and a number.

    Raises:
        UnusableFile: with the first such row.
    """
    for number, row in after:
        if may_be_booking(row, table):
            raise UnusableFile(
                f"{file}, row {number}: nothing in the file is read as a booking, but this row holds a date and a number; "
                "columns may be exchanged or damaged. Export the file again"
            )


def may_be_booking(row: Row, table: Table) -> bool:
    """True when a row is well filled and holds a date and a number, in whatever columns."""
    is_full = sum(map(is_filled, row)) * 2 >= max(table.width, _FEWEST_CELLS * 2)
    return is_full and has_date_and_number(row, table)


def has_date_and_number(row: Row, table: Table) -> bool:
    """True when one cell of a row reads as a date of the mapping, and another one as a number."""
    numbers = NumberReader(table.mapping.number_format)
    dates = {place for place, cell in enumerate(row) if _is_date(cell, table)}
    others = (cell for place, cell in enumerate(row) if place not in dates)
    return bool(dates) and any(isinstance(numbers.read(cell, ""), Decimal) for cell in others if is_filled(cell))


def has_dated_amount(row: Row, table: Table) -> bool:
    """True when a row has a date where the table has it, and a digit where its amount stands."""
    dates = [row[place] for place in table.places["booked_on"] if place < len(row)]
    amounts = [row[place] for place in amount_places(table) if place < len(row)]
    return any(_is_date(cell, table) for cell in dates) and any(_DIGIT.search(text_of(cell)) for cell in amounts)


def amount_places(table: Table) -> list[int]:
    """Where the columns of amounts stand."""
    return [place for name in ("amount", "debit", "credit") for place in table.places.get(name, ())]


def _is_date(cell: Cell, table: Table) -> bool:
    text = unwrapped(text_of(cell))
    return isinstance(cell, date) or not isinstance(table.mapping.date_format.parse(text), Wrong)
