"""Old workbooks (.xls) are read like new ones; what their values do not show is noted, too (reliability.md B17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from importer.reader.compound import streams_are_sound
from tests.unit.old_workbook import Calculated, Failed, Value, old_workbook
from tests.unit.reader_files import HEADER, read, refusal, rules, warnings

DAY = date(2026, 3, 1)


def row(booked_on: Value = DAY, amount: Value = 12.5, text: Value = "Größe 7") -> list[Value]:
    cells: dict[str, Value] = {"booking_date": booked_on, "amount": amount, "currency": "EUR", "text": text}
    return [cells.get(name, "") for name in HEADER.split(",")]


def book(*rows: Sequence[Value], hidden: Sequence[int] = ()) -> bytes:
    return old_workbook([HEADER.split(","), *rows], hidden=hidden)


def test_dates_and_numbers_are_native_and_texts_keep_their_letters(tmp_path: Path) -> None:
    statement = read(tmp_path, book(row(), row(amount=-0.1)), name="kto.xls")
    lines = [(line.row, line.booked_on, line.amount.amount, line.text) for line in statement.lines]
    assert lines == [(2, DAY, Decimal("12.5"), "Größe 7"), (3, DAY, Decimal("-0.1"), "Größe 7")]
    assert (statement.unread, statement.warnings) == ((), ())


@pytest.mark.parametrize("failed", [Failed(), Failed(formula=True)], ids=["a value", "a formula"])
@pytest.mark.parametrize("cell", ["booked_on", "amount", "text"])
def test_a_cell_in_error_rejects_its_row(cell: str, failed: Failed, tmp_path: Path) -> None:
    statement = read(tmp_path, book(row(), row(**{cell: failed}), row()), name="kto.xls")
    assert ([line.row for line in statement.lines], rules(statement)) == ([2, 4], ["CELL-1"])


def test_the_number_of_a_formula_a_truth_and_the_errors_of_a_chart_are_no_errors_of_the_sheet(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[*HEADER.split(",")], row(amount=Calculated(-7.25)), row(text=True)]
    statement = read(tmp_path, old_workbook(rows, charted=[Failed()] * len(rows[0])), name="kto.xls")
    lines = [(str(line.amount), line.text) for line in statement.lines]
    assert (lines, warnings(statement)) == ([("-7.25 EUR", "Größe 7"), ("12.50 EUR", "TRUE")], ["CELL-3"])


def test_hidden_rows_and_formulas_are_told(tmp_path: Path) -> None:
    statement = read(tmp_path, book(row(), row(amount=Failed(formula=True)), hidden=[2]), name="kto.xls")
    assert (len(statement.lines), warnings(statement)) == (1, ["ROW-HIDDEN", "CELL-3"])


def test_a_workbook_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = book(*[row()] * 9)
    for length in range(len(whole) - 1, 1600, -509):
        assert "cut off" in refusal(tmp_path, whole[:length], name="kto.xls")


def test_a_chain_of_sectors_without_end_is_not_followed() -> None:
    whole = bytearray(book(row()))
    assert streams_are_sound(bytes(whole))
    whole[512 + 4 * 3] = 2  # the second sector of the workbook says that the first one follows
    assert not streams_are_sound(bytes(whole))
