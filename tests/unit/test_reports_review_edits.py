"""What a clerk may change in a review, and what is noticed and refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from importer.choices import Accept
from importer.model import Problem
from tests.unit import report_plans as plans
from tests.unit.reviewing import PROPOSED, TWO, Clerk, Typed, at, column, reviewed, rules, write


@pytest.mark.parametrize(
    ("caption", "value"),
    [
        ("Date", datetime(2026, 11, 7)),  # noqa: DTZ001 - a workbook has no zones
        ("Date", None),
        ("Statement Amount", 1180.01),
        ("Statement Amount", "1180.00 EUR"),
        ("Currency", "USD"),
        ("Related-Party Name", "Somebody else"),
        ("Transaction Text", "RE 103019"),
        ("Related-Party Bank Acc. No.", plans.ACCOUNT),
        ("Payment Reference No.", "RF18"),
    ],
)
def test_a_decision_beside_an_edited_bank_fact_is_refused(tmp_path: Path, caption: str, value: Typed) -> None:
    choices = reviewed(tmp_path, write("Decision", "accept"), write(caption, value))
    assert (rules(choices), choices.choices, choices.undecided) == ([("edited", 3, caption)], (), (TWO,))


def test_an_edited_fact_says_what_the_bank_wrote(tmp_path: Path) -> None:
    (problem,) = reviewed(tmp_path, write("Statement Amount", 1190)).problems
    assert problem == Problem(
        "edited", 'was changed; the bank wrote "1180.00"; restore it', "To review", 3, "Statement Amount", "1190"
    )


def test_a_changed_key_is_refused_and_its_line_is_missed(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, write("Decision", "accept"), write("Key", "BI100000000000000099"))
    assert rules(choices) == [("removed", 0, "Key"), ("foreign_key", 3, "Key")]
    assert choices.choices == ()


def test_swapped_keys_are_noticed_by_the_facts_beside_them(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, write("Decision", "ignore"), write("Key", TWO), write("Key", PROPOSED, row=2))
    assert {rule for rule, _, _ in rules(choices)} == {"edited"}
    assert choices.choices == ()


def test_a_copied_row_is_refused(tmp_path: Path) -> None:
    def copy(book: Workbook) -> None:
        book["To review"].append([cell.value for cell in book["To review"][3]])

    choices = reviewed(tmp_path, write("Decision", "accept"), copy)
    assert (rules(choices), choices.choices) == ([("doubled_key", 3, "Key"), ("doubled_key", 4, "Key")], ())


def test_a_removed_row_is_missed_by_name(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, lambda book: book["To review"].delete_rows(3))
    assert choices.problems == (
        Problem(
            "removed",
            "the row of this bank line is gone (2026-11-06 1,180.00 EUR Gärtnerei Grün OHG); "
            "restore it, or make a new workbook",
            "To review",
            column="Key",
            value=PROPOSED,
        ),
    )
    assert choices.undecided == (TWO,)


def move_columns(book: Workbook) -> None:
    sheet = book["To review"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for place, values in enumerate(rows, start=1):
        for column_, value in enumerate(reversed(values), start=1):
            sheet.cell(place, column_).value = value


def sort_rows(book: Workbook) -> None:
    sheet = book["To review"]
    second, third = ([cell.value for cell in sheet[row]] for row in (2, 3))
    for row, values in ((2, third), (3, second)):
        for column_, value in enumerate(values, start=1):
            sheet.cell(row, column_).value = value


def add_column(book: Workbook) -> None:
    book["To review"].insert_cols(2)
    book["To review"]["B1"] = "Who asked"
    book["To review"]["B3"] = "Sales"


def add_rows_above(book: Workbook) -> None:
    book["To review"].insert_rows(1, 3)
    book["To review"]["A1"] = "Reviewed on Friday"


def hide_rows(book: Workbook) -> None:
    book["To review"].row_dimensions[3].hidden = True


def add_remark_below(book: Workbook) -> None:
    book["To review"]["E9"] = "Total of my calculator: 1775"


def drop_a_fact_column(book: Workbook) -> None:
    book["To review"].delete_cols(column(book["To review"], "Transaction Text"))


def add_sheet(book: Workbook) -> None:
    book.create_sheet("My notes", 0)


@pytest.mark.parametrize(
    ("step", "row"),
    [
        (move_columns, 3),
        (sort_rows, 2),
        (add_column, 3),
        (add_rows_above, 6),
        (hide_rows, 3),
        (add_remark_below, 3),
        (drop_a_fact_column, 3),
        (add_sheet, 3),
    ],
)
def test_a_clerk_may_arrange_the_sheet_as_she_likes(tmp_path: Path, step: Clerk, row: int) -> None:
    assert reviewed(tmp_path, write("Decision", "accept"), step).choices == (Accept(PROPOSED, at(row)),)


def test_a_decision_in_a_row_of_no_line_is_refused(tmp_path: Path) -> None:
    assert rules(reviewed(tmp_path, write("Decision", "accept", row=9))) == [("no_key", 9, "Decision")]
