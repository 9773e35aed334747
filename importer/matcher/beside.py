"""What is written beside a number: a part of a number is no evidence when the rest of what is written is another number's."""

from __future__ import annotations

import re

from importer.matcher.books import Item
from importer.matcher.numbers import NumberIndex
from importer.matcher.runs import Runs

_YEAR = re.compile(r"(?:19|20)\d\d")


def is_of_another(runs: Runs, index: NumberIndex, place: tuple[int, int], item: Item) -> bool:
    """Whether the digits beside say another number: another year, or a group that the document does not have.

    "INV-2024-00123" holds the running number of INV-2025-00123, and yet it is another invoice.

    Args:
        place: the first and last run of the part that was found.
    """
    first, last = place
    return _differs(runs, index, (first - 1, first - 1), item) or _differs(runs, index, (last + 1, last), item)


def _differs(runs: Runs, index: NumberIndex, neighbour: tuple[int, int], item: Item) -> bool:
    beside, gap = neighbour
    if not (0 <= beside < len(runs) and runs.words[beside].isdigit() and runs.belongs(gap)):
        return False
    word, groups = runs.words[beside], index.groups(item)
    if word in groups or word in index.serials or word in index.exact:
        return False
    if _YEAR.fullmatch(word) and any(map(_YEAR.fullmatch, groups)):
        return True
    return len(word) >= 4 and runs.between(gap).strip() in ("-", "/", ".")
