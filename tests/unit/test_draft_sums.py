"""A draft leaves out a last row that is the sum of all above it, and a person confirms it; other rows stay bookings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import draft
from tests.unit.reader_files import workbook

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


TOTALS = [
    pytest.param("Datum;Text;Betrag", ";Total;0,50", r"^[\t ]*Total *(\t|$)", id="the first cell"),
    pytest.param("Datum;Text;Betrag", ";#Summe:;0,50", r"^[\t ]*\#Summe: *(\t|$)", id="between marks"),
    pytest.param("Datum;Text;Betrag", ";  Total ;0,50", r"^[\t ]*Total *(\t|$)", id="between blanks"),
]


@pytest.mark.parametrize(("header", "total", "end"), TOTALS)
def test_a_total_ends_the_table_and_a_text_that_holds_its_word_does_not(
    tmp_path: Path, header: str, total: str, end: str
) -> None:
    rows = f"{header}\n13.03.2026;a;-1,50\n14.03.2026;b;2,00\n"
    made = draft(tmp_path, f"{rows}{total}\n")
    later = rows + f"15.03.2026;{total.split(';')[1].strip()} Energies;-7,00\n16.03.2026;c;3,00\n{total}\n"
    made.path.write_text(later, encoding="utf-8")

    assert made.says("table.footer", "table.end") == ["pattern", end]
    assert [amount for _, amount in made.lines] == ["-1.50", "2.00", "-7.00", "3.00"]


def test_a_total_behind_other_cells_ends_the_table_as_a_whole_cell(tmp_path: Path) -> None:
    head, *rows = ("No", "Date", "Text", "Amount"), (1, "13.03.2026", "a", -1.5), (2, "14.03.2026", "b", 2.5)
    made = draft(tmp_path, workbook(head, *rows, (2, None, "Total", 1)), "a.xlsx")

    assert made.says("table.footer", "table.end") == ["pattern", r"(^|\t) *Total *(\t|$)"]
    assert [amount for _, amount in made.lines] == ["-1.50", "2.50"]
