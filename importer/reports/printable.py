"""Texts of strangers made safe to look at: nothing invisible, nothing that reorders, no whole account numbers."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from stdnum import iban as iban_numbers
from stdnum import numdb
from stdnum.iso7064 import mod_97_10

# Cc control, Cf format (all bidi overrides and zero-width characters), Cs surrogate, Zl and Zp line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_CHARACTERS = "\ufffe\uffff"  # no XML, and so no workbook, may hold them
_KEPT = frozenset("\u200d\ufe0f")  # joins and colours emoji; without it they fall apart
_IBAN = re.compile(r"(?<![0-9A-Z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Z])", re.IGNORECASE)
_SHORTEST_IBAN = 15


def printable(text: str) -> str:
    """The text on one line with every control, bidi and other invisible character spelled out as <U+202E>.

    Tabs and line ends become blanks: banks use them to fold long texts. Source: reliability.md §11.6.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def mask_iban(iban: str) -> str:
    """An account number short enough to recognise and too short to misuse: DE02…2051 (reliability.md §11.5)."""
    plain = iban.replace(" ", "")
    return f"{plain[:4]}…{plain[-4:]}" if len(plain) > 8 else plain


def mask_text(text: str) -> str:
    """The text with the middle of every IBAN in it dotted out; the length stays, so offsets into the text stay true."""
    return _IBAN.sub(_dotted, text)


def _shown(char: str) -> str:
    if char in "\t\r\n":
        return " "
    if char in _KEPT or (unicodedata.category(char) not in _UNSEEN and char not in _NO_CHARACTERS):
        return char
    return f"<U+{ord(char):04X}>"


def _dotted(found: re.Match[str]) -> str:
    # A blank does not end an IBAN, so the words after it are in the match too: the longest valid head is the IBAN.
    text = found.group()
    for is_account in (_is_iban, _is_mistyped_iban):
        for end in range(len(text), _SHORTEST_IBAN - 1, -1):
            head = text[:end]
            if head[-1] != " " and is_account(head.replace(" ", "").upper()):
                return _without_middle(head) + text[end:]
    return text


def _without_middle(iban: str) -> str:
    inner = [place for place, char in enumerate(iban) if char != " "][4:-4]
    return "".join("•" if place in inner else char for place, char in enumerate(iban))


def _is_iban(plain: str) -> bool:
    # ISO 11649 references have the same check digits; they name an invoice, not an account.
    is_long = len(plain) >= _SHORTEST_IBAN and not plain.startswith("RF")
    return is_long and bool(mod_97_10.is_valid(plain[4:] + plain[:4]))


def _is_mistyped_iban(plain: str) -> bool:
    """Country, length and shape are those of an IBAN: with wrong check digits it still tells an account."""
    if len(plain) != _iban_length(plain[:2]):
        return False
    mended = f"{plain[:2]}{mod_97_10.calc_check_digits(plain[4:] + plain[:2])}{plain[4:]}"
    return bool(iban_numbers.is_valid(mended, check_country=False))


@cache
def _iban_length(country: str) -> int:
    """How long the country's IBANs are; 0 where it has none."""
    (_, facts), *_ = numdb.get("iban").info(country)
    return 4 + sum(map(int, re.findall("[0-9]+", facts["bban"]))) if "bban" in facts else 0
