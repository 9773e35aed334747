"""Where the table stands among the rows of an unknown file: its header, its bookings, and what is above and below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from importer.mapping.headers import plain_header, plain_row
from importer.reader.draft.dates import day_formats, six_digits
from importer.reader.draft.figures import figure_of
from importer.reader.draft.words import role
from importer.reader.rows import Cell, Row, is_blank, is_filled, text_of

_MOST_HEAD_ROWS = 200
_LONGEST_NAME = 60
_SURELY_SAID = 3
_MARKED = re.compile(r"[-+(]?[^\W\d_]{1,4}[./]?\s?[-+]?\d[\d.,'\s]*[.,]\d\d\)?-?")


@dataclass(frozen=True, slots=True)
class Grid:
    """The table: `header` is () without one, `above` the rows before it, `body` its rows by their numbers in the file.

    The columns of `body` are numbered from 0; short rows are filled up with blanks. `lengths` are those of the rows.
    `dated` are the columns that locate bookings, `repeats` how often the header stands again below.
    """

    header: tuple[str, ...]
    header_rows: int
    above: tuple[Row, ...]
    body: pd.DataFrame
    lengths: tuple[int, ...]
    dated: tuple[int, ...]
    repeats: int = 0

    @property
    def bookings(self) -> pd.DataFrame:
        """The rows of the body that hold a date, or at least digits, where bookings have their date."""
        tests = (is_day, _has_digit)
        masks = (self.body[list(self.dated)].map(test).any(axis="columns") for test in tests)
        return self.body[next((mask for mask in masks if mask.any()), self.body.index == -1)]

    def name(self, place: int) -> str:
        """A column as a person finds it."""
        header = self.header[place].strip() if place < len(self.header) else ""
        return f'"{header}"' if header else str(place + 1)


def is_day(cell: Cell) -> bool:
    """True for a date cell, and for a text that can be read as one."""
    return bool(day_formats(text_of(cell).strip().lstrip("'=").strip('"'))) if is_filled(cell) else False


def is_number_like(cell: Cell) -> bool:
    """True for a number with whatever a bank may write beside it, and for one with decimals behind a short unknown mark."""
    text = text_of(cell).strip().lstrip("'=").strip('"') if is_filled(cell) else ""
    return figure_of(text) is not None or _MARKED.fullmatch(text) is not None


def count_bookings(rows: Sequence[Row]) -> int:
    """How many rows look like bookings: a date where most rows have one, and a number elsewhere."""
    return len(_booking_rows(rows, _date_columns(rows)))


def find_grid(rows: Sequence[Row]) -> Grid | None:
    """The table; None when no row looks like a booking."""
    dated = _date_columns(rows)
    bookings = _booking_rows(rows, dated)
    if not bookings:
        return _found_by_words(rows) or _found_by_digits(rows)
    header, header_rows = _best_header(rows, bookings)
    return _grid(rows, header, header_rows, next(each for each in bookings if each >= header), dated)


def _found_by_words(rows: Sequence[Row]) -> Grid | None:
    """The table below the first header that speaks of dates and amounts: its dates may be written in unknown ways."""
    header = max(range(len(rows)), key=lambda index: _words_said(rows[index]), default=0)
    if not rows or _words_said(rows[header]) < 2 or header + 1 >= len(rows):
        return None
    header_rows = _rows_taken(rows, header)
    names = [text_of(cell) for cell in rows[header]]
    below = rows[header + header_rows :]
    named = (place for place, name in enumerate(names) if role("dates", name))
    dated = tuple(place for place in named if any(map(_has_digit, _column(below, place)))) or _six_digit_columns(below)
    return _grid(rows, header, header_rows, header + header_rows, dated) if dated else None


def _found_by_digits(rows: Sequence[Row]) -> Grid | None:
    """The table whose dates are six digits; other rows than its own have another length."""
    lengths = Counter(len(row) for row in rows if len(row) > 1)
    usual = max(lengths, key=lambda length: lengths[length], default=0)
    table = [index for index, row in enumerate(rows) if len(row) == usual]
    dated = _six_digit_columns([rows[index] for index in table])
    first = next((index for index in table if dated and any(_has_digit(rows[index][place]) for place in dated)), None)
    if first is None:
        return None
    has_header = first - 1 in table and _is_worded(rows[first - 1])
    return _grid(rows, first - 1 if has_header else 0, int(has_header), first, dated)


def _six_digit_columns(rows: Sequence[Row]) -> tuple[int, ...]:
    texts = [
        [text_of(cell).strip() for cell in _column(rows, place)] for place in range(max(map(len, rows), default=0))
    ]
    return tuple(place for place, column in enumerate(texts) if six_digits([text for text in column if text]))


def _column(rows: Sequence[Row], place: int) -> list[Cell]:
    return [row[place] for row in rows if place < len(row)]


def _grid(rows: Sequence[Row], header: int, header_rows: int, first: int, dated: tuple[int, ...]) -> Grid:
    start = header + header_rows if header_rows else first
    names = _names(rows[header:start], max(map(len, rows[start:])))
    body = rows[start:]
    width = max(len(names), max(dated) + 1, *map(len, body))
    frame = pd.DataFrame(
        [[*row, *[""] * (width - len(row))] for row in body],
        index=range(start + 1, start + 1 + len(body)),
        dtype=object,
    )
    again = [header_rows == 1 and plain_row(row) == plain_row(names) for row in body]
    frame = frame[[not (is_blank(row) or same) for row, same in zip(body, again, strict=True)]]
    lengths = tuple(len(row) for row in body if not is_blank(row))
    above = tuple(rows[: header if header_rows else first])
    return Grid(names if header_rows else (), header_rows, above, frame, lengths, dated, sum(again))


def _date_columns(rows: Sequence[Row]) -> tuple[int, ...]:
    counts = Counter(place for row in rows for place, cell in enumerate(row) if is_day(cell))
    most = max(counts.values(), default=0)
    return tuple(sorted(place for place, count in counts.items() if count * 2 > most))


def _has_digit(cell: Cell) -> bool:
    return any(letter.isdigit() for letter in text_of(cell))


def _booking_rows(rows: Sequence[Row], dated: Sequence[int]) -> list[int]:
    return [index for index, row in enumerate(rows) if _is_booking(row, dated)]


def _is_booking(row: Row, dated: Sequence[int]) -> bool:
    if not any(place < len(row) and is_day(row[place]) for place in dated):
        return False
    return any(is_number_like(cell) and not is_day(cell) for cell in row)


def _best_header(rows: Sequence[Row], bookings: Sequence[int]) -> tuple[int, int]:
    """The row of the header and how many rows it takes, 0 when there is none.

    A file may hold a small table above the bookings, so of rows that speak like a header the one with most bookings below
    counts; where none speaks, the last row of words above the first booking.
    """
    spoken = [index for index in range(min(bookings[-1], _MOST_HEAD_ROWS)) if _words_said(rows[index]) > 1]
    below: Counter[tuple[str, ...]] = Counter()
    for index, following in zip(spoken, [*spoken[1:], len(rows)], strict=False):
        below[plain_row(rows[index])] += sum(index < booking < following for booking in bookings)
    best, count = max(below.items(), key=lambda each: each[1], default=((), 0))
    if count:
        index = next(index for index in spoken if plain_row(rows[index]) == best)
        if index - 1 in spoken and plain_row(rows[index - 1]) != best:
            return index - 1, 2
        return index, _rows_taken(rows, index)
    first = bookings[0]
    width = len(rows[first])
    wide = [index for index in range(first) if _is_worded(rows[index]) and _filled(rows[index]) * 5 >= width * 3]
    return (wide[-1], 1) if wide else (0, 0)


def _filled(row: Row) -> int:
    return sum(map(is_filled, row))


def _rows_taken(rows: Sequence[Row], index: int) -> int:
    below = index + 1
    if below < len(rows) and _is_worded(rows[below]) and _words_said(rows[below]) > 0:
        return 2
    return 1


def _is_worded(row: Row) -> bool:
    """True for a row of at least two words, none of them a date or a number."""
    filled = [cell for cell in row if is_filled(cell)]
    return len(filled) > 1 and not any(
        not isinstance(cell, str) or is_day(cell) or is_number_like(cell) for cell in filled
    )


def _words_said(row: Row) -> int:
    """How many different things the cells say that headers say; 0 unless dates or amounts are among them."""
    filled = [cell for cell in row if is_filled(cell)]
    figures = sum(not isinstance(cell, str) or is_day(cell) or is_number_like(cell) for cell in filled)
    if figures > 1 or len(filled) < 2:
        return 0
    texts = [text_of(cell) for cell in row if is_filled(cell) and len(text_of(cell)) < _LONGEST_NAME]
    dates = [text for text in texts if role("dates", text)]
    numbers = [text for text in texts if role("numbers", text) not in ("", "count")]
    others = [text for text in texts if role("texts", text)]
    said = len({plain_header(text) for text in (*dates, *numbers, *others)}) if dates or numbers else 0
    # A header may hold the number of a record type; a row that is a number and some words is none.
    return said if said > _SURELY_SAID * figures else 0


def _names(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """The header as the reader joins it: over several rows, column by column."""
    padded = [[text_of(cell).strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    return tuple(" ".join(filter(None, cells)) for cells in zip(*padded, strict=False))
