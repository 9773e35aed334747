"""Rows on their way from a file to bank lines: always in chunks, so that a million rows need no more memory than their lines.

source.py ──▶ delimited.py | workbook.py | markup.py ──▶ Sheet(chunks) ──▶ table.py ──▶ tidy.py ──▶ lines.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from importer.cells import Wrong
from importer.model import Problem

CHUNK_ROWS = 4096
MOST_COLUMNS = 200
MOST_ROWS = 1_000_000

# What a cell can hold: text in a CSV file, and in a workbook numbers and dates too; `Wrong` is a cell in error.
Cell = str | float | bool | date | datetime | time | timedelta | Wrong
Row = list[Cell]


@dataclass(slots=True)
class Chunk:
    """Consecutive rows; `numbers` are their rows in the file, counted from 1."""

    rows: list[Row]
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's worth of rows, read once. `warnings` fill up while the chunks are taken."""

    name: str
    chunks: Iterator[Chunk]
    warnings: list[Problem] = field(default_factory=list)
    separator: str = "; "


def is_filled(cell: Cell) -> bool:
    """True when the cell holds anything, an error included."""
    return bool(cell.strip()) if isinstance(cell, str) else True


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
