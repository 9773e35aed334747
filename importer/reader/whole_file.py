"""Cells that concern the whole file: day and month the other way round, decimals lost, and a column that is not what it is
taken for.

One date that shows it concerns all dates of a file.
Source: formats.md §5 (the order cannot be proven where no value is above 12; where one is, it must not be ignored).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from importer.cells import DateFormat, Wrong
from importer.errors import UnusableFile
from importer.model import BankLine, UnreadRow
from importer.money import decimals_of
from importer.reader.amounts import Mixture
from importer.reader.rows import Cell
from importer.reader.table import Table

_FEWEST_WRONG = 5  # rows: fewer may be bad ones of a good file
_FEWEST_WHOLE = 3  # numbers: fewer may be so by chance
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-][0-9]")
_MONTHS = 12


def refuse_wrong_column(unread: Sequence[UnreadRow], lines: int, table: Table, file: str) -> None:
    """Nothing, where a fifth of the rows can be read for each of their columns. `lines` is how many rows were read.

    Raises:
        UnusableFile: one column is wrong in more than four of five rows: nobody knows then what the others of it mean.
            Under a header that is not the mapping's, in more than half of them, however few.
    """
    # A blank cell says nothing about what the filled ones mean.
    wrong_cells = [problem for row in unread for problem in row.problems if problem.column and problem.value]
    columns = Counter(column for column, _ in {(problem.column, problem.row) for problem in wrong_cells})
    column, wrong = next(iter(columns.most_common(1)), ("", 0))
    rows, is_doubtful = lines + len(unread), table.shortest > 0
    is_enough = wrong * 2 > rows if is_doubtful else wrong >= _FEWEST_WRONG and wrong * 5 > 4 * rows
    if not lines or not is_enough:
        return
    first = next(problem for problem in wrong_cells if problem.column == column)
    raise UnusableFile(
        f'{file}, row {first.row}, column "{column}": value "{first.value}" - {wrong} of {rows} rows cannot be '
        f"read for this column, so it is not what mapping {table.mapping.id} takes it for, and the other rows may be misread; "
        "the columns are exchanged, or the mapping's formats are wrong"
    )


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


def refuse_half_turned_dates(cells: Mapping[str, Collection[Cell]], table: Table, file: str) -> None:
    """Nothing, where the dates and the texts of a column of dates do not look as if a spreadsheet had turned some.

    A spreadsheet that expects the month first makes dates of those texts that it can, and they are then ones with day and
    month the other way round; only those with a day above 12 are left as texts.

    Args:
        cells: the different cells of each field of dates.

    Raises:
        UnusableFile: all texts have a day above 12, all dates a day that may be a month.
    """
    for name, seen in cells.items():
        written = [match for cell in seen if isinstance(cell, str) and (match := _DAY_AND_MONTH.match(cell.strip()))]
        native = [cell for cell in seen if isinstance(cell, date)]
        if not (native and written) or any(cell.day > _MONTHS for cell in native):
            continue
        if all(max(map(int, match.groups())) > _MONTHS for match in written):
            raise UnusableFile(
                f'{file}, column "{table.caption(table.places[name][0])}": "{written[0].string.strip()}" is a text and '
                f"{min(native):%Y-%m-%d} a date; all texts have a day above 12, no date has: a spreadsheet that expects the "
                "month first has turned day and month where it could. Export the file again; do not save it in a spreadsheet"
            )


def refuse_resaved_dates(cells: Mapping[str, Collection[Cell]], table: Table, file: str) -> None:
    """Nothing, unless a bank that writes the year first, of old the day, seems to write days without their zero.

    So a spreadsheet saves the bank's dates, and in some countries the month first.

    Raises:
        UnusableFile: there is such a date, and none with a first number above 12, which only a day can be.
    """
    formats = table.mapping.dates.formats
    if not any(form.startswith("%Y") for form in formats) or not any(form.startswith("%d") for form in formats):
        return
    matches = (_DAY_AND_MONTH.match(cell.strip()) for cell in cells["booked_on"] if isinstance(cell, str))
    written = [match for match in matches if match]
    short = next((match for match in written if min(map(len, match.groups())) == 1), None)
    if short and all(int(match[1]) <= _MONTHS for match in written):
        raise UnusableFile(
            f'{file}: "{short.string.strip()}" is not how a bank writes a date, but a spreadsheet, and whether its day or its '
            "month comes first cannot be known. Export the file again; do not save it in a spreadsheet"
        )


def refuse_lost_decimal_marks(lines: Sequence[BankLine], table: Table, file: str) -> None:
    """Nothing, where the bank does not write all decimals, or amounts of a text file have some.

    A spreadsheet with other marks takes the comma of 20,00 for a thousands mark, and saves 2000; one with the same marks
    saves 20, and 12,5 for 12,50.

    Raises:
        UnusableFile: no amount has decimals, not even of cents, or several have none although others kept their last zeros.
    """
    if not table.mapping.numbers.all_decimals:
        return
    written = [line for line in lines if decimals_of(line.amount.currency)]
    whole = [line for line in written if Decimal(1).same_quantum(line.amount.amount)]
    is_kept = any(_keeps_last_zero(line.amount.amount) for line in written) if whole else False
    if whole and (len(whole) == len(written) or (len(whole) > 1 and is_kept)):
        raise UnusableFile(
            f"{file}, row {whole[0].row}: {len(whole)} of {len(written)} amounts have no decimals, but the bank writes them "
            "with every amount, as in 20,00: a spreadsheet has probably made 2000 of it. Export the file again; do not save it "
            "in a spreadsheet"
        )


def _keeps_last_zero(amount: Decimal) -> bool:
    text = str(amount)
    return "." in text and text.endswith("0")


def refuse_half_read_numbers(mixture: Mixture, file: str) -> None:
    """Nothing, unless a column has texts with both marks, and no others with decimals, among numbers that are all whole.

    A spreadsheet that expects other marks makes the number 81798 of 817,98, and leaves 5.542,28 a text.

    Raises:
        UnusableFile: it has.
    """
    if mixture.texts == mixture.grouped > 0 and mixture.whole >= _FEWEST_WHOLE and not mixture.fractions:
        raise UnusableFile(
            f"{file}: {mixture.texts} amounts are texts and have decimals, {mixture.whole} are numbers and none has: a "
            "spreadsheet that expects other marks has probably made 4590 of 45,90. Export the file again; do not save it in a "
            "spreadsheet"
        )


def _turned_formats(table: Table) -> dict[str, DateFormat]:
    """The format of every column of dates, turned, by the caption of the column."""
    formats = {"value_on": table.mapping.value_date_format, "booked_on": table.mapping.date_format}
    return {
        table.caption(place): form.turned() for name, form in formats.items() for place in table.places.get(name, ())
    }
