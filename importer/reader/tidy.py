"""Rows below the header → records: blank rows, repeated headers, footers and rows that are no bookings are told apart.

Nothing that holds something is dropped without being told.
Source: reliability.md §10.2 (B44, B49), formats.md §4 (5)(6)(17)(18).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.mapping.layout import Footer, RowLength
from importer.mapping.schema import Continuation, RowRule
from importer.reader.amounts import unwrapped
from importer.reader.rows import Cell, Chunk, Row, RowChunk, is_blank, is_filled, text_of
from importer.reader.skipped import amount_places, has_dated_amount
from importer.reader.table import Table, fits, joined

_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive bookings-to-be: rows of the table's width at least, and their record numbers, from 1."""

    chunk: Chunk
    records: Sequence[int]


@dataclass(slots=True)
class Notes:
    """What was seen beside the bookings: row numbers per reason, the rows after the table, and how many texts are garbled.

    `stating` are the rows left out that may state the opening or closing balance.
    """

    left_out: dict[str, list[int]] = field(default_factory=dict)
    after: list[tuple[int, Row]] = field(default_factory=list)
    stating: list[Row] = field(default_factory=list)
    blank: int = 0
    garbled: int = 0


class Tidier:
    """Tells the rows of one table apart, chunk by chunk."""

    def __init__(self, table: Table, notes: Notes, *, file: str, separator: str) -> None:
        self._table, self._notes, self._file, self._separator = table, notes, file, separator
        self._mapping = table.mapping
        self._rules = [Rule(table, rule) for rule in self._mapping.leave_out]
        self._keep = [Rule(table, rule) for rule in self._mapping.keep_only]
        self._dates = table.places["booked_on"]
        self._texts = table.places.get("text", ())
        self._amounts = amount_places(table)
        self._continuing = self._mapping.continuation is not Continuation.NONE
        self._may_state_balance = bool(self._mapping.outside.opening or self._mapping.outside.closing)
        self._record = 0
        self._length = 0  # of the rows of records, once one was seen
        self._ended = False
        self._held: list[tuple[Row, int, int]] = []
        self._undated: list[tuple[int, Row]] = []

    def records(self) -> Iterator[Records]:
        """All records of the table; `notes` is complete when they are exhausted."""
        for chunk in self._table.chunks:
            if self._is_plain(chunk):
                self._refuse_odd_length(next(iter(chunk.lengths)), chunk.numbers[0])
                first, self._record = self._record + 1, self._record + len(chunk.numbers)
                yield Records(chunk, range(first, self._record + 1))
            else:
                yield self._sorted_out(chunk)
        yield self._rest()

    def _is_plain(self, chunk: Chunk) -> bool:
        """True when every row is a booking of the table's width, so that no row needs a look of its own."""
        mapping, lengths = self._mapping, chunk.lengths
        if self._continuing or self._keep or self._ended or self._undated or mapping.repeated_header:
            return False
        if mapping.table.footer is Footer.PATTERN or len(lengths) != 1 or not self._is_width(lengths.pop()):
            return False
        return self._is_booked(chunk) and not any(rule.hits_any(chunk) for rule in self._rules)

    def _is_booked(self, chunk: Chunk) -> bool:
        if not _every_row(chunk, self._dates, _has_digit):
            return False
        return self._mapping.table.footer is not Footer.UNDATED or _every_row(chunk, self._amounts, is_filled)

    def _is_width(self, length: int) -> bool:
        return length == self._table.width or self._table.width < length == len(self._table.header)

    def _sorted_out(self, chunk: Chunk) -> Records:
        kept: list[tuple[Row, int, int]] = []
        for row, number in zip(chunk.rows, chunk.numbers, strict=True):
            self._sort(row, number, kept)
        if not self._continuing:
            kept, self._held = [*kept, *self._held], []
        return _as_records(kept)

    def _rest(self) -> Records:
        self._notes.after[:0] = self._undated
        kept, self._held = self._held, []
        return _as_records(kept)

    def _sort(self, row: Row, number: int, kept: list[tuple[Row, int, int]]) -> None:
        if self._ends(row):
            self._ended = True
        if self._ended or is_blank(row):
            self._set_aside(row, number)
        elif not self._is_header(row):
            self._keep_row(self._fitted(row, number), number, len(row), kept)

    def _set_aside(self, row: Row, number: int) -> None:
        if is_blank(row):
            self._notes.blank += 1
        else:
            self._notes.after.append((number, row))

    def _ends(self, row: Row) -> bool:
        table = self._mapping.table
        if table.footer is Footer.BLANK_ROW:
            return is_blank(row) and self._record > 0
        if table.footer is not Footer.PATTERN or re.search(table.end or "", joined(row)) is None:
            return False
        # The text of a booking may say the same as a footer, such as "Total" for a petrol station.
        return not has_dated_amount(row, self._table)

    def _is_header(self, row: Row) -> bool:
        if not self._mapping.repeated_header:
            return False
        header = tuple(map(text_of, row))
        return any(fits(columns, header, self._mapping) for columns in self._mapping.table.headers)

    def _keep_row(self, row: Row, number: int, length: int, kept: list[tuple[Row, int, int]]) -> None:
        if self._continues(row):
            self._attach(row)
            return
        if self._mapping.table.footer is Footer.UNDATED and self._is_undated(row):
            self._undated.append((number, row))
            return
        # Undated rows in the middle are not a footer: they are records that cannot be read.
        for earlier, undated in self._undated:
            self._number(undated, earlier, kept)
        self._undated = []
        self._number(row, number, kept)
        self._refuse_odd_length(length, number)

    def _number(self, row: Row, number: int, kept: list[tuple[Row, int, int]]) -> None:
        self._record += 1
        reason = self._reason(row)
        if reason is not None:
            self._notes.left_out.setdefault(reason, []).append(number)
            if self._may_state_balance:
                self._notes.stating.append(row)
            return
        kept.extend(self._held)
        self._held = [(row, number, self._record)]

    def _refuse_odd_length(self, length: int, number: int) -> None:
        if self._mapping.table.rows not in (RowLength.EXACT, RowLength.LENIENT):
            return
        if length < self._table.shortest:
            raise UnusableFile(
                f"{self._file}, row {number}: has {length} columns, the header has {self._table.shortest} and is not the "
                "mapping's, so nobody knows which one is missing. Export the file again, or make a mapping of it: "
                f"importer mapping new {self._file}"
            )
        self._length = self._length or length
        if length != self._length:
            raise UnusableFile(
                f"{self._file}, row {number}: has {length} columns, the records before it have {self._length}; "
                "the file is cut off or damaged. Export it again"
            )

    def _reason(self, row: Row) -> str | None:
        for rule in self._rules:
            if rule.hits(row):
                return rule.because
        return next((rule.because for rule in self._keep if not rule.hits(row)), None)

    def _is_undated(self, row: Row) -> bool:
        dates = [text_of(row[place]) for place in self._dates]
        if any(map(self._is_date, dates)):
            return False
        amounts = any(is_filled(row[place]) for place in self._amounts)
        if any(_DIGIT.search(text) for text in dates):
            return not amounts
        return not amounts or any(text.strip() for text in dates)

    def _is_date(self, text: str) -> bool:
        return not isinstance(self._mapping.date_format.parse(unwrapped(text)), Wrong)

    def _continues(self, row: Row) -> bool:
        if not (self._continuing and self._held):
            return False
        if any(is_filled(row[place]) for place in self._amounts):
            return False
        return self._mapping.continuation is not Continuation.UNDATED or not any(
            self._may_be_date(row[place], place) for place in self._dates
        )

    def _may_be_date(self, cell: Cell, place: int) -> bool:
        # Some banks leave out a column in such rows, so that more text stands in the column of dates.
        detail = self._table.places.get("detail", ())
        return is_filled(cell) and (place not in detail or self._is_date(text_of(cell)))

    def _attach(self, row: Row) -> None:
        places = (*self._texts, *self._table.places.get("detail", ()))
        texts = [text_of(row[place]).strip() for place in places]
        held, number, record = self._held[0]
        target = self._texts[-1]
        joined_text = self._mapping.text_separator.join(filter(None, [text_of(held[target]).strip(), *texts]))
        self._held = [([*held[:target], joined_text, *held[target + 1 :]], number, record)]

    def _fitted(self, row: Row, number: int) -> Row:
        width, policy = self._table.width, self._mapping.table.rows
        surplus = len(row) - max(width, len(self._table.header))
        if len(row) >= width and (surplus <= 0 or self._mapping.table.more_columns):
            return row
        if len(row) < width and policy is not RowLength.EXACT:
            return row + [""] * (width - len(row))
        # Even a blank cell too many may show that the cells before it are shifted.
        if surplus > 0 and policy is not RowLength.EXACT and not any(map(is_filled, row[-surplus:])):
            return row
        if surplus > 0 and policy is RowLength.JOINED and self._texts:
            at = self._texts[-1]
            return [*row[:at], self._separator.join(map(text_of, row[at : at + surplus + 1])), *row[at + surplus + 1 :]]
        raise UnusableFile(
            f"{self._file}, row {number}: has {len(row)} columns, the table has {width}; the file is damaged, "
            "or a text holds the delimiter without quotes"
        )


def _every_row(chunk: Chunk, places: Sequence[int], holds: Callable[[Cell], bool]) -> bool:
    """True when in every row the test holds for one of these cells."""
    if len(places) == 1:
        return all(map(holds, set(chunk.column(places[0]))))
    return all(map(any, zip(*(map(holds, chunk.column(place)) for place in places), strict=True)))


def _has_digit(cell: Cell) -> bool:
    return _DIGIT.search(text_of(cell)) is not None


def _as_records(kept: list[tuple[Row, int, int]]) -> Records:
    chunk = RowChunk([row for row, _, _ in kept], [number for _, number, _ in kept])
    return Records(chunk, [record for _, _, record in kept])


class Rule:
    """A rule of a mapping about rows, ready for one table."""

    def __init__(self, table: Table, rule: RowRule) -> None:
        self.because = rule.because
        self._places = rule.column.places(table.header, table.width)
        self._blank = rule.blank
        self._words = {word.casefold() for word in rule.equals}
        self._pattern = re.compile(rule.pattern, re.IGNORECASE) if rule.pattern is not None else None

    def hits(self, row: Sequence[Cell]) -> bool:
        """True when the rule speaks of this row."""
        return self._hits_cells([row[place] for place in self._places if place < len(row)])

    def hits_any(self, chunk: Chunk) -> bool:
        """True when the rule speaks of one of these rows."""
        if len(self._places) != 1:
            return any(map(self.hits, chunk.rows))
        return any(self._hits_cells([cell]) for cell in set(chunk.column(self._places[0])))

    def _hits_cells(self, cells: Sequence[Cell]) -> bool:
        if self._blank:
            return not any(map(is_filled, cells))
        return any(map(self._hits_cell, cells))

    def _hits_cell(self, cell: Cell) -> bool:
        text = text_of(cell).strip()
        return text.casefold() in self._words or (self._pattern is not None and self._pattern.search(text) is not None)
