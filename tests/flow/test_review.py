"""The round trip of a review: preview as a workbook, a clerk fills it in, apply carries out what still holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.shipped import shipped
from tests.flow.conftest import Desk

DEMO = shipped("samples") / "demo" / "bank.csv"
WHO = "Related-Party Name"
HEADER = (
    "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,bank_reference"
)
UNKNOWN_PAYER = "DE02120300000000202051,2026-11-02,2026-11-02,8586.76,EUR,Unknown,DK5699990000001252,,Betaling,1"


def filled_in(path: Path, answers: dict[str, dict[str, str]]) -> None:
    """Fill in the sheet as a clerk: find the row by the payer's name, the column by its caption."""
    book = load_workbook(path)
    sheet = book["To review"]
    captions = next(row for row in sheet.iter_rows() if any(cell.value == WHO for cell in row))
    columns = {str(cell.value): number for number, cell in enumerate(captions, start=1)}
    rows = {
        str(sheet.cell(row, columns[WHO]).value): row for row in range(int(captions[0].row or 0) + 1, sheet.max_row + 1)
    }
    for name, cells in answers.items():
        for caption, text in cells.items():
            sheet.cell(rows[name], columns[caption]).value = text
    book.properties.lastModifiedBy = "Kim"
    book.save(path)


@pytest.fixture
def review(desk: Desk) -> Path:
    desk.importer("import", DEMO, "--yes")
    desk.importer("preview", DEMO, "--format", "xlsx", "-o", "review.xlsx")
    return desk.folder / "review.xlsx"


def created(desk: Desk) -> list[tuple[str, str, str]]:
    lines = desk.sandbox.journal_lines("BANK")
    return sorted((line.customer_number, line.invoice_number, f"{line.amount:.2f}") for line in lines)


ANSWERS = {
    "Hurtownia Zielonolaka": {"Decision": "other", "Customer No.": "10250", "Note": "advance"},
    "Kuestenkontor Uebersee GmbH": {"Decision": "other", "Applies-to Doc. Nos.": "103178"},
    "Kontor Papier und Ideen": {"Decision": "ignore"},
}


def test_what_a_clerk_decided_is_created_with_the_name_of_who_decided(desk: Desk, review: Path) -> None:
    before = created(desk)
    filled_in(review, ANSWERS)
    ran = desk.importer("apply", review, "--format", "json")
    assert ran.code == 0, ran.err
    new = [line for line in created(desk) if line not in before]
    assert new == [("10040", "103178", "-1000.00"), ("10250", "", "-5000.00")]
    reasons = [d["reasons"][0]["message"] for d in ran.document["decisions"] if d["action"] == "create"]
    assert reasons == ["assigned by Kim: advance", "assigned by Kim"]


def test_what_a_clerk_ignored_stays_out_until_somebody_asks_for_it_again(desk: Desk, review: Path) -> None:
    filled_in(review, ANSWERS)
    desk.importer("apply", review)

    def eighth() -> tuple[str, str]:
        decision = desk.importer("preview", DEMO, "--format", "json").document["decisions"][7]
        return decision["action"], decision["reasons"][0]["rule"]

    assert eighth() == ("skip", "left_out_before")
    desk.importer("import", DEMO, "--yes")
    assert eighth() == ("skip", "left_out_before")
    desk.importer("import", DEMO, "--yes", "--again")
    assert eighth()[0] == "review"


def test_applying_a_review_twice_creates_nothing_twice(desk: Desk, review: Path) -> None:
    filled_in(review, ANSWERS)
    desk.importer("apply", review)
    before = created(desk)
    again = desk.importer("apply", review)
    assert created(desk) == before
    assert again.code == 3
    assert again.err.count("nothing was done: already imported") == 2


def test_what_no_longer_holds_is_told_with_its_row_and_the_rest_is_carried_out(desk: Desk, review: Path) -> None:
    filled_in(review, ANSWERS)
    desk.sandbox.edit_customer("10250", blocked="All")
    ran = desk.importer("apply", review)
    assert ran.code == 3
    assert "customer 10250 Hurtownia Zielonołąka Sp. z o.o. is blocked (All)" in ran.err
    assert "not carried out: To review, row " in ran.err
    assert ("10040", "103178", "-1000.00") in created(desk)
    assert ("10250", "", "-5000.00") not in created(desk)


def test_one_payment_for_several_customers_becomes_a_line_of_each(desk: Desk, review: Path) -> None:
    before = created(desk)
    other = {"Decision": "other", "Applies-to Doc. Nos.": "103178; 103181", "Amounts to Apply": "400.00; 600.00"}
    filled_in(review, {"Kuestenkontor Uebersee GmbH": other})
    ran = desk.importer("apply", review, "--format", "json")
    (decision,) = [one for one in ran.document["decisions"] if one["action"] == "create"]
    assert sorted(set(created(desk)) - set(before)) == [("10040", "103178", "-400.00"), ("10390", "103181", "-600.00")]
    assert (decision["customer"], len({line["external_document_number"] for line in decision["payments"]})) == (None, 1)
    # An account from which several are paid proves nobody.
    assert "Kuestenkontor" not in desk.importer("payer", "list").out
    shown = desk.importer("run", "show", ran.document["outcome"]["run"]).out
    assert "10040, 10390" in shown


WRONG = {
    "no such invoice": (
        {"Decision": "other", "Applies-to Doc. Nos.": "999999"},
        "there is no posted sales invoice 999999",
    ),
    "two customers, and one of them named": (
        {"Decision": "other", "Customer No.": "10040", "Applies-to Doc. Nos.": "103178; 103196"},
        "leave the customer empty when the payment is for all of them",
    ),
    "too much": (
        {"Decision": "other", "Applies-to Doc. Nos.": "103178", "Amounts to Apply": "1000.01"},
        "more than the 1,000.00 EUR of the bank line",
    ),
}


@pytest.mark.parametrize(("answer", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_decision_that_cannot_be_is_refused_with_the_reason(
    desk: Desk, review: Path, answer: dict[str, str], message: str
) -> None:
    before = created(desk)
    filled_in(review, {"Kuestenkontor Uebersee GmbH": answer})
    ran = desk.importer("apply", review)
    assert (ran.code, created(desk)) == (3, before)
    assert message in ran.err


def test_a_review_of_another_journal_is_refused(desk: Desk, review: Path) -> None:
    filled_in(review, ANSWERS)
    desk.configure('"BANK"', '"BANK-API"')
    ran = desk.importer("apply", review)
    assert ran.code == 4
    assert "The plan is for journal BANK of CRONUS International Ltd." in ran.err


def test_what_a_person_decided_is_not_changed_by_a_later_run(desk: Desk) -> None:
    (desk.folder / "bank.csv").write_text(f"{HEADER}\n{UNKNOWN_PAYER}\n", encoding="utf-8")
    desk.importer("preview", "bank.csv", "--format", "xlsx", "-o", "review.xlsx")
    filled_in(desk.folder / "review.xlsx", {"Unknown": {"Decision": "other", "Customer No.": "10360"}})
    desk.importer("apply", "review.xlsx")
    before = created(desk)
    # The decision taught the account of customer 10360, who has one open invoice of just this amount.
    again = desk.importer("import", "bank.csv", "--yes", "--format", "json").document["decisions"][0]
    assert (again["action"], again["reasons"][0]["rule"]) == ("skip", "already_imported")
    assert created(desk) == before == [("10360", "", "-8586.76")]
