"""Text cells → the texts of bank lines: as the bank wrote them, without padding and without characters nobody can see.

Source: reliability.md §10.3 (B30, B38), formats.md §4 (14).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from importer.cells import Wrong
from importer.reader.amounts import unwrapped
from importer.reader.rows import Cell, is_number, text_of

LONGEST = 32_767
_GARBLED = ("Ã¤", "Ã¶", "Ã¼", "ÃŸ", "Ã©", "Ã¨", "Ã±", "â‚¬", "Ð°", "Ð¾")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
# What a spreadsheet makes of a long number: the digits are lost.
_DESTROYED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}")

_PRINTABLE = "".join(filter(str.isprintable, map(chr, range(256)))).encode("latin-1")
_NEED_CARE = ("'", "=", "E+")  # marks of codes that have to be looked at one by one

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


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a column; `wrong` says of some places, from 0, why the text there does not count."""

    texts: Sequence[str]
    wrong: Mapping[int, Wrong] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Sequence[str | Wrong]) -> Texts:
        """What was found in the cells of a column."""
        wrong = {place: each for place, each in enumerate(found) if isinstance(each, Wrong)}
        return cls(["" if isinstance(each, Wrong) else each for each in found], wrong)


def free_texts(cells: Sequence[Sequence[Cell]], separator: str) -> Texts:
    """The texts of several columns in one for every row, blanks and repeats left out."""
    columns = list(map(_cleaned, cells))
    if len(columns) == 1:
        return columns[0]
    rows_of_texts = zip(*(column.texts for column in columns), strict=True)
    wrong = {place: because for column in reversed(columns) for place, because in column.wrong.items()}
    return Texts([separator.join(dict.fromkeys(filter(None, texts))) for texts in rows_of_texts], wrong)


def destroyed(cells: Sequence[Cell]) -> Iterator[int]:
    """The places of cells that are nothing but a number whose digits a spreadsheet has lost."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    if len(texts) < len(cells) or "E+" in "".join(texts):
        yield from (place for place, cell in enumerate(cells) if code(cell) is DESTROYED)


def _cleaned(cells: Sequence[Cell]) -> Texts:
    plain = _plain_texts(cells)
    return Texts.of(list(map(_free_text, cells))) if plain is None else Texts(plain[0])


def _free_text(cell: Cell) -> str | Wrong:
    if isinstance(cell, Wrong):
        return cell
    text = clean(text_of(cell))
    return text if len(text) <= LONGEST else TOO_LONG


def codes(cells: Sequence[Cell]) -> Texts:
    """`code` of every cell."""
    plain = _plain_texts(cells)
    if plain is None or any(map(plain[1].__contains__, _NEED_CARE)):
        return Texts.of(list(map(code, cells)))
    return Texts(plain[0])


def count_garbled(texts: Sequence[str]) -> int:
    """How many texts hold letters that were decoded twice or in the wrong encoding."""
    whole = "\n".join(texts)
    # Looking for single letters first is a hundred times faster, and they are rare.
    marks = [mark for mark in _GARBLED if mark[0] in whole and mark in whole]
    return sum(any(mark in text for mark in marks) for text in texts) if marks else 0


def _plain_texts(cells: Sequence[Cell]) -> tuple[list[str], str] | None:
    """The texts of cells that need no look of their own, and all of them in one; None where one may need it."""
    # Nearly always a whole column is clean, and finding that out at once is many times faster than cell by cell.
    try:
        texts = list(map(str.strip, cells))  # type: ignore[arg-type] # raises where a cell is no text
    except TypeError:
        return None
    whole = "".join(texts)
    has_formula = "=" in whole and '="' in whole
    is_short = len(whole) <= LONGEST or max(map(len, texts)) <= LONGEST
    return (texts, whole) if _is_printable(whole) and not has_formula and is_short else None


def _is_printable(text: str) -> bool:
    # The same as isprintable(), which looks every letter up; most texts are of 256 letters, and bytes are sifted at once.
    try:
        return not text.encode("latin-1").translate(None, _PRINTABLE)
    except UnicodeEncodeError:
        return text.isprintable()
