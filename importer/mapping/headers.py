"""Header cells made comparable: blanks, case, width, look-alike letters and damaged letters make no difference.

Source: formats.md §4 (9).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Cyrillic and Greek letters that look like Latin ones: banks mix them inside one word.
_LOOK_ALIKES = str.maketrans("аеорсухікмтвнјѕԁοαιѵ", "aeopcyxikmtbhjsdoaiv")
_EDGES = " \t\"'#\ufeff"
DAMAGED = "\ufffd"


@lru_cache(maxsize=65536)
def plain_header(text: str) -> str:
    """The comparable form of a header cell; "" for a cell that only holds blanks, quotes or #."""
    bare = " ".join(unicodedata.normalize("NFKC", text).split()).strip(_EDGES)
    return bare.casefold().translate(_LOOK_ALIKES)


def plain_row(cells: Sequence[object]) -> tuple[str, ...]:
    """Comparable forms of a row's cells without the blank ones at its end."""
    plain = [plain_header(str(cell)) if cell is not None else "" for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return tuple(plain)


def same_header(wanted: str, seen: str) -> bool:
    """True when two comparable forms are the same; a damaged letter (U+FFFD) on either side stands for any letters."""
    if wanted == seen:
        return True
    if DAMAGED in seen:
        return _damaged_pattern(seen).fullmatch(wanted) is not None
    return DAMAGED in wanted and _damaged_pattern(wanted).fullmatch(seen) is not None


@lru_cache(maxsize=4096)
def _damaged_pattern(text: str) -> re.Pattern[str]:
    # Two bytes of one letter may have become one mark or two, and quotes may have hidden behind it.
    return re.compile(".{0,2}".join(map(re.escape, re.split(f"{DAMAGED}+", text))))
