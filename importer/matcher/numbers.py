"""All known document numbers in their canonical forms, so that finding one costs a look-up however many there are.

    "INV-2026-00123"   exact    INV202600123          the same letters and digits
                       grouped  INV|2026|123          zeros before each group do not count
                       partial  2026|123, 202600123   without its first group, or its digits alone
                       serials  123                   only the running number
    "1800012345"       ends     …12345                the constant beginning left out

Open and closed documents are in it alike: a number is unique only among everything that is known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from importer.matcher.books import Item
from importer.matcher.normalise import compact, plain

Found = tuple[Item, ...]
_GROUPS = re.compile(r"\d+|[^\W\d_]+")
_RUNS = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDINGS_SHOWN, _LONGEST_SUFFIX = 50, 2
# A form that so many documents share says nothing, not even together with a payer.
_TOO_MANY = 64
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LEAST_SPAN = 1000


def groups_of(written: str) -> tuple[str, ...]:
    """The groups of letters and of digits, each digit group without the zeros in front."""
    return tuple(_stripped(group) for group in _GROUPS.findall(written))


class NumberIndex:
    """Canonical forms of all documents, their external numbers and payment references."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.exact: dict[str, Found] = {}
        self.grouped: dict[str, Found] = {}
        self.partial: dict[str, Found] = {}
        self.serials: dict[str, Found] = {}
        self.external: dict[str, Found] = {}
        self.references: dict[str, Found] = {}
        self.heads: set[str] = set()
        self.depth = 1
        self.suffixes: set[str] = set()
        self._groups: dict[str, tuple[str, ...]] = {}
        for item in items:
            self._add_number(item)
            self._add_given(item)

    def _add_number(self, item: Item) -> None:
        number = item.number
        if number.isdigit() and number.isascii() and number[0] != "0":
            _add(self.exact, number, item)
            return
        upper = plain(number)
        groups = groups_of(upper)
        _add(self.exact, compact(number), item)
        _add(self.grouped, "|".join(groups), item)
        if len(groups) > 1:
            self._add_parts(item, groups)

    def _add_parts(self, item: Item, groups: tuple[str, ...]) -> None:
        self.depth = max(self.depth, len(groups))
        self._groups[item.number] = groups
        if (
            groups[0].isdigit()
            and len(groups) == 2
            and len(groups[1]) <= _LONGEST_SUFFIX
            and not _YEAR.fullmatch(groups[0])
        ):
            self.suffixes.add(_kind_of(groups[1]))
        if not groups[0].isdigit():
            self.heads.add(groups[0])
            _add(self.partial, "|".join(groups[1:]), item)
        elif len(groups) > 2:
            _add(self.partial, "|".join(groups[1:]), item)
        digits = "".join(filter(str.isdigit, compact(item.number)))
        if digits not in groups[1:]:
            _add(self.partial, digits, item)
        if serial := serial_of(groups):
            _add(self.serials, serial, item)

    def _add_given(self, item: Item) -> None:
        document = item.document
        if document.external_number and any(map(str.isdigit, document.external_number)):
            _add(self.external, compact(document.external_number), item)
        if document.payment_reference:
            _add(self.references, compact(document.payment_reference), item)
            self.depth = max(self.depth, len(_RUNS.findall(document.payment_reference)))

    def is_suffix(self, word: str) -> bool:
        """Whether numbers of digits end in such letters, or digits, behind a separator: 104046-G, 104046-2."""
        return len(word) <= _LONGEST_SUFFIX and _kind_of(word) in self.suffixes

    def groups(self, item: Item) -> tuple[str, ...]:
        """The groups of the item's own number."""
        return self._groups.get(item.number) or groups_of(plain(item.number))

    def sibling(self, item: Item, serial: str) -> Found:
        """The documents numbered like the item, with another running number."""
        groups = self.groups(item)
        if len(groups) == 1:
            return self.exact.get(serial) or self.grouped.get(_stripped(serial), ())
        own = serial_of(groups)
        changed = (_stripped(serial) if group == own else group for group in groups)
        return self.grouped.get("|".join(changed), ())

    def ending(self, digits: str) -> Found:
        """Documents of digits only that end like this and begin with more; at most a few, in order of number."""
        backwards, numbers = self._backwards
        key = digits[::-1]
        first = bisect_left(backwards, key)
        found = []
        for position in range(first, min(first + _ENDINGS_SHOWN, len(backwards))):
            if not backwards[position].startswith(key):
                break
            if len(backwards[position]) > len(key):
                found.append(numbers[position])
        return tuple(item for number in sorted(found) for item in self.exact[number])

    @cached_property
    def _backwards(self) -> tuple[list[str], list[str]]:
        backwards = sorted(number[::-1] for number in self.exact if number.isdigit())
        return backwards, [number[::-1] for number in backwards]


def serial_of(groups: tuple[str, ...]) -> str:
    """The running number among the groups of a number: its longest group of digits, the last of equals, not a year."""
    digits = [group for group in groups if group.isdigit()]
    without_years = [group for group in digits if not _YEAR.fullmatch(group)] or digits
    return max(reversed(without_years), key=len, default="")


def series_of(items: Iterable[Item]) -> Mapping[tuple[str, int], tuple[int, int]]:
    """The number series learned from the ledger: per letters in front and length, the lowest and highest number."""
    series: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for item in items:
        number = item.number
        if number.isdecimal():
            series["", len(number)].append(number)
            continue
        number = compact(number)
        digits = number.lstrip(_LETTERS)
        if digits.isdecimal():
            series[number[: -len(digits)], len(digits)].append(digits)
    # Of digits of one length the first and the last in order are the lowest and the highest.
    return {key: (int(min(numbers)), int(max(numbers))) for key, numbers in series.items()}


def fits_series(series: Mapping[tuple[str, int], tuple[int, int]], word: str) -> bool:
    """Whether a number looks like one of the learned series: its letters, its length, and not far from what is known."""
    digits = word.lstrip(_LETTERS)
    if not (digits.isdigit() and digits.isascii()):
        return False
    limits = series.get((word[: -len(digits)], len(digits)))
    if limits is None:
        return False
    margin = 2 * max(limits[1] - limits[0], _LEAST_SPAN)
    return limits[0] - margin <= int(digits) <= limits[1] + margin


def _kind_of(suffix: str) -> str:
    return "digits" if suffix.isdigit() else "letters"


def _stripped(group: str) -> str:
    return group.lstrip("0") or "0" if group[0] == "0" else group


def _add(index: dict[str, Found], key: str, item: Item) -> None:
    found = index.get(key)
    if found is None:
        index[key] = (item,)
    elif found:
        index[key] = (*found, item) if len(found) < _TOO_MANY else ()
