"""What a window of neighbouring runs may spell: a document's number in one of its forms, the most literal first."""

from __future__ import annotations

import re
from typing import NamedTuple

from importer.matcher.beside import is_of_another
from importer.matcher.evidence import PART_ONLY, Strength
from importer.matcher.numbers import Found, NumberIndex
from importer.matcher.runs import Runs
from importer.matcher.words import LOOK_ALIKES, Label, label_of

_LIKE_DIGITS = frozenset("OILSB0123456789")
_DIGITS = re.compile(r"\d+")
_GLUED = re.compile(r"([^\W\d_]+)(\d[^\W_]*)")
_WITH_WORD = re.compile(r"(\d+)[^\W\d_]{4,}")
_SHORTEST_JOIN, _MOST_JOINED = 5, 4
SHORTEST_END, SHORTEST_LABELLED_END = 4, 3


class Form(NamedTuple):
    """The documents that a window spells, up to and including its last run, and in which form."""

    found: Found
    strength: Strength
    kind: str
    last: int


def whole(index: NumberIndex, runs: Runs, place: tuple[int, int], label: Label) -> Form | None:
    """The whole number, exactly or with other separators and zeros; an external number or a payment reference."""
    first, last = place
    compact = runs.words[first] if first == last else runs.compact(first, last)
    if (first == last or not compact.isdigit()) and (found := index.exact.get(compact)):
        return Form(found, strength_of(compact, label), "document number", last)
    if index.grouped and (found := index.grouped.get(runs.key(first, last))):
        if "|" in runs.key(first, last):
            return Form(found, Strength.FULL, "document number", last)
        # The same digits may as well be a number with fewer zeros, or one whose letters were left out.
        key = runs.key(first, last)
        others = _both(index.exact.get(key, ()), index.partial.get(key, ()))
        return Form(_both(found, others), Strength.WEAK, "document number without zeros", last)
    if found := index.external.get(compact):
        return Form(found, Strength.FULL, "external document number", last) if len(compact) >= 5 else None
    if found := index.references.get(compact):
        return Form(found, Strength.FULL, "payment reference", last)
    return None


def part(index: NumberIndex, runs: Runs, place: tuple[int, int], label: Label) -> Form | None:
    """The number without the letters in front, or only its running number."""
    first, last = place
    digits = sum(map(str.isdigit, runs.compact(first, last)))
    if digits < (SHORTEST_LABELLED_END if label is Label.INVOICE else SHORTEST_END):
        return None
    key = runs.key(first, last)
    found = index.partial.get(key, ())
    if first == last:
        found = _literal(runs.words[first], _both(found, index.serials.get(key, ())))
    if not found:
        return None
    doubtful = any(is_of_another(runs, index, place, item) for item in found)
    return Form(found, Strength.DOUBTFUL if doubtful else Strength.WEAK, PART_ONLY, last)


def _both(first: Found, second: Found) -> Found:
    if not first or first == second:
        return second
    return (*first, *(item for item in second if all(item is not other for other in first)))


def _literal(digits: str, found: Found) -> Found:
    """Of several documents those that have the digits with these very zeros, when there are any."""
    if len(found) < 2:
        return found
    exactly = tuple(item for item in found if digits in _DIGITS.findall(item.number))
    return exactly or found


def single(index: NumberIndex, word: str, position: int) -> Form | None:
    """One run by itself: zeros in front, a glued label or word, look-alike letters."""
    exact = index.exact
    if word.isdigit():
        bare = word.lstrip("0")
        found = exact.get(bare) if bare != word and len(bare) >= 4 else None
        return Form(found, Strength.WEAK, "document number with zeros in front", position) if found else None
    glued = _GLUED.fullmatch(word)
    if glued and label_of(glued[1]) in (Label.INVOICE, Label.FILLER) and (found := exact.get(glued[2])):
        return Form(found, strength_of(glued[2], Label.INVOICE), "document number", position)
    named = _WITH_WORD.fullmatch(word)
    if named and (found := exact.get(named[1]) or index.external.get(named[1])) and len(named[1]) >= SHORTEST_END:
        strength = Strength.FULL if len(named[1]) > SHORTEST_END else Strength.WEAK
        return Form(found, strength, "document number glued to a word", position)
    if len(word) >= 5 and is_like_digits(word) and (found := exact.get(word.translate(LOOK_ALIKES))):
        return Form(found, Strength.WEAK, "document number with look-alike letters", position)
    return None


def joined(index: NumberIndex, runs: Runs, first: int) -> Form | None:
    """Digits that one separator interrupts, unless a part is a document by itself, or what follows belongs to them as well."""
    words = runs.words
    last = first
    digits = words[first]
    best: Form | None = None
    while digits.isdigit() and last + 1 < len(words) and last - first + 1 < _MOST_JOINED and runs.joins(last):
        last += 1
        if words[last] in index.exact:
            break
        digits += words[last]
        if len(digits) >= _SHORTEST_JOIN and (found := index.exact.get(digits)) and not runs.goes_on(last):
            best = Form(found, Strength.WEAK, "joined document number", last)
    return best


def damaged(index: NumberIndex, runs: Runs, first: int, last: int) -> Form | None:
    """A number of several parts with look-alike letters or one blank too many."""
    if index.depth == 1:
        return None
    longer = min(last + 1, len(runs) - 1)
    for end in range(longer if last < longer and runs.belongs(last) else last, first, -1):
        words = runs.words[first : end + 1]
        compact = "".join(words)
        meant = "".join(w.translate(LOOK_ALIKES) if is_like_digits(w) else w for w in words)
        kind = "joined document number" if meant == compact else "document number with look-alike letters"
        if not meant.isdigit() and (found := index.exact.get(meant)):
            return Form(found, Strength.WEAK, kind, end)
        if meant != compact and (found := index.exact.get(meant) or index.partial.get(meant)):
            return Form(found, Strength.WEAK, kind, end)
    return None


def strength_of(compact: str, label: Label) -> Strength:
    """How much a number that is written out proves, by its length."""
    if len(compact) >= 5 or (len(compact) == 4 and not compact.isdigit()):
        return Strength.FULL
    if len(compact) == 4:
        return Strength.FULL if label is Label.INVOICE else Strength.SHORT
    return Strength.NEAR


def is_like_digits(word: str) -> bool:
    """Whether the word is digits, some of them written as letters that look alike."""
    return not word.isdigit() and set(word) <= _LIKE_DIGITS and any(map(str.isdigit, word))
