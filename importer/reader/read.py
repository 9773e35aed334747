"""One file and one mapping → Statement. Nothing is dropped silently: what is left out is told as a warning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from importer.collection import without_collection
from importer.mapping import Mapping
from importer.mapping.layout import Kind
from importer.model import BankLine, Problem, Statement, UnreadRow
from importer.reader.cut_off import Told, Watch, is_open_ended, refuse_cut_off
from importer.reader.doubtful import set_doubtful_aside
from importer.reader.integrity import Reading, check_balances, observations, one_account
from importer.reader.lines import LineReader, Lines, Surroundings, with_records_of_their_own
from importer.reader.located import fitting
from importer.reader.opening_closing import agreed_balances, check_total
from importer.reader.outside import Outside, read_outside
from importer.reader.overview import Overview
from importer.reader.passed_over import Probe, refuse_booking_above, refuse_booking_below
from importer.reader.rows import Sheet
from importer.reader.sections import refuse_other_table_above, refuse_other_table_below
from importer.reader.several_sheets import locate_alone
from importer.reader.skipped import refuse_only_footers, refuse_skipped_booking
from importer.reader.source import Source
from importer.reader.table import Table
from importer.reader.tidy import Notes, Tidier
from importer.reader.whole_file import (
    refuse_half_read_numbers,
    refuse_half_turned_dates,
    refuse_lost_decimal_marks,
    refuse_resaved_dates,
    refuse_turned_dates,
    refuse_wrong_column,
)
from importer.reader.words_above import refuse_other_words


def read_with(source: Source, mapping: Mapping) -> Statement:
    """The statement, read by this mapping.

    Raises:
        UnusableFile: the table is not there, or the file is damaged or contradicts itself.
    """
    told: list[Problem] = []
    if mapping.numbers.is_proven:
        from importer.reader.proof import with_proven_mark

        found = next(fitting(source, mapping))
        mapping, told = with_proven_mark(found.table, file=source.name, separator=found.sheet.separator)
    found = locate_alone(source, mapping)
    return _statement(source, found.sheet, found.table, [*found.warnings, *told])


@dataclass(frozen=True, slots=True)
class _Read:
    overview: Overview
    unread: tuple[UnreadRow, ...]
    left_out: frozenset[int]


def _statement(source: Source, sheet: Sheet, table: Table, warnings: list[Problem]) -> Statement:
    mapping, notes = table.mapping, Notes()
    refuse_skipped_booking(table, source.name)
    refuse_other_words(table, source.name)
    refuse_other_table_above(table, source.name)
    above = read_outside(mapping, table.before, source.name)
    around = Surroundings(above.account, above.currency, above.ends_on)
    probe = Probe(table, around, file=source.name, separator=sheet.separator)
    refuse_booking_above(table, probe, source.name)
    watch = Watch()
    watched = replace(table, chunks=watch.over(table.chunks)) if is_open_ended(source) else table
    tidier = Tidier(watched, notes, file=source.name, separator=sheet.separator)
    reader = LineReader(table, around, notes, file=source.name, separator=sheet.separator)
    lines: list[BankLine] = []
    unread: list[UnreadRow] = []
    with without_collection():
        for records in tidier.records():
            read = reader.read(records)
            lines += read.lines
            unread += read.unread
    lines = with_records_of_their_own(lines, unread) if "fee" in table.places else lines
    refuse_cut_off(watch, table, Told(lines, unread, notes), source.name)
    if not lines and not unread:
        refuse_only_footers(notes.after, table, source.name)
    refuse_other_table_below(unread, notes, table, source.name, separator=sheet.separator)
    refuse_booking_below(notes.after, table, probe, source.name)
    _refuse_misread(source, table, reader, Lines(lines, unread))
    sound, doubted = set_doubtful_aside(Overview(tuple(lines)), mapping, source.name)
    unread = sorted([*unread, *doubted], key=lambda row: row.record)
    outside = read_outside(mapping, [*table.before, *(row for _, row in notes.after)], source.name, notes.stating)
    return _checked(
        source,
        _Read(sound, tuple(unread), frozenset(chain.from_iterable(notes.left_out.values()))),
        outside,
        mapping,
        [*warnings, *sheet.warnings, *_told(notes, source.name)],
    )


def _refuse_misread(source: Source, table: Table, reader: LineReader, read: Lines) -> None:
    refuse_turned_dates(read.unread, table, source.name)
    refuse_half_turned_dates(reader.dates, table, source.name)
    refuse_resaved_dates(reader.dates, table, source.name)
    refuse_wrong_column(read.unread, len(read.lines), table, source.name)
    refuse_half_read_numbers(reader.mixture, source.name)
    if source.kind is not Kind.EXCEL:  # a number cell of a workbook shows no more decimals than it needs
        refuse_lost_decimal_marks(read.lines, table, source.name)


def _checked(source: Source, read: _Read, outside: Outside, mapping: Mapping, warnings: Sequence[Problem]) -> Statement:
    lines = read.overview.lines
    currency = lines[0].amount.currency if lines else mapping.currency or ""
    opening, closing = outside.balances(mapping, currency, source.name)
    reading = Reading(source.name, mapping, read.overview, read.unread, read.left_out, opening, closing)
    account = one_account(reading, outside.account)
    check_total(reading)
    check_balances(reading)
    opening, closing = agreed_balances(reading)
    found = [*warnings, *observations(reading), *_emptiness(source, read)]
    return Statement(
        file=source.name,
        sha256=source.sha256,
        mapping=mapping.id,
        account=account,
        overlap=mapping.overlap,
        lines=tuple(lines),
        unread=read.unread,
        opening=opening,
        closing=closing,
        number=outside.number,
        warnings=tuple(found),
    )


def _emptiness(source: Source, read: _Read) -> list[Problem]:
    return [] if read.overview.lines or read.unread else [Problem("FILE-2", "the file has no bookings", source.name)]


def _told(notes: Notes, file: str) -> list[Problem]:
    told = [
        Problem("ROW-LEFT-OUT", f"{_rows(numbers)} left out: {because}", file, numbers[0])
        for because, numbers in notes.left_out.items()
    ]
    if notes.after:
        numbers = [number for number, _ in notes.after]
        told.append(
            Problem(
                "ROW-AFTER", f"{_rows(numbers)} after the table read as a footer, not as bookings", file, numbers[0]
            )
        )
    if notes.garbled:
        message = f"{notes.garbled} texts have garbled letters; the mapping's encodings may be wrong"
        told.append(Problem("TXT-4", message, file))
    return told


def _rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    return f"row {shown} was" if len(numbers) == 1 else f"{len(numbers)} rows ({shown}) were"
