"""The text cut into runs of letters and digits, and what a window of neighbouring runs spells.

"FAKTURA SZ-2026/00077"   runs  FAKTURA · SZ · 2026 · 00077     key of the last three  SZ|2026|77
"""

from __future__ import annotations

import re
from collections.abc import Container

from importer.matcher.numbers import groups_of
from importer.matcher.words import Label, label_of

_RUN = re.compile(r"[^\W_]+")
# Bytes are translated ten times faster than text.
_BETWEEN = bytes(n if n < 128 and chr(n).isalnum() else ord(" ") for n in range(256))
# What may stand between the parts of one number: one separator, or a separator among blanks.
_WITHIN = re.compile(r" ?[-./*'#:]? ?")
_JOINING = frozenset((" ", ".", "-", "/", "*", "'", "_", "- "))
_TIGHT = frozenset(("", "-", "/", "."))
_PIECES = re.compile(r"\d+|[^\W\d_]+")
_LABELS = (Label.INVOICE, Label.CUSTOMER, Label.DATE, Label.AMOUNT)


class Runs:
    """The runs of one text in order, by position."""

    __slots__ = ("_found", "_keys", "plain", "words")

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.words = plain.encode().translate(_BETWEEN).decode().split() if plain.isascii() else _RUN.findall(plain)
        self._found: list[tuple[int, int]] = []
        self._keys: dict[int, str] = {}

    def _places(self, last: int) -> list[tuple[int, int]]:
        """Where the runs are, at least up to the last one asked for; many texts are read without it."""
        found = self._found
        if len(found) <= last:
            end = found[-1][1] if found else 0
            for word in self.words[len(found) : last + 1]:
                start = self.plain.index(word, end)
                end = start + len(word)
                found.append((start, end))
        return found

    def __len__(self) -> int:
        return len(self.words)

    def start(self, position: int) -> int:
        """Where the run begins."""
        return self._places(position)[position][0]

    def end(self, position: int) -> int:
        """Where the run ends."""
        return self._places(position)[position][1]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the runs from `first` to `last` begin and end."""
        places = self._places(last)
        return places[first][0], places[last][1]

    def between(self, position: int) -> str:
        """What stands between this run and the next."""
        places = self._places(position + 1)
        return self.plain[places[position][1] : places[position + 1][0]]

    def belongs(self, position: int) -> bool:
        """Whether this run and the next may be parts of one number."""
        return _WITHIN.fullmatch(self.between(position)) is not None

    def joins(self, position: int) -> bool:
        """Whether only one separator stands between this run and the next, both digits; a comma only before thousands."""
        between, following = self.between(position), self.words[position + 1]
        return following.isdigit() and (between in _JOINING or (between == "," and len(following) == 3))

    def is_alone(self, position: int) -> bool:
        """Whether nothing is written together with the run."""
        is_first, is_last = position == 0, position + 1 == len(self.words)
        return (is_first or self.between(position - 1) not in _TIGHT) and (
            is_last or self.between(position) not in _TIGHT
        )

    def goes_on(self, position: int) -> bool:
        """Whether more digits follow behind a separator that is no blank."""
        return position + 1 < len(self.words) and self.between(position) != " " and self.joins(position)

    def split(self, position: int) -> bool:
        """Cut a run into the labels and numbers glued together in it, as in KDNR10000RGNR103001; False without labels."""
        pieces = list(_PIECES.finditer(self.words[position]))
        letters = [piece[0] for piece in pieces if not piece[0].isdigit()]
        if len(pieces) < 2 or not all(len(word) > 1 and label_of(word) in _LABELS for word in letters):
            return False
        self.words[position : position + 1] = [piece[0] for piece in pieces]
        self._found.clear()
        self._keys.clear()
        return True

    def whole(self, position: int, heads: Container[str]) -> str:
        """The run with all that is joined to it without a blank, and with the letters before it when numbers begin so."""
        first = last = position
        while first and (
            self.between(first - 1) in _TIGHT or (self.between(first - 1) == " " and self.words[first - 1] in heads)
        ):
            first -= 1
        while last + 1 < len(self.words) and self.between(last) in _TIGHT:
            last += 1
        return self.compact(first, last)

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
