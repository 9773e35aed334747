"""Old workbooks (.xls) for tests, written record by record: [MS-XLS] and [MS-CFB] as far as a sheet of cells needs them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512
_SMALLEST = 4096  # bytes of a stream that has sectors of its own
_FIRST_DAY = date(1899, 12, 30)


@dataclass(frozen=True)
class Failed:
    """A cell in error; `formula` when a formula says so."""

    formula: bool = False


@dataclass(frozen=True)
class Calculated:
    """A cell whose number is the result of a formula."""

    number: float


Value = str | float | bool | date | Failed | Calculated


def old_workbook(
    rows: Sequence[Sequence[Value]], *, hidden: Sequence[int] = (), charted: Sequence[Value] = (), name: str = "Umsätze"
) -> bytes:
    """A workbook of one sheet; `hidden` are the rows, counted from 1, that it does not show, `charted` the cells of a chart."""
    start = len(_globals(name, 0))
    return _container(_globals(name, start) + _sheet(rows, hidden, charted))


def _record(kind: int, layout: str, *values: object) -> bytes:
    body = struct.pack(f"<{layout}", *values)
    return struct.pack("<HH", kind, len(body)) + body


def _globals(name: str, start: int) -> bytes:
    letters = name.encode("utf-16-le")
    sheet = _record(0x85, f"IBBBB{len(letters)}s", start, 0, 0, len(name), 1, letters)
    formats = b"".join(_record(0xE0, "HH16x", 0, number) for number in (0, 14))  # as it comes, and a date
    return _record(0x809, "HH12x", 0x600, 5) + _record(0x42, "H", 1200) + formats + sheet + _record(0xA, "")


def _sheet(rows: Sequence[Sequence[Value]], hidden: Sequence[int], charted: Sequence[Value]) -> bytes:
    width = max(map(len, rows))
    shown = (
        _record(0x208, "HHHH4xBBH", row, 0, width, 255, 0x20 * (row + 1 in hidden), 1, 15) for row in range(len(rows))
    )
    cells = (_cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values))
    extent = _record(0x200, "IIHH2x", 0, len(rows), 0, width)
    chart = b"".join(_cell(1, column, value) for column, value in enumerate(charted))
    within = _record(0x809, "HH12x", 0x600, 0x20) + chart + _record(0xA, "") if charted else b""
    return _record(0x809, "HH12x", 0x600, 0x10) + extent + b"".join([*shown, *cells]) + within + _record(0xA, "")


def _cell(row: int, column: int, value: Value) -> bytes:
    match value:
        case Failed(formula=False):
            return _record(0x205, "HHHBB", row, column, 0, 0x2A, 1)
        case Failed():
            return _record(0x6, "HHHBxBxxxHH4xH", row, column, 0, 2, 0x2A, 0xFFFF, 0, 0)
        case Calculated():
            return _record(0x6, "HHHdH4xH", row, column, 0, value.number, 0, 0)
        case bool():
            return _record(0x205, "HHHBB", row, column, 0, value, 0)
        case str():
            letters = value.encode("utf-16-le")
            return _record(0x204, f"HHHHB{len(letters)}s", row, column, 0, len(value), 1, letters)
    form, number = (1, (value - _FIRST_DAY).days) if isinstance(value, date) else (0, value)
    return _record(0x203, "HHHd", row, column, form, number)


def _container(stream: bytes) -> bytes:
    """One table of sectors, one of the directory, and the sectors of the workbook."""
    padded = stream.ljust(max(_SMALLEST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(padded) // _SECTOR
    table = [_TABLE, _END, *range(3, 2 + count), _END]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0),
    )
    tables = struct.pack("<109I", 0, *[_FREE] * 108) + _numbers(table)
    return header + tables + b"".join(_entries(len(padded))) + padded


def _numbers(table: Sequence[int]) -> bytes:
    return struct.pack(f"<{_SECTOR // 4}I", *table, *[_FREE] * (_SECTOR // 4 - len(table)))


def _entries(size: int) -> Iterator[bytes]:
    for name, kind, child, start, length in (("Root Entry", 5, 1, _END, 0), ("Workbook", 2, _FREE, 2, size)):
        letters = name.encode("utf-16-le")
        yield struct.pack("<64sHBBIII36xIII", letters, len(letters) + 2, kind, 1, _FREE, _FREE, child, start, length, 0)
    yield bytes(2 * 128)
