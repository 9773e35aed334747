"""A row whose status nobody knows is an error: it may be a payment that has not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.model import Statement
from tests.unit.reader_files import PLAIN, mapping, read, refusal, warnings

HEADER = 'header = ["Date", "Text", "Amount"]'
WITH_STATUS = PLAIN.replace(HEADER, 'header = ["Date", "Text", "Amount", "Status"]')
RULE = '[[leave_out]]\ncolumn = "Status"\nequals = ["Pending"]\nbookings = ["Booked"]\nbecause = "not booked yet"\n'


def statement(tmp_path: Path, *statuses: str, rule: str = RULE) -> Statement:
    rows = [f"{day:02}.03.2026;a;1,00;{status}\n" for day, status in enumerate(statuses, 1)]
    return read(tmp_path, "Date;Text;Amount;Status\n" + "".join(rows), mapping(WITH_STATUS + rule))


def test_a_row_with_an_unknown_status_is_an_error_that_names_it(tmp_path: Path) -> None:
    found = statement(tmp_path, "Booked", "Pending", "Returned", " booked ")

    assert [line.record for line in found.lines] == [1, 4]
    assert warnings(found) == ["ROW-LEFT-OUT"]
    assert [
        (problem.rule, problem.row, problem.column, problem.value) for row in found.unread for problem in row.problems
    ] == [("ROW-STATUS", 4, "Status", "Returned")]


def test_a_blank_status_is_a_booking_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    blank = RULE.replace('["Booked"]', '["Booked", ""]')

    assert [row.record for row in statement(tmp_path, "Booked", "").unread] == [2]
    assert statement(tmp_path, "Booked", "", rule=blank).unread == ()


@pytest.mark.parametrize("status", ["Returned", "Pending"])
def test_without_words_for_bookings_only_the_rows_described_are_left_out(tmp_path: Path, status: str) -> None:
    found = statement(tmp_path, "Booked", status, rule=RULE.replace('bookings = ["Booked"]\n', ""))

    assert [line.record for line in found.lines] == ([1, 2] if status == "Returned" else [1])


def test_words_for_bookings_alone_are_a_rule(tmp_path: Path) -> None:
    found = statement(tmp_path, "Booked", "Pending", rule=RULE.replace('equals = ["Pending"]\n', ""))

    assert [row.record for row in found.unread] == [2]


def test_a_file_whose_statuses_are_nearly_all_unknown_is_refused(tmp_path: Path) -> None:
    content = "Date;Text;Amount;Status\n" + "".join(
        f"{day:02}.03.2026;a;1,00;{status}\n" for day, status in enumerate(["Booked", *["Posted"] * 6], 1)
    )

    assert 'column "Status"' in refusal(tmp_path, content, mapping(WITH_STATUS + RULE))
