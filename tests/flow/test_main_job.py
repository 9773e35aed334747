"""The main job as a user does it: a statement, a preview, an import, and the same import again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.ledger import open_ledger
from importer.office import utc_now
from importer.shipped import shipped
from tests.flow.conftest import Desk
from tests.flow.statements import Booking, month, write_generic_csv, write_generic_xlsx, write_sparkasse

DEMO = shipped("samples") / "demo" / "bank.csv"
LAYOUTS = {"generic.csv": write_generic_csv, "generic.xlsx": write_generic_xlsx, "sparkasse.csv": write_sparkasse}


def truth(bookings: Sequence[Booking]) -> list[tuple[str, str, Decimal]]:
    """Customer, invoice and amount of every journal line that should come of it."""
    return sorted((b.customer, invoice, -amount) for b in bookings for invoice, amount in b.pays)


def journal(desk: Desk) -> list[tuple[str, str, Decimal]]:
    """Customer, invoice and amount of every journal line that is there."""
    lines = desk.sandbox.journal_lines("BANK")
    return sorted((line.customer_number, line.invoice_number, line.amount) for line in lines)


@pytest.mark.parametrize(("name", "write"), LAYOUTS.items(), ids=LAYOUTS.keys())
def test_every_clear_receipt_becomes_the_right_line_and_nothing_else_does(
    desk: Desk, name: str, write: Callable[[Path, Sequence[Booking]], Path]
) -> None:
    bookings = month(desk.sandbox)
    path = write(desk.folder / name, bookings)

    seen = desk.importer("preview", path, "--format", "json")
    assert (seen.code, desk.writes(), len(desk.sandbox.history)) == (3, [], 0)
    assert len(seen.document["decisions"]) == len(bookings)

    assert desk.importer("import", path, "--yes").code == 3
    assert journal(desk) == truth(bookings)

    before = desk.writes()
    again = desk.importer("import", path, "--yes", "--format", "json")
    assert (again.code, desk.writes()) == (3, before)
    assert again.document["totals"]["create"]["lines"] == 0

    desk.sandbox.post("BANK")
    assert journal(desk) == []
    after = desk.importer("import", path, "--yes", "--format", "json")
    assert (after.document["totals"]["create"]["lines"], desk.writes()) == (0, before)


def test_an_overlapping_statement_brings_only_what_is_new(desk: Desk) -> None:
    bookings = month(desk.sandbox)
    days = sorted({booking.day for booking in bookings})
    first = [b for b in bookings if b.day <= days[5]]
    second = [b for b in bookings if b.day >= days[3]]
    desk.importer("import", write_sparkasse(desk.folder / "week1.csv", first), "--yes")
    desk.importer("import", write_sparkasse(desk.folder / "week2.csv", second), "--yes")
    assert journal(desk) == truth(bookings)


def test_a_journal_without_number_series_can_be_posted_too(desk: Desk) -> None:
    desk.configure('"BANK"', '"BANK-API"')
    bookings = month(desk.sandbox)
    desk.importer("import", write_generic_csv(desk.folder / "bank.csv", bookings), "--yes")
    lines = desk.sandbox.journal_lines("BANK-API")
    assert len(lines) == len(truth(bookings))
    assert all(line.document_number for line in lines)


def test_rows_go_to_stdout_and_everything_else_to_stderr(desk: Desk) -> None:
    ran = desk.importer("preview", DEMO)
    assert ran.err == ""
    assert "103196" in ran.out
    assert desk.importer("preview", DEMO, desk.folder / "nothing.csv", "--format", "json").document["files"][0]["name"]


def test_dry_run_is_a_preview(desk: Desk) -> None:
    dry = desk.importer("import", DEMO, "--dry-run", "--format", "json")
    seen = desk.importer("preview", DEMO, "--format", "json")
    assert dry.code == seen.code == 3
    assert dry.document["plan"] == seen.document["plan"]
    assert desk.writes() == []


def test_only_the_expected_plan_is_carried_out(desk: Desk) -> None:
    digest = desk.importer("preview", DEMO, "--format", "json").document["plan"]
    refused = desk.importer("import", DEMO, "--expect", "0" * 16)
    assert (refused.code, desk.writes()) == (4, [])
    assert f"The plan is now {digest}, not the expected {'0' * 16}" in refused.err
    assert desk.importer("import", DEMO, "--expect", digest).code == 3
    assert len(journal(desk)) == 6


def test_a_saved_plan_is_carried_out_exactly(desk: Desk) -> None:
    desk.importer("preview", DEMO, "--format", "json", "-o", "plan.json")
    assert desk.importer("apply", "plan.json").code == 3
    assert len(journal(desk)) == 6
    again = desk.importer("apply", "plan.json")
    assert again.code == 4
    assert again.err.count("already imported: ") == 5


def test_a_saved_plan_is_refused_when_the_books_changed(desk: Desk) -> None:
    desk.importer("preview", DEMO, "--format", "json", "-o", "plan.json")
    desk.sandbox.edit_customer("10000", blocked="All")
    refused = desk.importer("apply", "plan.json")
    assert (refused.code, desk.writes()) == (4, [])
    assert "customer 10000 Möwenfelder Backstuben GmbH is blocked (All)" in refused.err


def test_an_edited_plan_is_refused(desk: Desk) -> None:
    desk.importer("preview", DEMO, "--format", "json", "-o", "plan.json")
    path = desk.folder / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"-661.38"', '"-661.39"'), encoding="utf-8")
    refused = desk.importer("apply", "plan.json")
    assert refused.code == 4
    assert "it was edited" in refused.err


def test_the_brake_refuses_with_numbers(desk: Desk) -> None:
    desk.configure('journal = "BANK"', 'journal = "BANK"\nmax_lines = 5')
    refused = desk.importer("import", DEMO, "--yes")
    assert (refused.code, desk.writes()) == (4, [])
    assert "The plan creates 6 journal lines, more than max_lines = 5" in refused.err


def test_a_statement_of_another_account_is_refused(desk: Desk) -> None:
    desk.configure("DE02120300000000202051", "DE75512108001245126199")
    refused = desk.importer("import", DEMO, "--yes")
    assert (refused.code, desk.writes()) == (4, [])
    assert 'this is a statement of account "DE02120300000000202051"' in refused.err


def test_one_bad_file_does_not_stop_the_others(desk: Desk) -> None:
    (desk.folder / "strange.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    ran = desk.importer("import", "strange.csv", DEMO, "--yes")
    assert ran.code == 4
    assert "strange.csv" in ran.err
    assert len(journal(desk)) == 6


UNREACHABLE = {
    "wrong token": ("env:BC_TOKEN", "env:OTHER_TOKEN", 77),
    "no such company": ("CRONUS International Ltd.", "Contoso", 78),
    "no such journal": ('journal = "BANK"', 'journal = "NOPE"', 78),
}


@pytest.mark.parametrize(("old", "new", "code"), UNREACHABLE.values(), ids=UNREACHABLE.keys())
def test_what_is_not_reached_has_its_exit_code(desk: Desk, old: str, new: str, code: int) -> None:
    desk.monkeypatch.setenv("OTHER_TOKEN", "wrong")
    desk.configure(old, new)
    ran = desk.importer("import", DEMO, "--yes")
    assert (ran.code, ran.out, desk.writes()) == (code, "", [])
    assert ran.err.startswith("importer: ")
    assert "Traceback" not in ran.err


def test_a_second_run_at_the_same_time_is_told_to_come_back(desk: Desk) -> None:
    company = desk.importer("preview", DEMO, "--format", "json").document["company_id"]
    with open_ledger(str(desk.folder / "state/importer.db"), utc_now) as ledger, ledger.lock(company):
        ran = desk.importer("import", DEMO, "--yes")
    assert (ran.code, desk.writes()) == (75, [])


def test_company_check_says_what_is_there(desk: Desk) -> None:
    ran = desk.importer("company", "check")
    assert ran.code == 0
    assert "✓ Customer payment journal: batch BANK Bank receipts" in ran.out
    assert "✓ Balancing account: 1200" in ran.out
    desk.configure('journal = "BANK"', 'journal = "BANK-API"')
    ran = desk.importer("company", "check", "cronus")
    assert ran.code == 3
    assert "! Balancing account: batch BANK-API has none" in ran.out


def test_company_check_sends_nothing_that_could_write_unless_asked(desk: Desk) -> None:
    assert desk.importer("company", "check").code == 0
    assert [served.path for served in desk.sandbox.requests if served.method != "GET"] == []
    ran = desk.importer("company", "check", "--ask-server")
    assert "✓ Permission to write: a line was checked by Business Central and taken back" in ran.out
    assert desk.sandbox.journal_lines("BANK") == ()


def test_company_check_creates_the_journal_when_asked(desk: Desk) -> None:
    desk.configure('"BANK"', '"IMPORT"')
    assert desk.importer("company", "check").code == 78
    assert "! Create journal: batch IMPORT was created" in desk.importer("company", "check", "--create-journal").out
    assert "✓ Customer payment journal: batch IMPORT" in desk.importer("company", "check").out


def test_a_booking_in_other_words_is_asked_about_not_imported_twice(desk: Desk) -> None:
    bookings = month(desk.sandbox)
    desk.importer("import", write_sparkasse(desk.folder / "bank.csv", bookings), "--yes")
    before = desk.writes()
    ran = desk.importer("import", write_generic_csv(desk.folder / "other.csv", bookings), "--yes", "--format", "json")
    assert desk.writes() == before
    paying = {(booking.day.isoformat(), f"{booking.amount:.2f}") for booking in bookings if booking.pays}
    asked = [d for d in ran.document["decisions"] if d["reasons"] and d["reasons"][0]["rule"] == "near_duplicate"]
    assert {(d["booked_on"], d["amount"]) for d in asked} == paying


def test_two_layouts_of_one_month_that_come_together_are_paid_once_also_from_files_of_one_name(desk: Desk) -> None:
    bookings, folder = month(desk.sandbox), desk.folder / "excel"
    folder.mkdir()
    files = [write_sparkasse(desk.folder / "bank.csv", bookings), write_generic_csv(folder / "bank.csv", bookings)]
    ran = desk.importer("import", *files, "--yes", "--format", "json")
    assert journal(desk) == truth(bookings)
    asked = [d for d in ran.document["decisions"] if d["reasons"] and d["reasons"][0]["rule"] == "near_duplicate"]
    paying = {(booking.day.isoformat(), f"{booking.amount:.2f}") for booking in bookings if booking.pays}
    assert {(d["booked_on"], d["amount"]) for d in asked} >= paying
    assert {d["file"] for d in asked} == {"bank.csv"}


def test_the_server_checks_a_preview_and_keeps_nothing(desk: Desk) -> None:
    desk.sandbox.insert("BANK", line_number=10000, document_number="R00001")
    desk.sandbox.request_approval("BANK")
    before = desk.sandbox.journal_lines("BANK")
    asked = desk.importer("preview", DEMO, "--ask-server", "--format", "json").document
    plain = desk.importer("preview", DEMO, "--format", "json").document
    assert desk.sandbox.journal_lines("BANK") == before
    assert asked["plan"] == plain["plan"]
    said = [d["reasons"][0]["message"] for d in asked["decisions"] if d["action"] == "create"]
    assert all(text.startswith("Business Central refuses it: ") for text in said)
    assert len(said) == 5


def test_what_the_server_refuses_in_a_preview_is_told_in_its_words_and_by_the_exit_code(desk: Desk) -> None:
    head, first, *_ = DEMO.read_text(encoding="utf-8").splitlines()
    (desk.folder / "one.csv").write_text(f"{head}\n{first}\n", encoding="utf-8")
    assert desk.importer("preview", "one.csv", "--ask-server").code == 0
    desk.sandbox.insert("BANK", line_number=10000, document_number="R00001")
    desk.sandbox.request_approval("BANK")
    asked = desk.importer("preview", "one.csv", "--ask-server")
    assert asked.code == 3
    assert "\n    Business Central refuses it: " in asked.out


@pytest.mark.parametrize("face", ["html", "xlsx"])
def test_account_numbers_are_whole_for_the_clerk_and_hidden_with_mask(desk: Desk, face: str) -> None:
    def text_of(path: Path) -> str:
        if face == "html":
            return path.read_text(encoding="utf-8")
        book = load_workbook(path)
        return " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)

    desk.importer("preview", DEMO, "--format", face, "-o", f"whole.{face}")
    desk.importer("preview", DEMO, "--format", face, "-o", f"masked.{face}", "--mask")
    assert "DE86999999990000001000" in text_of(desk.folder / f"whole.{face}")
    assert "DE86999999990000001000" not in text_of(desk.folder / f"masked.{face}")
    assert (desk.folder / f"whole.{face}").stat().st_mode & 0o777 == 0o600


def test_one_line_is_explained_with_what_was_found_marked_in_its_text(desk: Desk) -> None:
    ran = desk.importer("matching", "explain", DEMO, "--record", "7")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "bank.csv, record 7: review, customer 10040 Küstenkontor Übersee GmbH"
    text = next(line for line in lines if "Teilzahlung Re 103178" in line)
    marks = lines[lines.index(text) + 1 :]
    assert any(line[text.index("103178") :].startswith("^^^^^^ ") for line in marks)
    assert "DE09999999990000001028" not in ran.out
    assert desk.importer("matching", "explain", DEMO, "--record", "99").code == 2
