"""Numbers that are wrong in one place: a digit wrong, missing, doubled, too much, or two swapped. The last resort."""

from __future__ import annotations

from collections.abc import Iterable

from importer.matcher.books import Item
from importer.matcher.evidence import Place
from importer.matcher.numbers import NumberIndex
from importer.matcher.verdict import Case

_SHORTEST = 5
_DIGITS = "0123456789"


def near_items(case: Case) -> tuple[Item, ...]:
    """The documents that unknown numbers of the line are near to; only where exactly one known document is that near."""
    return tuple({id(item): item for _, item in near_places(case)}.values())


def near_places(case: Case) -> list[tuple[Place, Item]]:
    """The same with the places where these numbers stand."""
    found = [(place, _near(case.numbers, place)) for place in case.reading.unknown]
    return [(place, items[0]) for place, items in found if len(items) == 1]


def _near(index: NumberIndex, place: Place) -> tuple[Item, ...]:
    """All documents that the number is near to, by itself or with what is written together with it."""
    written = dict.fromkeys((place.value, place.whole)) if place.whole else ()
    return tuple({id(item): item for number in written for item in near_numbers(index, number)}.values())


def near_numbers(index: NumberIndex, written: str) -> tuple[Item, ...]:
    """All known documents one slip away from what is written; none when it is a document's own number, said to be else."""
    if len(written) < _SHORTEST or not any(map(str.isdigit, written)) or len(written) > 20 or written in index.exact:
        return ()
    found: dict[int, Item] = {}
    for variant in _variants(written):
        for item in index.exact.get(variant, ()):
            found[id(item)] = item
    return tuple(found.values())


def _variants(written: str) -> Iterable[str]:
    for place in range(len(written) + 1):
        before, after = written[:place], written[place:]
        if after:
            yield before + after[1:]
            yield from (before + digit + after[1:] for digit in _DIGITS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + digit + after for digit in _DIGITS)
