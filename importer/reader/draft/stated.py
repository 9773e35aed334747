"""Currencies that an unknown file states: in the header of an amount by a mark, or above the table by a code, mark or name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.words import currency_meant, lexicon, says
from importer.reader.rows import text_of

_IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_LABELLED = re.compile(r"([^:]+):\s*(.+)")


class Stated(NamedTuple):
    """A currency above the table: what is written, its code, and the label that says what it is, "" without one."""

    label: str
    text: str
    code: str


def header_marks(draft: Draft, profile: Profile, amounts: Sequence[int]) -> Mapping[str, str]:
    """The marks in the headers of the amounts with their currencies; those of the balance where the amounts have none."""
    found = (_marks_in(profile, places) for places in (amounts, draft.columns("balance")))
    return next(filter(None, found), {})


def _marks_in(profile: Profile, places: Sequence[int]) -> dict[str, str]:
    words = (word for place in places for word in _last_words(profile.header(place)))
    return {word: code for word in words if (code := currency_meant(word))}


def _last_words(header: str) -> list[str]:
    """What stands in brackets, or the last of several words: R$ in "Valor (R$)"."""
    *before, last = header.split() or [""]
    return _IN_BRACKETS.findall(header) or ([last] if before else [])


def stated(profile: Profile) -> Iterator[Stated]:
    """The currencies above the table; codes count without a label, too, marks and names only with one."""
    for row in profile.grid.above:
        texts = [text_of(cell).strip() for cell in row if text_of(cell).strip()]
        for label, text in zip(["", *texts], texts, strict=False):
            yield from _stated_in(label, text)


def _stated_in(label: str, text: str) -> Iterator[Stated]:
    if says("texts", "currency", label) and currency_meant(text):
        yield Stated(label, text, currency_meant(text))
        return
    parts = _LABELLED.fullmatch(text)
    if parts and says("texts", "currency", parts[1]) and currency_meant(parts[2]):
        yield Stated(parts[1].strip(), parts[2].strip(), currency_meant(parts[2]))
        return
    yield from (Stated("", code, code) for code in re.findall(r"\b[A-Z]{3}\b", text) if code in lexicon()["codes"])
