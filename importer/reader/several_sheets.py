"""Of the sheets of a workbook that fit a mapping, only one may hold bookings, for only one is read.

A workbook with a sheet for each month or account would lose all but the first. A hidden sheet counts like the others: what its
owner means by it, nobody knows. A copy of the sheet that is read loses nothing.
Source: reliability.md §10.1 (B26).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from importer.errors import BookingsPassedOver
from importer.mapping import Mapping
from importer.mapping.layout import Kind
from importer.model import BankLine, Problem
from importer.reader.lines import LineReader, Surroundings
from importer.reader.located import Located, fitting
from importer.reader.outside import read_outside
from importer.reader.passed_over import Probe
from importer.reader.rows import Sheet
from importer.reader.skipped import may_be_booking
from importer.reader.source import Source
from importer.reader.tidy import Notes, Tidier

_FEWEST_COPIED = 3  # bookings; a single one, such as a monthly fee, may be the same in two accounts


def locate_alone(source: Source, mapping: Mapping) -> Located:
    """The sheet with the mapping's table; if several have it, the one with bookings.

    Raises:
        BookingsPassedOver: several have bookings, and not the same.
        UnusableFile: no sheet has the table, or the file is damaged.
    """
    if source.kind is not Kind.EXCEL:
        return next(fitting(source, mapping))
    found = list(fitting(source, mapping))
    if len(found) == 1:
        return found[0]
    holding = [each.sheet for each in found if _holds_booking(each, source.name)]
    if len(holding) > 1 and not _are_copies(source, mapping, holding):
        raise BookingsPassedOver(_message(source.name, mapping, holding))
    wanted, *copies = [sheet.name for sheet in holding] or [found[0].sheet.name]
    chosen = next(each for each in fitting(source, mapping) if each.sheet.name == wanted)
    return replace(chosen, warnings=[*chosen.warnings, *(_copied(name, wanted, source.name) for name in copies)])


def _copied(name: str, wanted: str, file: str) -> Problem:
    return Problem("SHEET-COPY", f'sheet "{name}" holds the same bookings as "{wanted}"; they were read once', file)


def _holds_booking(found: Located, file: str) -> bool:
    table = found.table
    probe = Probe(table, _around(found, file), file=file, separator=found.sheet.separator)
    return any(
        probe.is_booking(row) or (probe.is_kept(row) and may_be_booking(row, table))
        for chunk in table.chunks
        for row in chunk.rows
    )


def _around(found: Located, file: str) -> Surroundings:
    above = read_outside(found.table.mapping, found.table.before, file)
    return Surroundings(above.account, above.currency, above.ends_on)


def _are_copies(source: Source, mapping: Mapping, holding: Sequence[Sheet]) -> bool:
    names = {sheet.name for sheet in holding}
    first, *others = (_lines(each, source.name) for each in fitting(source, mapping) if each.sheet.name in names)
    return len(first) >= _FEWEST_COPIED and all(lines == first for lines in others)


def _lines(found: Located, file: str) -> list[BankLine]:
    """The lines of a sheet, wherever in it they stand; none where a row cannot be read."""
    notes, separator = Notes(), found.sheet.separator
    tidier = Tidier(found.table, notes, file=file, separator=separator)
    reader = LineReader(found.table, _around(found, file), notes, file=file, separator=separator)
    read = [reader.read(records) for records in tidier.records()]
    if any(part.unread for part in read):
        return []
    return [structs.replace(line, row=0, record=0) for part in read for line in part.lines]


def _message(file: str, mapping: Mapping, holding: Sequence[Sheet]) -> str:
    names = ", ".join(f'"{sheet.name}"{" (hidden)" if sheet.is_hidden else ""}' for sheet in holding)
    example = next((sheet for sheet in holding if not sheet.is_hidden), holding[0]).name
    return (
        f"{file}: the sheets {names} all hold bookings of mapping {mapping.id}, and only one is read. Save each sheet as a "
        f'file of its own, or delete the others; if all but one are never wanted, write sheet = "{example}", or '
        "another one's name, below [file] in a copy of the mapping in your own folder"
    )
