"""Words that say whether a row is a booking. One that the mapping does not know makes the row an error, not a booking.

A bank may bring a new word at any time, and nobody knows then whether money has moved.
"""

from __future__ import annotations

from collections.abc import Iterator

from importer.cells import Wrong
from importer.mapping.schema import RowRule
from importer.reader.faults import Faults
from importer.reader.rows import Cell, Chunk, text_of
from importer.reader.table import Table


class Statuses:
    """The columns of one table whose bookings have words that the mapping names. Rows left out are gone already."""

    def __init__(self, table: Table) -> None:
        self._columns = list(_columns(table))

    def check(self, rows: Chunk, faults: Faults) -> None:
        """Note every row with a word that is none of a booking's."""
        for place, words, unknown in self._columns:
            cells = rows.column(place)
            strange = {cell for cell in set(cells) if _plain(cell) not in words}
            for index, cell in enumerate(cells) if strange else ():
                if cell in strange:
                    faults.add(index, place, cell, unknown)


def _columns(table: Table) -> Iterator[tuple[int, frozenset[str], Wrong]]:
    for rule in table.mapping.leave_out:
        if rule.bookings:
            words = frozenset(word.casefold() for word in rule.bookings)
            for place in rule.column.places(table.header, table.width):
                yield place, words, _unknown(rule)


def _unknown(rule: RowRule) -> Wrong:
    known = ", ".join(f'"{word}"' for word in rule.bookings)
    return Wrong(
        "ROW-STATUS",
        f"is not a word that the mapping knows; bookings have {known} here. Ask the bank what it means and add it to bookings, "
        "or to equals of rows left out, in a copy of the mapping",
    )


def _plain(cell: Cell) -> str:
    return text_of(cell).strip().casefold()
