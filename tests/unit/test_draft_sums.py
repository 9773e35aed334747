"""A draft leaves out a last row that is the sum of all above it, and a person confirms it; other rows stay bookings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import draft

ROWS = "13.03.2026;a;1,50{0}\n14.03.2026;b;-2,00{0}\n15.03.2026;c;4,00{0}\n"


def test_a_last_row_that_is_the_sum_of_all_above_it_is_left_out_and_marked(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;Text;Betrag\n" + ROWS.format("") + "31.03.2026;Umsatzsumme;3,50\n")

    assert made.values["leave_out"] == [
        {"column": "Text", "equals": ["Umsatzsumme"], "because": "a total, not a booking"}
    ]
    assert "equals" in made.marked
    assert [amount for _, amount in made.lines] == ["1.50", "-2.00", "4.00"]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Betrag", ROWS.format("") + "31.03.2026;Umsatz;3,60\n"),
        ("Betrag", ROWS.format("") + "31.03.2026;RE 12;3,50\n"),
        ("Betrag", ROWS.format("") + "31.03.2026;a;3,50\n"),
        ("Betrag", "13.03.2026;a;1,50\n14.03.2026;b;-2,00\n31.03.2026;Umsatz;-0,50\n"),
        (
            "Betrag;Saldo",
            "13.03.2026;a;1,50;9,50\n14.03.2026;b;2,00;11,50\n15.03.2026;c;4,00;15,50\n31.03.2026;d;7,50;23,00\n",
        ),
    ],
    ids=["no sum", "a number of its own", "words of another row", "few rows", "the balance counts it"],
)
def test_other_last_rows_are_bookings(tmp_path: Path, header: str, rows: str) -> None:
    assert "leave_out" not in draft(tmp_path, f"Datum;Text;{header}\n{rows}").values


def test_a_total_between_marks_ends_the_table(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;Text;Betrag\n13.03.2026;a;-1,50\n14.03.2026;b;2,00\n;#Summe:;0,50\n")

    assert made.says("table.footer", "table.end") == ["pattern", r"^\s*\#Summe:"]
    assert made.lines == [("2026-03-13", "-1.50"), ("2026-03-14", "2.00")]


def test_a_total_behind_its_amount_ends_the_table_by_its_word(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;Betrag;Text\n13.03.2026;-1,50;a\n14.03.2026;2,00;b\n;0,50;Summe\n")

    assert made.says("table.footer", "table.end") == ["pattern", r"\bSumme\b"]
