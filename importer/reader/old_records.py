"""What the values of an old workbook (.xls) do not show: cells in error, formulas, hidden rows. The parser leaves errors blank.

Source: [MS-XLS] §2.4 (BOF, BoundSheet8, BoolErr, Formula, Row); books of Excel 95 have the same records, their names in bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import takewhile

from importer.reader.compound import streams
from importer.reader.sheet_facts import SheetFacts

_BOF, _EOF, _SHEET = 0x0809, 0x000A, 0x0085
_ROW, _FORMULA, _TRUTH_OR_ERROR = 0x0208, 0x0006, 0x0205
_HIDDEN = 0x20
_NO_NUMBER, _ERROR = 0xFFFF, 2
_EXCEL_95 = 0x0500


def facts_of(content: bytes) -> dict[str, SheetFacts]:
    """The facts per sheet name of an old workbook whose streams are sound."""
    book = next((stream for name, stream in streams(content) if name in {"Workbook", "Book"}), b"")
    sheets = [body for kind, body in takewhile(lambda record: record[0] != _EOF, _records(book, 0)) if kind == _SHEET]
    version = struct.unpack_from("<H", book, 4)[0]
    return {_name(body, version): _facts(book, struct.unpack_from("<I", body)[0]) for body in sheets}


def _name(body: bytes, version: int) -> str:
    if version == _EXCEL_95:
        return body[7 : 7 + body[6]].decode("cp1252", "replace")
    return body[8:].decode("utf-16-le" if body[7] & 1 else "latin-1", "replace")[: body[6]]


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _facts(book: bytes, start: int) -> SheetFacts:
    """The facts of one sheet; a chart within it is a sheet of its own, whose records are not the sheet's."""
    facts, depth = SheetFacts(), 0
    for kind, body in _records(book, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            break
        if depth == 1:
            _note(kind, body, facts)
    return facts


def _note(kind: int, body: bytes, facts: SheetFacts) -> None:
    if kind == _ROW:
        facts.hidden_rows += bool(body[12] & _HIDDEN)
    elif kind == _TRUTH_OR_ERROR:
        row, column, is_error = struct.unpack_from("<HH3xB", body)
        if is_error:
            facts.in_error.add((row + 1, column))
    elif kind == _FORMULA:
        facts.formulas = True
        row, column, what, is_number = struct.unpack_from("<HH2xB5xH", body)
        if is_number == _NO_NUMBER and what == _ERROR:
            facts.in_error.add((row + 1, column))
