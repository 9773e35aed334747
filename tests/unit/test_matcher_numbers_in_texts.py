"""Numbers in running text: glued labels, separators, postal codes, lists and ranges, and what the words between them say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from importer.matcher.books import Books
from importer.matcher.customers import CustomerIndex
from importer.matcher.evidence import Reading, Strength
from importer.matcher.lists import complete
from importer.matcher.masks import BLANK, mask
from importer.matcher.normalise import normalise
from importer.matcher.numbers import NumberIndex, series_of
from importer.matcher.scan import FieldScan, Known
from tests.unit.matcher_books import books, invoice

NUMBERS = ("103001", "103002", "103003", "10300", "INV-2026-00123", "INV-2026-00124", "INV-2026-00125", "6200122")


def read(text: str, numbers: tuple[str, ...] = NUMBERS, customers: tuple[str, ...] = ("10000",)) -> Reading:
    items = Books(books(*(invoice(number, "10.00") for number in numbers))).items
    known = Known(NumberIndex(items), CustomerIndex(customers), dict(series_of(items)))
    written, reading = normalise("text", text), Reading()
    scan = FieldScan(written, written.plain, known, reading, (date(2026, 2, 5), ""))
    scan.read()
    complete(scan, 2026)
    return reading


def named(text: str) -> Mapping[str, str]:
    """The documents that the text names one by one, and as what."""
    return {m.items[0].number: m.kind for m in read(text).mentions if not m.is_soft}


@pytest.mark.parametrize(
    "text",
    [
        "KdNr10000RgNr103001",
        "103001Danke",
        "Rechnungsnummer103001",
        "103001vom 12.1.",
        "faktura VAT nr 103001",
        "103.001",
    ],
)
def test_what_is_glued_to_a_number_does_not_hide_it(text: str) -> None:
    assert list(named(text)) == ["103001"]


def test_a_customer_number_glued_to_its_label_is_one() -> None:
    assert [(m.customer, m.is_certain) for m in read("KDNR10000").customers] == [("10000", True)]


@pytest.mark.parametrize("text", ["z103001", "3103001", "103001A", "103.001.234", "103001-99-103001-7 USt 103001"])
def test_letters_and_digits_beside_a_number_make_another_of_it(text: str) -> None:
    assert "103001" not in named(text) or text.startswith("103001-")


@pytest.mark.parametrize("text", ["6,200,122", "6.200.122", "6 200 122", "6'200'122", "6200- 122"])
def test_a_number_is_put_together_across_separators(text: str) -> None:
    assert named(text) == {"6200122": "joined document number"}


@pytest.mark.parametrize("text", ["Musterstr. 12, 10300 Berlin", "D-10300 Berlin", "Kino Nord 10300 Karjaa"])
def test_a_postal_code_counts_only_with_its_amount(text: str) -> None:
    assert [m.is_soft for m in read(text).mentions] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "103001-103003", "103001 bis 103003", "103001 bis einschl. 103003", "103001 t/m 103003", "103001 a 103003",
        "103001 t.o.m. 103003", "103001 up to and including 103003", "103001-03", "103001 - RE 103003",
    ],
)  # fmt: skip
def test_a_range_holds_what_is_between_its_ends(text: str) -> None:
    assert [[m.items[0].number for m in found] for found in read(text).ranges] == [["103001", "103002", "103003"]]


@pytest.mark.parametrize("text", ["INV-2026-00123 - INV-2026-00125", "INV-2026-00123 bis 125"])
def test_a_range_of_formatted_numbers_holds_what_is_between(text: str) -> None:
    assert [[m.items[0].number for m in found] for found in read(text).ranges] == [
        ["INV-2026-00123", "INV-2026-00124", "INV-2026-00125"]
    ]


@pytest.mark.parametrize(
    ("text", "also"),
    [("103001/2/3", ["103002", "103003"]), ("103001,02,03", ["103002", "103003"]), ("103001 und 02", ["103002"])],
)
def test_the_endings_of_a_list_are_numbers_like_the_first(text: str, also: list[str]) -> None:
    assert [number for number, kind in named(text).items() if kind == "list of document numbers"] == also


@pytest.mark.parametrize("text", ["103001 und Bestellung 02", "103001 Danke bis 103003", "103001 von 3"])
def test_other_words_between_numbers_make_no_list_and_no_range(text: str) -> None:
    reading = read(text)
    assert (reading.ranges, [m.kind for m in reading.mentions if "list" in m.kind]) == ([], [])


@pytest.mark.parametrize("text", ["900001-990000", "5001 bis 5999"])
def test_a_range_whose_ends_are_unknown_is_open(text: str) -> None:
    assert read(text).has_open_range


@pytest.mark.parametrize("text", ["2026-441", "2025-2026", "103001-103999", "99001-12"])
def test_years_references_and_known_ends_are_no_open_range(text: str) -> None:
    assert not read(text).has_open_range


def test_a_number_that_the_end_of_a_long_text_cuts_is_no_unknown_number() -> None:
    beginning = "vielen Dank fuer die Lieferung " * 3 + "Rechnungen 103001 103002 "
    assert [place.is_like_ours for place in read(beginning + "1030").unknown] == [False]
    assert [place.is_like_ours for place in read(beginning + "1030 Danke").unknown] == [True]
    assert [place.is_like_ours for place in read("Rechnung 103001 1030").unknown] == [True]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("INV-2026-00123", "INV-2024-00123"), ("AR-26-01-0077", "AR-26-02-0077"), ("HH-10234", "HB-10234"),
        ("RE/103001/2026", "RE/103001/2025"),
    ],
)  # fmt: skip
def test_a_part_of_a_number_beside_another_year_group_or_letters_is_damaged(number: str, text: str) -> None:
    assert [m.strength for m in read(text, (number,)).mentions] == [Strength.DOUBTFUL]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("HH-10234", "RE-10234"), ("HH-10234", "Rechnung 10234"), ("INV-2026-00123", "lNV-2026-00123"),
        ("5501/2026", "5501/26"), ("26R00123", "R00123"),
    ],
)  # fmt: skip
def test_a_part_of_a_number_beside_a_label_or_nothing_is_incomplete(number: str, text: str) -> None:
    assert [m.strength for m in read(text, (number,)).mentions] == [Strength.WEAK]


def test_of_equal_running_numbers_the_one_with_these_very_zeros_is_meant() -> None:
    found = read("Rechnung 0001", ("RE-2026-0001", "ZZ-1")).mentions
    assert [[item.number for item in mention.items] for mention in found] == [["RE-2026-0001"]]


@pytest.mark.parametrize("text", ["Rechnung 103001 Unsere Ref. 2026-441", "Rechnung 103001 Ihr Zeichen 88123"])
def test_behind_a_number_other_words_end_what_its_label_said(text: str) -> None:
    assert [place.is_like_ours for place in read(text).unknown] == [False] * len(read(text).unknown)


@pytest.mark.parametrize("text", ["Rechnung 103001 und 777001", "Rechnungen 103001, 777001", "Rechnung Nr. 777001"])
def test_in_a_list_the_label_still_holds(text: str) -> None:
    assert [place.is_like_ours for place in read(text).unknown] == [True]


def test_a_document_behind_somebody_elses_number_is_seen_but_not_behind_a_telephone() -> None:
    assert list(named("KVK 76216452 103001, 103002")) == ["103001", "103002"]
    assert named("Tel 0461 103001") == {}


@pytest.mark.parametrize("text", ["0000103001", "00103001"])
def test_numbers_that_differ_in_zeros_only_are_ambiguous_unless_the_zeros_decide(text: str) -> None:
    numbers = ("103001", "0103001")
    assert [sorted(i.number for i in m.items) for m in read(text, numbers).mentions] == [["0103001", "103001"]]
    assert [[i.number for i in m.items] for m in read("Rg 0103001", numbers).mentions] == [["0103001"]]


def test_a_label_glued_to_a_number_does_not_hide_its_suffix() -> None:
    found = read("INV202401964-G", ("202401964", "202401964-G")).mentions
    assert [[item.number for item in mention.items] for mention in found] == [["202401964-G"]]


def test_a_wrongly_decoded_label_is_one() -> None:
    assert [m.customer for m in read("mÃ¼ÅŸteri 10000").customers] == ["10000"]


def test_a_telephone_number_ends_after_fifteen_digits() -> None:
    plain = mask("TEL +49 589 683630 103001 DANKE", lambda _: False).plain
    assert plain.replace(BLANK, "") == "TEL  103001 DANKE"
