"""A review workbook, opened: the plan inside it, and the rows of its sheets by caption."""

from __future__ import annotations

import warnings
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile
from zlib import decompressobj, error

from importer.errors import UnusableFile
from importer.plan import Plan
from importer.plan_json import from_json
from importer.reports import sheets
from importer.reports.entries import Filled, as_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LARGEST_PLAN = 500_000_000  # bytes of JSON; a plan of 100,000 lines has about a fifth of it
_HEADER_ROWS = 20  # a clerk may put a few rows of his own above the captions
_CAPTIONS = frozenset(column.caption for column in (*sheets.REVIEW_COLUMNS, *sheets.READY_COLUMNS))
_AGAIN = "Make a new one with `importer preview FILE --format xlsx`."
_SAVE = "Open it in your spreadsheet program and save it as Excel workbook (.xlsx), without a password."
_BANK_FILE = "The bank's own file goes to `importer import`. If it is a review:"
_OTHER_KINDS = {b"\xd0\xcf\x11\xe0": "an old Excel file (.xls), or protected by a password", b"%PDF": "a PDF"}


class Book:
    """The sheets of a review. Rows come with their numbers as a person sees them."""

    def __init__(self, book: Workbook, path: Path, applied_by: str) -> None:
        self._book, self._path = book, path
        self._saved_by = book.properties.lastModifiedBy or applied_by
        self.plan = _plan(book, path)

    def has(self, title: str) -> bool:
        """A sheet of this name is there."""
        return title in self._book.sheetnames

    def other_titles(self) -> tuple[str, ...]:
        """The sheets that are not ours."""
        ours = {"Summary", *sheets.SHEETS, sheets.OPEN_INVOICES, sheets.BALANCES, sheets.LISTS, sheets.PLAN}
        return tuple(title for title in self._book.sheetnames if title not in ours)

    def rows(self, title: str, key: str) -> tuple[Filled, ...]:
        """The rows of a sheet below its captions; () where there is no such sheet, or it has no column `key`.

        Raises:
            UnusableFile: it is To review that is gone or lacks a column, or two columns have one caption of ours.
        """
        if not self.has(title):
            return () if title != sheets.TO_REVIEW else self._without(title)
        sheet = self._book[title]
        header, columns = self._captions(sheet, (key, sheets.DECISION) if title == sheets.TO_REVIEW else (key,))
        if not columns:
            return ()
        return tuple(
            Filled(title, place, {caption: values[column] for caption, column in columns.items()}, self._saved_by)
            for place, values in enumerate(sheet.iter_rows(min_row=header + 1, values_only=True), start=header + 1)
            if any(value is not None for value in values)
        )

    def _without(self, title: str) -> tuple[Filled, ...]:
        found = ", ".join(self._book.sheetnames)
        raise UnusableFile(f'{self._path.name} has no sheet "{title}", but {found}. Give the sheet its name back.')

    def _captions(self, sheet: Worksheet, needed: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        """The row of the captions, and at which place from 0 each stands; nothing where a sheet that may lack them does."""
        for place, values in enumerate(sheet.iter_rows(max_row=_HEADER_ROWS, values_only=True), start=1):
            texts = [as_text(value) for value in values]
            if all(caption in texts for caption in needed):
                return place, self._placed(texts)
        if sheet.title != sheets.TO_REVIEW:
            return 0, {}
        wanted = '" and "'.join(needed)
        raise UnusableFile(
            f'{self._path.name}: the first {_HEADER_ROWS} rows of sheet "{sheet.title}" have no captions "{wanted}". '
            f'Column "{sheets.KEY}" is hidden; it must stay. {_AGAIN}'
        )

    def _placed(self, texts: Sequence[str]) -> Mapping[str, int]:
        doubled = sorted(caption for caption, count in Counter(texts).items() if count > 1 and caption in _CAPTIONS)
        if doubled:
            raise UnusableFile(f'{self._path.name}: two columns are called "{doubled[0]}". Rename the one you added.')
        # A column without a caption is a place too where somebody may have written.
        return {caption or f"column {column + 1}": column for column, caption in enumerate(texts)}


def opened_review(path: Path, applied_by: str = "") -> Book:
    """The workbook, with the plan inside it.

    Raises:
        UnusableFile: it is no workbook, or holds no plan.
        PlanChanged: the plan inside was edited.
    """
    return Book(_workbook(path), path, applied_by)


def _workbook(path: Path) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file, warnings.catch_warnings():
            _raise_if_other_kind(path, file.read(100))
            # openpyxl warns of features of Excel that it does not keep; nothing is kept here.
            warnings.simplefilter("ignore", UserWarning)
            file.seek(0)
            return load_workbook(file, data_only=True)
    except OSError as problem:
        raise UnusableFile(f"{path} cannot be read: {problem}") from problem
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, EOFError) as problem:
        raise UnusableFile(f"{path.name} is no Excel workbook ({problem}). {_BANK_FILE} {_SAVE}") from problem


def _raise_if_other_kind(path: Path, head: bytes) -> None:
    kinds = (kind for start, kind in _OTHER_KINDS.items() if head.startswith(start))
    kind = "an OpenDocument spreadsheet (.ods)" if b"opendocument" in head else next(kinds, "")
    if kind:
        raise UnusableFile(f"{path.name} is {kind}, not an Excel workbook. {_SAVE}")


def _plan(book: Workbook, path: Path) -> Plan:
    if sheets.PLAN not in book.sheetnames:
        raise UnusableFile(
            f"{path.name} holds no plan to apply: it was made for reading only, or is no review. {_AGAIN} "
            "The bank's own file goes to `importer import`."
        )
    text = "".join(as_text(cell) for (cell,) in book[sheets.PLAN].iter_rows(max_col=1, values_only=True))
    unpacking = decompressobj()
    try:
        content = unpacking.decompress(b64decode(text, validate=True), _LARGEST_PLAN)
        document = content.decode(errors="surrogatepass")
    except (ValueError, error) as problem:
        raise UnusableFile(f"The plan inside {path.name} is damaged ({problem}). {_AGAIN}") from problem
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise UnusableFile(f"The plan inside {path.name} is incomplete or too large. {_AGAIN}")
    return from_json(document)
