"""Text cells → the texts of bank lines: as the bank wrote them, without padding and without characters nobody can see.

Source: reliability.md §10.3 (B30, B38), formats.md §4 (14).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from importer.cells import Wrong
from importer.reader.amounts import unwrapped
from importer.reader.rows import Cell, Row, text_of
from importer.reader.workbook import is_number

LONGEST = 32_767
_GARBLED = ("Ã¤", "Ã¶", "Ã¼", "ÃŸ", "Ã©", "Ã¨", "Ã±", "â‚¬", "Ð°", "Ð¾")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
# What a spreadsheet makes of a long number: the digits are lost.
_DESTROYED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}")

_NEEDS_CARE = re.compile(r"['=]|E\+[0-9]")

DESTROYED = Wrong(
    "TXT-1",
    "a spreadsheet has turned the number into scientific notation and lost its digits; export again, do not re-save",
)
TOO_LONG = Wrong("TXT-2", f"the text is longer than {LONGEST:,} characters; a quote may not be closed")
UNSEEN = Wrong("TXT-3", "holds characters that cannot be seen; they do not belong in a code")


def clean(text: str) -> str:
    """Free text on one line: blanks of any kind are blanks, unseen characters are gone, padding is off."""
    if text.isprintable():
        return _unquoted(text.strip())
    kept = (" " if char.isspace() else char for char in text.replace("\r\n", "\n"))
    return _unquoted("".join(char for char in kept if unicodedata.category(char) not in _UNSEEN).strip())


def holds_unseen(text: str) -> bool:
    """True when cleaning takes more than blanks from the text."""
    return not text.isprintable() and any(unicodedata.category(c) in _UNSEEN and not c.isspace() for c in text)


def _unquoted(text: str) -> str:
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


def free_text(row: Row, places: Sequence[int], separator: str) -> str | Wrong:
    """The texts of several columns in one, blanks and repeats left out."""
    parts: list[str] = []
    for place in places:
        cell = row[place]
        if isinstance(cell, Wrong):
            return cell
        text = clean(cell if isinstance(cell, str) else text_of(cell))
        if len(text) > LONGEST:
            return TOO_LONG
        if text and text not in parts:
            parts.append(text)
    return separator.join(parts)


def code(cell: Cell) -> str | Wrong:
    """An account number or a reference: text, or a number whose digits a workbook has kept."""
    if isinstance(cell, str):
        text = cell if cell.isalnum() else unwrapped(clean(cell))
        if _DESTROYED.fullmatch(text):
            return DESTROYED
        return UNSEEN if holds_unseen(cell.strip()) else text
    if isinstance(cell, Wrong):
        return cell
    text = text_of(cell)
    return DESTROYED if is_number(cell) and ("e" in text or len(text.strip("-")) > 15) else text


def free_texts(rows: Sequence[Row], places: Sequence[int], separator: str) -> Sequence[str | Wrong]:
    """`free_text` of every row."""
    if len(places) == 1:
        cells = [row[places[0]] for row in rows]
        if (plain := _plain_texts(cells)) is not None:
            return plain
    return [free_text(row, places, separator) for row in rows]


def codes(cells: Sequence[Cell]) -> Sequence[str | Wrong]:
    """`code` of every cell."""
    plain = _plain_texts(cells)
    if plain is not None and not _NEEDS_CARE.search("\n".join(plain)):
        return plain
    return list(map(code, cells))


def count_garbled(texts: Sequence[str]) -> int:
    """How many texts hold letters that were decoded twice or in the wrong encoding."""
    whole = "\n".join(texts)
    marks = [mark for mark in _GARBLED if mark in whole]
    return sum(any(mark in text for mark in marks) for text in texts) if marks else 0


def _plain_texts(cells: Sequence[Cell]) -> list[str] | None:
    # Nearly always a whole column is clean, and finding that out at once is many times faster than cell by cell.
    if set(map(type, cells)) != {str}:
        return None
    texts = [cell.strip() for cell in cells]  # type: ignore[union-attr] # they are all texts
    whole = "".join(texts)
    return texts if whole.isprintable() and '="' not in whole and max(map(len, texts)) <= LONGEST else None
