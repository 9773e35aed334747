"""What a window of neighbouring runs may spell: a document's number in one of its forms, the most literal first."""

from __future__ import annotations

import re
from typing import NamedTuple

from importer.matcher.beside import is_of_another
from importer.matcher.counted import cannot_be_joined, counts_behind, is_hardly_joined
from importer.matcher.evidence import HARDLY_JOINED, PART_ONLY, Strength
from importer.matcher.numbers import Found, NumberIndex
from importer.matcher.runs import Runs
from importer.matcher.units import UNITS
from importer.matcher.words import LOOK_ALIKES, Label, label_of

_FULL = Strength.FULL
_LIKE_DIGITS = frozenset("OILSB0123456789")
_DIGITS = re.compile(r"\d+")
_GLUED = re.compile(r"([^\W\d_]+)(\d[^\W_]*)")
_WITH_WORD = re.compile(r"(\d+)([^\W\d_]{4,})")
_SHORTEST_JOIN, _MOST_JOINED = 5, 4
SHORTEST_END, SHORTEST_LABELLED_END, SHORTEST_LOOK_ALIKE = 4, 3, 5


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
    """One run by itself: zeros in front, a glued label or word."""
    exact = index.exact
    if word.isdigit():
        bare = word.lstrip("0")
        found = exact.get(bare) if bare != word and len(bare) >= 4 else None
        return Form(found, Strength.WEAK, "document number with zeros in front", position) if found else None
    glued = _GLUED.fullmatch(word)
    if glued and label_of(glued[1]) in (Label.INVOICE, Label.FILLER) and (found := exact.get(glued[2])):
        return Form(found, strength_of(glued[2], Label.INVOICE), "document number", position)
    named = _WITH_WORD.fullmatch(word)
    if named and named[2] in UNITS:
        return None
    if named and (found := exact.get(named[1]) or index.external.get(named[1])) and len(named[1]) >= SHORTEST_END:
        strength = Strength.FULL if len(named[1]) > SHORTEST_END else Strength.WEAK
        return Form(found, strength, "document number glued to a word", position)
    return None


def look_alike(index: NumberIndex, word: str, position: int, label: Label) -> Form | None:
    """One run with letters for digits. 1000L are litres unless an invoice is spoken of."""
    if len(word) < SHORTEST_LOOK_ALIKE or not is_like_digits(word):
        return None
    if label is not Label.INVOICE and word[-1] == "L" and word[:-1].isdigit():
        return None
    found = index.exact.get(word.translate(LOOK_ALIKES))
    return Form(found, Strength.WEAK, "document number with look-alike letters", position) if found else None


def joined(index: NumberIndex, runs: Runs, first: int, label: Label) -> Form | None:
    """Digits that one separator interrupts, unless a part is a document by itself, or what follows belongs to them as well.

    What is counted or dated by the words beside it is no part of a number.
    """
    words = runs.words
    last = first
    digits = words[first]
    best: Form | None = None
    while digits.isdigit() and last + 1 < len(words) and last - first + 1 < _MOST_JOINED and runs.joins(last):
        last += 1
        if words[last] in index.exact:
            break
        digits += words[last]
        if len(digits) < _SHORTEST_JOIN or runs.goes_on(last) or not (found := index.exact.get(digits)):
            continue
        if not cannot_be_joined(runs, (first, last), label):
            kind = HARDLY_JOINED if is_hardly_joined(runs, (first, last), label) else "joined document number"
            best = Form(found, Strength.WEAK, kind, last)
    return best


def damaged(index: NumberIndex, runs: Runs, first: int, last: int) -> Form | None:
    """A number of several parts with look-alike letters or one blank too many."""
    if index.depth == 1:
        return None
    longer = min(last + 1, len(runs) - 1)
    for end in range(longer if last < longer and runs.belongs(last) else last, first, -1):
        if runs.between(end - 1) == " " and counts_behind(runs, end):
            continue
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
        return _FULL
    if len(compact) == 4:
        return Strength.FULL if label is Label.INVOICE else Strength.SHORT
    return Strength.NEAR


def is_like_digits(word: str) -> bool:
    """Whether the word is digits, some of them written as letters that look alike."""
    return not word.isdigit() and set(word) <= _LIKE_DIGITS and any(map(str.isdigit, word))
