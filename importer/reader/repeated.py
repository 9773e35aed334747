"""A file that holds its bookings twice, one time below the other: two copies were put together, or one was saved twice over.

Banks that repeat bookings do so in another file. Source: reliability.md §10.2 (a file pasted together).
"""

from __future__ import annotations

from msgspec import structs

from importer.errors import UnusableFile
from importer.model import BankLine
from importer.reader.overview import Overview


def refuse_repeated(overview: Overview, file: str) -> None:
    """Nothing, unless the second half of the lines is the first one once more, and not of one day only.

    Raises:
        UnusableFile: with the row where the second half begins.
    """
    half, odd = divmod(len(overview.lines), 2)
    if odd or overview.is_ordered or overview.days[:half] != overview.days[half:]:
        return
    again = overview.lines[half:]
    if all(map(_is_again, overview.lines[:half], again)):
        raise UnusableFile(
            f"{file}, row {again[0].row}: from here on all {half} bookings of the file come once more, in the same order: "
            "it was put together from two copies. Export the file again"
        )


def _is_again(one: BankLine, other: BankLine) -> bool:
    return structs.replace(other, record=one.record, row=one.row) == one
