"""Finding the table in a sheet: the header by its content, or the first row by count or pattern, and the columns by name.

Source: formats.md §4 (4)-(9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from importer.mapping import Mapping
from importer.mapping.columns import Column
from importer.mapping.headers import plain_header, plain_row, same_header
from importer.reader.rows import Chunk, Row, RowChunk, Sheet, is_blank, text_of

HEAD_ROWS = 200  # a header is looked for in this many rows


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping's table in a sheet: where its columns stand and the rows that follow the header.

    `places` are 0-based columns by field; `before` the rows above the table; `header_row` is 0 without a header.
    `shortest` is how many cells a record must have: where the header is not the mapping's, a cell that is missing may be
    any of them.
    """

    mapping: Mapping
    header: tuple[str, ...]
    header_row: int
    places: dict[str, tuple[int, ...]]
    width: int
    before: tuple[Row, ...]
    chunks: Iterator[Chunk]
    shortest: int = 0

    def caption(self, place: int) -> str:
        """A column as a person finds it: its header, or its number."""
        name = self.header[place].strip() if place < len(self.header) else ""
        return name or f"column {place + 1}"


def head_of(sheet: Sheet) -> tuple[Sheet, list[Row]]:
    """The first rows of a sheet, and the sheet as if they had not been taken."""
    first = next(sheet.chunks, RowChunk([], ()))
    return replace(sheet, chunks=chain([first], sheet.chunks)), list(first.rows[:HEAD_ROWS])


def find_table(sheet: Sheet, mapping: Mapping) -> Table | None:
    """The mapping's table in the sheet, found by its whole header; None when it is not there."""
    sheet, head = head_of(sheet)
    if not mapping.table.header:
        return _headerless(sheet, head, mapping)
    for index in range(len(head)):
        header = header_at(head, index, mapping)
        if header is None or missing_columns(mapping, header):
            continue
        if any(fits(columns, header, mapping) for columns in mapping.table.headers):
            return _table(sheet, head, index + mapping.table.header_rows, header, mapping)
    return None


def find_table_loosely(sheet: Sheet, mapping: Mapping) -> Table | None:
    """The table by the columns that are needed only, whatever else the header holds and in whatever order."""
    sheet, head = head_of(sheet)
    if not mapping.table.header:
        return _headerless(sheet, head, mapping)
    for index in range(len(head)):
        header = header_at(head, index, mapping)
        if header is not None and not missing_columns(mapping, header) and _counted_are_there(mapping, header):
            table = _table(sheet, head, index + mapping.table.header_rows, header, mapping)
            return replace(table, shortest=len(header))
    return None


def _counted_are_there(mapping: Mapping, header: Sequence[str]) -> bool:
    """True when each column that is addressed by its place has the name there that it has in the mapping's header."""
    rules = [rule.column for rule in (*mapping.leave_out, *mapping.keep_only)]
    columns = [column for columns in mapping.columns.named().values() for column in columns] + rules
    counted = [part for column in columns for part in (column.first_filled or (column,)) if part.position is not None]
    places = {place for column in counted for place in column.places(header, len(plain_row(header)))}
    return any(all(_is_named_so(wanted, header, place) for place in places) for wanted in mapping.table.headers)


def _is_named_so(wanted: Sequence[Column], header: Sequence[str], place: int) -> bool:
    if place >= len(wanted):
        return not plain_header(header[place])
    return _is_cell(wanted[place], plain_header(header[place]), header[place])


def header_at(head: Sequence[Row], index: int, mapping: Mapping) -> tuple[str, ...] | None:
    """The header that would begin at this row; a header over several rows is joined column by column."""
    rows = head[index : index + mapping.table.header_rows]
    if len(rows) < mapping.table.header_rows:
        return None
    texts = [[text_of(cell) for cell in row] for row in rows]
    width = max(map(len, texts))
    padded = [row + [""] * (width - len(row)) for row in texts]
    return tuple(" ".join(filter(None, (cell.strip() for cell in cells))) for cells in zip(*padded, strict=True))


def fits(columns: Sequence[Column], header: Sequence[str], mapping: Mapping) -> bool:
    """True when the header is this one, cell by cell; more columns at its end only where the mapping allows them."""
    return fits_plain(columns, header, plain_row(header), mapping)


def fits_plain(columns: Sequence[Column], header: Sequence[str], plain: Sequence[str], mapping: Mapping) -> bool:
    """The same for whoever has the comparable form of the header already."""
    wanted = trimmed(columns)
    if len(plain) < len(wanted) or (len(plain) > len(wanted) and not mapping.table.more_columns):
        return False
    return all(_is_cell(column, cell, raw) for column, cell, raw in zip(wanted, plain, header, strict=False))


def trimmed(columns: Sequence[Column]) -> list[Column]:
    """The columns of a header without the blank ones at its end."""
    wanted = list(columns)
    while wanted and wanted[-1].name == "":
        wanted.pop()
    return wanted


def _is_cell(column: Column, plain: str, raw: str) -> bool:
    if column.pattern is not None:
        return re.fullmatch(column.pattern, " ".join(raw.split()), re.IGNORECASE) is not None
    return any(same_header(plain_header(name), plain) for name in column.any_of or (column.name or "",))


def missing_columns(mapping: Mapping, header: Sequence[str]) -> list[Column]:
    """The columns that the mapping needs and the header does not have."""
    needed = [column for columns in mapping.columns.named().values() for column in columns if not column.optional]
    return [column for column in needed if not column.places(header, len(header))]


def _headerless(sheet: Sheet, head: Sequence[Row], mapping: Mapping) -> Table | None:
    first = mapping.table.skip
    if mapping.table.start is not None:
        starts = (n for n, row in enumerate(head) if re.search(mapping.table.start, joined(row)))
        first = next(starts, -1) + 1
        if not first:
            return None
    row = next((row for row in head[first:] if not is_blank(row)), None)
    if row is None or len(row) not in mapping.table.widths:
        return None
    return _table(sheet, head, first, (), mapping, width=len(row))


def joined(row: Sequence[object]) -> str:
    """A row as one text for patterns: its cells with tabs between them."""
    return "\t".join(text_of(cell) for cell in row)  # type: ignore[arg-type] # rows hold cells


def _table(
    sheet: Sheet, head: Sequence[Row], first: int, header: tuple[str, ...], mapping: Mapping, width: int = 0
) -> Table:
    width = width or len(plain_row(header))
    named = mapping.columns.named()
    places = {
        name: tuple(place for column in columns for place in column.places(header, width))
        for name, columns in named.items()
    }
    header_row = first - mapping.table.header_rows if header else -1
    return Table(
        mapping,
        header,
        header_row + 1,
        {name: found for name, found in places.items() if found},
        max([width, *(place + 1 for found in places.values() for place in found)]),
        tuple(head[: max(header_row, 0) if header else first]),
        _after(sheet.chunks, first),
    )


def _after(chunks: Iterator[Chunk], rows: int) -> Iterator[Chunk]:
    for chunk in chunks:
        if rows < len(chunk.numbers):
            yield chunk.without_first(rows) if rows else chunk
        rows = max(0, rows - len(chunk.numbers))
