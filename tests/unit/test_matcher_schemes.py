"""Payment references: the numbers of matching.md §7, cross-checked by hand there."""

from __future__ import annotations

import pytest

from importer.errors import ConfigurationError
from importer.matcher import MatchingSettings, match_lines
from importer.matcher.schemes import SCHEMES
from importer.model import Confidence
from tests.unit.matcher_books import books, invoice, receipt

VALID = {
    "ISO11649": ("RF64103001", "RF18539007547034", "RF64 1030 01"),
    "FI": ("1030011", "12345672", "10300 11"),
    "EE": ("123453", "1030024"),
    "NO-KID-MOD10": ("12344", "00103001004"),
    "NO-KID-MOD11": ("12343", "103006-"),
    "SE-OCR": ("123455", "1030014"),
    "SE-OCR-LENGTH": ("10300184", "1234574"),
    "DK-FIK71": ("000000001030014", "18", "+71<000000001030014+81234567<", "71 1030014"),
    "DK-FIK75": ("0000000001030014", "26"),
    "CH-QRR": ("210000000003139471430009017", "12 34560 00000 00000 00010 30012"),
    "BE-OGM": ("000010300184", "010806817183", "+++010/8068/17183+++", "***010/8068/17183***"),
    "NL": ("5000056789012345", "870103001", "1234567"),
    "SI12": ("0000001030019", "0020261030019", "SI12 0000001030019"),
    "HR01": ("103001-20265", "7269-68949637676-000194"),
    "SI01": ("10-26-1030019", "103001-20265"),
    "CZ-VS": ("103001", "2026103001", "VS:103001", "/VS103001"),
}
INVALID = {
    "ISO11649": ("RF65103001", "RF18539007547043", "RF64", "103001"),
    "FI": ("1030012", "1030101", "100", "103001100000000000000"),
    "EE": ("123454", "1030042"),
    "NO-KID-MOD10": ("12345", "00103001014"),
    "NO-KID-MOD11": ("12344", "1030060"),
    "SE-OCR": ("123456", "1030041"),
    "SE-OCR-LENGTH": ("10300185", "1030014"),
    "DK-FIK71": ("000000001030015", "81", "+73<000000001030014+81234567<"),
    "DK-FIK75": ("0000000001030041", "27"),
    "CH-QRR": ("210000000003139471430009016", "12345600000000000000103012"),
    "BE-OGM": ("000010300185", "010806817180"),
    "NL": ("6000056789012345", "870103010", "12345678"),
    "SI12": ("0000001030018", "0000001030109"),
    "HR01": ("103001-20264", "103010-20265"),
    "SI01": ("10-26-1030018", "103001-20264"),
    "CZ-VS": ("103001A", "12345678901"),
}


@pytest.mark.parametrize(("scheme", "text"), [(scheme, text) for scheme, texts in VALID.items() for text in texts])
def test_a_reference_with_the_right_check_digits_is_valid(scheme: str, text: str) -> None:
    read = SCHEMES[scheme](text)
    assert read is not None
    assert read.is_valid


@pytest.mark.parametrize(("scheme", "text"), [(scheme, text) for scheme, texts in INVALID.items() for text in texts])
def test_a_reference_with_wrong_check_digits_or_form_is_not(scheme: str, text: str) -> None:
    read = SCHEMES[scheme](text)
    assert read is None or not read.is_valid


def test_every_scheme_has_examples() -> None:
    assert set(VALID) == set(INVALID) == {name for name in SCHEMES if not name.startswith("FI-")}


def test_a_valid_reference_counts_only_when_its_scheme_is_configured() -> None:
    line = receipt("410.50", reference="1030011")
    ledger = books(invoice("103001", "410.50"), invoice("103002", "99.00"))
    confidences = [match_lines([line], ledger, MatchingSettings(references=r))[0].confidence for r in (("FI",), ())]
    assert confidences == [Confidence.HIGH, Confidence.LOW]


def test_an_unknown_scheme_is_a_configuration_error_that_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r'no reference scheme "XX"; there are: BE-OGM, CH-QRR'):
        match_lines([], books(), MatchingSettings(references=("XX",)))


def test_a_layout_that_cannot_be_read_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="customer5\\+document"):
        match_lines([], books(), MatchingSettings(references=("FI",), fi_layout="kunde5"))


@pytest.mark.parametrize(
    ("layout", "reference", "confidence"),
    [
        ("document8+skip2", "00103001004", Confidence.HIGH),
        ("customer5+document", "100001030018", Confidence.LOW),
        ("document", "00103001004", Confidence.LOW),
    ],
)
def test_a_layout_says_which_digits_are_the_document(layout: str, reference: str, confidence: Confidence) -> None:
    settings = MatchingSettings(references=("NO-KID-MOD10",), layouts={"NO-KID-MOD10": layout})
    match = match_lines([receipt("410.50", reference=reference)], books(invoice("103001", "410.50")), settings)[0]
    assert match.confidence is confidence
