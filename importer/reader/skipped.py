"""Rows that a table without a header skips by their number must hold no booking: the bank may have stopped writing a header.

A row counts as one by its date and a digit where the amount stands; whether the number is well written does not matter here.
"""

from __future__ import annotations

import re
from datetime import date

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.reader.amounts import unwrapped
from importer.reader.rows import Cell, Row, text_of
from importer.reader.table import Table

_DIGIT = re.compile("[0-9]")


def refuse_skipped_booking(table: Table, file: str) -> None:
    """Refuse a file whose first bookings would be taken for rows above its table.

    Raises:
        UnusableFile: a skipped row reads as a booking.
    """
    if table.header:
        return
    for number, row in enumerate(table.before, 1):
        if len(row) == table.width and _is_booking(row, table):
            raise UnusableFile(
                f"{file}, row {number}: mapping {table.mapping.id} skips this row, but it is a booking; "
                "lower table.skip in a copy of the mapping in your own folder"
            )


def _is_booking(row: Row, table: Table) -> bool:
    dates = [row[place] for place in table.places["booked_on"]]
    amounts = [row[place] for name in ("amount", "debit", "credit") for place in table.places.get(name, ())]
    return any(_is_date(cell, table) for cell in dates) and any(_DIGIT.search(text_of(cell)) for cell in amounts)


def _is_date(cell: Cell, table: Table) -> bool:
    text = unwrapped(text_of(cell))
    return isinstance(cell, date) or not isinstance(table.mapping.date_format.parse(text), Wrong)
