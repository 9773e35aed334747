"""Rows of a workbook, packed: a parsed sheet takes three times the memory of its rows, and would stay beside their lines.

Source: performance.md §1.2 (peaks of readers).
"""

from __future__ import annotations

import ctypes
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from importer.reader.rows import Cell, EvenChunk


@dataclass(frozen=True, slots=True)
class Packed:
    """The chunks of a sheet, to be taken as often as they are wanted."""

    _chunks: Sequence[bytes]

    @classmethod
    def of(cls, chunks: Iterable[EvenChunk]) -> Packed:
        """These chunks, packed one by one."""
        return cls([pickle.dumps(_shared(chunk)) for chunk in chunks])

    def chunks(self) -> Iterator[EvenChunk]:
        """The chunks as they were."""
        for chunk in self._chunks:
            yield pickle.loads(chunk)  # noqa: S301 - packed above, in this process


def _shared(chunk: EvenChunk) -> EvenChunk:
    """The chunk with one object for all cells that are equal, so that it is packed once."""
    known: dict[Cell, Cell] = {}
    return EvenChunk([_shared_column(column, known) for column in chunk.columns], chunk.numbers)


def _shared_column(column: Sequence[Cell], known: dict[Cell, Cell]) -> Sequence[Cell]:
    # Numbers are left alone: 1.0 equals True, and 0.0 equals -0.0.
    return column if {float, int, bool} & set(map(type, column)) else list(map(known.setdefault, column, column))


def give_back_memory() -> None:
    """Let the system have the memory of what was dropped. The C library of Linux else keeps it, and Python cannot use it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
