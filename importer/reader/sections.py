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
        if _is_other_header(list(map(text_of, row)), table) and any(bookings):
            raise UnusableFile(_message(place + 1, "the bookings below it would be passed over", table, file))


def refuse_other_table_below(
    unread: Sequence[UnreadRow], notes: Notes, table: Table, file: str, *, separator: str
) -> None:
    """Refuse a file of which a row that is no booking is the header of another table.

    A mapping that says by a pattern where its table ends knows what stands below; those rows are told.

    Raises:
        UnusableFile: with that row.
    """
    after = () if table.mapping.table.footer is Footer.PATTERN else notes.after
    rows = [(row.row, row.text.split(separator)) for row in unread]
    for number, cells in [*rows, *((number, list(map(text_of, row))) for number, row in after)]:
        if _is_other_header(cells, table):
            raise UnusableFile(
                _message(number, "the bookings below it would be read by the wrong columns", table, file)
            )


def _is_other_header(cells: Sequence[str], table: Table) -> bool:
    seen, header = plain_row(cells), plain_row(table.header)
    names = {*header} - {""}
    enough = max(_FEWEST_NAMES, len(names) - len(names) // _MOST_MISSING)
    # The same header again may have got the text of the rows after it, where rows carry on the text of the one before.
    is_same = len(seen) == len(header) and all(map(str.startswith, seen, header))
    return not is_same and len(names & {*seen}) >= enough


def _message(row: int, because: str, table: Table, file: str) -> str:
    return (
        f"{file}, row {row}: the header of a table with other columns than those of row {table.header_row}; {because}. "
        "Export the tables one by one, or cut the file there"
    )
