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
    """The field in upper case without accents, with plain dashes and blanks, and without invisible characters."""
    if written.isascii() and written.isprintable() and "?2" not in written:
        return Text(field, written, written.upper())
    if "?2" in written:
        return _unwrapped(field, written)
    pieces = [_plain_character(char) for char in written]
    plain = "".join(pieces)
    if len(plain) == len(pieces) and all(pieces):
        return Text(field, written, plain)
    offsets = tuple(position for position, piece in enumerate(pieces) for _ in piece)
    return Text(field, written, plain, offsets)


def _unwrapped(field: str, written: str) -> Text:
    """MT940 remittance as one line: its subfield codes (?20, ?21 …) stand where the bank broke the line."""
    kept = [(" ", found.start()) for found in _SUBFIELD.finditer(written)]
    inside = {place for found in _SUBFIELD.finditer(written) for place in range(*found.span())}
    kept += [(piece, n) for n, char in enumerate(written) if n not in inside for piece in _plain_character(char)]
    kept.sort(key=lambda one: one[1])
    return Text(field, written, "".join(char for char, _ in kept), tuple(place for _, place in kept))


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
    if written.isascii():
        return written
    for charset in ("cp1252", "latin-1"):
        try:
            return written.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return written


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
