"""Numbers that count or date something, and numbers in groups that what stands beside them ends."""

from __future__ import annotations

import pytest

from importer.matcher import MatchingSettings, match_lines
from importer.matcher.books import Books
from importer.matcher.counted import is_counted
from importer.matcher.evidence import HARDLY_JOINED
from importer.matcher.near import near_numbers
from importer.matcher.numbers import NumberIndex
from importer.matcher.runs import Runs
from importer.model import Confidence
from tests.unit.matcher_books import NORTH_ACCOUNT, books, invoice, receipt
from tests.unit.test_matcher_numbers_in_texts import read


@pytest.mark.parametrize(
    "text",
    [
        "103001 STUCK", "103001 KWH", "103001 EUR", "103001 €", "€ 103001", "103001,-", "MENGE 103001", "MENGE: 103001",
        "EUR 103001", "3 X 103001", "BAHNHOFSTR 103001",
    ],
)  # fmt: skip
def test_what_stands_beside_a_number_makes_it_count_something(text: str) -> None:
    runs = Runs(text)
    assert is_counted(runs, next(place for place, word in enumerate(runs.words) if word == "103001"))


@pytest.mark.parametrize(
    "text",
    [
        "103001",
        "103001 M. KRAMER",
        "103001 AR-26-0077",
        "103001 EUR 50",
        "50 EUR 103001",
        "MENGE, 103001",
        "X 103001",
        "103001 DANKE",
    ],
)
def test_other_neighbours_do_not(text: str) -> None:
    runs = Runs(text)
    assert not is_counted(runs, next(place for place, word in enumerate(runs.words) if word == "103001"))


@pytest.mark.parametrize(
    "text",
    [
        "Re 10300 1 Stück", "Re 1030 01 kg", "Re 10300 1. März", "Re 10300 1 March", "Re 10300 1. Rate", "Re 10300 1 von 2",
        "EUR 103 001", "Anzahl 103 001", "Musterweg 10 3001 Bern", "Re 103 001 €",
    ],
)  # fmt: skip
def test_a_number_in_groups_ends_before_what_is_counted(text: str) -> None:
    assert [m.items[0].number for m in read(text, ("103001", "999999")).mentions] == []


@pytest.mark.parametrize("text", ["Re 10300 1", "Re 10300.1", "10300 1 danke", "Halbach, 103 01 Lund"])
def test_groups_that_may_be_several_numbers_are_one_only_perhaps(text: str) -> None:
    found = read(text, ("103001", "10301")).mentions
    assert [mention.kind for mention in found] == [HARDLY_JOINED]


def test_a_number_that_is_written_exactly_is_not_near_to_itself() -> None:
    index = NumberIndex(Books(books(invoice("103001", "10.00"))).items)
    assert near_numbers(index, "103001") == ()
    assert [item.number for item in near_numbers(index, "103002")] == ["103001"]


def test_what_may_be_meant_as_well_is_named() -> None:
    ledger = books(invoice("12345", "50.00"), invoice("12346", "50.00"), invoice("777001", "30.00"))
    line = receipt("80.00", "Re 1234 5, Re 777001", iban=NORTH_ACCOUNT)
    match = match_lines([line], ledger, MatchingSettings())[0]
    assert match.confidence is Confidence.MEDIUM
    assert ("12346", "is open and may be meant as well") in [(c.invoice, c.why) for c in match.candidates]


def test_a_document_whose_number_is_said_to_be_something_else_is_told_from_one_that_is_not_named() -> None:
    ledger = books(invoice("103001", "88.00"), invoice("103002", "88.00"), invoice("103003", "88.00"))
    line = receipt("88.00", "Lieferschein 103001 zu Rechnung 103002")
    match = match_lines([line], ledger, MatchingSettings())[0]
    assert [(c.invoice, c.why) for c in match.candidates] == [
        ("103001", "has the same amount, but its number in the text is said to be something else"),
        ("103003", "has the same amount, but the text does not name it"),
    ]
