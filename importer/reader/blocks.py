"""CSV text in blocks of whole rows. A block whose quotes and row ends are all regular is split, which is several times faster
than parsing it and gives the same cells; every other block is for the parser.

    text ──▶ blocks ──▶ regular? ──▶ EvenChunk
                          └─ no ──▶ csv (delimited.py)
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from operator import contains

from importer.reader.rows import EvenChunk

LONGEST_CELL = 131_072  # letters; the parser refuses longer cells, and a block that is no longer can hold none
_ENOUGH = 300_000  # letters that show how rows end, and hold every header


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits blocks of one dialect; `row_end` is how the file ends its rows."""

    delimiter: str
    quote: str
    row_end: str

    def split(self, block: str, before: int) -> EvenChunk | None:
        """The rows of a block; None when it has to be parsed. `before` lines came before it."""
        if len(block) > LONGEST_CELL:
            return None
        rows, around = block.removesuffix(self.row_end), ""
        if self.quote and rows.startswith(self.quote):
            if not rows.endswith(self.quote):
                return None
            rows, around = rows[1:-1], self.quote
        end = f"{around}{self.row_end}{around}"
        pieces = rows.split(f"{around}{self.delimiter}{around}")
        # Rows are not split from one another: at each of these places is the last cell of one and the first of the next.
        width = next((place for place, piece in enumerate(pieces) if end in piece), len(pieces) - 1)
        if width < 1 or (len(pieces) - 1) % width:
            return None
        seams = pieces[width:-1:width]
        if not all(map(contains, seams, repeat(end))):
            return None
        edges = end.join([pieces[0], *seams, pieces[-1]]).split(end)
        pieces[width:-1:width] = [""] * len(seams)
        if len(edges) != 2 * len(seams) + 2 or self._is_irregular(pieces) or self._is_irregular(edges):
            return None
        inner = (pieces[place::width] for place in range(1, width))
        return EvenChunk([edges[::2], *inner, edges[1::2]], range(before + 1, before + len(seams) + 2))

    def _is_irregular(self, cells: list[str]) -> bool:
        # Where all cells are in quotes, or none is, splitting takes every quote away, and no row end is left either.
        left = "".join(cells)
        return "\r" in left or "\n" in left or bool(self.quote and self.quote in left)


class Blocks:
    """A text in blocks that end with a row end. It may stand inside a quoted cell: only a parser can tell, and does."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._held = ""
        while len(self._held) < _ENOUGH and (piece := next(self._pieces, "")):
            self._held += piece
        self.row_end = _first_end(self._held)

    @property
    def head(self) -> str:
        """What is read already and not yet taken: the beginning of the text, before the first block."""
        return self._held

    def __iter__(self) -> Iterator[str]:
        while (at := self._held.rfind(self.row_end)) >= 0:
            block, self._held = self._held[: at + len(self.row_end)], self._held[at + len(self.row_end) :]
            yield block
            self._held += next(self._pieces, "")

    def rest(self, block: str) -> Iterator[str]:
        """Line by line: a block that was taken, and all that comes after it."""
        for part in (block, *self):
            yield from io.StringIO(part, newline="")
        yield from io.StringIO(self._held + "".join(self._pieces), newline="")


def _first_end(text: str) -> str:
    """How the first row of a text ends; a line feed when it does not."""
    feed, carriage = text.find("\n"), text.find("\r")
    if feed < 0:
        return "\r" if carriage >= 0 else "\n"
    return "\r\n" if carriage == feed - 1 and carriage >= 0 else "\n"


def count_lines(text: str) -> int:
    """How many lines end in the text, whatever ends them."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
