"""Document numbers in their canonical forms, and numbers that are nearly right."""

from __future__ import annotations

import pytest

from importer.matcher import MatchingSettings, match_lines
from importer.matcher.books import Books
from importer.matcher.near import near_numbers
from importer.matcher.numbers import NumberIndex, groups_of, serial_of, series_of
from tests.unit.matcher_books import books, invoice, receipt


def index_of(*numbers: str) -> NumberIndex:
    return NumberIndex(Books(books(*(invoice(number, "10.00") for number in numbers))).items)


def found(index: NumberIndex, form: str, key: str) -> list[str]:
    return [item.number for item in getattr(index, form).get(key, ())]


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("exact", "INV202600123"), ("grouped", "INV|2026|123"), ("partial", "2026|123"), ("partial", "202600123"),
        ("serials", "123"),
    ],
)  # fmt: skip
def test_a_number_is_found_in_every_canonical_form(form: str, key: str) -> None:
    assert found(index_of("INV-2026-00123"), form, key) == ["INV-2026-00123"]


def test_zeros_in_front_do_not_count_in_groups() -> None:
    assert groups_of("FV/00103/2026A") == ("FV", "103", "2026", "A")
    assert found(index_of("00103001"), "grouped", "103001") == ["00103001"]


def test_the_running_number_is_never_the_year() -> None:
    assert [serial_of(groups) for groups in (("FV", "103001", "2026"), ("INV", "2026", "123"), ("A", "7"))] == [
        "103001", "123", "7",
    ]  # fmt: skip


def test_the_end_of_a_number_finds_all_that_end_so_and_begin_with_more() -> None:
    index = index_of("1800012345", "1700012345", "12345", "1800012346")
    assert [item.number for item in index.ending("12345")] == ["1700012345", "1800012345"]


def test_a_form_that_many_documents_share_says_nothing() -> None:
    assert found(index_of(*(f"A{n}-{n}/77" for n in range(100, 200))), "serials", "77") == []


def test_siblings_have_the_same_form_and_another_running_number() -> None:
    index = index_of("FV/103001/2026", "FV/103002/2026", "FV/103002/2025")
    first = index.exact["FV1030012026"][0]
    assert [item.number for item in index.sibling(first, "103002")] == ["FV/103002/2026"]


def test_series_are_learned_from_the_ledger() -> None:
    items = Books(books(*(invoice(number, "10.00") for number in ("103001", "103950", "RE77001", "A/1/B")))).items
    assert series_of(items) == {("", 6): (103001, 103950), ("RE", 5): (77001, 77001)}


@pytest.mark.parametrize("written", ["10301", "130001", "1003001", "103009", "1030X1", "1030011"])
def test_a_number_wrong_in_one_place_is_near(written: str) -> None:
    assert [item.number for item in near_numbers(index_of("103001", "555777"), written)] == ["103001"]


@pytest.mark.parametrize("written", ["10310", "301001", "1030", "203002", "ABCDEF"])
def test_a_number_wrong_in_two_places_or_too_short_is_not(written: str) -> None:
    assert near_numbers(index_of("103001"), written) == ()


@pytest.mark.parametrize("text", ["Rechnung SF-1013391", "RE 013314", "HB-1928"])
def test_a_slip_in_a_number_with_letters_is_near(text: str) -> None:
    ledger = books(invoice("SF-101339", "410.50"), invoice("RE 103314", "410.50"), invoice("HB-16928", "410.50"))
    match = match_lines([receipt("410.50", text, counterparty="Nordwind Handels GmbH")], ledger, MatchingSettings())[0]
    assert match.reasons[0].rule == "near_number_amount_and_payer"


def test_a_number_of_somebody_else_is_near_to_nothing() -> None:
    line = receipt("410.50", "Vertrag 103011")
    match = match_lines([line], books(invoice("103001", "410.50"), invoice("1", "5.00")), MatchingSettings())[0]
    assert match.reasons[0].rule == "amount_only"
