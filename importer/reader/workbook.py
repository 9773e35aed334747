"""Excel workbooks → rows: .xlsx, .xlsm and .xls, values only. Nothing is calculated, executed or fetched.

Source: reliability.md §10.1 (B19-B30).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.mapping.layout import FileRules
from importer.model import Problem
from importer.reader.packed import Packed, give_back_memory
from importer.reader.rows import CHUNK_ROWS, MOST_COLUMNS, MOST_ROWS, Cell, EvenChunk, Sheet
from importer.reader.source import Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

    from importer.reader.sheet_facts import SheetFacts
    from importer.reader.workbook_checks import Workbook


def read_workbook(source: Source, rules: FileRules) -> list[Sheet]:
    """The sheets of a workbook in their order; only the one that the mapping names, if it names one.

    Raises:
        UnusableFile: it cannot be read, is dangerous, or has no such sheet.
    """
    workbook = _opened(source)
    names = workbook.names
    if rules.sheet and rules.sheet not in names:
        raise UnusableFile(f'{source.name}: has no sheet "{rules.sheet}", only {", ".join(names)}')
    chosen = [rules.sheet] if rules.sheet else names
    return [sheet for name in chosen if (sheet := workbook.sheet(name, source))]


# A workbook is parsed as a whole, so it is done once per file: for recognising and for reading.
_WORKBOOKS: WeakKeyDictionary[Source, _Opened] = WeakKeyDictionary()


def _opened(source: Source) -> _Opened:
    if source not in _WORKBOOKS:
        _WORKBOOKS[source] = _Opened(source)
    return _WORKBOOKS[source]


class _Opened:
    """A workbook that has been looked at and opened; its sheets are parsed when they are first wanted."""

    def __init__(self, source: Source) -> None:
        from importer.reader.workbook_checks import check_workbook

        self._file = source.name
        self._facts = check_workbook(source)
        self._workbook: CalamineWorkbook | None = _open(source)
        self._kinds = {sheet.name: sheet.typ for sheet in self._workbook.sheets_metadata}
        self._hidden = {sheet.name for sheet in self._workbook.sheets_metadata if not _is_visible(sheet)}
        self._rows: dict[str, Packed] = {}
        self.names = self._workbook.sheet_names

    def sheet(self, name: str, source: Source) -> Sheet | None:
        """The rows of a sheet from its beginning; None for a chart.

        `source` is the workbook's: it is not kept here, for what is kept lives as long as nobody else keeps the source.
        """
        from python_calamine import SheetTypeEnum

        if self._kinds[name] is not SheetTypeEnum.WorkSheet:
            return None
        seen = self._facts.of(name)
        if name not in self._rows:
            self._rows[name] = self._packed(name, source, seen)
        warnings = _warnings(name, seen, self._facts, self._file)
        return Sheet(name, self._rows[name].chunks(), warnings, is_hidden=name in self._hidden)

    def _packed(self, name: str, source: Source, facts: SheetFacts) -> Packed:
        cells = self._parsed(name, self._workbook or _open(source))
        is_large = cells.total_height > CHUNK_ROWS
        # A workbook keeps every text of its sheets: while a large one is read it is in the way.
        self._workbook = None if is_large else self._workbook
        rows = Packed.of(_chunks(cells, facts))
        del cells
        if is_large:
            give_back_memory()
        return rows

    def _parsed(self, name: str, workbook: CalamineWorkbook) -> CalamineSheet:
        with _refusing_damage(f'{self._file}: sheet "{name}"'):
            cells = workbook.get_sheet_by_name(name)
        if cells.total_width > MOST_COLUMNS:
            raise UnusableFile(
                f'{self._file}: sheet "{name}" has {cells.total_width:,} columns, more than {MOST_COLUMNS}'
            )
        if cells.total_height > MOST_ROWS:
            raise UnusableFile(
                f'{self._file}: sheet "{name}" has more than {MOST_ROWS:,} rows; export a shorter period'
            )
        return cells


def _is_visible(sheet: SheetMetadata) -> bool:
    from python_calamine import SheetVisibleEnum

    return sheet.visible is SheetVisibleEnum.Visible


def _open(source: Source) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        with _refusing_damage(f"{source.name}: the workbook"):
            return CalamineWorkbook.from_filelike(io.BytesIO(source.content))
    except PasswordError as error:
        raise UnusableFile(f"{source.name}: the workbook is encrypted; save it without a password") from error


@contextmanager
def _refusing_damage(what: str) -> Iterator[None]:
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise
    except CalamineError as error:
        raise UnusableFile(f"{what} is damaged ({error}); export it again") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnusableFile(f"{what} is damaged ({error}); export it again") from error


def _chunks(cells: CalamineSheet, facts: SheetFacts) -> Iterator[EvenChunk]:
    if cells.start is None:
        return
    margin, rows, first = cells.start[1], iter(cells.iter_rows()), 1
    wrong = _wrong_cells(facts)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        columns: list[list[Cell]] = [[""] * len(chunk) for _ in range(margin)] + list(
            map(list, zip(*chunk, strict=True))
        )
        for row, column, why in wrong:
            if first <= row < first + len(chunk) and column < len(columns):
                columns[column][row - first] = why
        yield EvenChunk(columns, range(first, first + len(chunk)))
        first += len(chunk)


def _wrong_cells(facts: SheetFacts) -> list[tuple[int, int, Wrong]]:
    error = Wrong("CELL-1", "the cell shows an error; mend it in the workbook")
    no_value = Wrong("CELL-2", "the cell has a formula without a stored value; open the workbook, calculate, save")
    cells = dict.fromkeys(facts.without_value, no_value) | dict.fromkeys(facts.in_error, error)
    return [(row, column, why) for (row, column), why in sorted(cells.items(), key=lambda cell: cell[0])]


def _warnings(name: str, seen: SheetFacts, facts: Workbook, file: str) -> list[Problem]:
    texts = []
    if seen.hidden_rows:
        texts.append(
            ("ROW-HIDDEN", f'sheet "{name}" has {seen.hidden_rows} hidden rows; they were read like the others')
        )
    if seen.formulas:
        texts.append(("CELL-3", f'sheet "{name}" has formulas; the values stored with them were used'))
    texts += [("FILE-5", f"the workbook holds {what}; they were ignored") for what in facts.ignored]
    return [Problem(rule, message, file) for rule, message in texts]
