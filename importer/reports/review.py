"""A workbook that a clerk filled in, read back: his decisions, and what is wrong with them, row by row.

Columns are found by their captions and lines by the hidden key, so moving, sorting, filtering and adding do no harm. What
the bank wrote is compared with the plan in the workbook. Nothing is asked of Business Central here.
"""

from __future__ import annotations

import warnings
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile
from zlib import decompressobj, error

from importer.choices import Choice, Choices
from importer.errors import UnusableFile
from importer.model import Problem
from importer.plan import Plan
from importer.plan_json import from_json
from importer.reports import sheets
from importer.reports.entries import Filled, as_text, choice_of
from importer.reports.labels import State
from importer.reports.rows import Row, plan_report
from importer.reports.sheets import cell_value

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LARGEST_PLAN = 500_000_000  # bytes of JSON; a plan of 100,000 lines has about a fifth of it
_HEADER_ROWS = 20  # a clerk may put a few rows of his own above the captions
_CAPTIONS = frozenset(column.caption for column in sheets.REVIEW_COLUMNS)
_NEEDED = (sheets.KEY, sheets.DECISION)
_AGAIN = "Make a new one with `importer preview FILE --format xlsx`."


def read_review(path: Path) -> Choices:
    """The decisions in a filled-in review workbook.

    Every line of the plan that waits for review is in the answer: with a choice, undecided, or named in a problem.

    Raises:
        UnusableFile: it is no workbook, no review, for reading only, or its captions are gone.
        PlanChanged: the plan inside was edited.
    """
    book = _opened(path)
    plan = _plan(book, path)
    waiting = {row.key: row for row in plan_report(plan).rows_of(State.REVIEW)}
    filled = _filled(book, path)
    known = {key: rows[0] for key, rows in _by_key(filled).items() if key in waiting and len(rows) == 1}
    answers = {key: choice_of(known[key], row) for key, row in waiting.items() if key in known}
    return Choices(
        plan=plan,
        choices=tuple(answer for answer in answers.values() if isinstance(answer, Choice)),
        undecided=tuple(key for key, answer in answers.items() if answer is None),
        problems=(
            *(problem for answer in answers.values() if isinstance(answer, tuple) for problem in answer),
            *_misplaced(filled, waiting),
            *_missing(filled, waiting),
        ),
        decided_by=book.properties.lastModifiedBy or "",
    )


def _opened(path: Path) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # openpyxl warns of features of Excel that it does not keep; nothing is kept here.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(path, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, EOFError) as problem:
        raise UnusableFile(f"{path.name} is no Excel workbook ({problem}). Save the review as .xlsx.") from problem


def _plan(book: Workbook, path: Path) -> Plan:
    if sheets.PLAN not in book.sheetnames:
        raise UnusableFile(
            f"{path.name} holds no plan to apply: it was made for reading only, or is no review. {_AGAIN}"
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


def _filled(book: Workbook, path: Path) -> tuple[Filled, ...]:
    if sheets.TO_REVIEW not in book.sheetnames:
        found = ", ".join(book.sheetnames)
        raise UnusableFile(f'{path.name} has no sheet "{sheets.TO_REVIEW}", but {found}. Give the sheet its name back.')
    sheet = book[sheets.TO_REVIEW]
    header, columns = _captions(sheet, path)
    return tuple(
        Filled(place, {caption: values[column] for caption, column in columns.items()})
        for place, values in enumerate(sheet.iter_rows(min_row=header + 1, values_only=True), start=header + 1)
        if any(value is not None for value in values)
    )


def _captions(sheet: Worksheet, path: Path) -> tuple[int, Mapping[str, int]]:
    """The row of the captions, and at which place from 0 each stands."""
    for place, values in enumerate(sheet.iter_rows(max_row=_HEADER_ROWS, values_only=True), start=1):
        texts = [as_text(value) for value in values]
        if all(caption in texts for caption in _NEEDED):
            return place, _placed(texts, path)
    wanted = '" and "'.join(_NEEDED)
    raise UnusableFile(
        f'{path.name}: the first {_HEADER_ROWS} rows of sheet "{sheet.title}" have no captions "{wanted}". '
        f'Column "{sheets.KEY}" is hidden; it must stay. {_AGAIN}'
    )


def _placed(texts: Sequence[str], path: Path) -> Mapping[str, int]:
    doubled = sorted(caption for caption, count in Counter(texts).items() if count > 1 and caption in _CAPTIONS)
    if doubled:
        raise UnusableFile(f'{path.name}: two columns are called "{doubled[0]}". Rename the one you added.')
    return {caption: column for column, caption in enumerate(texts) if caption in _CAPTIONS}


def _by_key(filled: Iterable[Filled]) -> Mapping[str, list[Filled]]:
    found: dict[str, list[Filled]] = {}
    for row in filled:
        found.setdefault(row.text(sheets.KEY), []).append(row)
    return found


def _misplaced(filled: Sequence[Filled], waiting: Mapping[str, Row]) -> Iterable[Problem]:
    """Rows that are of no line, or of the same line as another row."""
    for key, rows in _by_key(filled).items():
        for row in rows:
            if not key:
                yield from _keyless(row)
            elif key not in waiting:
                yield row.problem(
                    "foreign_key", sheets.KEY, "is the key of no line that waits in this plan; restore it"
                )
            elif len(rows) > 1:
                places = ", ".join(str(other.row) for other in rows)
                yield row.problem("doubled_key", sheets.KEY, f"stands in rows {places}; keep one of them")


def _keyless(row: Filled) -> Iterable[Problem]:
    """A row that a clerk added for himself is fine as long as it decides nothing."""
    if row.text(sheets.DECISION):
        yield row.problem(
            "no_key", sheets.DECISION, "is decided in a row that is of no bank line; decide it in its own row"
        )


def _missing(filled: Sequence[Filled], waiting: Mapping[str, Row]) -> Iterable[Problem]:
    present = _by_key(filled)
    for key, row in waiting.items():
        if key not in present:
            what = " ".join(str(cell_value(value)) for value in (row.booked_on, str(row.amount), row.counterparty))
            words = f"the row of this bank line is gone ({what}); restore it, or make a new workbook"
            yield Problem("removed", words, sheets.TO_REVIEW, column=sheets.KEY, value=key)
