"""A spreadsheet that expects the month first turns the dates that it can read as such, and leaves the others as texts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, workbook
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
