"""A workbook that a clerk filled in, read back: his decisions, and what is wrong with them, row by row.

Columns are found by their captions and lines by their key, so moving, sorting, filtering and adding do no harm. What the
bank wrote is compared with the plan in the workbook. Nothing is asked of Business Central here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from importer.choices import Choice, Choices
from importer.model import Problem
from importer.reports import sheets
from importer.reports.entries import Filled, choice_of, stop_of
from importer.reports.labels import State
from importer.reports.opened import Book, opened_review
from importer.reports.rows import Row, plan_report
from importer.reports.sheets import cell_value

Held = dict[str, tuple[Problem, ...]]

_WORDS = frozenset({sheets.ACCEPT, sheets.OTHER, sheets.IGNORE})
_LINE_SHEETS = tuple(title for title in sheets.SHEETS if title != sheets.TO_REVIEW)
_CAPTIONS = frozenset(column.caption for column in (*sheets.REVIEW_COLUMNS, *sheets.READY_COLUMNS))


def read_review(path: Path, applied_by: str = "") -> Choices:
    """The decisions in a filled-in review workbook.

    Every line of the plan that waits for review is in the answer: with a choice, undecided, or held with a problem.

    Args:
        applied_by: who is named as the one who decided where neither the row nor the workbook names anybody.

    Raises:
        UnusableFile: it is no workbook, no review, for reading only, or its captions are gone.
        PlanChanged: the plan inside was edited.
    """
    book = opened_review(path, applied_by)
    report = plan_report(book.plan)
    waiting = {row.key: row for row in report.rows_of(State.REVIEW)}
    certain = {row.key: row for state in (State.READY, State.CHANGE) for row in report.rows_of(state)}
    filled, listed = book.rows(sheets.TO_REVIEW, sheets.KEY), _listed(book)
    answers = _answers(filled, waiting)
    stops = _stops(listed, certain, book)
    elsewhere = tuple(_elsewhere(book, listed))
    keyed = {key: (problem,) for key, problem in elsewhere if key in certain}
    given = (*answers.values(), *stops.values())
    return Choices(
        plan=book.plan,
        choices=tuple(answer for answer in given if isinstance(answer, Choice)),
        undecided=tuple(key for key, answer in answers.items() if answer is None),
        held={key: answer for key, answer in (answers | stops).items() if isinstance(answer, tuple)} | keyed,
        listed={row.text(sheets.MARKER): row.entry for row in listed if row.text(sheets.MARKER) in certain},
        astray=(*_strangers(filled, waiting), *(problem for key, problem in elsewhere if key not in certain)),
    )


def _listed(book: Book) -> tuple[Filled, ...]:
    """The rows of lines that do not wait; in the workbook of a run they stand in several sheets."""
    return tuple(row for title in _LINE_SHEETS for row in book.rows(title, sheets.MARKER))


def _answers(filled: Sequence[Filled], waiting: Mapping[str, Row]) -> dict[str, Choice | tuple[Problem, ...] | None]:
    rows = _by_key(filled, sheets.KEY)
    return {
        key: _doubled(rows[key]) or choice_of(rows[key][0], row)
        if key in rows
        else (_removed(row, sheets.TO_REVIEW, sheets.KEY),)
        for key, row in waiting.items()
    }


def _stops(
    listed: Sequence[Filled], certain: Mapping[str, Row], book: Book
) -> dict[str, Choice | tuple[Problem, ...] | None]:
    if certain and not book.has(sheets.READY):
        words = f"the sheet is gone with its lines, {len(certain)} in number; they are not created. Make a new workbook"
        return dict.fromkeys(certain, (Problem("sheet_gone", words, sheets.READY),))
    rows = _by_key(listed, sheets.MARKER)
    return {
        key: _doubled(rows[key]) or stop_of(rows[key][0], row)
        if key in rows
        else (_removed(row, sheets.READY, sheets.MARKER),)
        for key, row in certain.items()
    }


def _by_key(filled: Iterable[Filled], caption: str) -> Mapping[str, list[Filled]]:
    found: dict[str, list[Filled]] = {}
    for row in filled:
        found.setdefault(row.text(caption), []).append(row)
    return found


def _doubled(rows: Sequence[Filled]) -> tuple[Problem, ...]:
    if len(rows) == 1:
        return ()
    places = ", ".join(str(row.row) for row in rows)
    caption = sheets.KEY if rows[0].sheet == sheets.TO_REVIEW else sheets.MARKER
    words = f"one bank line stands in rows {places}; delete all of them but one"
    return tuple(row.problem("doubled_key", caption, words) for row in rows)


def _removed(row: Row, sheet: str, caption: str) -> Problem:
    what = " ".join(str(cell_value(value)) for value in (row.booked_on, str(row.amount), row.counterparty))
    words = f"the row of this bank line is gone ({what}); restore it, or make a new workbook"
    return Problem("removed", words, sheet, column=caption, value=row.key)


def _strangers(filled: Sequence[Filled], waiting: Mapping[str, Row]) -> Iterator[Problem]:
    """Rows of no line. One that a clerk added for himself is fine as long as it decides nothing."""
    for row in filled:
        key = row.text(sheets.KEY)
        if key and key not in waiting:
            words = "is the key of no line that waits in this plan; restore it"
            yield row.problem("foreign_key", sheets.KEY, words)
        elif not key and row.text(sheets.DECISION):
            words = "is decided in a row that is of no bank line; decide it in its own row"
            yield row.problem("no_key", sheets.DECISION, words)


def _elsewhere(book: Book, listed: Iterable[Filled]) -> Iterator[tuple[str, Problem]]:
    """Decisions where nobody reads them, with the key of the row."""
    for title in book.other_titles():
        for row in book.rows(title, sheets.DECISION):
            if row.text(sheets.DECISION):
                yield _unread(row, row.text(sheets.KEY) or row.text(sheets.MARKER), sheets.DECISION)
    for row in listed:
        ours = _CAPTIONS if row.sheet == sheets.READY else _CAPTIONS - {sheets.DECISION}
        for caption in row.cells:
            if caption not in ours and row.text(caption).casefold() in _WORDS:
                yield _unread(row, row.text(sheets.MARKER), caption)


def _unread(row: Filled, key: str, caption: str) -> tuple[str, Problem]:
    words = (
        f'is not read here: decide in the sheet "{sheets.TO_REVIEW}", or under {sheets.DECISION} in "{sheets.READY}"'
    )
    return key, row.problem("wrong_sheet", caption, words)
