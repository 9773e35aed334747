"""Bank text in one spelling, with the way back: every character of the plain text knows where the bank wrote it.

"Zahlung f\u00fcr Rg\u00a0Nr. 103\u00ad001"  ──plain──▶  "ZAHLUNG FUR RG NR. 103001"  ──span──▶  offsets as the bank wrote it
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

# Letters that Unicode does not decompose.
_LETTERS = {"ß": "SS", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ħ": "H"}
_SUBFIELD = re.compile(r"\?[236]\d")
# The byte of each character of Windows-1252; those that it does not define are passed through, as browsers do it.
_BYTES = {bytes([byte]).decode("cp1252", errors="ignore") or chr(byte): byte for byte in range(256)}
_BYTES |= {chr(byte): byte for byte in range(256) if chr(byte) not in _BYTES}
Placed = list[tuple[int, str]]
_DASHES = frozenset("\u2212\u2043\ufe58")


class Text(NamedTuple):
    """One field of a bank line. `plain` is upper-case without accents; `offsets` is None where it is as long as `written`."""

    field: str
    written: str
    plain: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the bank wrote `plain[start:end]`."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(field: str, written: str) -> Text:
    """The field in upper case without accents, with plain dashes and blanks, and without invisible characters.

    Wrongly decoded characters are mended; the subfield codes of MT940 (?20, ?21 …) stand where the bank broke the line.
    """
    if written.isascii() and written.isprintable() and "?2" not in written:
        return Text(field, written, written.upper())
    placed = _mended(written)
    if "?2" in written:
        placed = _unwrapped(written, placed)
    pieces = [(place, _plain_character(char)) for place, char in placed]
    plain = "".join(piece for _, piece in pieces)
    if len(pieces) == len(written) and all(len(piece) == 1 for _, piece in pieces):
        return Text(field, written, plain)
    return Text(field, written, plain, tuple(place for place, piece in pieces for _ in piece))


def _unwrapped(written: str, placed: Placed) -> Placed:
    """One blank instead of each subfield code."""
    codes = [found.span() for found in _SUBFIELD.finditer(written)]
    beginnings = {start for start, _ in codes}
    inside = {place for start, end in codes for place in range(start, end)}
    return [(n, " " if n in beginnings else char) for n, char in placed if n not in inside or n in beginnings]


def plain(written: str) -> str:
    """The same spelling for a value of the books."""
    return written.upper() if written.isascii() else "".join(map(_plain_character, written))


def compact(written: str) -> str:
    """Letters and digits only, in the same spelling: what is left of a number when separators do not count."""
    upper = plain(written)
    return upper if upper.isalnum() else "".join(filter(str.isalnum, upper))


def mended(written: str) -> str:
    """Text that was decoded with the wrong character set, repaired where the repair loses nothing; else as it was.

    UTF-8 read as Windows-1252 or Latin-1 is what bank portals and spreadsheets produce.
    """
    return written if written.isascii() else "".join(char for _, char in _mended(written))


def _mended(written: str) -> Placed:
    """The mended characters, each with the place of its first one as written."""
    bytes_of = [_BYTES.get(char) for char in written]
    if None in bytes_of:
        return list(enumerate(written))
    try:
        right = bytes(byte for byte in bytes_of if byte is not None).decode("utf-8")
    except UnicodeError:
        return list(enumerate(written))
    place, placed = 0, []
    for char in right:
        placed.append((place, char))
        place += len(char.encode())
    return placed


@cache
def _plain_character(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char in _DASHES:
        return "-"
    if category == "Zs" or char.isspace():
        return " "
    if category in ("Cf", "Mn", "Me"):
        return ""
    pieces = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).upper())
    letters = "".join(_LETTERS.get(piece, piece) for piece in pieces if not unicodedata.combining(piece))
    return letters.upper()
