"""How the workbook looks, helps to fill it in, and prints."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.plan import Plan
from importer.reports import sheets
from importer.reports.workbook import workbook
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import hostile


def opened(plan: Plan) -> Workbook:
    return load_workbook(BytesIO(workbook(plan)))


BOOK = opened(plans.every_kind())


def widths(sheet: Worksheet) -> list[int]:
    """The widths of all columns in characters, without the blank margin of a cell."""
    found = sorted((place.min or 0, place.max or 0, place.width) for place in sheet.column_dimensions.values())
    return [int(width) for first, last, width in found for _ in range(first, last + 1)]


@pytest.mark.parametrize(
    ("title", "frozen"),
    [("To review", "D2"), ("Ready", "F2"), ("Already imported", "F2"), ("Rejected", "F2"), ("Balance check", "A2")],
)
def test_captions_stay_in_sight_with_date_and_amount_and_can_be_filtered(title: str, frozen: str) -> None:
    sheet = BOOK[title]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == (frozen, sheet.dimensions)


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("To review", sheets.REVIEW_COLUMNS),
        ("Ready", sheets.READY_COLUMNS),
        ("Already imported", sheets.LINE_COLUMNS),
        ("Rejected", sheets.LINE_COLUMNS),
    ],
)
def test_columns_are_as_wide_as_what_stands_in_them(title: str, columns: tuple[sheets.Column, ...]) -> None:
    assert widths(BOOK[title]) == [column.width for column in columns]


def test_captions_stand_above_their_numbers_and_have_room_for_two_lines() -> None:
    sheet = BOOK["To review"]
    assert [sheet[f"{letter}1"].alignment.horizontal for letter in "AB"] == [None, "right"]
    assert [sheet[f"{letter}2"].alignment.horizontal for letter in "AB"] == ["left", "right"]
    height = sheet.row_dimensions[1].height
    assert height is not None
    assert height > 30


@pytest.mark.parametrize(("title", "yellow"), [("To review", "HIJKLM"), ("Ready", "JKL"), ("Rejected", "")])
def test_the_columns_of_the_clerk_are_yellow(title: str, yellow: str) -> None:
    for row in BOOK[title].iter_rows():
        assert [cell.coordinate for cell in row if cell.fill.fgColor.rgb == "FFFFF6D6"] == [
            f"{letter}{row[0].row}" for letter in yellow
        ]


def test_typed_numbers_of_customers_and_invoices_stay_text() -> None:
    sheet = BOOK["To review"]
    assert [sheet[f"{letter}2"].number_format for letter in "HIJKLM"] == ["@", "@", "@", "#,##0.00", "@", "@"]


def test_every_hint_fits_what_excel_allows() -> None:
    hints = BOOK["To review"].data_validations.dataValidation
    assert [hint.promptTitle for hint in hints] == [
        "Decision",
        "Customer No.",
        "Applies-to Doc. Nos.",
        "Amounts to Apply",
        "Note",
        "Decided by",
    ]
    # Longer ones make Excel repair the file.
    ready = BOOK["Ready"].data_validations.dataValidation
    assert [hint.promptTitle for hint in ready] == ["Decision", "Note", "Decided by"]
    assert all(len(hint.promptTitle) <= 32 and len(hint.prompt) <= 255 for hint in (*hints, *ready))


@pytest.mark.parametrize("title", ["To review", "Ready"])
def test_only_what_is_no_decision_is_refused_as_it_is_typed_and_told_why(title: str) -> None:
    hints = BOOK[title].data_validations.dataValidation
    assert [hint.promptTitle for hint in hints if hint.showErrorMessage] == ["Decision"]
    assert all(hint.showInputMessage and hint.allow_blank and hint.error == hint.prompt for hint in hints)


def test_the_rows_of_a_sheet_to_decide_in_are_as_tall_as_their_texts() -> None:
    sheet = BOOK["To review"]
    assert [sheet.row_dimensions[row].height for row in (2, 3)] == [90, 75]
    assert {(cell.alignment.wrap_text, cell.alignment.vertical) for row in sheet["A2:T3"] for cell in row} == {
        (True, "top")
    }


def test_no_row_is_taller_than_excel_allows() -> None:
    height = opened(hostile("x" * 9_000))["To review"].row_dimensions[2].height
    assert height is not None
    assert 400 < height <= 409


def test_the_sums_of_all_lines_are_bold() -> None:
    bold = [row[0].value for row in BOOK["Summary"].iter_rows(min_row=2) if row[0].font.b]
    assert bold == ["Lines", "All lines", "How to decide"]


@pytest.mark.parametrize("title", ["To review", "Ready", "Already imported", "Rejected"])
def test_a_sheet_is_printed_across_with_its_captions_on_every_page(title: str) -> None:
    sheet = BOOK[title]
    setup = (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr)
    assert setup[:2] == ("landscape", 0)
    assert setup[2] is not None
    assert (setup[2].fitToPage, sheet.print_title_rows) == (True, "$1:$1")


def test_what_is_printed_of_a_sheet_to_decide_in_ends_with_the_columns_of_the_clerk() -> None:
    assert [BOOK[title].print_area for title in ("To review", "Ready")] == [
        "'To review'!$A$1:$M$3",
        "'Ready'!$A$1:$L$4",
    ]
