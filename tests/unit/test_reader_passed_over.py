"""Bookings outside the table of a file refuse it; what a bank writes there does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import parse_mapping
from tests.unit.reader_files import PLAIN, mapping, read, refusal
from tests.unit.test_reader_layouts import HEADER, changed

HEAD = "Date;Text;Amount\n"
FIRST, SECOND, THIRD = "01.03.2026;a;1,00\n", "02.03.2026;b;2,00\n", "03.03.2026;c;3,00\n"
LEAVING_OUT = PLAIN + '[[leave_out]]\ncolumn = "Text"\nequals = ["pending"]\nbecause = "not booked yet"\n'
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
