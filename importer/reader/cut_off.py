"""A file that was cut off while it was saved or sent: its last row has no line end, and stops short.

Many banks never write the last line end, so that alone proves nothing. What proves it is a last row

    that is a record with fewer cells than every row before it,
    whose last cell is blank below filled ones, or only the beginning of what stands above it (20.0 below 19.03.2026),
    whose last cell is an amount or a balance with fewer decimals than every other one.

Source: reliability.md §10.2 (B40: a last row without line end is accepted; B44: rows of odd length are not).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from importer.errors import UnusableFile
from importer.mapping.layout import Kind
from importer.model import BankLine, UnreadRow
from importer.reader.rows import Chunk, EvenChunk, Row, is_blank, is_filled, text_of
from importer.reader.source import Source
from importer.reader.table import Table
from importer.reader.tidy import Notes

_FEWEST_ABOVE = 2  # so many other cells say how the last one should be written
_EXAMPLES = 50
_DIGIT = re.compile("[0-9]")
_MONEY = ("amount", "debit", "credit", "balance")


def is_open_ended(source: Source) -> bool:
    """True for text whose last row has no line end."""
    # In UTF-16 a line end is two bytes, of which one is zero.
    return source.kind is Kind.CSV and not source.content.rstrip(b"\0").endswith((b"\n", b"\r"))


@dataclass(slots=True)
class Watch:
    """What is needed to judge the last row of a table, gathered while its rows go by."""

    above: list[Row] = field(default_factory=list)
    lengths: set[int] = field(default_factory=set)
    last: Row = field(default_factory=list)
    number: int = 0

    def over(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The same chunks."""
        for chunk in chunks:
            self._see(chunk)
            yield chunk

    def _see(self, chunk: Chunk) -> None:
        self._add([self.last])
        if isinstance(chunk, EvenChunk):
            self.lengths |= chunk.lengths
            self.last = [column[-1] for column in chunk.columns]
            self.above += [] if self.above else chunk.rows[:_EXAMPLES]
        else:
            *before, self.last = chunk.rows
            self._add(before)
        self.number = chunk.numbers[-1]

    def _add(self, rows: Sequence[Row]) -> None:
        filled = [row for row in rows if not is_blank(row)]
        self.lengths.update(map(len, filled))
        self.above += filled[: max(0, _EXAMPLES - len(self.above))]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of the rows of a table."""

    lines: Sequence[BankLine]
    unread: Sequence[UnreadRow]
    notes: Notes


def refuse_cut_off(watch: Watch, table: Table, told: Told, file: str) -> None:
    """Nothing, unless the last row of a file that is open-ended stops short.

    Raises:
        UnusableFile: it does; whatever should have come after it is lost.
    """
    if is_blank(watch.last) or not watch.above:
        return
    if why := _stops_short(watch, table, told):
        raise UnusableFile(
            f"{file}, row {watch.number}: the file ends in the middle of this row: {why}, and it has no line end; "
            "the file was cut off while it was saved or sent. Export it again"
        )


def _stops_short(watch: Watch, table: Table, told: Told) -> str:
    if watch.number in {number for number, _ in told.notes.after}:
        return "it begins like a date" if _is_begun_date(watch, table) else ""
    begun = f'its last cell "{text_of(watch.last[-1])}" is only the beginning of what stands above it'
    if any(watch.number in numbers for numbers in told.notes.left_out.values()):
        return begun if _is_begun_rule(watch, table) else ""
    if len(watch.last) < min(watch.lengths):
        return f"it has {len(watch.last)} columns, every row before it has at least {min(watch.lengths)}"
    if _is_begun_cell(watch, table, told.unread):
        return begun
    if _has_lost_decimals(watch, table, told.lines):
        return "its last amount has fewer decimals than every other one"
    return ""


def _is_begun_date(watch: Watch, table: Table) -> bool:
    place = table.places["booked_on"][0]
    return place == len(watch.last) - 1 and _begins(watch, place)


def _is_begun_rule(watch: Watch, table: Table) -> bool:
    """True when the last cell decides whether the row is a booking, and there is only the beginning of it."""
    place, mapping = len(watch.last) - 1, table.mapping
    deciding = {at for rule in mapping.keep_only for at in rule.column.places(table.header, table.width)}
    return place in deciding and is_filled(watch.last[place]) and _begins(watch, place)


def _is_begun_cell(watch: Watch, table: Table, unread: Sequence[UnreadRow]) -> bool:
    place = len(watch.last) - 1
    if not is_filled(watch.last[place]):
        reaching = [row[place] for row in watch.above if place < len(row)]
        return len(reaching) >= _FEWEST_ABOVE and all(map(is_filled, reaching))
    problems = unread[-1].problems if unread and unread[-1].row == watch.number else ()
    return any(problem.column == table.caption(place) for problem in problems) and _begins(watch, place)


def _begins(watch: Watch, place: int) -> bool:
    begun = _shapes(watch.last, place)
    above = (_shapes(row, place) for row in watch.above)
    return any(
        begins != form and form.startswith(begins) for forms in above for begins, form in zip(begun, forms, strict=True)
    )


def _shapes(row: Row, place: int) -> tuple[str, str]:
    """A cell with every digit as 9, and with every number as 9: a date has the same digits everywhere, an amount has not."""
    text = text_of(row[place]).strip().lstrip("+-") if place < len(row) else ""
    return re.sub("[0-9]", "9", text), re.sub("[0-9]+", "9", text)


def _has_lost_decimals(watch: Watch, table: Table, lines: Sequence[BankLine]) -> bool:
    end, mark = len(watch.last) - 1, table.mapping.number_format.decimal
    places = {place for name in _MONEY for place in table.places.get(name, ())}
    if end not in places or not _DIGIT.search(text_of(watch.last[end])):
        return False
    others = [row[place] for row in (*watch.above, watch.last[:end]) for place in places if place < len(row)]
    written = [_decimals(text, mark) for text in map(text_of, others) if _DIGIT.search(text)]
    read = (-int(line.amount.amount.as_tuple().exponent) for line in lines if line.row != watch.number)
    return len(written) >= _FEWEST_ABOVE and _decimals(text_of(watch.last[end]), mark) < min(*written, *read)


def _decimals(text: str, mark: str) -> int:
    return len(re.findall("[0-9]", text.rpartition(mark)[2])) if mark in text else 0
