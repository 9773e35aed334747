"""Reads one field of a bank line: every number in it, what it names, and whether it stands free.

One pass from left to right. At each number the longest known form wins: a payment reference, the exact number, the number
with other separators or without zeros, parts joined across one separator, its running number, its end, look-alike letters.
What resolves to nothing is kept as an unknown number: it may contradict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from importer.matcher.beside import is_of_another
from importer.matcher.customers import CustomerIndex
from importer.matcher.evidence import END_ONLY, PART_ONLY, CustomerMention, Mention, Place, Reading, Strength
from importer.matcher.masks import is_compact_date
from importer.matcher.normalise import Text
from importer.matcher.numbers import Found, NumberIndex
from importer.matcher.runs import Runs
from importer.matcher.words import LIST_WORDS, Label, label_of

_LOOK_ALIKE = str.maketrans("OILSB", "01158")
_LIKE_DIGITS = frozenset("OILSB0123456789")
_WORD = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"([^\W\d_]+)(\d[^\W_]*)")
_WITH_WORD = re.compile(r"(\d+)[^\W\d_]{4,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NONE, _FILLER = Label.NONE, Label.FILLER
_SOMEBODY_ELSES = (Label.CUSTOMER, Label.FOREIGN, Label.PHONE, Label.ORDER)
_SHORTEST_JOIN, _MOST_JOINED = 5, 4
_SHORTEST_END, _SHORTEST_LABELLED_END = 4, 3


@dataclass(frozen=True, slots=True)
class Known:
    """What numbers are looked up in, the same for all lines."""

    index: NumberIndex
    customers: CustomerIndex
    series: dict[tuple[str, int], tuple[int, int]]


class FieldScan:
    """One field being read; `hits` are the mentions by the run they begin at, `loose` the runs that name nothing."""

    def __init__(
        self, text: Text, plain: str, known: Known, reading: Reading, day_and_amount: tuple[date, str]
    ) -> None:
        self.text, self.known, self.reading = text, known, reading
        self.runs = Runs(plain)
        self.hits: dict[int, tuple[Mention, int]] = {}
        self.loose: list[int] = []
        self._booked_on, self._own_amount = day_and_amount
        self._label, self._wordy = Label.NONE, False

    def read(self) -> None:
        """Find everything, from left to right."""
        position, words = 0, self.runs.words
        heads, customer_heads = self.known.index.heads, self.known.customers.heads
        while position < len(words):
            word = words[position]
            if not word.isalpha():
                position = self._number(position)
            elif (word in heads or word in customer_heads) and (after := self._headed(position)):
                position = after
            else:
                label = label_of(word)
                if label is _NONE:
                    if len(word) > 3:
                        self._label, self._wordy = label, True
                elif label is not _FILLER:
                    self._label, self._wordy = label, False
                position += 1

    def _headed(self, position: int) -> int:
        """A number that begins with letters of its own, as in F 103001 or K-0815; the run behind it, 0 if there is none."""
        if self._label in (Label.FOREIGN, Label.PHONE):
            return 0
        last = self.runs.reach(position, max(self.known.index.depth, self.known.customers.depth))
        for end in range(last, position, -1):
            if self._label is not Label.CUSTOMER and (hit := self._full(position, end)):
                return self._hit(position, end, hit)
            if customer := self.known.customers.exactly(self.runs.compact(position, end)):
                return self._customer(position, end, customer)
        return 0 if self._label is Label.CUSTOMER else self._damaged(position, last)

    def _number(self, position: int) -> int:
        label = self._label
        if label not in _SOMEBODY_ELSES:
            return self._document(position)
        if label is Label.CUSTOMER and (customer := self.known.customers.labelled(self.runs.words[position])):
            return self._customer(position, position, customer)
        return self._ordered(position) if label is Label.ORDER else self._skip(position)

    def _customer(self, position: int, last: int, customer: str) -> int:
        start, end = self.runs.start(position), self.runs.end(last)
        self.reading.customers.append(CustomerMention(customer, self.text, start, end, is_certain=True))
        self._label = Label.NONE
        return last + 1

    def _skip(self, position: int) -> int:
        """Pass over a number that belongs to somebody else, with its further groups."""
        words = self.runs.words
        while position + 1 < len(words) and self.runs.joins(position):
            position += 1
        self._loose(position, is_like_ours=False)
        self._label = Label.NONE
        return position + 1

    def _ordered(self, position: int) -> int:
        last = self.runs.reach(position, 3)
        for end in range(last, position - 1, -1):
            if found := self.known.index.external.get(self.runs.compact(position, end)):
                return self._hit(position, end, (found, Strength.FULL, "external document number"))
        return self._skip(position)

    def _document(self, position: int) -> int:
        word = self.runs.words[position]
        last = self.runs.reach(position, self.known.index.depth) if self.known.index.depth > 1 else position
        for end in range(last, position - 1, -1):
            if hit := self._full(position, end):
                return self._hit(position, end, hit)
        if customer := None if word.isdigit() else self.known.customers.exactly(word):
            return self._customer(position, position, customer)
        for end in range(last, position - 1, -1):
            if hit := self._partial(position, end):
                return self._hit(position, end, hit)
        if hit := self._single(word):
            return self._hit(position, position, hit)
        return self._joined(position) or self._damaged(position, last) or self._unknown(position)

    def _full(self, position: int, end: int) -> tuple[Found, Strength, str] | None:
        """The whole number, exactly or with other separators and zeros."""
        index, runs = self.known.index, self.runs
        compact = runs.words[position] if position == end else runs.compact(position, end)
        if (position == end or not compact.isdigit()) and (found := index.exact.get(compact)):
            return found, self._strength(compact), "document number"
        if index.grouped and (found := index.grouped.get(runs.key(position, end))):
            if "|" in runs.key(position, end):
                return found, Strength.FULL, "document number"
            # The same digits may as well be a number whose letters were left out.
            others = index.partial.get(runs.key(position, end), ())
            return (*found, *others), Strength.WEAK, "document number without zeros"
        if found := index.external.get(compact):
            return (found, Strength.FULL, "external document number") if len(compact) >= 5 else None
        if found := index.references.get(compact):
            return found, Strength.FULL, "payment reference"
        return None

    def _strength(self, compact: str) -> Strength:
        if len(compact) >= 5 or (len(compact) == 4 and not compact.isdigit()):
            return Strength.FULL
        if len(compact) == 4:
            return Strength.FULL if self._label is Label.INVOICE else Strength.SHORT
        return Strength.NEAR

    def _partial(self, position: int, end: int) -> tuple[Found, Strength, str] | None:
        """The number without the letters in front, or only its running number."""
        index, runs = self.known.index, self.runs
        digits = sum(map(str.isdigit, runs.compact(position, end)))
        if digits < (_SHORTEST_LABELLED_END if self._label is Label.INVOICE else _SHORTEST_END):
            return None
        key = runs.key(position, end)
        found = index.partial.get(key)
        if found is None and position == end:
            found = index.serials.get(key)
        if not found:
            return None
        doubtful = any(is_of_another(runs, index, (position, end), item) for item in found)
        return found, Strength.DOUBTFUL if doubtful else Strength.WEAK, PART_ONLY

    def _single(self, word: str) -> tuple[Found, Strength, str] | None:
        """One run by itself: zeros in front, a glued label or name, look-alike letters."""
        exact = self.known.index.exact
        if word.isdigit():
            bare = word.lstrip("0")
            found = exact.get(bare) if bare != word and len(bare) >= 4 else None
            return (found, Strength.WEAK, "document number with zeros in front") if found else None
        glued = _GLUED.fullmatch(word)
        if glued and label_of(glued[1]) in (Label.INVOICE, Label.FILLER) and (found := exact.get(glued[2])):
            return found, self._strength(glued[2]) if len(glued[2]) != 4 else Strength.FULL, "document number"
        named = _WITH_WORD.fullmatch(word)
        if named and len(named[1]) >= 4 and (found := exact.get(named[1])):
            return found, Strength.WEAK, "document number glued to a word"
        if len(word) >= 5 and _is_like_digits(word) and (found := exact.get(word.translate(_LOOK_ALIKE))):
            return found, Strength.WEAK, "document number with look-alike letters"
        return None

    def _joined(self, position: int) -> int:
        """Digits that one separator interrupts, unless a part is a document by itself; the run behind, 0 if there is none."""
        words, exact = self.runs.words, self.known.index.exact
        end = position
        joined = words[position]
        best = 0
        while joined.isdigit() and end + 1 < len(words) and end - position + 1 < _MOST_JOINED and self.runs.joins(end):
            end += 1
            if words[end] in exact:
                break
            joined += words[end]
            if len(joined) >= _SHORTEST_JOIN and joined in exact:
                best = end
        if not best:
            return 0
        found = exact[self.runs.compact(position, best)]
        return self._hit(position, best, (found, Strength.WEAK, "joined document number"))

    def _damaged(self, position: int, last: int) -> int:
        """A number of several parts with look-alike letters or one blank too many; the run behind, 0 if there is none."""
        if self.known.index.depth == 1:
            return 0
        runs, index = self.runs, self.known.index
        longer = min(last + 1, len(runs) - 1)
        for end in range(longer if last < longer and runs.belongs(last) else last, position, -1):
            words = runs.words[position : end + 1]
            compact = "".join(words)
            meant = "".join(w.translate(_LOOK_ALIKE) if _is_like_digits(w) else w for w in words)
            kind = "joined document number" if meant == compact else "document number with look-alike letters"
            if not meant.isdigit() and (found := index.exact.get(meant)):
                return self._hit(position, end, (found, Strength.WEAK, kind))
            if meant != compact and (found := index.exact.get(meant) or index.partial.get(meant)):
                return self._hit(position, end, (found, Strength.WEAK, kind))
        return 0

    def _unknown(self, position: int) -> int:
        word = self.runs.words[position]
        if word.isdigit() and len(word) >= _SHORTEST_END and not self._is_date(word) and word != self._own_amount:
            if found := self.known.index.ending(word):
                return self._hit(position, position, (found, Strength.WEAK, END_ONLY))
            if customer := self.known.customers.exactly(word):
                place = (self.runs.start(position), self.runs.end(position))
                self.reading.customers.append(CustomerMention(customer, self.text, *place, is_certain=False))
                self._wordy = False
                return position + 1
        self._loose(position, is_like_ours=self._is_like_ours(word))
        self._wordy = False
        return position + 1

    def _hit(self, position: int, end: int, hit: tuple[Found, Strength, str]) -> int:
        found, strength, kind = hit
        start, stop = self.runs.start(position), self.runs.end(end)
        soft = self._is_soft(position, end, kind)
        mention = Mention(found, strength, self.text, start, stop, kind, self._label, is_soft=soft)
        self.hits[position] = (mention, end)
        self.reading.mentions.append(mention)
        self._wordy = False
        return end + 1

    def _loose(self, position: int, *, is_like_ours: bool) -> None:
        word, start, end = self.runs.words[position], self.runs.start(position), self.runs.end(position)
        self.loose.append(position)
        self.reading.unknown.append(Place(word, self.text, start, end, self._label, is_like_ours))

    def _is_soft(self, position: int, end: int, kind: str) -> bool:
        """Whether the number may as well be a date, a year, a postal code, a brand, a customer or the amount itself."""
        if self._label is Label.INVOICE or position != end or kind not in ("document number", END_ONLY):
            return False
        word = self.runs.words[position]
        if not word.isdigit():
            return False
        if len(word) <= 4 or word == self._own_amount or self._is_date(word):
            return True
        return self._is_postal(position) or self.known.customers.exactly(word) is not None

    def _is_postal(self, position: int) -> bool:
        """Five digits between words: a town with its postal code."""
        words = self.runs.words
        if len(words[position]) != 5 or not self._wordy or position + 1 >= len(words):
            return False
        town = words[position + 1]
        return len(town) >= 3 and town.isalpha() and label_of(town) is Label.NONE and town not in LIST_WORDS

    def _is_date(self, word: str) -> bool:
        return is_compact_date(word, self._booked_on)

    def _is_like_ours(self, word: str) -> bool:
        """Whether a number that resolves to nothing looks like one of our series, or is said to be an invoice."""
        if _YEAR.fullmatch(word) or word == self._own_amount or self._is_date(word):
            return False
        digits = word.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if self._label is Label.INVOICE and sum(map(str.isdigit, word)) >= 3:
            return True
        if not (digits.isdigit() and digits.isascii()):
            return False
        limits = self.known.series.get((word[: -len(digits)], len(digits)))
        if limits is None:
            return False
        margin = 2 * max(limits[1] - limits[0], 1000)
        return limits[0] - margin <= int(digits) <= limits[1] + margin


def _is_like_digits(word: str) -> bool:
    """Whether the word is digits, some of them written as letters that look alike."""
    return not word.isdigit() and set(word) <= _LIKE_DIGITS and any(map(str.isdigit, word))
