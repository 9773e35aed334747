"""A CSV file or workbook of customers → rows. What the columns mean is not known here; nothing is guessed.

A CSV file is UTF-8; commas or semicolons are told by its header. Of a workbook the first sheet is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from importer.cells import Wrong
from importer.errors import UnusableFile
from importer.mapping.layout import FileRules, Kind
from importer.master import Given, MasterFile, MasterRow, is_blank
from importer.reader.delimited import sheet_of
from importer.reader.encodings import marked_encoding, text_pieces
from importer.reader.rows import Cell, Sheet, text_of
from importer.reader.source import Source, open_source
from importer.reader.workbook import read_workbook

_SEPARATORS = ",;"
_DATE = Wrong("cell_is_text", "the cell holds a date or a time, no property does; format the column as text")


def read_master(path: Path) -> MasterFile:
    """The rows of a file of customers, with its first filled row as the header.

    Raises:
        UnusableFile: it is damaged, not UTF-8, of another kind, or its separator is not certain.
    """
    source = open_source(path)
    filled = [row for row in _rows(_sheet(source)) if not (all(map(is_blank, row.cells)) or _names_separator(row))]
    if not filled:
        raise UnusableFile(
            f"{source.name}: the file has no rows; the first one names the properties, such as number,city"
        )
    head, *rows = filled
    header = tuple(_caption(cell) for cell in head.cells)
    return MasterFile(source.name, source.sha256, header, head.number, tuple(rows))


def _sheet(source: Source) -> Sheet:
    match source.kind:
        case Kind.EXCEL:
            return _first_sheet(source)
        case Kind.CSV:
            return _text_sheet(source)
        case Kind.HTML:
            raise UnusableFile(f"{source.name}: the file is a web page; save the customers as .xlsx or as CSV (UTF-8)")


def _first_sheet(source: Source) -> Sheet:
    sheets = read_workbook(source, FileRules(kinds=(Kind.EXCEL,)))
    if not sheets:
        raise UnusableFile(f"{source.name}: the workbook has no sheet with cells")
    return sheets[0]


def _text_sheet(source: Source) -> Sheet:
    encoding = marked_encoding(source.content) or "utf-8"
    try:
        text = source.content.decode(encoding)
    except UnicodeDecodeError as error:
        row = source.content.count(b"\n", 0, error.start) + 1
        raise UnusableFile(
            f"{source.name}, row {row}: is not UTF-8. Save the file as CSV UTF-8 (in Excel: Save As, CSV UTF-8) or as .xlsx"
        ) from error
    if "\x00" in text:
        raise UnusableFile(f"{source.name}: holds NUL characters; save the file as CSV UTF-8 or as .xlsx")
    separator = _separator(text.removeprefix("\ufeff"), source.name)
    return sheet_of(text_pieces(source.content, encoding), FileRules(delimiter=separator), source.name)


def _separator(text: str, name: str) -> str:
    """The separator of the header: property names hold neither mark, so only one of them can stand there."""
    header = next(line for line in text.splitlines() if line.strip())
    if header.startswith(("sep=", '"sep=')):
        return ","  # whatever the line says is heeded when the rows are read
    found = [mark for mark in _SEPARATORS if mark in header]
    if len(found) == 1:
        return found[0]
    seen = "both commas and semicolons" if found else "neither a comma nor a semicolon"
    raise UnusableFile(
        f'{name}: the header "{header[:80]}" holds {seen}, so it is not certain what separates the columns. '
        "Separate them with one of the two, or put sep=; or sep=, alone into a first row"
    )


def _rows(sheet: Sheet) -> Iterator[MasterRow]:
    for chunk in sheet.chunks:
        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            cells = tuple(_without_mark(map(_given, row), number))
            yield MasterRow(number, cells)


def _without_mark(cells: Iterable[Given], number: int) -> Iterator[Given]:
    for place, cell in enumerate(cells):
        # A byte order mark may survive in front of the first cell.
        yield cell.removeprefix("\ufeff") if number == 1 and place == 0 and isinstance(cell, str) else cell


def _given(cell: Cell) -> Given:
    match cell:
        case str() | bool() | Wrong():
            return cell
        case int() | float():
            return _number(cell)
        case _:
            return _DATE


def _number(cell: float) -> Given:
    # The shortest decimal that denotes the binary number: 0.1 is meant, not what a float makes of it.
    number = Decimal(repr(cell))
    return (
        number if number.is_finite() else Wrong("cell_is_number", "the cell holds no number; mend it in the workbook")
    )


def _names_separator(row: MasterRow) -> bool:
    return row.number == 1 and isinstance(row.cells[0], str) and row.cells[0].startswith("sep=")


def _caption(cell: Given) -> str:
    return text_of(cell).strip() if isinstance(cell, str | bool | Wrong) else f"{cell:f}"
