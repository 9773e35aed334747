"""Wrong cells, collected: all of a file are reported at once."""

from __future__ import annotations

from collections.abc import Sequence

from importer.cells import Wrong
from importer.model import Problem
from importer.reader.rows import Cell, text_of
from importer.reader.table import Table
from importer.reader.texts import clean


class Faults:
    """Wrong cells by position of their record in the chunk."""

    def __init__(self, table: Table, file: str, numbers: Sequence[int]) -> None:
        self._table, self._file, self._numbers = table, file, numbers
        self.by_record: dict[int, list[Problem]] = {}

    def add(self, index: int, place: int, cell: Cell, wrong: Wrong) -> None:
        """Note a wrong cell; `index` counts the records of the chunk from 0, `place` -1 stands for no column."""
        value = clean(text_of(cell))[:80]
        caption = self._table.caption(place) if place >= 0 else ""
        problem = Problem(wrong.rule, wrong.message, self._file, self._numbers[index], caption, value)
        self.by_record.setdefault(index, []).append(problem)
