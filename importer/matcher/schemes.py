"""Structured payment references: which digits are what we printed, and whether the check digits hold.

A check digit proves nothing by itself: of random numbers 27 % pass one scheme or another. Therefore only the configured
schemes are tried, and what they carry must name a known document. Rules: matching.md §7; the numbers in its table are tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stdnum import iso11649, luhn
from stdnum.be import ogm_vcs
from stdnum.ch import esr


@dataclass(frozen=True, slots=True)
class Read:
    """A text in the form of a scheme: what it carries (several parts where the scheme has parts), and if its check holds."""

    payloads: tuple[str, ...]
    is_valid: bool
    says_so: bool = False  # the form itself says which scheme it is (RF, HR01), so a wrong check is a damaged reference


Scheme = Callable[[str], Read | None]
_SEPARATORS = re.compile(r"[ .\-/]+")


def _digits(text: str, shortest: int, longest: int) -> str | None:
    digits = _SEPARATORS.sub("", text)
    return digits if digits.isdigit() and shortest <= len(digits) <= longest else None


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of the digits times the weights, which begin at the last digit and repeat."""
    return sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(reversed(digits)))


def seven_three_one(payload: str) -> str:
    """The check digit of Finland and Estonia."""
    return str(-_weighted(payload, (7, 3, 1)) % 10)


def kid_mod_11(payload: str) -> str:
    """The last character of a Norwegian KID with modulus 11; "-" stands for ten."""
    check = -_weighted(payload, (2, 3, 4, 5, 6, 7)) % 11
    return "-" if check == 10 else str(check)


def rising_mod_11(payload: str) -> str:
    """The check digit of the Slovenian and Croatian models; weights rise without end, ten and eleven become zero."""
    check = 11 - _weighted(payload, tuple(range(2, 2 + len(payload)))) % 11
    return str(check if check < 10 else 0)


def dutch(payload: str) -> str:
    """The check digit of a Dutch betalingskenmerk, for its length digit (if any) and payload."""
    check = 11 - _weighted(payload, (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)) % 11
    return {10: "1", 11: "0"}.get(check, str(check))


def _iso11649(text: str) -> Read | None:
    reference = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"RF\d\d[A-Z0-9]{1,21}", reference):
        return None
    return Read((reference[4:],), bool(iso11649.is_valid(reference)), says_so=True)


def _last_is(check: Callable[[str], str], shortest: int, longest: int) -> Scheme:
    def read(text: str) -> Read | None:
        digits = _digits(text, shortest, longest)
        return None if digits is None else Read((digits[:-1],), check(digits[:-1]) == digits[-1])

    return read


_FINNISH_DIGITS = _last_is(seven_three_one, 4, 20)


def _finnish(text: str) -> Read | None:
    """The national form, or the international one, which is the national one behind "RF" and its own two check digits."""
    outer = _iso11649(text)
    if outer is None:
        return _FINNISH_DIGITS(text)
    inner = _FINNISH_DIGITS(outer.payloads[0].lstrip("0"))
    return Read(inner.payloads, outer.is_valid and inner.is_valid, says_so=True) if inner is not None else None


def _luhn(shortest: int, longest: int) -> Scheme:
    def read(text: str) -> Read | None:
        digits = _digits(text, shortest, longest)
        return None if digits is None else Read((digits[:-1],), bool(luhn.is_valid(digits)))

    return read


def _kid_11(text: str) -> Read | None:
    kid = re.sub(r"[ .]+", "", text)
    if not re.fullmatch(r"\d{1,24}[\d-]", kid):
        return None
    return Read((kid[:-1],), kid_mod_11(kid[:-1]) == kid[-1])


def _ocr_with_length(text: str) -> Read | None:
    digits = _digits(text, 3, 25)
    if digits is None:
        return None
    return Read((digits[:-2],), int(digits[-2]) == len(digits) % 10 and bool(luhn.is_valid(digits)))


def _fik(kinds: str, longest: int) -> Scheme:
    pattern = re.compile(rf"(?:\+?(?:{kinds})(?:\s*<\s*|\s+))?(\d{{2,{longest}}})(?:\s*\+\s*\d{{7,8}}\s*<?)?")

    def read(text: str) -> Read | None:
        found = pattern.fullmatch(text.strip())
        return None if found is None else Read((found[1][:-1],), bool(luhn.is_valid(found[1])))

    return read


def _qrr(text: str) -> Read | None:
    digits = _digits(text, 27, 27)
    return None if digits is None else Read((digits[:-1],), bool(esr.is_valid(digits)))


def _ogm(text: str) -> Read | None:
    digits = _digits(text.strip("+* "), 12, 12)
    return None if digits is None else Read((digits[:10],), bool(ogm_vcs.is_valid(digits)))


def _betalingskenmerk(text: str) -> Read | None:
    digits = _digits(text, 7, 16)
    match len(digits or ""):
        case 7:
            return Read((digits or "",), is_valid=True)
        case length if digits and 9 <= length <= 14:
            return Read((digits[2:],), int(digits[1]) == (length - 2) % 10 and dutch(digits[1:]) == digits[0])
        case 16 if digits:
            return Read((digits[1:],), dutch(digits[1:]) == digits[0])
        case _:
            return None


def _si12(text: str) -> Read | None:
    found = re.fullmatch(r"(SI ?12 ?)?(\d{13})", text.strip())
    if found is None:
        return None
    return Read((found[2][:-1],), rising_mod_11(found[2][:-1]) == found[2][-1], says_so=found[1] is not None)


def _model_01(country: str) -> Scheme:
    pattern = re.compile(rf"({country} ?01 ?)?(\d{{1,20}}(?:-\d{{1,20}}){{0,2}})")

    def read(text: str) -> Read | None:
        found = pattern.fullmatch(text.strip())
        if found is None:
            return None
        digits = found[2].replace("-", "")
        parts = tuple(found[2][:-1].split("-"))
        return Read(parts, rising_mod_11(digits[:-1]) == digits[-1], says_so=found[1] is not None)

    return read


def _variable_symbol(text: str) -> Read | None:
    found = re.fullmatch(r"(?:/?VS ?[:.]? ?)?(\d{1,10})/?", text.strip())
    return None if found is None else Read((found[1],), is_valid=True)


SCHEMES: Mapping[str, Scheme] = {
    "ISO11649": _iso11649,
    "FI": _finnish,
    "FI-CUSTOMER": _finnish,
    "FI-CUSTOMER+INVOICE": _finnish,
    "EE": _last_is(seven_three_one, 2, 20),
    "NO-KID-MOD10": _luhn(2, 25),
    "NO-KID-MOD11": _kid_11,
    "SE-OCR": _luhn(2, 25),
    "SE-OCR-LENGTH": _ocr_with_length,
    "DK-FIK71": _fik("71", 15),
    "DK-FIK75": _fik("75|04", 16),
    "CH-QRR": _qrr,
    "BE-OGM": _ogm,
    "NL": _betalingskenmerk,
    "SI12": _si12,
    "SI01": _model_01("SI"),
    "HR01": _model_01("HR"),
    "CZ-VS": _variable_symbol,
}
