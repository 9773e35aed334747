"""Numbers that count or date something: quantities, prices, shares, instalments, days, places. What is beside them tells.

Such a number is no document's, and it ends a number written in groups: "Re 1234 5 Stück" names 1234, never 12345.
"""

from __future__ import annotations

import re

from importer.matcher.masks import BLANK, is_date
from importer.matcher.runs import Runs
from importer.matcher.units import COUNTING, MONEY, MONTHS, OF_WORDS, ORDINAL_OF, UNITS
from importer.matcher.words import LIST_WORDS, STREET_ENDS, STREETS, Label, label_of

_SIGNS = frozenset("€$£¥")
_NO_CENTS = (",-", ".-")
_AREA_CODE = re.compile(r"0[1-9]\d{1,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT, _LAST_DAY, _SHORTEST_TOWN, _WORDS_OF_STREET = 2, 31, 3, 3
_POSTAL_LENGTHS = (4, 5)
_POSTAL_GROUPS = ((3, 2), (2, 3))


def is_counted(runs: Runs, position: int) -> bool:
    """Whether the run alone counts something, by what stands before or behind it."""
    return counts_behind(runs, position) or counts_before(runs, position)


def counts_behind(runs: Runs, position: int) -> bool:
    """Whether what follows makes the run a quantity, a price, a day or an instalment."""
    following = position + 1
    if following == len(runs.words):
        return _has_signs(runs.plain) and _is_price(runs, position)
    word = runs.words[following]
    if word in UNITS:
        return runs.between(position) in (" ", "-") and not _begins_other(runs, following)
    if word in MONEY:
        return runs.between(position) == " " and not _begins_amount(runs, following)
    if (word in MONTHS or word in ORDINAL_OF) and _is_day_or_turn(runs, position):
        return True
    return _has_signs(runs.plain) and _is_price(runs, position)


def counts_before(runs: Runs, position: int) -> bool:
    """Whether what precedes makes the run a quantity, a price or a house number."""
    if _has_signs(runs.plain) and runs.plain[: runs.start(position)].rstrip()[-1:] in _SIGNS:
        return runs.start(position) > 0
    if not position:
        return False
    word = runs.words[position - 1]
    if word in COUNTING or is_street(word):
        return _is_just_before(runs, position)
    if label_of(word) is Label.AMOUNT:
        return _is_just_before(runs, position) and not _ends_amount(runs, position - 1)
    return word == "X" and position > 1 and runs.words[position - 2].isdigit()


def is_subscriber(runs: Runs, position: int) -> bool:
    """Whether the run follows an area code, as in 0711/12345 or 0171 2345678."""
    return _AREA_CODE.fullmatch(runs.words[position - 1]) is not None and runs.between(position - 1) in (" ", "/", "-")


def cannot_be_joined(runs: Runs, place: tuple[int, int], label: Label) -> bool:
    """Whether the groups of digits are plainly no single number: one is counted, or together they are a date or a place."""
    first, last = place
    if counts_behind(runs, last) or _is_share(runs, last) or counts_before(runs, first):
        return True
    if label is Label.INVOICE:
        return False
    return is_written_as_date(runs.words[first : last + 1]) or (_is_before_town(runs, last) and is_address(runs, first))


def is_hardly_joined(runs: Runs, place: tuple[int, int], label: Label) -> bool:
    """Whether the groups of digits may as well be several numbers: a lone digit, a day, or a postal code."""
    first, last = place
    words = runs.words[first : last + 1]
    if len(words[-1]) == 1 or is_written_as_date(words):
        return True
    return label is not Label.INVOICE and tuple(map(len, words)) in _POSTAL_GROUPS and _is_before_town(runs, last)


def is_postal(runs: Runs, position: int, *, is_after_word: bool) -> bool:
    """Five digits before a town, behind a word, a street or the letters of a country; four only behind a street."""
    length = len(runs.words[position])
    if length not in _POSTAL_LENGTHS or not _is_before_town(runs, position):
        return False
    if is_address(runs, position):
        return True
    before = runs.words[position - 1] if position else ""
    is_country = 0 < len(before) <= _SHORT and before.isalpha() and runs.between(position - 1) == "-"
    return length == max(_POSTAL_LENGTHS) and (is_after_word or is_country)


def is_address(runs: Runs, position: int) -> bool:
    """Whether a street or a post box is just before the run."""
    return any(map(is_street, runs.words[max(0, position - _WORDS_OF_STREET) : position]))


def is_written_as_date(words: list[str]) -> bool:
    """Whether groups of digits are a day, or a month and a year of four digits."""
    if not all(map(str.isdigit, words)):
        return False
    if len(words) == 2:
        return any(map(_YEAR.fullmatch, words)) and is_date("-".join(words))
    return len(words) == 3 and is_date("-".join(words))


def may_be_date(words: list[str]) -> bool:
    """Whether groups of digits may be read as a date, or as a page, a share or a month with a year of two digits."""
    return is_written_as_date(words) or (len(words) == 2 and all(w.isdigit() and len(w) <= _SHORT for w in words))


def is_street(word: str) -> bool:
    """Whether a house number or the like follows."""
    return word in STREETS or word.endswith(STREET_ENDS)


def _is_just_before(runs: Runs, position: int) -> bool:
    return not runs.between(position - 1).strip(" :.")


def _has_signs(plain: str) -> bool:
    """Whether a price can be in the text at all; most end here."""
    return ",-" in plain or ".-" in plain or not (plain.isascii() and "$" not in plain)


def _is_price(runs: Runs, position: int) -> bool:
    behind = runs.plain[runs.end(position) : runs.end(position) + 2]
    return behind.lstrip()[:1] in _SIGNS if behind.strip() and behind not in _NO_CENTS else behind in _NO_CENTS


def _begins_other(runs: Runs, position: int) -> bool:
    """Whether the word is no unit but an initial, as in "M. Kramer", or the letters of a number, as in AR-26-0077."""
    end = runs.end(position)
    if len(runs.words[position]) == 1 and runs.plain[end : end + 1] == ".":
        return True
    return runs.plain[end : end + 1] in ("-", "/") and runs.plain[end + 1 : end + 2].isdigit()


def _begins_amount(runs: Runs, position: int) -> bool:
    """Whether the currency belongs to an amount behind it, as in "103001 EUR 410,50"."""
    behind = runs.plain[runs.end(position) :].lstrip(" :")[:1]
    return behind == BLANK or behind.isdigit()


def _ends_amount(runs: Runs, position: int) -> bool:
    """Whether the currency belongs to an amount before it, as in "410,50 EUR 103001"."""
    before = runs.plain[: runs.start(position)].rstrip()[-1:]
    return before == BLANK or before.isdigit()


def _is_day_or_turn(runs: Runs, position: int) -> bool:
    """5. März, 2. Rate."""
    number, gap = runs.words[position], runs.between(position)
    if len(number) > _SHORT or not number.isdigit():
        return False
    if runs.words[position + 1] in MONTHS:
        return gap in (" ", ". ", ".", "-") and 1 <= int(number) <= _LAST_DAY
    return gap in (". ", ".") or (gap == " " and number[0] != "0")


def _is_share(runs: Runs, position: int) -> bool:
    """1/2, 1 von 2."""
    number, *following = runs.words[position : position + 3]
    if following and following[0] in OF_WORDS:
        del following[0]
    elif not following or runs.between(position).strip() != "/":
        return False
    if not following or not following[0].isdigit() or max(len(number), len(following[0])) > _SHORT:
        return False
    return 0 < int(number) <= int(following[0])


def _is_before_town(runs: Runs, position: int) -> bool:
    if position + 1 >= len(runs.words):
        return False
    town = runs.words[position + 1]
    return len(town) >= _SHORTEST_TOWN and town.isalpha() and label_of(town) is Label.NONE and town not in LIST_WORDS
