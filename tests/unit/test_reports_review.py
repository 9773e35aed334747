from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import compress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.choices import Accept, Assign, Choices, Entry, Ignore, Share
from importer.errors import PlanChanged, UnusableFile
from importer.model import Problem
from importer.money import Money
from importer.plan import Plan
from importer.reports.masking import masked
from importer.reports.review import read_review
from importer.reports.rows import plan_report
from importer.reports.workbook import workbook, write_workbook
from tests.unit import report_plans as plans

EVERY = plans.every_kind()
TWO, PROPOSED = "BI100000000000000003", "BI100000000000000004"  # two candidates; a proposal. Rows 2 and 3.
LISTED = {
    "BI100000000000000001": Entry("Ready", 2),
    "BI100000000000000002": Entry("Ready", 3),
}  # the certain lines
CUSTOMER, DOCUMENTS, AMOUNTS = "Customer No.", "Applies-to Doc. Nos.", "Amounts to Apply"


def at(row: int, note: str = "", decided_by: str = "") -> Entry:
    return Entry("To review", row, note, decided_by)


Clerk = Callable[[Workbook], None]
Typed = str | float | datetime | None


def column(sheet: Worksheet, caption: str) -> int:
    return next(cell.column for row in sheet.iter_rows(max_row=9) for cell in row if cell.value == caption)


def write(caption: str, value: Typed, row: int = 3) -> Clerk:
    def fill(book: Workbook) -> None:
        sheet = book["To review"]
        sheet.cell(row, column(sheet, caption)).value = value

    return fill


@cache
def made(plan: Plan) -> bytes:
    return workbook(plan)


def reviewed(folder: Path, *clerk: Clerk, plan: Plan = EVERY) -> Choices:
    """What is read from the workbook of a plan after a clerk did these things to it."""
    path = folder / "review.xlsx"
    book = load_workbook(BytesIO(made(plan)))
    for step in clerk:
        step(book)
    book.save(path)
    return read_review(path)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_an_untouched_workbook_decides_nothing(tmp_path: Path) -> None:
    assert reviewed(tmp_path) == Choices(EVERY, undecided=(TWO, PROPOSED), listed=LISTED)


@pytest.mark.parametrize(
    ("clerk", "choice"),
    [
        ([write("Decision", "accept")], Accept(PROPOSED, at(3))),
        ([write("Decision", " Accept "), write("Note", "checked")], Accept(PROPOSED, at(3, "checked"))),
        ([write("Decision", "accept"), write(CUSTOMER, "10110")], Accept(PROPOSED, at(3))),
        ([write("Decision", "accept"), write(DOCUMENTS, "103007")], Accept(PROPOSED, at(3))),
        ([write("Decision", "ignore"), write("Note", "not ours")], Ignore(PROPOSED, at(3, "not ours"))),
        ([write("Decision", "other"), write(CUSTOMER, "10500")], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(CUSTOMER, 10500)], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(CUSTOMER, 10500.0)], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(DOCUMENTS, "103019")], Assign(PROPOSED, at(3), "", (Share("103019"),))),
        ([write("Decision", "OTHER"), write(DOCUMENTS, 103019)], Assign(PROPOSED, at(3), "", (Share("103019"),))),
        (
            [write("Decision", "other"), write(CUSTOMER, "10110"), write(DOCUMENTS, "103007; 103019")],
            Assign(PROPOSED, at(3), "10110", (Share("103007"), Share("103019"))),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103007, 103019\nPS-INV/26-1")],
            Assign(PROPOSED, at(3), "", (Share("103007"), Share("103019"), Share("PS-INV/26-1"))),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103019"), write(AMOUNTS, 1000.1)],
            Assign(PROPOSED, at(3), "", (Share("103019", eur("1000.10")),)),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103007;103019"), write(AMOUNTS, "1.000,00; 180")],
            Assign(PROPOSED, at(3), "", (Share("103007", eur("1000.00")), Share("103019", eur("180.00")))),
        ),
    ],
)
def test_a_decision_is_read_as_the_clerk_wrote_it(
    tmp_path: Path, clerk: list[Clerk], choice: Accept | Assign | Ignore
) -> None:
    assert reviewed(tmp_path, *clerk) == Choices(EVERY, (choice,), (TWO,), listed=LISTED)


def rules(choices: Choices) -> list[tuple[str, int, str]]:
    return [(problem.rule, problem.row, problem.column) for problem in choices.problems]


@pytest.mark.parametrize(
    ("clerk", "problem"),
    [
        ([write("Decision", "yes")], ("decision", 3, "Decision")),
        ([write("Decision", "accept", row=2)], ("nothing_proposed", 2, "Decision")),
        ([write("Decision", "accept"), write(CUSTOMER, "10500")], ("accept_differs", 3, CUSTOMER)),
        ([write("Decision", "accept"), write(AMOUNTS, 5)], ("accept_differs", 3, AMOUNTS)),
        ([write("Decision", "ignore"), write(DOCUMENTS, "103019")], ("contradiction", 3, DOCUMENTS)),
        ([write(CUSTOMER, "10500")], ("decision_missing", 3, CUSTOMER)),
        ([write("Decision", "other")], ("nobody", 3, CUSTOMER)),
        ([write("Decision", "other"), write(AMOUNTS, 5)], ("nobody", 3, CUSTOMER)),
        ([write("Decision", "other"), write(CUSTOMER, "1"), write(AMOUNTS, 5)], ("amount_count", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1;1")], ("twice", 3, DOCUMENTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1;2"), write(AMOUNTS, "5")], ("amount_count", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "-5")], ("amount_sign", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 0)], ("amount_sign", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 1180.01)], ("amount_sum", 3, AMOUNTS)),
        # A thousand and something, or one and something: nobody guesses.
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "1.180")], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "1,180")], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 1.005)], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "all")], ("amount", 3, AMOUNTS)),
    ],
)
def test_what_contradicts_itself_or_is_unclear_is_refused_in_its_row(
    tmp_path: Path, clerk: list[Clerk], problem: tuple[str, int, str]
) -> None:
    choices = reviewed(tmp_path, *clerk)
    assert (rules(choices), choices.choices) == ([problem], ())


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


def test_who_saved_the_workbook_is_told(tmp_path: Path) -> None:
    def save_as(book: Workbook) -> None:
        book.properties.lastModifiedBy = "Petra Beispiel"

    (choice,) = reviewed(tmp_path, write("Decision", "accept"), save_as).choices
    assert choice == Accept(PROPOSED, at(3, decided_by="Petra Beispiel"))


@pytest.mark.parametrize("name", plans.HOSTILE)
def test_hostile_texts_come_back_as_they_went(tmp_path: Path, name: str) -> None:
    choices = reviewed(tmp_path, write("Decision", "accept", row=2), plan=plans.hostile(plans.HOSTILE[name]))
    assert (choices.choices, choices.problems) == ((Accept("BI100000000000000002", at(2)),), ())


@pytest.mark.parametrize(
    "text",
    [
        "  blanks  ",
        "two\nlines",
        "tab\tstop",
        "_x0041_",
        "_x0041_x0042_",
        "_x005F_x0041_",
        "<r>x</r>",
        "lone \ud800",
        "'quoted",
        "x" * 40_000,
        "🥐" * 40_000,
        "007",
    ],
)
def test_texts_that_spreadsheets_like_to_change_come_back_unchanged(tmp_path: Path, text: str) -> None:
    review = plans.review_proposal()
    bank = replace(plans.line(4, "1180.00", text, counterparty=text), reference=text)
    plan = plans.plan_of(replace(review, source=plans.source(bank)))
    assert reviewed(tmp_path, plan=plan).problems == ()


@pytest.mark.parametrize("amount", ["0.01", "0.10", "1234567.89", "999999999999.99", "999999999999999.99"])
def test_every_amount_survives_the_numbers_of_a_spreadsheet(tmp_path: Path, amount: str) -> None:
    review = plans.review_proposal()
    plan = plans.plan_of(replace(review, source=plans.source(plans.line(4, amount, "text"))))
    assert reviewed(tmp_path, plan=plan).problems == ()


@pytest.mark.parametrize("day", [date(1753, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)])
def test_every_date_survives_the_dates_of_a_spreadsheet(tmp_path: Path, day: date) -> None:
    review = plans.review_proposal()
    plan = plans.plan_of(replace(review, source=plans.source(replace(plans.line(4, "5.00", "text"), booked_on=day))))
    assert reviewed(tmp_path, plan=plan).problems == ()


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_comes_back_as_it_went(text: str) -> None:
    bank = replace(plans.line(4, "1180.00", text, counterparty=text), reference=text)
    plan = plans.plan_of(replace(plans.review_proposal(), source=plans.source(bank)))
    with TemporaryDirectory() as folder:
        choices = reviewed(Path(folder), plan=plan)
    assert (choices.undecided, choices.problems) == ((PROPOSED,), ())


def unusable(tmp_path: Path, *clerk: Clerk) -> str:
    with pytest.raises(UnusableFile) as raised:
        reviewed(tmp_path, *clerk)
    return str(raised.value)


def rename(title: str, new: str) -> Clerk:
    def step(book: Workbook) -> None:
        book[title].title = new

    return step


def without(caption: str) -> Clerk:
    return lambda book: book["To review"].delete_cols(column(book["To review"], caption))


def set_plan(text: str) -> Clerk:
    def step(book: Workbook) -> None:
        sheet = book["Plan"]
        sheet.delete_rows(1, sheet.max_row)
        sheet["A1"] = text

    return step


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (rename("To review", "Done"), 'review.xlsx has no sheet "To review", but Summary, Done'),
        (rename("Plan", "Other"), "review.xlsx holds no plan to apply"),
        (without("Key"), 'have no captions "Key" and "Decision"'),
        (without("Decision"), 'have no captions "Key" and "Decision"'),
        (write("Why", "Note", row=1), 'two columns are called "Note"'),
        (set_plan("no base 64 at all"), "The plan inside review.xlsx is damaged"),
        (set_plan(b64encode(b"not compressed").decode()), "The plan inside review.xlsx is damaged"),
        (
            set_plan(b64encode(compress(b"{}" * 99)[:-9]).decode()),
            "The plan inside review.xlsx is incomplete or too large",
        ),
    ],
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(tmp_path: Path, step: Clerk, message: str) -> None:
    assert message in unusable(tmp_path, step)


def test_a_plan_that_was_edited_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanChanged):
        reviewed(tmp_path, set_plan(b64encode(compress(b'{"plan": "0"}')).decode()))


def test_a_workbook_for_reading_only_cannot_be_applied(tmp_path: Path) -> None:
    write_workbook(masked(plan_report(EVERY)), tmp_path / "masked.xlsx")
    with pytest.raises(UnusableFile, match="made for reading only"):
        read_review(tmp_path / "masked.xlsx")


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x05\x06" + b"\x00" * 18])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "review.xlsx").write_bytes(content)
    with pytest.raises(UnusableFile, match=r"review\.xlsx is no Excel workbook"):
        read_review(tmp_path / "review.xlsx")


def test_a_plan_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.reports.opened._LARGEST_PLAN", 100)
    assert "incomplete or too large" in unusable(tmp_path)


@pytest.mark.parametrize("decision", ["accept", "other"])
def test_money_paid_out_cannot_become_a_payment(tmp_path: Path, decision: str) -> None:
    returned = replace(plans.review_proposal(), source=plans.source(plans.line(4, "-45.30", "Refund")), payments=())
    choices = reviewed(tmp_path, write("Decision", decision, row=2), plan=plans.plan_of(returned))
    (problem,) = choices.problems
    assert (problem.rule, problem.row) == ("paid_out", 2)
    assert problem.message.endswith("choose ignore and enter it by hand")
