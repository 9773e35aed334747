"""The old Office container (.xls): its chains of sectors are checked, because the parser follows a circle without end.

Source: [MS-CFB] §2.2-2.6 (header, allocation table, directory).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_HEADER = 76
_END = 0xFFFFFFFE
_ENTRY = 128
_FILE, _ROOT = 2, 5  # kinds of entries


def streams_are_sound(content: bytes) -> bool:
    """True when every stream of the container ends after as many sectors as its size needs, all inside the file."""
    try:
        return all(True for _ in streams(content))
    except (struct.error, IndexError, ValueError):
        return False


def streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The streams of the container, by name.

    Raises:
        ValueError, IndexError, struct.error: one does not end after as many sectors as its size needs, or outside the file.
    """
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in {9, 12} or mini_shift != 6:
        raise ValueError("sectors of a size that no program writes")
    first_directory, cutoff, first_mini = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    size = 1 << shift
    table = [number for sector in _table_sectors(content, size) for number in _numbers(content, sector, size)]
    sectors = (len(content) - 1) // size
    mini_table = [number for sector in _chain(table, first_mini, sectors) for number in _numbers(content, sector, size)]
    body, small = content[size:], b""
    for name, kind, start, length in _entries(content, _chain(table, first_directory, sectors), size):
        if kind == _FILE and length < cutoff:
            chain, unit, held = _chain(mini_table, start if length else _END, len(mini_table)), 1 << mini_shift, small
        else:
            chain, unit, held = _chain(table, start if length else _END, sectors), size, body
        stream = b"".join(held[number * unit : (number + 1) * unit] for number in chain)[:length]
        if len(stream) < length:
            raise ValueError("a stream ends before its size is reached")
        small = stream if kind == _ROOT else small
        yield name, stream


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


def _chain(table: Sequence[int], start: int, most: int) -> list[int]:
    chain: list[int] = []
    while start < _END:
        if len(chain) > most or start >= len(table):
            raise ValueError("a chain of sectors has no end")
        chain.append(start)
        start = table[start]
    return chain


def _entries(content: bytes, directory: Sequence[int], size: int) -> Iterator[tuple[str, int, int, int]]:
    """Name, kind, first sector and size of all streams; the root, which holds the small ones, is the first."""
    for sector in directory:
        for at in range((sector + 1) * size, (sector + 2) * size, _ENTRY):
            kind = content[at + 66]
            start, length = struct.unpack_from("<II", content, at + 116)
            if kind in {_FILE, _ROOT}:
                name = content[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
                yield name, kind, start, length
