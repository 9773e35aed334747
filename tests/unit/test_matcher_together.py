"""All lines of a run together: a document is settled once, and ties go to a person."""

from __future__ import annotations

from datetime import date

from importer.matcher import MatchingSettings, Payer, PayerKind, Payers, match_lines
from importer.model import BankLine, Confidence, Match, Snapshot
from tests.unit.matcher_books import NORTH_ACCOUNT, books, euro, in_journal, invoice, paid, receipt

SETTINGS = MatchingSettings()


def matched(snapshot: Snapshot, *lines: BankLine) -> list[tuple[str, list[str]]]:
    found = match_lines(lines, snapshot, SETTINGS)
    return [(match.confidence.value, [part.document for part in match.applications]) for match in found]


def test_two_parts_of_one_invoice_fit_together() -> None:
    ledger = books(invoice("103001", "400.00"))
    first = receipt("200.00", "103001", iban=NORTH_ACCOUNT)
    assert matched(ledger, first, receipt("200.00", "103001")) == [("medium", ["103001"]), ("medium", ["103001"])]


def test_equal_claims_of_one_day_both_go_to_a_person_and_only_one_is_proposed() -> None:
    ledger = books(invoice("103001", "400.00"))
    lines = receipt("400.00", "103001"), receipt("400.00", "103001", record=2)
    assert matched(ledger, *lines) == [("medium", ["103001"]), ("medium", [])]


def test_of_two_payments_from_one_account_the_first_settles_the_invoice() -> None:
    ledger = books(invoice("103001", "400.00"))
    late = receipt("400.00", "103001", iban=NORTH_ACCOUNT, booked_on=date(2026, 2, 9))
    early = receipt("400.00", "103001", iban=NORTH_ACCOUNT, record=2)
    assert matched(ledger, late, early) == [("medium", []), ("high", ["103001"])]


def test_a_stronger_line_takes_the_document_and_the_other_gets_what_is_left() -> None:
    ledger = books(
        *(
            invoice(number, amount)
            for number, amount in (("103001", "400.00"), ("103002", "400.00"), ("103003", "800.00"))
        )
    )
    strong = receipt("800.00", "103001 103002")
    weak = receipt("800.00", "103001 103003", record=2)
    assert matched(ledger, strong, weak) == [("high", ["103001", "103002"]), ("medium", ["103003"])]


def test_a_line_without_a_number_never_wins_against_another() -> None:
    ledger = books(invoice("103001", "100.00"))
    lines = receipt("100.00", iban=NORTH_ACCOUNT), receipt("60.00", "103001", record=2)
    assert [confidence for confidence, _ in matched(ledger, *lines)] == ["medium", "medium"]


def test_what_remains_after_others_is_a_proposal() -> None:
    ledger = books(invoice("103001", "100.00"), invoice("103002", "100.00"))
    named = receipt("100.00", "Rechnung 103001", iban=NORTH_ACCOUNT, record=2)
    assert matched(ledger, receipt("100.00", "Rechnung", iban=NORTH_ACCOUNT), named) == [
        ("medium", ["103002"]), ("high", ["103001"]),
    ]  # fmt: skip


def test_lines_that_only_share_an_amount_with_one_document_get_nothing() -> None:
    lines = receipt("100.00", "Danke"), receipt("100.00", "Danke schön", record=2)
    assert matched(books(invoice("103001", "100.00")), *lines) == [("none", []), ("none", [])]


def test_unposted_journal_lines_take_their_part_unless_they_are_these_very_lines() -> None:
    held = in_journal("103001", "400.00", "KEY")
    ledger = books(invoice("103001", "400.00"), held=[held])
    line = receipt("400.00", "103001")
    other = match_lines([line], ledger, SETTINGS)[0]
    same = match_lines([line], ledger, SETTINGS, Payers(), {"KEY"})[0]
    assert (other.confidence, other.reasons[0].rule) == (Confidence.MEDIUM, "named_document_taken")
    assert same.confidence is Confidence.HIGH


def test_the_payer_register_makes_an_account_a_proof() -> None:
    ledger = books(invoice("103001", "100.00", "20000"), invoice("103002", "55.00", "20000"))
    line = receipt("100.00", "Danke", iban="DE77 1111")
    kinds = (PayerKind.OWN, PayerKind.PAYER, PayerKind.CONFIRMED)
    found = [
        match_lines([line], ledger, SETTINGS, Payers((Payer("20000", "DE771111", kind=kind),)))[0] for kind in kinds
    ]
    assert [match.confidence for match in found] == [Confidence.HIGH] * 3
    assert match_lines([line], ledger, SETTINGS)[0].confidence is Confidence.LOW


def test_a_registered_payer_does_not_contradict_the_customer_he_pays_for() -> None:
    ledger = books(invoice("103001", "100.00", "20000"))
    line = receipt("100.00", "103001", iban=NORTH_ACCOUNT)
    payers = Payers((Payer("20000", NORTH_ACCOUNT, kind=PayerKind.PAYER),))
    assert match_lines([line], ledger, SETTINGS)[0].confidence is Confidence.MEDIUM
    assert match_lines([line], ledger, SETTINGS, payers)[0].confidence is Confidence.HIGH


def test_money_adds_up_and_the_evidence_is_where_the_bank_wrote_it() -> None:
    written = "Zahlung für Rg\u00a0Nr. 103001"
    match: Match = match_lines(
        [receipt("400.00", written)], books(invoice("103001", "400.00"), paid("103000", "1.00")), SETTINGS
    )[0]
    evidence = match.reasons[0].evidence[0]
    assert (evidence.field, written[evidence.start : evidence.end], evidence.value) == ("text", "103001", "103001")
    assert (match.applications[0].amount, match.unapplied) == (euro("400.00"), euro("0.00"))


def test_a_line_with_a_contradiction_contests_the_claim_of_another() -> None:
    ledger = books(invoice("103001", "400.00"))
    doubtful = receipt("400.00", "Rechnung 103001", counterparty="Südstern Logistik GmbH")
    clean = receipt("400.00", "Rechnung 103001", record=2)
    assert [confidence for confidence, _ in matched(ledger, doubtful, clean)] == ["medium", "medium"]
