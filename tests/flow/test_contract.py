"""Exactly the plan that somebody saw, or nothing and the name of everything that changed: `apply PLAN.json`, `--expect`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from importer.shipped import shipped
from tests.flow.conftest import Desk, Ran
from tests.flow.test_review import HEADER

DEMO = shipped("samples") / "demo" / "bank.csv"
FIRST = "bank.csv, record 1 (2026-11-02, 661.38 EUR, Moewenfelder Backstuben GmbH): "  # pays invoice 103196

Person = Callable[[Desk], object]


def enter_by_hand(desk: Desk, journal: str, line_number: int, number: str, amount: str) -> None:
    """Somebody enters a payment of an invoice in a journal."""
    invoice = next(invoice for invoice in desk.sandbox.invoices() if invoice.number == number)
    desk.sandbox.insert(
        journal,
        line_number=line_number,
        document_number="H1",
        customer_id=invoice.bill_to_customer_id,
        customer_number=invoice.bill_to_customer_number,
        posting_date=date(2026, 11, 1),
        amount=-Decimal(amount),
        invoice_id=invoice.id,
        invoice_number=number,
    )


def pay_by_hand(number: str, amount: str) -> Person:
    """Somebody enters a payment of an invoice in another journal and posts it."""

    def act(desk: Desk) -> None:
        line_number = 10000 + int(number)
        enter_by_hand(desk, "BANK-API", line_number, number, amount)
        desk.sandbox.edit("BANK-API", line_number, balancing_account="1200")
        desk.sandbox.post("BANK-API")

    return act


def block(desk: Desk) -> None:
    desk.sandbox.edit_customer("10000", blocked="All")


def block_for_shipping(desk: Desk) -> None:
    desk.sandbox.edit_customer("10000", blocked="Ship")


CHANGES: dict[str, tuple[Person, list[str]]] = {
    "paid in part": (
        pay_by_hand("103196", "100.00"),
        ["invoice 103196, Remaining Amount: was 661.38 EUR, is 561.38 EUR"],
    ),
    "paid": (
        pay_by_hand("103196", "661.38"),
        [
            "invoice 103196, Status: was Open, is Paid",
            "invoice 103196, Remaining Amount: was 661.38 EUR, is 0.00 EUR",
        ],
    ),
    "blocked": (block, ["customer 10000 Möwenfelder Backstuben GmbH, Blocked: was blank, is All"]),
    # Payments would still be taken, but the plan rests on something that is no longer so.
    "blocked for shipping": (
        block_for_shipping,
        ["customer 10000 Möwenfelder Backstuben GmbH, Blocked: was blank, is Ship"],
    ),
}


def saved(desk: Desk, *files: str) -> str:
    desk.importer("preview", *(files or [str(DEMO)]), "--format", "json", "-o", "plan.json")
    digest: str = json.loads((desk.folder / "plan.json").read_text(encoding="utf-8"))["plan"]
    return digest


def assert_refused(desk: Desk, ran: Ran, before: int, *said: str) -> None:
    assert (ran.code, ran.out, len(desk.writes())) == (4, "", before)
    assert [line for line in said if line not in ran.err] == []


@pytest.mark.parametrize(("person", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_a_saved_plan_is_refused_with_what_was_and_what_is(desk: Desk, person: Person, said: list[str]) -> None:
    digest = saved(desk)
    person(desk)
    refused = desk.importer("apply", "plan.json")
    assert_refused(desk, refused, 0, f"The plan {digest} of ", "no longer holds; nothing of it was written:")
    assert [line for line in said if f"  {FIRST}{line}\n" not in refused.err] == []
    assert "record 2" not in refused.err


@pytest.mark.parametrize(("person", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_an_expected_plan_is_refused_with_what_was_and_what_is(desk: Desk, person: Person, said: list[str]) -> None:
    digest = saved(desk)
    person(desk)
    refused = desk.importer("import", DEMO, "--expect", digest)
    assert_refused(desk, refused, 0, f"not the expected {digest}; nothing of it was written:")
    assert [line for line in said if f"  {FIRST}{line}\n" not in refused.err] == []
    assert "record 2" not in refused.err


def test_what_became_of_a_line_is_named_when_it_is_decided_otherwise(desk: Desk) -> None:
    digest = saved(desk)
    block(desk)
    refused = desk.importer("import", DEMO, "--expect", digest)
    assert (
        f"  {FIRST}was create for customer 10000 (661.38 EUR to 103196); is review for customer 10000 (661.38 EUR to 103196): "
        "customer 10000 Möwenfelder Backstuben GmbH is blocked (All)"
    ) in refused.err


def test_a_plan_is_carried_out_although_something_else_changed(desk: Desk) -> None:
    digest = saved(desk)
    desk.sandbox.edit_customer("10010", blocked="All")
    assert desk.importer("import", DEMO, "--expect", digest).code == 3
    assert len(desk.sandbox.journal_lines("BANK")) == 6


def test_lines_that_another_run_imported_are_named_with_that_run(desk: Desk) -> None:
    digest = saved(desk)
    run = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]["run"]
    before = len(desk.writes())
    said = f"already imported: bank.csv, record 1, run {run}"
    assert_refused(desk, desk.importer("apply", "plan.json"), before, f"{FIRST}{said}\n")
    # Its own payments speak against nothing.
    assert "remaining" not in desk.ran[-1].err
    expected = desk.importer("import", DEMO, "--expect", digest)
    assert_refused(
        desk,
        expected,
        before,
        f"{FIRST}was create for customer 10000 (661.38 EUR to 103196); is skip: {said}",
    )


def test_lines_that_came_and_went_in_the_files_are_named(desk: Desk) -> None:
    lines = DEMO.read_text(encoding="utf-8").splitlines(keepends=True)
    path = desk.folder / "bank.csv"
    path.write_text("".join(lines[:3]), encoding="utf-8")
    digest = saved(desk, "bank.csv")
    path.write_text("".join([lines[0], *lines[2:4]]), encoding="utf-8")
    refused = desk.importer("import", "bank.csv", "--expect", digest)
    assert_refused(desk, refused, 0, f"  {FIRST}is no longer in the files\n")
    assert (
        "  bank.csv, record 2 (2026-11-02, 6,635.04 EUR, Ceramicas Penarroya del Valle): "
        "is new, create for customer 10160 (6,635.04 EUR to PS-INV26-0048)\n"
    ) in refused.err


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["import", "dry run"])
def test_a_digest_that_nobody_previewed_here_is_refused_with_both(desk: Desk, dry: list[str]) -> None:
    digest = saved(desk)
    refused = desk.importer("import", DEMO, "--expect", "0" * 16, *dry)
    assert_refused(
        desk, refused, 0, f"The plan is now {digest}, not the expected {'0' * 16}; nothing of it was written."
    )
    assert "No plan with the expected digest was previewed with this ledger" in refused.err


def test_a_long_list_of_changes_ends_with_a_count(desk: Desk) -> None:
    rows = [
        f"DE02120300000000202051,2026-11-02,2026-11-02,{number}.00,EUR,Somebody,,,thanks,{number}"
        for number in range(1, 81)
    ]
    path = desk.folder / "bank.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    digest = saved(desk, "bank.csv")
    path.write_text("\n".join([HEADER, *rows[:5]]), encoding="utf-8")
    refused = desk.importer("import", "bank.csv", "--expect", digest)
    assert (refused.err.count("is no longer in the files"), "... and 25 more" in refused.err) == (50, True)


def test_a_journal_of_another_name_is_told(desk: Desk) -> None:
    saved(desk)
    desk.sandbox.rename("BANK", "BANK-NEW")
    gone = desk.importer("apply", "plan.json")
    assert (gone.code, desk.writes()) == (78, [])
    desk.configure('"BANK"', '"BANK-NEW"')
    assert desk.importer("apply", "plan.json").code == 3
    assert len(desk.sandbox.journal_lines("BANK-NEW")) == 6


def test_another_journal_of_the_same_name_is_told(desk: Desk) -> None:
    saved(desk)
    desk.sandbox.rename("BANK", "BANK-OLD")
    desk.sandbox.rename("BANK-API", "BANK")
    refused = desk.importer("apply", "plan.json")
    assert_refused(desk, refused, 0, "this is a new one of that name; make a new plan with `importer preview`.")


def test_lines_of_an_account_that_is_no_longer_the_companys_are_not_carried_out(desk: Desk) -> None:
    saved(desk)
    desk.configure('"DE02120300000000202051"', '"DE02500105170137075030"')
    refused = desk.importer("apply", "plan.json")
    assert_refused(desk, refused, 0, "company cronus has DE02500105170137075030. Nothing of it was written.")


def test_a_line_number_that_somebody_took_is_named(desk: Desk) -> None:
    saved(desk)
    document = json.loads((desk.folder / "plan.json").read_text(encoding="utf-8"))
    number = document["decisions"][0]["payments"][0]["line_number"]
    desk.sandbox.insert("BANK", line_number=number, document_number="R1")
    refused = desk.importer("apply", "plan.json")
    assert_refused(desk, refused, 0, f"{FIRST}line number {number} of the journal is taken since by another payment")


def test_a_plan_of_an_older_version_is_refused_because_nobody_can_tell(desk: Desk) -> None:
    saved(desk)
    path = desk.folder / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["basis"], document["seal"]
    path.write_text(json.dumps(document), encoding="utf-8")
    # The digest of an older version is that of the decisions alone; the message says which one that is.
    edited = desk.importer("apply", "plan.json")
    document["plan"] = edited.err.split("but its decisions have ")[1][:16]
    path.write_text(json.dumps(document), encoding="utf-8")
    refused = desk.importer("apply", "plan.json")
    assert_refused(
        desk, refused, 0, "the plan was saved by an older version", "Make a new plan with `importer preview`."
    )


@pytest.fixture
def patching(desk: Desk) -> Desk:
    """A line that stands in the journal on account will be applied to an invoice, because just its amount is left since."""
    line = "DE02120300000000202051,2026-11-02,2026-11-02,100.00,EUR,Kunde 10360,,,Kunde 10360,1"
    (desk.folder / "bank.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    desk.configure("[company.cronus.auth]", '[company.cronus.matching]\napprove = "medium"\n[company.cronus.auth]')
    desk.importer("import", "bank.csv", "--yes")
    pay_by_hand("103192", "8486.76")(desk)
    return desk


@pytest.mark.parametrize("way", ["apply", "expect"])
def test_a_journal_line_that_somebody_edited_since_is_named_with_version_and_field(patching: Desk, way: str) -> None:
    digest = saved(patching, "bank.csv")
    (line,) = patching.sandbox.journal_lines("BANK")
    before = len(patching.writes())
    patching.sandbox.edit("BANK", line.line_number, comment="call them")
    calls = {"apply": ("apply", "plan.json"), "expect": ("import", "bank.csv", "--expect", digest)}
    refused = patching.importer(*calls[way])
    assert_refused(patching, refused, before, "bank.csv, record 1 (2026-11-02, 100.00 EUR, Kunde 10360): ")
    wanted = {
        "apply": (f"journal line {line.line_number}: its version (etag) was W/", ", comment: was ", ", is call them"),
        "expect": (
            f"journal line {line.line_number}: its version (etag) was W/",
            ", is call them",
            "was patch for customer 10360 (100.00 EUR to 103192, ",
            "; is skip: already imported: bank.csv, record 1",
        ),
    }
    assert [text for text in wanted[way] if text not in refused.err] == []


def test_a_journal_line_that_was_posted_since_is_named(patching: Desk) -> None:
    saved(patching, "bank.csv")
    (line,) = patching.sandbox.journal_lines("BANK")
    before = len(patching.writes())
    patching.sandbox.post("BANK")
    refused = patching.importer("apply", "plan.json")
    assert_refused(patching, refused, before, f"journal line {line.line_number} is no longer there: posted or deleted")


def test_a_change_of_a_journal_line_is_carried_out_when_nothing_happened_since(patching: Desk) -> None:
    digest = saved(patching, "bank.csv")
    assert patching.importer("import", "bank.csv", "--expect", digest).code == 0
    (line,) = patching.sandbox.journal_lines("BANK")
    assert line.invoice_number == "103192"
