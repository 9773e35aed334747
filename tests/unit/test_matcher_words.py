"""What the matcher says to a clerk beside the sentence of the row."""

from __future__ import annotations

from importer.matcher import MatchingSettings, match_lines
from importer.model import Candidate, Evidence
from tests.unit.matcher_books import SOUTH, books, invoice, paid, receipt


def test_a_paid_document_of_another_customer_is_marked_and_said_to_be_paid() -> None:
    line = receipt("80.00", "RE 103001", counterparty=SOUTH.name)
    match = match_lines([line], books(paid("103001", "80.00")), MatchingSettings())[0]
    assert (match.customer, match.applications) == (SOUTH.number, ())
    assert match.reasons[0].evidence == (Evidence("document number", "103001", "text", 3, 9),)
    assert match.candidates == (
        Candidate("10000", "103001", "is named in the text, but belongs to another customer and is already paid"),
    )


def test_five_digits_before_a_town_are_told_to_be_only_the_same_digits() -> None:
    line = receipt("80.00", "Zahlung aus Hafenstr. 5, 20457 Hamburg")
    match = match_lines([line], books(invoice("20457", "80.00")), MatchingSettings())[0]
    assert match.reasons[0].evidence == (Evidence("document number, or only the same digits", "20457", "text", 25, 30),)


def test_a_year_is_told_to_be_one() -> None:
    match = match_lines([receipt("80.00", "Abo 2026")], books(invoice("2026", "80.00")), MatchingSettings())[0]
    assert match.reasons[0].evidence == (Evidence("document number 2026, or the year", "2026", "text", 4, 8),)
