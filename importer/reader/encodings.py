"""Bytes → text in the encoding a mapping declares, strictly: a byte that does not fit refuses the file.

Source: reliability.md §10.2 (B31-B39), formats.md §4 (2).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from importer.errors import UnusableFile

# The longer marks first: the one of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ABOVE_ASCII = bytes(range(128))
_PIECE = 100_000  # bytes decoded at a time: what is made of so many fits into the processor's memory, and no block is too long
_ENOUGH = 1_000_000  # bytes that show which letters a file is written in


def marked_encoding(content: bytes) -> str | None:
    """The encoding that the file's byte order mark names."""
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def choose_encoding(content: bytes, declared: Sequence[str], name: str) -> str:
    """The encoding in which the whole file decodes: the one of its mark, else the first declared one that fits.

    Raises:
        UnusableFile: none fits, with the place of the first byte that does not.
    """
    marked = marked_encoding(content)
    if marked is None and b"\x00" in content and not any(text.startswith("utf-16") for text in declared):
        raise UnusableFile(f"{name}: holds NUL bytes; if it is UTF-16 without a mark, the mapping must say so")
    faults = []
    for encoding in (marked,) if marked else declared:
        try:
            # All pieces, one after the other: the whole text would take the time and the memory of the file once more.
            with_nul = sum("\x00" in piece for piece in text_pieces(content, encoding))
        except UnicodeError as error:
            faults.append(_fault(content, encoding, error))
            continue
        if with_nul:
            raise UnusableFile(f"{name}: holds NUL characters; the file is damaged, export it again")
        if faults and _is_mixed(content):
            break
        return encoding
    raise UnusableFile(
        f"{name}: {'; '.join(faults)}. The file is damaged, of mixed encodings, or the mapping's encodings are wrong"
    )


def text_pieces(content: bytes, encoding: str) -> Iterator[str]:
    """The text piece by piece, each of some thousand letters and cut anywhere; line ends are kept as they are.

    Raises:
        UnicodeDecodeError: at the first piece with a byte that does not fit; its `start` is the place in the whole content.
        UnicodeError: the encoding is one whose files must begin with a mark, and there is none.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for end in range(_PIECE, len(content) + _PIECE, _PIECE):
        piece = content[end - _PIECE : end]
        try:
            yield decoder.decode(piece, final=end >= len(content))
        except UnicodeDecodeError as error:
            # What the decoder looked at ends with the piece, and may begin with letters that the piece before it began.
            start = error.start + end - _PIECE + len(piece) - len(error.object)
            raise UnicodeDecodeError(error.encoding, content, start, start + 1, error.reason) from error


def _fault(content: bytes, encoding: str, error: UnicodeError) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f'no mark says in which order the bytes of {encoding} stand; the mapping may say encodings = ["{encoding}-le"]'
    row = content.count(b"\n", 0, error.start) + 1
    seen = content[error.start : error.start + 1].hex().upper()
    return f"byte {error.start} (row {row}) is {seen}, which is not {error.encoding}"


def _is_mixed(content: bytes) -> bool:
    """True when most letters beyond ASCII are UTF-8 although the file as a whole is not: then neither reading is right."""
    content = content[:_ENOUGH]
    above = len(content.translate(None, _ABOVE_ASCII))
    fitting = sum(map(len, _UTF8_LETTER.findall(content)))
    return above > 0 and fitting * 2 > above
