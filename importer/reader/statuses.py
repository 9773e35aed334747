"""Words that say whether a row is a booking. One that the mapping does not know makes the row an error, not a booking.

A bank may bring a new word at any time, and nobody knows then whether money has moved. The same holds for a fee of which
nobody knows whether it is part of the amount.
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
        f"is none of the words that bookings have here, as far as the mapping knows ({known}). Ask the bank what it means and "
        "add it, in a copy of the mapping, to bookings or to equals of [[leave_out]]",
    )


def _plain(cell: Cell) -> str:
    return text_of(cell).strip().casefold()
