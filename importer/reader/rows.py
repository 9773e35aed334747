"""Rows on their way from a file to bank lines: always in chunks, so that a million rows need no more memory than their lines.

source.py ──▶ delimited.py | workbook.py | markup.py ──▶ Sheet(chunks) ──▶ table.py ──▶ tidy.py ──▶ lines.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol

from importer.cells import Wrong
from importer.model import Problem

CHUNK_ROWS = 4096
MOST_COLUMNS = 200
MOST_ROWS = 1_000_000

# What a cell can hold: text in a CSV file, and in a workbook numbers and dates too; `Wrong` is a cell in error.
Cell = str | float | bool | date | datetime | time | timedelta | Wrong
Row = list[Cell]


class Chunk(Protocol):
    """Consecutive rows of a sheet."""

    @property
    def numbers(self) -> Sequence[int]:
        """The rows' numbers in the file, counted from 1."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, each a list of its cells."""

    @property
    def lengths(self) -> set[int]:
        """How many cells the rows have."""

    def column(self, place: int) -> Sequence[Cell]:
        """The cells of a column, counted from 0; every row must reach that far."""

    def without_first(self, count: int) -> Chunk:
        """The same without its first rows."""


@dataclass(frozen=True, slots=True)
class RowChunk:
    """A chunk that holds rows of any lengths."""

    rows: list[Row]
    numbers: Sequence[int]

    @property
    def lengths(self) -> set[int]:
        """How many cells the rows have."""
        return set(map(len, self.rows))

    def column(self, place: int) -> list[Cell]:
        """The cells of a column."""
        return [row[place] for row in self.rows]

    def without_first(self, count: int) -> RowChunk:
        """The same without its first rows."""
        return RowChunk(self.rows[count:], self.numbers[count:])


@dataclass(frozen=True, slots=True)
class EvenChunk:
    """A chunk whose rows all have the same length, held column by column."""

    columns: Sequence[Sequence[Cell]]
    numbers: Sequence[int]

    @property
    def rows(self) -> list[Row]:
        """The rows, made when they are asked for."""
        return list(map(list, zip(*self.columns, strict=True)))

    @property
    def lengths(self) -> set[int]:
        """How many cells the rows have."""
        return {len(self.columns)}

    def column(self, place: int) -> Sequence[Cell]:
        """The cells of a column."""
        return self.columns[place]

    def without_first(self, count: int) -> EvenChunk:
        """The same without its first rows."""
        return EvenChunk([column[count:] for column in self.columns], self.numbers[count:])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's worth of rows, read once. `warnings` fill up while the chunks are taken; `is_hidden` is for workbooks."""

    name: str
    chunks: Iterator[Chunk]
    warnings: list[Problem] = field(default_factory=list)
    separator: str = "; "
    is_hidden: bool = False


def is_filled(cell: Cell) -> bool:
    """True when the cell holds anything, an error included."""
    return bool(cell.strip()) if isinstance(cell, str) else True


def is_number(cell: Cell) -> bool:
    """True for a number cell of a workbook."""
    return isinstance(cell, float | int) and not isinstance(cell, bool)


def is_blank(row: Sequence[Cell]) -> bool:
    """True when no cell of the row holds anything."""
    return not any(map(is_filled, row))


def text_of(cell: Cell) -> str:
    """A cell as a person sees it."""
    match cell:
        case str():
            return cell
        case Wrong():
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(" ").removesuffix(" 00:00:00")
    return str(cell)


def first_filled(rows: Chunk, places: Sequence[int]) -> Sequence[Cell]:
    """In every row the first of these cells that holds anything, "" where none does."""
    if len(places) == 1:
        return rows.column(places[0])
    columns = [rows.column(place) for place in places]
    return [next(filter(is_filled, cells), "") for cells in zip(*columns, strict=True)]
