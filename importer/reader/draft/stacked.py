"""Tables one below the other that would be read as one: rows that are not booked yet below a title, and other accounts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stdnum import iban

from importer.errors import UnusableFile
from importer.mapping.headers import plain_row
from importer.reader.draft.finding import Draft
from importer.reader.draft.grid import Grid, find_grid, is_day, is_number_like
from importer.reader.draft.words import is_code, mentions, role
from importer.reader.rows import Cell, Row, is_filled, text_of

_LONGEST_TITLE = 60
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class _Title:
    number: int
    text: str

    def __str__(self) -> str:
        return f'row {self.number} "{self.text}"'


def without_pending(draft: Draft, grid: Grid, rows: Sequence[Row], file: str) -> Grid:
    """The table above a title such as "Pending transactions", which ends it; the whole table where there is none.

    Raises:
        UnusableFile: booked rows follow those that are not booked yet.
    """
    bookings = grid.bookings.index
    titles = [title for title in _titles(grid) if (bookings > title.number).any()]
    pending = next((title for title in titles if mentions("pending", title.text)), None)
    if pending is None:
        return grid
    for title in titles:
        if title.number > pending.number and not mentions("pending", title.text):
            raise UnusableFile(
                f"{file}: {pending} begins rows that are not booked yet, {title} others; a mapping reads one table. "
                "Export the bookings without the pending ones"
            )
    if not (bookings < pending.number).any():
        draft.notes.append(f'CONFIRM: row {pending.number} says "{pending.text}". Are the rows below it booked?')
        return grid
    draft.prove("table.footer", "pattern", "rows that are not booked yet stand below")
    pattern = re.sub(r"\d+", r"\\d+", re.escape(pending.text).replace("\\ ", " "))
    draft.guess("table.end", rf"^\s*{pattern}", f"are all rows below row {pending.number} not booked yet?")
    draft.prove("table.pending_below", value=True, why="else rows below that read as bookings refuse the file")
    if any(plain_row(row) == plain_row(grid.header) for row in rows[pending.number :]):
        draft.prove("table.tables_below", value=True, why="the rows below have the header again")
    return find_grid(rows[: pending.number - 1]) or grid


def _titles(grid: Grid) -> Iterator[_Title]:
    """Rows of a single cell of words in front: the last one above the header, and those of the body."""
    above = [(number, row) for number, row in enumerate(grid.above, 1) if any(map(is_filled, row))]
    for number, row in (*above[-1:], *_rows(grid)):
        filled = [(place, cell) for place, cell in enumerate(row) if is_filled(cell)]
        if len(filled) == 1 and filled[0][0] in (0, *grid.dated) and _is_words(filled[0][1]):
            yield _Title(number, text_of(filled[0][1]).strip())


def _rows(grid: Grid) -> Iterator[tuple[int, list[Any]]]:
    return zip(grid.body.index, grid.body.to_numpy().tolist(), strict=True)


def _is_words(cell: Cell) -> bool:
    is_short = isinstance(cell, str) and len(cell) <= _LONGEST_TITLE
    return is_short and not is_day(cell) and not is_number_like(cell)


def refuse_accounts(grid: Grid, file: str) -> None:
    """Refuse a table in which what stands above it for its account comes again for another one, with bookings below.

    Raises:
        UnusableFile: with both rows.
    """
    first = {label: (number, value) for number, label, value in _stated(enumerate(grid.above, 1))}
    bookings = grid.bookings.index
    inside = ((number, row) for number, row in _rows(grid) if number not in bookings and (bookings > number).any())
    for number, label, value in _stated(inside):
        if label in first and first[label][1] != value:
            raise UnusableFile(
                f'{file}: several accounts stand one below the other: rows {first[label][0]} and {number} have "{label}" '
                "with different values. A mapping reads one table; export each account by itself"
            )


def _stated(rows: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, str, str]]:
    """What rows state of an account: its number or currency, with the label before it, in one cell or two."""
    for number, row in rows:
        texts = [text_of(cell).strip() for cell in row if is_filled(cell)]
        within = [(label, value) for label, mark, value in (text.partition(":") for text in texts) if mark]
        for label, value in (*itertools.pairwise(texts), *within):
            name = label.strip(" :")
            if 0 < len(name) <= _LONGEST_LABEL and _is_of_account(name, value.strip()):
                yield number, name, "".join(value.split())


def _is_of_account(label: str, value: str) -> bool:
    if iban.is_valid(value.replace(" ", "")):
        return not iban.is_valid(label.replace(" ", ""))
    what = role("texts", label)
    return (what == "currency" and is_code(value)) or (what == "account" and sum(map(str.isdigit, value)) > 3)
