"""Rows that no record is made of must hold no bookings: those above the header and those below the end of the table.

They do where a sheet was sorted together with its header, files were joined of which one has lost it, or the mapping takes a
row for the end that is none. What a bank writes there, such as a period or a balance with its day, does not read as a booking
by the columns of the table, or has words over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from importer.errors import BookingsPassedOver
from importer.reader.lines import LineReader, Surroundings
from importer.reader.rows import Row, RowChunk, is_filled, text_of
from importer.reader.skipped import amount_places
from importer.reader.table import Table
from importer.reader.tidy import Notes, Records, Rule

_FEWEST_CELLS = 3  # a date and a number alone are also a balance as of a day


class Probe:
    """Reads rows that are no records by the columns of a table; nothing that it sees is noted."""

    def __init__(self, table: Table, around: Surroundings, *, file: str, separator: str) -> None:
        self._width = table.width
        self._reader = LineReader(table, around, Notes(), file=file, separator=separator)
        self._leave_out = [Rule(table, rule) for rule in table.mapping.leave_out]
        self._keep_only = [Rule(table, rule) for rule in table.mapping.keep_only]
        self._needed = (table.places["booked_on"], amount_places(table))

    def is_booking(self, row: Row) -> bool:
        """True when the row would be a bank line without any problem, were it a record."""
        cells = row + [""] * (self._width - len(row))
        return self._may_be_booking(cells) and self.is_kept(cells) and self._is_read(cells)

    def _may_be_booking(self, row: Row) -> bool:
        # This is quick, and nearly always says no.
        if sum(map(is_filled, row)) < min(_FEWEST_CELLS, self._width):
            return False
        return all(any(is_filled(row[place]) for place in places) for places in self._needed)

    def is_kept(self, row: Row) -> bool:
        """True when no rule of the mapping leaves the row out."""
        return not any(rule.hits(row) for rule in self._leave_out) and all(rule.hits(row) for rule in self._keep_only)

    def _is_read(self, row: Row) -> bool:
        return bool(self._reader.read(Records(RowChunk([row], [1]), [1])).lines)


def refuse_booking_above(table: Table, probe: Probe, file: str) -> None:
    """Refuse a file with a booking above the header of its table.

    Raises:
        BookingsPassedOver: with the first such row.
    """
    if not table.header:
        return
    for place, row in enumerate(table.before):
        if probe.is_booking(row) and not _is_called_balance(table.before[:place], table):
            raise BookingsPassedOver(
                f"{file}, row {place + 1}: stands above the header in row {table.header_row} and would be passed over, but it "
                f"reads as a booking of mapping {table.mapping.id}; the file was sorted together with its header, or put "
                "together from two. Export it again, or move the header above all bookings"
            )


def refuse_booking_below(after: Iterable[tuple[int, Row]], table: Table, probe: Probe, file: str) -> None:
    """Refuse a file with a booking below the end of its table, unless the mapping knows that such rows are none.

    Raises:
        BookingsPassedOver: with the first such row.
    """
    rules, name = table.mapping.table, table.mapping.id
    if rules.tables_below or rules.pending_below:
        return
    for number, row in after:
        if probe.is_booking(row):
            end = "a blank row" if rules.end is None else f"end = '{rules.end}'"
            raise BookingsPassedOver(
                f"{file}, row {number}: stands below the end of the table ({end}) and would be passed over, but it reads as a "
                f"booking of mapping {name}. If the file was put together from two, cut it there; if that is not the end, mend "
                "it in a copy of the mapping in your own folder; if such rows are not booked yet, write pending_below = true "
                "below [table] there"
            )


def _is_called_balance(above: Sequence[Row], table: Table) -> bool:
    """True when the row right above calls the column of the amount a balance, so that it is a summary with its own header."""
    from importer.reader.draft.words import role

    names = [text_of(cell) for cell in above[-1]] if above else []
    return any(role("numbers", names[place]) == "balance" for place in amount_places(table) if place < len(names))
