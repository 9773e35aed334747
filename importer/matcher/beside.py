"""What is written beside a number: a part of a number is no evidence when the rest of what is written is another number's."""

from __future__ import annotations

import re

from importer.matcher.books import Item
from importer.matcher.numbers import NumberIndex, groups_of
from importer.matcher.runs import Runs
from importer.matcher.words import LOOK_ALIKES, Label, label_of

_YEAR = re.compile(r"(?:19|20)\d\d")
_TIGHT = ("-", "/", ".")
_LONGEST_PREFIX, _LONG = 4, 4


def is_of_another(runs: Runs, index: NumberIndex, place: tuple[int, int], item: Item) -> bool:
    """Whether what stands beside says another number: other letters in front, another year, or another group.

    "INV-2024-00123" holds the running number of INV-2025-00123, and yet it is another invoice; so is HB-10234 beside HH-10234.

    Args:
        place: the first and last run of the part that was found.
    """
    first, last = place
    groups = index.groups(item)
    before, after = _beside_in_number(groups, runs.key(first, last))
    return (
        _has_other_letters(runs, first, groups)
        or _differs(runs, index, (first - 1, first - 1), groups, before[-1:])
        or _differs(runs, index, (last + 1, last), groups, after[:1])
        or _differs_further(runs, index, first - 1, groups, before[:-1])
    )


def has_other_suffix(runs: Runs, index: NumberIndex, end: int) -> bool:
    """Whether 104046-1 is written where 104046 is known: where numbers end like this it is another one.

    Args:
        end: the last run of the number that was found.
    """
    following = end + 1
    if following >= len(runs) or runs.words[end].isalpha():
        return False
    return runs.between(end) == "-" and index.is_suffix(runs.words[following])


def _beside_in_number(groups: tuple[str, ...], key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The groups of the number before and behind the part that was found."""
    part = tuple(key.split("|"))
    for start in range(len(groups) - len(part) + 1):
        if groups[start : start + len(part)] == part:
            return groups[:start], groups[start + len(part) :]
    return (), ()


def _differs_further(
    runs: Runs, index: NumberIndex, position: int, groups: tuple[str, ...], before: tuple[str, ...]
) -> bool:
    """Whether a group further in front, written together with the part, is another one: AB-2-03-0332 is not AB-24-03-0332."""
    while position > 0 and before and runs.words[position].isdigit() and runs.between(position - 1) in _TIGHT:
        position -= 1
        if _differs(runs, index, (position, position), groups, before[-1:]):
            return True
        before = before[:-1]
    return False


def _has_other_letters(runs: Runs, first: int, groups: tuple[str, ...]) -> bool:
    """Whether a short prefix that is no label is joined to the part and is not the number's."""
    if first == 0 or runs.between(first - 1) not in _TIGHT:
        return False
    word = runs.words[first - 1]
    if len(word) > _LONGEST_PREFIX or not word.isalpha() or label_of(word) is not Label.NONE:
        return False
    return word.translate(LOOK_ALIKES) not in {group.translate(LOOK_ALIKES) for group in groups}


def _differs(
    runs: Runs, index: NumberIndex, neighbour: tuple[int, int], groups: tuple[str, ...], expected: tuple[str, ...]
) -> bool:
    beside, gap = neighbour
    own = expected[0] if expected else ""
    if not (0 <= beside < len(runs) and runs.words[beside].isdigit() and runs.belongs(gap)):
        return False
    word = runs.words[beside]
    if groups_of(word)[0] in groups or word in index.serials or word in index.exact:
        return False
    if _YEAR.fullmatch(word) and any(map(_YEAR.fullmatch, groups)):
        return True
    if runs.between(gap).strip() not in _TIGHT:
        return False
    return len(word) >= _LONG or (own.isdigit() and not own.endswith(word))
