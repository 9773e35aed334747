"""Bookings outside the table of a file refuse it; what a bank writes there does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import parse_mapping
from tests.unit.reader_files import PLAIN, mapping, read, refusal, warnings
from tests.unit.test_reader_layouts import HEADER, changed

HEAD = "Date;Text;Amount\n"
FIRST, SECOND, THIRD = "01.03.2026;a;1,00\n", "02.03.2026;b;2,00\n", "03.03.2026;c;3,00\n"
LEAVING_OUT = PLAIN + '[[leave_out]]\ncolumn = "Text"\nequals = ["pending"]\nbecause = "not booked yet"\n'
ENDED = changed((HEADER, HEADER + '\nfooter = "pattern"\nend = "Total"\nrows = "lenient"'))
BY_BLANK = changed((HEADER, HEADER + '\nfooter = "blank_row"\nrows = "lenient"'))
SIDES = changed(
    (HEADER, 'header = ["Date", "Text", "Debit", "Credit"]'),
    ('amount = "Amount"', 'debit = "Debit"\ncredit = "Credit"'),
    ('decimal = ","', 'decimal = ","\n[amounts]\nmodel = "debit_credit"'),
)


@pytest.mark.parametrize(
    ("content", "layout", "row"),
    [
        (FIRST + HEAD + SECOND, PLAIN, 1),
        ("Konto;1;\n" + FIRST + SECOND + HEAD + THIRD, PLAIN, 2),
        ("01.03.2026;pending;1,00\n" + SECOND + HEAD + THIRD, LEAVING_OUT, 2),
        ("01.03.2026;a;;1,00\nDate;Text;Debit;Credit\n02.03.2026;b;2,00;\n", SIDES, 1),
    ],
    ids=["sorted with the header", "of another file", "below a pending one", "in one of two columns"],
)
def test_a_booking_above_the_header_refuses_the_file(tmp_path: Path, content: str, layout: str, row: int) -> None:
    header = next(number for number, line in enumerate(content.splitlines(), 1) if line.startswith("Date"))

    assert refusal(tmp_path, content, mapping(layout)) == (
        f"kto.csv, row {row}: stands above the header in row {header} and would be passed over, but it reads as a booking of "
        "mapping plain; the file was sorted together with its header, or put together from two. Export it again, or move "
        "the header above all bookings"
    )


@pytest.mark.parametrize(
    ("above", "layout"),
    [
        ("01.03.2026;;1,00\n", PLAIN),
        ("from 01.03.2026;a;1,00\n", PLAIN),
        ("01.03.2026;a;1,00 EUR net\n", PLAIN),
        ("01.03.2026;31.03.2026;\n", PLAIN),
        ("01.03.2026;pending;1,00\n", LEAVING_OUT),
        ("From;Number;Saldo\n01.03.2026;4711;1,00\n", PLAIN),
    ],
    ids=["a balance", "no date", "no number", "a period", "a row to leave out", "a summary with its own header"],
)
def test_what_is_no_booking_above_the_header_does_not_refuse_the_file(tmp_path: Path, above: str, layout: str) -> None:
    assert [line.text for line in read(tmp_path, above + HEAD + FIRST, mapping(layout)).lines] == ["a"]


def test_another_mapping_that_reads_fewer_rows_does_not_take_the_file_instead(tmp_path: Path) -> None:
    turned = parse_mapping(PLAIN.replace("%d.%m.%Y", "%m.%d.%Y"), "turned", source="turned.toml")
    content = "13.02.2026;a;1,00\n" + HEAD + FIRST

    assert "row 1: stands above the header" in refusal(tmp_path, content, mapping(), turned)


@pytest.mark.parametrize("layout", [ENDED, ENDED.replace('decimal = ","', 'decimal = "proven"')])
@pytest.mark.parametrize("text", ["Total", "Petrol Total GmbH", "Totals"])
def test_a_booking_whose_text_says_the_same_as_the_end_does_not_end_the_table(
    tmp_path: Path, text: str, layout: str
) -> None:
    content = f"{HEAD}{FIRST}02.03.2026;{text};2,00\n{THIRD};Total;6,00\n"
    statement = read(tmp_path, content, mapping(layout))

    assert [line.text for line in statement.lines] == ["a", text, "c"]
    assert [problem.message for problem in statement.warnings if problem.rule == "ROW-AFTER"] == [
        "row 5 was after the table read as a footer, not as bookings"
    ]


def test_a_row_that_says_the_end_and_has_a_damaged_amount_is_a_booking_that_cannot_be_read(tmp_path: Path) -> None:
    statement = read(tmp_path, f"{HEAD}{FIRST}02.03.2026;Total;2,0,0\n{THIRD}", mapping(ENDED))

    assert ([line.text for line in statement.lines], [row.row for row in statement.unread]) == (["a", "c"], [3])


@pytest.mark.parametrize(
    ("ending", "layout", "end"),
    [("Total;;1,00\n", ENDED, "end = 'Total'"), ("\n", BY_BLANK, "a blank row")],
    ids=["a total", "a blank row"],
)
def test_a_booking_below_the_end_refuses_the_file(tmp_path: Path, ending: str, layout: str, end: str) -> None:
    assert refusal(tmp_path, HEAD + FIRST + ending + "as of;02.03.2026;\n" + SECOND + THIRD, mapping(layout)) == (
        f"kto.csv, row 5: stands below the end of the table ({end}) and would be passed over, but it reads as a booking of "
        "mapping plain. If the file was put together from two, cut it there; if that is not the end, mend it in a copy of "
        "the mapping in your own folder; if such rows are not booked yet, write pending_below = true below [table] there"
    )


@pytest.mark.parametrize("layout", [ENDED, BY_BLANK])
def test_what_is_no_booking_below_the_end_does_not_refuse_the_file(tmp_path: Path, layout: str) -> None:
    ending = "Total;;1,00\n" if layout is ENDED else "\n"
    below = "02.03.2026;;9,00\nBalance 02.03.2026;;9,00\n02.03.2026;as of;\n"

    assert [line.text for line in read(tmp_path, HEAD + FIRST + ending + below, mapping(layout)).lines] == ["a"]


@pytest.mark.parametrize("key", ["pending_below", "tables_below"])
def test_bookings_below_the_end_are_passed_over_and_told_where_the_mapping_says_that_they_are_none(
    tmp_path: Path, key: str
) -> None:
    knowing = mapping(ENDED.replace('end = "Total"', f'end = "Total"\n{key} = true'))
    statement = read(tmp_path, HEAD + FIRST + "Total;;1,00\n" + SECOND, knowing)

    assert ([line.text for line in statement.lines], warnings(statement)) == (["a"], ["ROW-AFTER"])
