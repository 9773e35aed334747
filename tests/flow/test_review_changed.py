"""A review applied after Business Central changed underneath, or after somebody touched more than the yellow cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.flow.conftest import Desk
from tests.flow.test_contract import enter_by_hand, pay_by_hand
from tests.flow.test_review import DEMO, HEADER, WHO, created, filled_in

KUESTE = "Kuestenkontor Uebersee GmbH"  # 1,000.00 of the 2,127.43 that are left of 103178
BACKSTUBEN = "Moewenfelder Backstuben GmbH"  # 661.38, certain: 103196
FIRST = ("10000", "103196", "-661.38")
PART = ("10040", "103178", "-1000.00")
WAITS_NOW = (
    "the line waits for a person now: make a new workbook with `importer preview FILE --format xlsx` and decide it there, "
    "or choose ignore here and enter the payment by hand"
)


@pytest.fixture
def review(desk: Desk) -> Path:
    """A workbook with three waiting and five certain lines; the clerk accepts the part payment."""
    desk.importer("preview", DEMO, "--format", "xlsx", "-o", "review.xlsx")
    filled_in(desk.folder / "review.xlsx", {KUESTE: {"Decision": "accept"}})
    return desk.folder / "review.xlsx"


def changed(path: Path, step: Callable[[Workbook], object]) -> None:
    book = load_workbook(path)
    step(book)
    book.save(path)


def row_of(book: Workbook, title: str, who: str) -> int:
    sheet = book[title]
    place = next(cell.column for cell in sheet[1] if cell.value == WHO)
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, place).value == who)


def on_ready(caption: str, value: str) -> Callable[[Workbook], None]:
    def write(book: Workbook) -> None:
        sheet = book["Ready"]
        place = next(cell.column for cell in sheet[1] if cell.value == caption)
        sheet.cell(row_of(book, "Ready", BACKSTUBEN), place).value = value

    return write


def test_the_certain_lines_are_created_together_with_the_decided_ones(desk: Desk, review: Path) -> None:
    ran = desk.importer("apply", review)
    assert (ran.code, ran.err) == (3, "")
    assert len(created(desk)) == 7
    assert {FIRST, PART} <= set(created(desk))


def test_an_invoice_that_was_paid_in_part_meanwhile_still_takes_what_was_decided(desk: Desk, review: Path) -> None:
    pay_by_hand("103178", "1000.00")(desk)
    desk.importer("apply", review)
    assert PART in created(desk)


def test_an_invoice_of_which_too_little_is_left_is_refused_in_its_row(desk: Desk, review: Path) -> None:
    pay_by_hand("103178", "2000.00")(desk)
    ran = desk.importer("apply", review)
    row = row_of(load_workbook(review), "To review", KUESTE)
    assert (
        f"not carried out: To review, row {row}: invoice 103178 has 127.43 EUR remaining, this run and the journal settle "
        "1,000.00 EUR; choose other and lower the amount, or leave the invoice out"
    ) in ran.err
    assert (ran.code, PART in created(desk), FIRST in created(desk)) == (3, False, True)


def test_invoices_that_were_paid_meanwhile_are_refused_with_their_rows(desk: Desk, review: Path) -> None:
    pay_by_hand("103178", "2127.43")(desk)
    pay_by_hand("103196", "661.38")(desk)
    ran = desk.importer("apply", review)
    book = load_workbook(review)
    for title, who, invoice in (("To review", KUESTE, "103178"), ("Ready", BACKSTUBEN, "103196")):
        said = f"{title}, row {row_of(book, title, who)}: invoice {invoice} is Paid; there is nothing to settle"
        assert f"not carried out: {said}" in ran.err
    assert "settle; choose other and name an open invoice, or leave it out (rule" in ran.err
    assert f"settle; {WAITS_NOW} (rule" in ran.err
    assert {FIRST, PART} & set(created(desk)) == set()
    assert len(created(desk)) == 5


def test_a_line_of_the_journal_that_takes_the_same_invoice_is_named(desk: Desk, review: Path) -> None:
    for number, invoice, amount in ((77000, "103178", "2000.00"), (78000, "103196", "661.38")):
        enter_by_hand(desk, "BANK", number, invoice, amount)
    before = created(desk)
    ran = desk.importer("apply", review)
    said = [
        "settle 3,000.00 EUR, of it 2,000.00 EUR in journal line 77000; choose other and lower the amount",
        f"settle 1,322.76 EUR, of it 661.38 EUR in journal line 78000; {WAITS_NOW}",
    ]
    assert [text for text in said if text not in ran.err] == []
    assert (PART in created(desk), [line for line in created(desk) if line[1] == "103196"]) == (False, [FIRST])
    assert len(created(desk)) == len(before) + 5


def test_what_a_refused_certain_line_is_told_to_do_can_be_done(desk: Desk, review: Path) -> None:
    pay_by_hand("103196", "661.38")(desk)
    desk.importer("apply", review)
    desk.importer("preview", DEMO, "--format", "xlsx", "-o", "next.xlsx")
    filled_in(desk.folder / "next.xlsx", {BACKSTUBEN: {"Decision": "other", "Customer No.": "10000"}})
    desk.importer("apply", "next.xlsx")
    assert ("10000", "", "-661.38") in created(desk)


def test_nobody_is_told_to_correct_rows_that_are_done(desk: Desk, review: Path) -> None:
    desk.importer("apply", review)
    assert "Correct these rows" not in desk.importer("apply", review).err


def test_what_the_night_imported_meanwhile_is_not_created_again(desk: Desk, review: Path) -> None:
    desk.importer("import", DEMO, "--yes")
    before = created(desk)
    ran = desk.importer("apply", review)
    assert (ran.code, ran.err, created(desk)) == (3, "", sorted([*before, PART]))


def test_what_another_clerk_decided_first_stands(desk: Desk, review: Path) -> None:
    other = desk.folder / "other.xlsx"
    other.write_bytes(review.read_bytes())
    filled_in(other, {KUESTE: {"Decision": "ignore", "Decided by": "Robin"}})
    desk.importer("apply", other)
    before = created(desk)
    ran = desk.importer("apply", review)
    assert "nothing was done: a person left it out in a review" in ran.err
    assert (created(desk), PART in before) == (before, False)


def test_a_journal_that_was_posted_meanwhile_takes_nothing_twice(desk: Desk, review: Path) -> None:
    desk.importer("apply", review)
    desk.sandbox.post("BANK")
    ran = desk.importer("apply", review)
    assert ("already imported" in ran.err, created(desk)) == (True, [])


def test_a_journal_of_another_name_is_refused_until_importer_toml_has_it(desk: Desk, review: Path) -> None:
    desk.sandbox.rename("BANK", "BANK-NEW")
    gone = desk.importer("apply", review)
    assert (gone.code, desk.writes()) == (78, [])
    desk.configure('"BANK"', '"BANK-NEW"')
    desk.importer("apply", review)
    assert len(desk.sandbox.journal_lines("BANK-NEW")) == 7


def test_a_certain_line_that_the_clerk_stops_is_left_out_for_good(desk: Desk, review: Path) -> None:
    changed(review, on_ready("Decision", "ignore"))
    assert desk.importer("apply", review).err == ""
    desk.importer("import", DEMO, "--yes")
    assert (FIRST in created(desk), len(created(desk))) == (False, 6)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            lambda book: book["Ready"].delete_rows(row_of(book, "Ready", BACKSTUBEN)),
            "the row of this bank line is gone",
        ),
        (on_ready("Customer No.", "10010"), 'was changed from "10000"; nothing can be changed here'),
        (on_ready("Decision", "other"), "is no decision about a certain line"),
    ],
)
def test_a_certain_line_that_the_clerk_touched_otherwise_is_not_created(
    desk: Desk, review: Path, step: Callable[[Workbook], object], said: str
) -> None:
    changed(review, step)
    ran = desk.importer("apply", review)
    assert (ran.code, said in ran.err, FIRST in created(desk), PART in created(desk)) == (3, True, False, True)
    # It waits, with the reason; it is not lost.
    assert "Correct these rows in review.xlsx, save it and apply it again" in ran.err
    desk.importer("import", DEMO, "--yes")
    assert FIRST in created(desk)


def test_a_decision_that_takes_the_invoice_of_a_certain_line_names_both_rows(desk: Desk, review: Path) -> None:
    filled_in(review, {"Kontor Papier und Ideen": {"Decision": "other", "Applies-to Doc. Nos.": "103196"}})
    ran = desk.importer("apply", review)
    book = load_workbook(review)
    rows = [
        f"To review, row {row_of(book, 'To review', 'Kontor Papier und Ideen')}",
        f"Ready, row {row_of(book, 'Ready', BACKSTUBEN)}",
    ]
    for one, other in (rows, rows[::-1]):
        assert f"not carried out: {one}: invoice 103196 has 661.38 EUR remaining" in ran.err
        assert f"(also {other})" in ran.err
    assert f"(also {rows[0]}); correct {rows[0]} (rule" in ran.err
    assert FIRST not in created(desk)


def test_every_face_says_what_was_not_carried_out(desk: Desk, review: Path) -> None:
    filled_in(review, {KUESTE: {"Decision": "maybe"}})
    document = desk.importer("apply", review, "--format", "json").document
    (problem,) = document["outcome"]["problems"]
    row = row_of(load_workbook(review), "To review", KUESTE)
    assert (problem["rule"], problem["file"], problem["row"], problem["value"]) == (
        "decision",
        "To review",
        row,
        "maybe",
    )
    desk.importer("apply", review, "--format", "html", "-o", "after.html")
    assert "Not carried out: To review, row" in (desk.folder / "after.html").read_text(encoding="utf-8")
    desk.importer("apply", review, "--format", "xlsx", "-o", "after.xlsx")
    summary = [row[0].value for row in load_workbook(desk.folder / "after.xlsx")["Summary"].iter_rows()]
    assert any(str(text).startswith("Warning: Not carried out: To review, row") for text in summary)


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_review_saved_in_another_format_is_refused_with_what_to_do(desk: Desk, ending: str) -> None:
    start = {
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "ods": b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument",
    }
    (desk.folder / f"review.{ending}").write_bytes(start[ending])
    ran = desk.importer("apply", f"review.{ending}")
    assert (ran.code, "save it as Excel workbook (.xlsx)" in ran.err) == (4, True)


def test_many_refusals_do_not_flood_the_terminal(desk: Desk) -> None:
    rows = [f"DE02120300000000202051,2026-11-02,2026-11-02,{n}.00,EUR,Somebody {n},,,thanks,{n}" for n in range(1, 71)]
    (desk.folder / "bank.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    desk.importer("preview", "bank.csv", "--format", "xlsx", "-o", "review.xlsx")
    filled_in(desk.folder / "review.xlsx", {f"Somebody {n}": {"Decision": "perhaps"} for n in range(1, 71)})
    ran = desk.importer("apply", "review.xlsx")
    assert (ran.err.count("not carried out: "), "... and 20 more; --format json, html or xlsx" in ran.err) == (50, True)
