"""Normalising and masking: the plain text knows its way back, and what is no number of ours is blanked."""

from __future__ import annotations

from datetime import date

import pytest

from importer.matcher.masks import BLANK, is_compact_date, is_date, is_iban, mask
from importer.matcher.normalise import compact, mended, normalise
from importer.matcher.words import Label, label_of


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Zahlung für Rg Nr. 103001", "ZAHLUNG FUR RG NR. 103001"),
        ("103\u00ad001\u200b", "103001"),
        ("Straße–Ł", "STRASSE-L"),
        ("１０３００１", "103001"),
        ("a\tb\nc", "A B C"),
        ("?20Rechnung 103?21001", " RECHNUNG 103 001"),
        ("e\u0301te\u0301", "ETE"),
    ],
)
def test_texts_come_in_one_spelling(written: str, plain: str) -> None:
    assert normalise("text", written).plain == plain


@pytest.mark.parametrize("written", ["Größe 103001 ok", "x\u00ad103\u00ad001", "?20Nr 1?21 103001", "RE 103001"])
def test_every_place_leads_back_to_what_the_bank_wrote(written: str) -> None:
    text = normalise("text", written)
    start = text.plain.index("103001")
    first, last = text.span(start, start + 6)
    assert "".join(filter(str.isdigit, written[first:last])) == "103001"


def test_wrongly_decoded_text_is_mended_only_when_nothing_is_lost() -> None:
    assert [mended(text) for text in ("FÃ¶retaget Ã–st AB", "Företaget", "Müller Ã", "plain")] == [
        "Företaget Öst AB", "Företaget", "Müller Ã", "plain",
    ]  # fmt: skip


def test_compact_keeps_letters_and_digits() -> None:
    assert compact("fv/103-001 ä") == "FV103001A"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("RECHNUNG 1030 04 VOM 11.01.2026", "RECHNUNG 1030 04 VOM"),
        ("MREF+103001 CRED+DE98ZZZ09999999999 SVWZ+MIETE", "MIETE"),
        ("/TRTP/SEPA/NAME/NORDWIND/REMI/FACT 103001/EREF/NOTPROVIDED", "FACT 103001"),
        ("CALL +46 90 10 30 01 TACK", "CALL TACK"),
        ("103001 CHGS EUR 15,00", "103001 CHGS EUR"),
        ("103001.0 3,103001", "103001.0 3,103001"),
        ("DE02 3704 0044 0532 0131 11 RE 103001", "RE 103001"),
        ("DE03 3704 0044 0532 0132 11", "DE03 3704 0044 0532 0132 11"),
        ("4539 5787 6362 1486", ""),
        ("4539 5787 6362 1487", "4539 5787 6362 1487"),
        ("5412XXXXXXXX1486", ""),
        ("103001+103002 103001-103005 103001/2/3", "103001+103002 103001-103005 103001/2/3"),
        ("12:30 UHR 2% 1.234,56", "UHR"),
        ("VOM 13.01., 2026-01-14, 12/01/26, 01/2026", "VOM ., , ,"),
        ("GLAEUBIGER DE98ZZZ09999103001", "GLAEUBIGER"),
        ("+++010/8068/17183+++", "+++010/8068/17183+++"),
        ("CHE-103.001.234 MWST", "MWST"),
    ],
)
def test_what_only_looks_like_a_number_is_blanked(text: str, kept: str) -> None:
    plain = mask(text, lambda _: False).plain
    assert len(plain) == len(text)
    assert " ".join(plain.replace(BLANK, " ").split()) == " ".join(kept.split())


KNOWN = {"12/2026", "103001"}


@pytest.mark.parametrize("text", ["FV 12/2026", "RG 103001,00", "RG 103001.00 DANKE"])
def test_a_known_number_that_looks_like_a_date_or_an_amount_stays(text: str) -> None:
    assert mask(text, KNOWN.__contains__).plain == text


@pytest.mark.parametrize(
    ("text", "kept"), [("103001,50", ""), ("EUR 103001,00", "EUR"), ("103001,00 €", "€"), ("12.2026", "")]
)
def test_cents_a_currency_or_other_separators_say_that_it_is_no_number(text: str, kept: str) -> None:
    assert mask(text, KNOWN.__contains__).plain.replace(BLANK, "").strip() == kept


@pytest.mark.parametrize("period", ["01.01.2026-31.01.2026", "01/2026-03/2026", "1.1.26 - 31.3.26"])
def test_a_period_is_blanked_whole(period: str) -> None:
    assert mask(f"MIETE {period} DANKE", KNOWN.__contains__).plain.replace(BLANK, "") == "MIETE  DANKE"


def test_a_number_that_begins_like_a_date_is_no_date() -> None:
    assert mask("2026-01-15-0815", KNOWN.__contains__).plain == "2026-01-15-0815"


def test_charges_have_a_tag_of_their_own() -> None:
    assert mask("SVWZ+103001 OAMT+1000,00 COAM+15,00", KNOWN.__contains__).charges == (1500,)


def test_amounts_accounts_and_the_payer_are_told() -> None:
    masked = mask("ABWA+NORDWIND IBAN+DE02370400440532013111 SVWZ+SPESEN 15,00", lambda _: False)
    assert (masked.name, masked.accounts, [stated.value for stated in masked.amounts]) == (
        "NORDWIND", ("DE02370400440532013111",), [1500],
    )  # fmt: skip


def test_ibans_are_known_by_their_check_digits() -> None:
    assert [is_iban(text) for text in ("DE02370400440532013111", "DE03370400440532013111", "DE02")] == [
        True,
        False,
        False,
    ]


def test_dates_are_dates() -> None:
    assert [is_date(text) for text in ("31.12.2026", "2026-13-01", "01/2026", "40.10.26", "12/31/26")] == [
        True, False, True, False, True,
    ]  # fmt: skip
    near = date(2026, 2, 5)
    assert [is_compact_date(text, near) for text in ("20260115", "15012026", "20990115", "99999999", "103001")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("RECHNUNGSNUMMER", Label.INVOICE), ("FAKTURANR", Label.INVOICE), ("KUNDENR", Label.CUSTOMER),
        ("KLIENTA", Label.CUSTOMER), ("BESTELLUNG", Label.ORDER), ("HRB", Label.FOREIGN), ("TEL", Label.PHONE),
        ("VOM", Label.DATE), ("NR", Label.FILLER), ("DANKE", Label.NONE), ("LASKU", Label.INVOICE),
        ("FATURA", Label.INVOICE), ("ФАКТУРА", Label.INVOICE), ("ΤΙΜΟΛΟΓΙΟΥ", Label.INVOICE), ("MUSTERI", Label.CUSTOMER),
        ("KREDITKARTE", Label.FOREIGN), ("DEBIT", Label.NONE),
    ],
)  # fmt: skip
def test_words_say_what_the_number_behind_them_is(word: str, label: Label) -> None:
    assert label_of(word) is label
