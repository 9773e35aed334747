"""A file with two tables whose headers differ: rows of one of them would be passed over, or read by the columns of the other.

Some banks write a table for each card, and people put files together. A row that holds nearly all names of the table's header
and is not that header begins another table.
"""

from __future__ import annotations

from collections.abc import Sequence

from importer.errors import UnusableFile
from importer.mapping.headers import plain_row
from importer.mapping.layout import Footer
from importer.model import UnreadRow
from importer.reader.rows import text_of
from importer.reader.skipped import has_date_and_number
from importer.reader.table import Table
from importer.reader.tidy import Notes

_FEWEST_NAMES = 3
_MOST_MISSING = 4  # one of so many names may be another


def refuse_other_table_above(table: Table, file: str) -> None:
    """Refuse a file with another table above the one that the mapping reads, when it holds a booking.

    Raises:
        UnusableFile: with the row of its header.
    """
    for place, row in enumerate(table.before):
        bookings = (below for below in table.before[place + 1 :] if has_date_and_number(below, table))
        cells = list(map(text_of, row))
        if _is_header(cells, table) and not _is_same_header(cells, table) and any(bookings):
            raise UnusableFile(_message(place + 1, "the bookings below it would be passed over", table, file))


def refuse_other_table_below(
    unread: Sequence[UnreadRow], notes: Notes, table: Table, file: str, *, separator: str
) -> None:
    """Refuse a file of which a row that is no booking is the header of another table.

    Where nothing is read any more below the end of the table, that is the same header, too, unless the mapping knows that
    other tables stand there; their rows are told then.

    Raises:
        UnusableFile: with that row.
    """
    for row in unread:
        cells = row.text.split(separator)
        if _is_header(cells, table) and not _is_same_header(cells, table):
            raise UnusableFile(
                _message(row.row, "the bookings below it would be read by the wrong columns", table, file)
            )
    rules = table.mapping.table
    is_read_on = rules.footer is Footer.UNDATED
    for number, last in () if rules.tables_below else notes.after:
        cells = list(map(text_of, last))
        if _is_header(cells, table) and not (is_read_on and _is_same_header(cells, table)):
            raise UnusableFile(_message(number, "the bookings below it would be passed over", table, file))


def _is_header(cells: Sequence[str], table: Table) -> bool:
    names = {*plain_row(table.header)} - {""}
    enough = max(_FEWEST_NAMES, len(names) - len(names) // _MOST_MISSING)
    return len(names & {*plain_row(cells)}) >= enough


def _is_same_header(cells: Sequence[str], table: Table) -> bool:
    """True for the same header again, which may have got the text of rows after it that carry on the one before."""
    seen, header = plain_row(cells), plain_row(table.header)
    return len(seen) == len(header) and all(map(str.startswith, seen, header))


def _message(row: int, because: str, table: Table, file: str) -> str:
    return (
        f"{file}, row {row}: the header of another table than that of row {table.header_row}; {because}. "
        "Export the tables one by one, or cut the file there"
    )
