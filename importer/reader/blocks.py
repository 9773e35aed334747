"""CSV text in blocks of whole rows. A block whose quotes and row ends are all regular is split, which is several times faster
than parsing it and gives the same cells; every other block is for the parser.

    text ──▶ blocks ──▶ regular? ──▶ EvenChunk
                          └─ no ──▶ csv (delimited.py)
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from importer.reader.rows import EvenChunk

LONGEST_CELL = 131_072  # letters; the parser refuses longer cells, and a block that is no longer can hold none
_ENOUGH = 300_000  # letters that show how rows end, and hold every header
_ROW_MARK = "\x00"  # no text that gets here holds it, see encodings.py


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
        # A row mark becomes a cell of its own after each row.
        mark = f"{self.delimiter}{around}{_ROW_MARK}{around}{self.delimiter}"
        cells = rows.replace(self.row_end, mark).split(f"{around}{self.delimiter}{around}")
        return None if self._is_irregular(cells) else _even(cells, before)

    def _is_irregular(self, cells: list[str]) -> bool:
        # Where all cells are in quotes, or none is, splitting takes every quote away, and no row end is left either.
        left = "".join(cells)
        return "\r" in left or "\n" in left or bool(self.quote and self.quote in left)


def _even(cells: list[str], before: int) -> EvenChunk | None:
    rows = cells.count(_ROW_MARK) + 1
    length, surplus = divmod(len(cells) - (rows - 1), rows)
    if surplus or length < 2 or cells[length :: length + 1].count(_ROW_MARK) != rows - 1:
        return None
    del cells[length :: length + 1]
    return EvenChunk(cells, length, range(before + 1, before + rows + 1))


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
