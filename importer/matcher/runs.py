"""The text cut into runs of letters and digits, and what a window of neighbouring runs spells.

"FAKTURA SZ-2026/00077"   runs  FAKTURA · SZ · 2026 · 00077     key of the last three  SZ|2026|77
"""

from __future__ import annotations

import re

from importer.matcher.numbers import groups_of

_RUN = re.compile(r"[^\W_]+")
# What may stand between the parts of one number: one separator, or a separator among blanks.
_WITHIN = re.compile(r" ?[-./*'#:]? ?")
_JOINING = frozenset((" ", ".", "-", "/", "*", "'"))


class Runs:
    """The runs of one text in order, by position."""

    __slots__ = ("_keys", "_places", "plain", "words")

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self._places = list(_RUN.finditer(plain))
        self.words = [place[0] for place in self._places]
        self._keys: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.words)

    def start(self, position: int) -> int:
        """Where the run begins."""
        return self._places[position].start()

    def end(self, position: int) -> int:
        """Where the run ends."""
        return self._places[position].end()

    def between(self, position: int) -> str:
        """What stands between this run and the next."""
        return self.plain[self._places[position].end() : self._places[position + 1].start()]

    def belongs(self, position: int) -> bool:
        """Whether this run and the next may be parts of one number."""
        return _WITHIN.fullmatch(self.between(position)) is not None

    def joins(self, position: int) -> bool:
        """Whether only one character separates this run from the next, both digits."""
        return self.between(position) in _JOINING and self.words[position + 1].isdigit()

    def key(self, first: int, last: int) -> str:
        """The groups of the runs, zeros stripped, as the index keeps them."""
        return "|".join(self._key(position) for position in range(first, last + 1))

    def compact(self, first: int, last: int) -> str:
        """The runs without what separates them."""
        return "".join(self.words[first : last + 1])

    def reach(self, first: int, most: int) -> int:
        """The last run that may belong to a number of at most `most` runs beginning at `first`."""
        last = first
        while last + 1 < len(self.words) and last - first + 1 < most and self.belongs(last):
            last += 1
        return last

    def _key(self, position: int) -> str:
        if position not in self._keys:
            self._keys[position] = "|".join(groups_of(self.words[position]))
        return self._keys[position]
