"""What only looks like a number of ours: accounts, dates, telephones, cards, amounts, mandates. Blanked beforehand.

Chance makes this compulsory: four given digits stand somewhere inside 20 random ones in 38 % of all cases (matching.md §8).
A masked place keeps its length, so that positions stay true, and nothing is ever joined across it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from stdnum import luhn

from importer.matcher.words import CURRENCIES

BLANK = "\x00"

# Characters of an IBAN per country (ISO 13616 registry).
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL", "19": "MK SI", "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV", "22": "BG BH DE GB GE IE ME RS", "23": "AE GI IL", "24": "AD CZ ES MD RO SA SE SK TN",
        "25": "PT", "26": "IS TR", "27": "FR GR IT MC SM", "28": "AL AZ CY HU LB PL", "29": "BR PS QA UA", "31": "MT",
    }.items()
    for country in countries.split()
}  # fmt: skip
# Each kind begins with its first character and only then looks back, and names itself by an empty group at its end: so the
# engine passes over most characters after one comparison. All but accounts begin with the same few characters.
_ACCOUNT = r"[A-Z](?<![A-Z0-9][A-Z])[A-Z]\d\d(?= ?[A-Z0-9]{4})(?P<iban>)"
_OTHERS = (
    r"[\d+X*](?:"
    r"(?<=\+)(?<![\w+<]\+)\d{2}[ \-/().]?\d[\d \-/().]{5,}\d(?P<phone>)"
    r"|(?<=\d)(?<![\d:]\d)\d?:\d\d(?::\d\d)?(?![\d:])(?P<time>)"
    r"|(?<=\d)(?<![\d.,]\d)\d?(?:[.,]\d+)? ?%(?P<percent>)"
    r"|(?<=[\dX*])(?<![\dX*]{2})[\dX*]{3}(?P<gap>[ -]?)[\dX*]{4}(?P=gap)[\dX*]{4}(?P=gap)[\dX*]{4}(?![\dX*])(?P<card>)"
    r"|(?<=\d)(?<![\d.\-/]\d)(?:(?:(?<=1)9|(?<=2)0)\d\d(?:(?P<mark>[-./])\d{1,2}(?P=mark)\d{1,2}|[-./]\d{1,2})"
    r"|\d?(?:(?P<sign>[-./])\d{1,2}(?P=sign)(?:20)?\d\d|[-./](?:19|20)\d\d))(?![\d/]|[.]\d)(?P<date>)"
    r"|(?<=\d)(?<![\d.,A-Z]\d)(?:\d{0,2}(?:[., ']\d{3})+|\d{0,8})[.,]\d\d(?!\d|[.,]\d|[A-Z]+\+)(?P<amount>))"
)
_SUSPECT = re.compile(rf"{_ACCOUNT}|{_OTHERS}")
_NO_ACCOUNT = re.compile(_OTHERS)
# The shape of a text has A for letters and 0 for digits; bytes are translated ten times faster than text.
_SHAPE = bytes(ord("0") if chr(n).isdigit() else ord("A") if chr(n).isalpha() else n for n in range(128)) + bytes(
    range(128, 256)
)
_HINT = re.compile(r"\d[-./:,]\d|[A-Z]{2}\d\d ?[A-Z0-9]{4}|\d{4}[ -]?[\dX*]{4}[ -]?[\dX*]{4}|[X*]{4}")
_TAG_HINT = re.compile(r"[A-Z]{3,4}\+|/[A-Z]{4}/")
_LONGEST_BEFORE = 16
_LONGEST_PHONE = 15
_TAGS = re.compile(
    r"\b(?P<tag>EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|SQTP|RREF|ORCR)\+"
    r"|/(?P<dutch>TRTP|IBAN|BIC|NAME|REMI|EREF|CSID|MARF|PREF|ORDP|BENM|TRCD|ISDT|SVCL|CNTP)/"
)
_NAMING = frozenset(("EREF", "KREF", "SVWZ", "REMI"))  # only these may name a document
_NO_REFERENCE = re.compile(r"NOTPROVIDED|NOT PROVIDED|NICHT ANGEGEBEN")
# The second date of a period, behind a hyphen.
_UNTIL = re.compile(r" ?- ?\d{1,2}(?:[./]\d{1,2})?[./](?:\d\d){1,2}(?![\d\-/]|[.]\d)")
_WORD = re.compile(r"[A-Z]+")
_SIGNS = frozenset("€$£")
_AMOUNT = re.compile(r"\d[\d.,]*[.,]\d\d(?!\d)")
# Creditor identifiers of SEPA and Swiss company numbers.
_IDENTIFIER_HINTS = ("ZZZ", "CH-", "CHE")
_IDENTIFIER = re.compile(r"(?<![A-Z0-9])(?:[A-Z]{2}\d\dZZZ[A-Z0-9]+|CHE?-?\d{3}\.\d{3}\.\d{3}(?!\d))")


class StatedAmount(NamedTuple):
    """An amount written in the text, in hundredths, with its place."""

    value: int
    start: int
    end: int


class Masked(NamedTuple):
    """The text with everything blanked that is no number of ours, what was blanked, and the amounts among it.

    `name` is the payer's, or of the one he pays for; `charges` in hundredths are those of the tag for them.
    """

    plain: str
    amounts: tuple[StatedAmount, ...] = ()
    accounts: tuple[str, ...] = ()
    name: str = ""
    charges: tuple[int, ...] = ()


def mask(plain: str, is_known: Callable[[str], bool]) -> Masked:
    """Blank what only looks like a number.

    Args:
        is_known: whether a text is a known document number, separators included, in spite of looking like a date or an
            amount; then it stays.
    """
    tags = _without_tags(plain) if ("+" in plain or "/" in plain) and _TAG_HINT.search(plain) else Masked(plain)
    plain = tags.plain
    shape = plain.encode("ascii", "replace").translate(_SHAPE).decode()
    if not _may_hide(shape) and "XXXX" not in plain:
        return tags
    hint = _HINT.search(plain)
    if hint is None and "+" not in plain and "%" not in plain:
        return tags
    if any(beginning in plain for beginning in _IDENTIFIER_HINTS):
        plain = _IDENTIFIER.sub(lambda found: BLANK * len(found[0]), plain)
    kinds = _SUSPECT if "AA00" in shape or not plain.isascii() else _NO_ACCOUNT
    return _without_suspects(tags, plain, kinds.finditer(plain, _before(hint, plain)), is_known)


def _without_suspects(
    tags: Masked, plain: str, suspects: Iterable[re.Match[str]], is_known: Callable[[str], bool]
) -> Masked:
    accounts, amounts = list(tags.accounts), list[StatedAmount]()
    spans: list[tuple[int, int]] = []
    for found in suspects:
        start, end = found.span()
        match found.lastgroup:
            case "iban":
                end = _iban_end(plain, start)
                accounts += [plain[start:end].replace(" ", "")] if end else []
            case "phone":
                end = _phone_end(plain, start, end)
            case "card":
                end = end if _is_card(found.group()) else 0
            case "date":
                end = _date_end(plain, found)
                end = 0 if end and is_known(found.group()) else end
            case "amount":
                end = 0 if _is_whole(plain, found) and is_known(found.group()[:-3]) else end
                amounts += [_stated(found)] if end else []
        if end:
            spans.append((start, end))
    return Masked(_blanked(plain, spans), tuple(amounts), tuple(accounts), tags.name, tags.charges)


def _phone_end(plain: str, start: int, end: int) -> int:
    """Where the telephone number ends: it has at most fifteen digits (E.164), whatever digits follow behind a blank."""
    while sum(map(str.isdigit, plain[start:end])) > _LONGEST_PHONE and " " in plain[start:end]:
        end = plain.rindex(" ", start, end)
    return end


def _date_end(plain: str, found: re.Match[str]) -> int:
    """Where the date ends, or the period that begins with it; 0 when it is none."""
    if not is_date(found.group()):
        return 0
    end = found.end()
    until = _UNTIL.match(plain, end)
    if until is not None and is_date(until[0].strip(" -")):
        return until.end()
    return 0 if plain[end : end + 1] == "-" and plain[end + 1 : end + 2].isdigit() else end


def _is_whole(plain: str, found: re.Match[str]) -> bool:
    """Whether the amount may be a whole number that a spreadsheet gave decimals: no cents, and no currency beside it."""
    around = plain[max(0, found.start() - 5) : found.start()] + " " + plain[found.end() : found.end() + 5]
    is_money = not CURRENCIES.isdisjoint(_WORD.findall(around)) or not _SIGNS.isdisjoint(around)
    return found.group().endswith("00") and not is_money


@lru_cache(maxsize=1 << 12)
def _may_hide(shape: str) -> bool:
    """Whether anything in a text of this shape can be suspect. Cheap, and most texts end here."""
    has_date_or_amount = "0.0" in shape or "0,0" in shape or "0/0" in shape or "0-0" in shape or "0:0" in shape
    has_account = "AA00" in shape or "0000 0000" in shape or "000000000000" in shape
    return has_date_or_amount or has_account or "+" in shape or "%" in shape or "****" in shape


def _before(hint: re.Match[str] | None, plain: str) -> int:
    """Where the first suspect can begin; a telephone number or percentage may stand anywhere."""
    return max(0, hint.start() - _LONGEST_BEFORE) if hint and "+" not in plain and "%" not in plain else 0


@lru_cache(maxsize=1 << 12)
def is_date(written: str) -> bool:
    """Whether digits with separators are a day, or a month and a year."""
    parts = written.replace("/", "-").replace(".", "-").split("-")
    numbers = [int(part) for part in parts]
    if len(numbers) == 2:
        return 1 <= min(numbers) <= 12
    first, second, third = numbers
    if len(parts[0]) == 4:
        return 1 <= second <= 12 and 1 <= third <= 31
    return (1 <= second <= 12 and 1 <= first <= 31) or (1 <= first <= 12 and 1 <= second <= 31)


def is_compact_date(digits: str, near: date) -> bool:
    """Whether eight digits are a day within about a year of the booking date, in either order."""
    if len(digits) != 8:
        return False
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        try:
            if abs(date(int(year), int(month), int(day)) - near).days <= 400:
                return True
        except ValueError:
            continue
    return False


def is_short_date(digits: str, near: date) -> bool:
    """Whether six digits are a day with a year of two digits within about a year of the booking date."""
    if len(digits) != 6:
        return False
    century = str(near.year)[:2]
    return is_compact_date(century + digits, near) or is_compact_date(digits[:4] + century + digits[4:], near)


def _without_tags(plain: str) -> Masked:
    """Blank the subfields that never name a document (mandate, creditor, accounts), and take what else they say."""
    tags = list(_TAGS.finditer(plain))
    name, accounts, charges = "", list[str](), list[int]()
    spans: list[tuple[int, int]] = []
    for tag, following in zip(tags, [*tags[1:], None], strict=False):
        kind = tag["tag"] or tag["dutch"]
        end = following.start() if following else len(plain)
        if kind in _NAMING:
            spans.append(tag.span())
            continue
        spans.append((tag.start(), end))
        content = plain[tag.end() : end].strip(" /")
        match kind:
            case "NAME" | "ABWA" if not name:
                name = content
            case "IBAN" if is_iban(content.replace(" ", "")):
                accounts.append(content.replace(" ", ""))
            case "COAM" if stated := _AMOUNT.search(content):
                charges.append(int("".join(filter(str.isdigit, stated[0]))))
    if tags and ("PROVIDED" in plain or "ANGEGEBEN" in plain):
        spans += [found.span() for found in _NO_REFERENCE.finditer(plain)]
    return Masked(_blanked(plain, spans), (), tuple(accounts), name, tuple(charges))


def _blanked(plain: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        plain = plain[:start] + BLANK * (end - start) + plain[end:]
    return plain


def _iban_end(plain: str, start: int) -> int:
    """Where the IBAN that begins here ends; 0 when it is none."""
    wanted, end, compact = _IBAN_LENGTHS.get(plain[start : start + 2], 0), start, ""
    while len(compact) < wanted and end < len(plain):
        if plain[end].isalnum() and plain[end].isascii():
            compact += plain[end]
        elif plain[end] != " ":
            return 0
        end += 1
    return end if wanted and len(compact) == wanted and is_iban(compact) else 0


def is_iban(compact: str) -> bool:
    """Whether the check digits of an IBAN without blanks hold (ISO 7064 mod 97-10)."""
    turned = compact[4:] + compact[:4]
    if len(compact) < 15 or not (turned.isalnum() and turned.isascii()):
        return False
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _is_card(written: str) -> bool:
    digits = re.sub(r"[ -]", "", written)
    if not digits.isdigit():
        return sum(map(str.isdigit, digits)) >= 4 and not digits.isalpha()
    return len(digits) < len(written) and bool(luhn.is_valid(digits))


def _stated(found: re.Match[str]) -> StatedAmount:
    return StatedAmount(int("".join(filter(str.isdigit, found.group()))), found.start(), found.end())
