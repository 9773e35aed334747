"""A spreadsheet that expects the month first turns the dates that it can read as such, and leaves the others as texts.

Saved as text, its dates have no zeros in front of days and months.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal, workbook
from tests.unit.test_reader_layouts import HEADER, changed

LAYOUT = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Value"]'),
    ('text = "Text"', 'text = "Text"\nvalue_on = "Value"'),
    ('formats = ["%d.%m.%Y"]', 'formats = ["%d/%m/%Y"]'),
    ("[file]", '[file]\nkinds = ["excel"]'),
)
SECOND, LATE = datetime(2026, 3, 2), datetime(2026, 3, 25)  # noqa: DTZ001 - cells of workbooks know no zone


def booked(*days: object, value: object = LATE) -> bytes:
    return workbook(["Date", "Text", "Amount", "Value"], *[[day, "a", 1.25, value] for day in days])


@pytest.mark.parametrize("text", ["25/03/2026", "25-3-2026", "25.3.26"])
def test_texts_with_a_day_above_12_beside_dates_with_none_refuse_the_file(tmp_path: Path, text: str) -> None:
    told = refusal(tmp_path, booked(SECOND, text), mapping(LAYOUT), name="kto.xlsx")

    assert told.startswith(f'kto.xlsx, column "Date": "{text}" is a text and 2026-03-02 a date; ')


def test_value_dates_show_the_same(tmp_path: Path) -> None:
    rows = workbook(["Date", "Text", "Amount", "Value"], [LATE, "a", 1.25, SECOND], [LATE, "a", 1.25, "25/03/2026"])

    assert 'column "Value"' in refusal(tmp_path, rows, mapping(LAYOUT), name="kto.xlsx")


@pytest.mark.parametrize(
    ("days", "read_as"),
    [
        ([SECOND, LATE], [date(2026, 3, 2), date(2026, 3, 25)]),
        (["02/03/2026", "25/03/2026"], [date(2026, 3, 2), date(2026, 3, 25)]),
        ([SECOND, LATE, "25/03/2026"], [date(2026, 3, 2), date(2026, 3, 25), date(2026, 3, 25)]),
        ([SECOND, "02/03/2026", "25/03/2026"], [date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 25)]),
    ],
)
def test_dates_and_texts_that_no_spreadsheet_has_turned_are_read(
    tmp_path: Path, days: list[object], read_as: list[date]
) -> None:
    statement = read(tmp_path, booked(*days), mapping(LAYOUT), name="kto.xlsx")

    assert [line.booked_on for line in statement.lines] == read_as


@pytest.mark.parametrize(
    ("formats", "days", "refused"),
    [
        (["%d/%m/%Y", "%Y-%m-%d"], ["3/2/2026", "12/11/2026"], "3/2/2026"),
        (["%d/%m/%Y", "%Y-%m-%d"], ["11/2/2026"], "11/2/2026"),
        (["%d/%m/%Y", "%Y-%m-%d"], ["03/02/2026"], ""),
        (["%d/%m/%Y", "%Y-%m-%d"], ["2026-02-03"], ""),
        (["%d/%m/%Y", "%Y-%m-%d"], ["3/2/2026", "25/2/2026"], ""),
        (["%d/%m/%Y"], ["3/2/2026"], ""),
        (["%d/%m/%Y", "%d.%m.%Y"], ["3/2/2026"], ""),
    ],
)
def test_days_without_their_zero_of_a_bank_that_writes_the_year_first_refuse_the_file(
    tmp_path: Path, formats: list[str], days: list[str], refused: str
) -> None:
    layout = mapping(PLAIN, formats=str(formats))
    content = "Date;Text;Amount\n" + "".join(f"{day};a;1,00\n" for day in days)

    if refused:
        assert refusal(tmp_path, content, layout).startswith(f'kto.csv: "{refused}" is not how a bank writes a date')
    else:
        assert len(read(tmp_path, content, layout).lines) == len(days)


@pytest.mark.parametrize(
    ("amounts", "refused"),
    [
        ((-81798, 2000, 4590, "5.542,28"), True),
        ((-817.98, 2000, 4590, 300, "5.542,28"), False),  # a number has decimals: the program knew the marks
        ((2000, 3000, 4000, "5.542"), False),
        ((2000, 3000, "5.542,28"), False),
        ((2000, 3000, 4000, "5.542,28", "817,98"), False),  # it would have made a number of the last one
        (("12,50", "5.542,28", "2.000,00"), False),
    ],
)
def test_texts_with_decimals_among_whole_numbers_show_that_marks_were_taken_for_others(
    amounts: tuple[object, ...], refused: bool, tmp_path: Path
) -> None:
    layout = mapping(PLAIN.replace('delimiter = ";"', 'kinds = ["excel"]') + 'thousands = "."\n')
    rows = [["01.03.2026", "a", amount] for amount in amounts]
    message = refusal(tmp_path, workbook(["Date", "Text", "Amount"], *rows), layout, name="kto.xlsx")
    assert ("are texts and have decimals" in message, message != "") == (refused, refused), message
