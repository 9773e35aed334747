"""The old Office container (.xls): its chains of sectors are checked, because the parser follows a circle without end.

Source: [MS-CFB] §2.2-2.6 (header, allocation table, directory).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_HEADER = 76
_END = 0xFFFFFFFE
_ENTRY = 128


def streams_are_sound(content: bytes) -> bool:
    """True when every stream of the container ends after as many sectors as its size needs, all inside the file."""
    try:
        return _sound(content)
    except (struct.error, IndexError, ValueError):
        return False


def _sound(content: bytes) -> bool:
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in {9, 12} or mini_shift != 6:
        return False
    first_directory, cutoff, first_mini = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    size = 1 << shift
    table = [number for sector in _table_sectors(content, size) for number in _numbers(content, sector, size)]
    sectors = (len(content) - 1) // size
    directory = _chain(table, first_directory, sectors)
    if directory is None:
        return False
    mini = [] if first_mini >= _END else _chain(table, first_mini, sectors)
    if mini is None:
        return False
    mini_table = [number for sector in mini for number in _numbers(content, sector, size)]
    for start, length, kind in _entries(content, directory, size):
        small = kind == 2 and length < cutoff
        chain = _chain(mini_table if small else table, start, len(mini_table) if small else sectors) if length else []
        if chain is None or len(chain) * (64 if small else size) < length:
            return False
    return True


def _table_sectors(content: bytes, size: int) -> Iterator[int]:
    count, first, more = struct.unpack_from("<I20xII", content, 44)
    listed = list(struct.unpack_from("<109I", content, _HEADER))
    sector = first
    for _ in range(more):
        *numbers, sector = _numbers(content, sector, size)
        listed += numbers
    if count > len(content) // size + 1:
        raise ValueError("more sectors than the file has")
    yield from listed[:count]


def _numbers(content: bytes, sector: int, size: int) -> Sequence[int]:
    return struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)


def _chain(table: Sequence[int], start: int, most: int) -> list[int] | None:
    chain: list[int] = []
    while start < _END:
        if len(chain) > most or start >= len(table):
            return None
        chain.append(start)
        start = table[start]
    return chain


def _entries(content: bytes, directory: Sequence[int], size: int) -> Iterator[tuple[int, int, int]]:
    for sector in directory:
        for at in range((sector + 1) * size, (sector + 2) * size, _ENTRY):
            kind = content[at + 66]
            start, length = struct.unpack_from("<II", content, at + 116)
            if kind in {2, 5}:
                yield start, length, kind
