"""What a clerk may do to lines that are certain, and decisions that stand where nobody reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from importer.choices import Choices, Entry, Ignore
from importer.errors import UnusableFile
from importer.reports.outcomes import outcome_report
from importer.reports.review import read_review
from importer.reports.workbook import workbook, write_workbook
from importer.states import State
from tests.unit import report_plans as plans
from tests.unit.reviewing import EVERY, PROPOSED, TWO, column, reviewed, rules, write

ONE, THREE = "BI100000000000000001", "BI100000000000000002"  # rows 2 and 3 of Ready
CHANGING = "BI100000000000000006"  # row 4: its journal line is to be changed
Clerk = Callable[[Workbook], None]


def on_ready(caption: str, value: str | float | None, row: int = 2) -> Clerk:
    def fill(book: Workbook) -> None:
        sheet = book["Ready"]
        sheet.cell(row, column(sheet, caption)).value = value

    return fill


def test_a_certain_line_is_stopped_with_a_note(tmp_path: Path) -> None:
    choices = reviewed(
        tmp_path, on_ready("Decision", "Ignore "), on_ready("Note", "not ours"), on_ready("Decided by", "Kim")
    )
    assert (choices.choices, choices.problems) == ((Ignore(ONE, Entry("Ready", 2, "not ours", "Kim")),), ())


def test_a_change_of_a_journal_line_is_stopped_like_a_new_one(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, on_ready("Decision", "ignore", row=4))
    assert (choices.choices, choices.problems) == ((Ignore(CHANGING, Entry("Ready", 4)),), ())


def test_a_change_whose_row_is_gone_is_held(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, lambda book: book["Ready"].delete_rows(4))
    assert (rules(choices), set(choices.held)) == ([("removed", 0, "External Document No.")], {CHANGING})


@pytest.mark.parametrize("word", ["accept", "", None])
def test_a_certain_line_needs_no_decision(tmp_path: Path, word: str | None) -> None:
    choices = reviewed(tmp_path, on_ready("Decision", word))
    assert (choices.choices, choices.problems, choices.undecided) == ((), (), (TWO, PROPOSED))


@pytest.mark.parametrize(
    ("clerk", "problem"),
    [
        (on_ready("Decision", "other"), ("decision", 2, "Decision")),
        (on_ready("Decision", "no"), ("decision", 2, "Decision")),
        (on_ready("Customer No.", "10500"), ("edited", 2, "Customer No.")),
        (
            on_ready("Customer payment journal lines", "103009 1,190.00 EUR"),
            ("edited", 2, "Customer payment journal lines"),
        ),
        (on_ready("Statement Amount", 1191), ("edited", 2, "Statement Amount")),
        (on_ready("Transaction Text", "RE 103009"), ("edited", 2, "Transaction Text")),
        (lambda book: book["Ready"].delete_rows(2), ("removed", 0, "External Document No.")),
        (on_ready("External Document No.", "BI1"), ("removed", 0, "External Document No.")),
        (lambda book: book.remove(book["Ready"]), ("sheet_gone", 0, "")),
    ],
)
def test_a_certain_line_that_somebody_touched_is_not_created(
    tmp_path: Path, clerk: Clerk, problem: tuple[str, int, str]
) -> None:
    choices = reviewed(tmp_path, clerk)
    assert (rules(choices), ONE in choices.held, choices.choices) == ([problem], True, ())


def test_a_copied_row_of_a_certain_line_is_refused(tmp_path: Path) -> None:
    def copy(book: Workbook) -> None:
        book["Ready"].append([cell.value for cell in book["Ready"][2]])

    choices = reviewed(tmp_path, copy)
    assert rules(choices) == [("doubled_key", 2, "External Document No."), ("doubled_key", 5, "External Document No.")]
    assert set(choices.held) == {ONE}


def test_certain_lines_may_be_sorted_and_their_columns_moved(tmp_path: Path) -> None:
    def arrange(book: Workbook) -> None:
        sheet = book["Ready"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for place, values in enumerate([rows[0], *reversed(rows[1:])], start=1):
            for column_, value in enumerate(reversed(values), start=1):
                sheet.cell(place, column_).value = value

    assert reviewed(tmp_path, arrange).problems == ()


def beside(title: str, word: str) -> Clerk:
    """The clerk writes a word in a column of his own, in the first row of a sheet."""

    def write_there(book: Workbook) -> None:
        sheet = book[title]
        sheet.cell(2, sheet.max_column + 1).value = word

    return write_there


@pytest.mark.parametrize("title", ["Already imported", "Rejected"])
def test_a_decision_in_a_sheet_that_nobody_reads_is_told(tmp_path: Path, title: str) -> None:
    (problem,) = reviewed(tmp_path, beside(title, "Ignore")).problems
    assert (problem.rule, problem.file, problem.row) == ("wrong_sheet", title, 2)


def test_a_decision_beside_a_certain_line_stops_the_line(tmp_path: Path) -> None:
    choices = reviewed(tmp_path, beside("Ready", "ignore"))
    assert (rules(choices), set(choices.held)) == ([("wrong_sheet", 2, "column 20")], {ONE})


def test_the_word_of_a_decision_in_a_bank_text_is_none(tmp_path: Path) -> None:
    plan = plans.plan_of(plans.create(plans.line(1, "5.00", "accept", counterparty="ignore"), "10000", "103001"))
    assert reviewed(tmp_path, plan=plan).problems == ()


def test_decisions_in_a_copy_of_the_sheet_are_told(tmp_path: Path) -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(book["To review"])

    choices = reviewed(tmp_path, write("Decision", "accept"), copy, write("Decision", None))
    assert [(problem.rule, problem.file, problem.row) for problem in choices.problems] == [
        ("wrong_sheet", "To review Copy", 3)
    ]


def test_who_decided_stands_in_the_row_or_in_the_file_or_is_who_applies_it(tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    reviewed(tmp_path, write("Decision", "ignore"), write("Decision", "ignore", row=2), write("Decided by", "Kim"))

    def names(applied_by: str = "") -> list[str]:
        return [choice.entry.decided_by for choice in read_review(path, applied_by).choices]

    assert (names(), names("root")) == (["", "Kim"], ["root", "Kim"])
    book = load_workbook(path)
    book.properties.lastModifiedBy = "Petra"
    book.save(path)
    assert names("root") == ["Petra", "Kim"]


def test_the_workbook_of_a_run_has_nothing_to_stop(tmp_path: Path) -> None:
    outcome = plans.run_outcome(
        EVERY, (State.CREATED, ""), (State.CREATED, ""), (State.REJECTED, "blocked"), (State.CREATED, "")
    )
    path = tmp_path / "run.xlsx"
    write_workbook(outcome_report(EVERY, outcome), path, plan=EVERY)
    listed = {ONE: Entry("Ready", 2), CHANGING: Entry("Ready", 3), THREE: Entry("Rejected", 2)}
    assert read_review(path) == Choices(EVERY, undecided=(TWO, PROPOSED), listed=listed)
    assert "Decision" not in [cell.value for cell in load_workbook(path)["Ready"][1]]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "an old Excel file (.xls), or protected by a password"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_a_review_saved_as_something_else_says_how_to_save_it(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "review.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnusableFile, match="save it as Excel workbook") as raised:
        read_review(path)
    assert kind in str(raised.value)


def test_a_workbook_for_reading_offers_nothing_to_decide() -> None:
    from io import BytesIO

    from importer.reports.masking import masked
    from importer.reports.rows import plan_report

    book = load_workbook(BytesIO(workbook(masked(plan_report(EVERY)))))
    captions = {cell.value for title in ("To review", "Ready") for cell in book[title][1]}
    assert captions & {"Decision", "Note", "Decided by", "Amounts to Apply"} == set()
    assert any(row[0].value == "For reading only" for row in book["Summary"].iter_rows())
