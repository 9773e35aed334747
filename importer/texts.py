"""Text as Business Central counts and stores it: UTF-16 units, no control characters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter


def utf16_length(text: str) -> int:
    """The length Business Central sees: a character beyond the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def one_line(text: str) -> str:
    """The text without control, format and surrogate characters, every run of blanks as one blank."""
    kept = (" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in kept if unicodedata.category(char) not in _UNSEEN).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of the text, never ending inside a character or before its combining marks."""
    if utf16_length(text) <= limit:
        return text
    kept = ""
    for cluster in _clusters(text):
        if utf16_length(kept + cluster) > limit:
            break
        kept += cluster
    return kept.rstrip()


def words(text: str) -> Counter[str]:
    """The words of a text in any case, as often as they are in it; `<=` tells whether another text has all of them."""
    return Counter(found.group().casefold() for found in re.finditer(r"\w+", text))


def unescaped(option: str) -> str:
    """An option value as people write it (business-central-api.md §2): "In_x0020_Review" is "In Review", a blank is ""."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), option).strip()


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _clusters(text: str) -> list[str]:
    clusters: list[str] = []
    for char in text:
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters
