"""A workbook in which several sheets hold bookings of one layout is refused, for only one sheet is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.unit.reader_files import PLAIN as OF_TEXT
from tests.unit.reader_files import mapping, read, refusal, warnings, workbook

PLAIN = OF_TEXT.replace("[file]", '[file]\nkinds = ["excel"]')
HEAD = ("Date", "Text", "Amount")
MARCH = (("01.03.2026", "a", 1.0), ("02.03.2026", "b", 2.0), ("03.03.2026", "c", 3.0))
APRIL = (("01.04.2026", "d", 4.0),)


def beside(*rows: Sequence[object], state: str = "visible", place: int = 1) -> Callable[[openpyxl.Workbook], None]:
    def more(book: openpyxl.Workbook) -> None:
        other = book.create_sheet("Other", place)
        other.sheet_state = state
        for cells in rows:
            other.append(list(cells))
        book.active = 1 - place

    return more


@pytest.mark.parametrize(
    ("other", "names", "example"),
    [
        (beside(HEAD, *APRIL), '"Sheet", "Other"', "Sheet"),
        (beside(("Konto", 1), HEAD, *APRIL), '"Sheet", "Other"', "Sheet"),
        (beside(("Amount", "Date", "Text"), (4.0, "01.04.2026", "d")), '"Sheet", "Other"', "Sheet"),
        (beside(HEAD, *APRIL, state="hidden"), '"Sheet", "Other" (hidden)', "Sheet"),
        (beside(HEAD, *APRIL, state="veryHidden", place=0), '"Other" (hidden), "Sheet"', "Sheet"),
        (beside(HEAD, *MARCH[:2]), '"Sheet", "Other"', "Sheet"),
        (beside(HEAD, ("04/30/2026", "d", 4.0), ("30.04.2026", "e", 4.0)), '"Sheet", "Other"', "Sheet"),
    ],
    ids=["a month", "another account", "other order", "hidden", "hidden and first", "part of a copy", "an odd date"],
)
def test_two_sheets_with_bookings_refuse_the_file(
    tmp_path: Path, other: Callable[[openpyxl.Workbook], None], names: str, example: str
) -> None:
    assert refusal(tmp_path, workbook(HEAD, *MARCH, then=other), mapping(PLAIN), name="two.xlsx") == (
        f"two.xlsx: the sheets {names} all hold bookings of mapping plain, and only one is read. Save each sheet as a file "
        f'of its own, or delete the others; if all but one are never wanted, write sheet = "{example}", or another one\'s '
        "name, below [file] in a copy of the mapping in your own folder"
    )


def test_a_sheet_of_which_no_date_can_be_read_counts_by_its_bookings_in_other_columns(tmp_path: Path) -> None:
    exchanged = beside(HEAD, ("d", "01.04.2026", 4.0))

    assert "hold bookings" in refusal(tmp_path, workbook(HEAD, *MARCH, then=exchanged), mapping(PLAIN), name="two.xlsx")


@pytest.mark.parametrize(
    "other",
    [
        beside(HEAD),
        beside(HEAD, place=0),
        beside(HEAD, ("Total", "", 6.0)),
        beside(("Day", "Text", "Sum"), *APRIL),
        beside(),
    ],
    ids=["empty", "empty and first", "a total", "another layout", "blank"],
)
def test_a_sheet_without_bookings_of_the_layout_does_not_matter(
    tmp_path: Path, other: Callable[[openpyxl.Workbook], None]
) -> None:
    statement = read(tmp_path, workbook(HEAD, *MARCH, then=other), mapping(PLAIN), name="one.xlsx")

    assert ([line.text for line in statement.lines], warnings(statement)) == (["a", "b", "c"], [])


def test_a_copy_is_told_and_a_single_booking_that_is_the_same_proves_no_copy(tmp_path: Path) -> None:
    copy = read(tmp_path, workbook(HEAD, *MARCH, then=beside(HEAD, *MARCH)), mapping(PLAIN), name="copy.xlsx")
    fee = workbook(HEAD, *MARCH[:1], then=beside(HEAD, *MARCH[:1]))

    assert ([line.text for line in copy.lines], warnings(copy)) == (["a", "b", "c"], ["SHEET-COPY"])
    assert "all hold bookings" in refusal(tmp_path, fee, mapping(PLAIN), name="fee.xlsx")


def test_the_sheet_that_the_mapping_names_is_read(tmp_path: Path) -> None:
    naming = mapping(PLAIN.replace("[file]", '[file]\nsheet = "Other"'))
    statement = read(tmp_path, workbook(HEAD, *MARCH, then=beside(HEAD, *APRIL)), naming, name="two.xlsx")

    assert [line.text for line in statement.lines] == ["d"]


def test_a_mapping_whose_files_prove_the_decimal_mark_reads_one_sheet_alone_too(tmp_path: Path) -> None:
    two = workbook(HEAD, *MARCH, then=beside(HEAD, *APRIL))
    proven = mapping(PLAIN.replace('decimal = ","', 'decimal = "proven"'))

    assert "all hold bookings" in refusal(tmp_path, two, proven, name="two.xlsx")
