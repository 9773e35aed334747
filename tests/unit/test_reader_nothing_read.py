"""A file with rows of which none is read as a booking is refused, unless it truly holds none."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import Mapping, parse_mapping
from tests.unit.reader_files import PLAIN, read, refusal, rules, warnings
from tests.unit.test_reader_layouts import HEADER, TOP, changed

FOOTED = changed((HEADER, 'header = ["Date", "Text", "Amount"]\nfooter = "undated"'))
BALANCED = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
    (TOP, TOP + '\nrunning = "after"'),
)
POINTED = BALANCED.replace('decimal = ","', 'decimal = "."').replace('\nrunning = "after"', "")


def layout(text: str, name: str = "plain") -> Mapping:
    return parse_mapping(text, name, source=f"{name}.toml")


def test_bookings_whose_columns_are_exchanged_are_no_footers(tmp_path: Path) -> None:
    told = refusal(tmp_path, "Date;Text;Amount\na;01.03.2026;1,00\nb;02.03.2026;2,00\n", layout(FOOTED))

    assert "row 2: nothing in the file is read as a booking, but this row holds a date and a number" in told


@pytest.mark.parametrize(
    "footer",
    [
        "Made on;01.03.2026;",
        "Total;;0,00",
        "Disclaimer 1,00 of 01.03.2026;;",
        "No bookings;from 01.03.2026;1 day",
        ";;",
    ],
)
def test_an_empty_statement_with_a_footer_stays_empty(tmp_path: Path, footer: str) -> None:
    statement = read(tmp_path, f"Date;Text;Amount\n{footer}\n", layout(FOOTED))

    assert (statement.lines, statement.unread, "FILE-2" in warnings(statement)) == ((), (), True)


def test_a_sparse_footer_may_hold_a_date_and_a_number(tmp_path: Path) -> None:
    wide = FOOTED.replace('"Amount"]', '"Amount", "A", "B", "C", "D"]')
    statement = read(tmp_path, "Date;Text;Amount;A;B;C;D\nMade;;;01.03.2026;12;;\n", layout(wide))

    assert warnings(statement) == ["ROW-AFTER", "FILE-2"]


def test_bookings_that_a_filter_leaves_out_are_explained_by_it(tmp_path: Path) -> None:
    text = PLAIN + '[[leave_out]]\ncolumn = "Text"\nequals = ["pending"]\nbecause = "not booked yet"\n'
    statement = read(tmp_path, "Date;Text;Amount\n01.03.2026;pending;1,00\n", layout(text))

    assert warnings(statement) == ["ROW-LEFT-OUT", "FILE-2"]


def test_a_file_that_its_layout_refuses_is_not_given_to_one_that_reads_nothing_of_it(tmp_path: Path) -> None:
    both = [layout(BALANCED, "comma"), layout(POINTED, "point")]
    right = "Date;Text;Amount;Balance\n01.03.2026;a;1,50;1,50\n02.03.2026;b;2,50;4,00\n"

    assert read(tmp_path, right, *both).mapping == "comma"
    assert "the rows before it lead to" in refusal(tmp_path, right.replace("4,00", "5,00"), *both)
    assert rules(read(tmp_path, right.replace("4,00", "5,00"), both[1])) == ["AMT-4"] * 4
