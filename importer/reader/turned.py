"""Day and month the other way round: one date that shows it concerns all dates of a file.

Source: formats.md §5 (the order cannot be proven where no value is above 12; where one is, it must not be ignored).
"""

from __future__ import annotations

from collections.abc import Sequence

from importer.cells import DateFormat, Wrong
from importer.errors import UnusableFile
from importer.model import UnreadRow
from importer.reader.table import Table


def refuse_turned_dates(unread: Sequence[UnreadRow], table: Table, file: str) -> None:
    """Nothing, where no rejected date would be one with day and month turned.

    Raises:
        UnusableFile: one would: the dates that were read are probably turned as well.
    """
    turned = _turned_formats(table)
    for problem in (problem for row in unread for problem in row.problems if problem.column in turned):
        if not isinstance(turned[problem.column].parse(problem.value), Wrong):
            raise UnusableFile(
                f'{file}, row {problem.row}: "{problem.value}" is a date only with day and month the other way round than '
                f"mapping {table.mapping.id} says; if the row is right, all dates of the file would be misread"
            )


def _turned_formats(table: Table) -> dict[str, DateFormat]:
    """The format of every column of dates, turned, by the caption of the column."""
    formats = {"value_on": table.mapping.value_date_format, "booked_on": table.mapping.date_format}
    return {
        table.caption(place): form.turned() for name, form in formats.items() for place in table.places.get(name, ())
    }
