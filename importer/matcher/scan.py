"""Reads one field of a bank line: every number in it, what it names, and whether it stands free.

One pass from left to right. At each number the longest known form wins: a payment reference, the exact number, the number
with other separators or without zeros, parts joined across one separator, its running number, its end, look-alike letters.
What resolves to nothing is kept as an unknown number: it may contradict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from importer.matcher.beside import has_other_suffix
from importer.matcher.counted import counts_behind, is_counted, is_postal, is_subscriber, may_be_date
from importer.matcher.customers import CustomerIndex
from importer.matcher.evidence import (
    END_ONLY,
    HARDLY_JOINED,
    OR_YEAR,
    CustomerMention,
    Mention,
    Place,
    Reading,
    Strength,
)
from importer.matcher.forms import SHORTEST_END, Form, damaged, joined, look_alike, part, single, strength_of, whole
from importer.matcher.masks import is_compact_date, is_short_date
from importer.matcher.normalise import Text
from importer.matcher.numbers import Found, NumberIndex, fits_series
from importer.matcher.runs import Runs
from importer.matcher.words import (
    GOING_ON,
    NUMBER_WORDS,
    TAX_OF_INVOICE,
    Label,
    label_of,
)

_NONE, _FILLER, _INVOICE = Label.NONE, Label.FILLER, Label.INVOICE  # members of an enumeration are looked up slowly
_YEAR = re.compile(r"(?:19|20)\d\d")
_SOMEBODY_ELSES = (Label.CUSTOMER, Label.FOREIGN, Label.PHONE, Label.ORDER)
_LONGEST_SHORT_WORD = 3
_LONG_TEXT = 100
_YEAR_LENGTH, _YEARS_AROUND = 4, 3


@dataclass(frozen=True, slots=True)
class Known:
    """What numbers are looked up in, the same for all lines."""

    index: NumberIndex
    customers: CustomerIndex
    series: dict[tuple[str, int], tuple[int, int]]


class FieldScan:
    """One field being read; `hits` are the mentions by the run they begin at, `loose` the runs that name nothing."""

    __slots__ = (
        "_booked_on", "_label", "_numbered", "_own_amount", "_wordy", "hits", "known", "loose", "reading", "runs", "text"
    )  # fmt: skip

    def __init__(
        self, text: Text, plain: str, known: Known, reading: Reading, day_and_amount: tuple[date, str]
    ) -> None:
        self.text, self.known, self.reading = text, known, reading
        self.runs = Runs(plain)
        self.hits: dict[int, tuple[Mention, int]] = {}
        self.loose: list[int] = []
        self._booked_on, self._own_amount = day_and_amount
        self._label, self._wordy, self._numbered = _NONE, False, False

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
                if label is not _NONE or self._label is not _NONE:
                    self._word(position, word, label)
                self._wordy |= label is _NONE and len(word) > _LONGEST_SHORT_WORD
                position += 1

    def _word(self, position: int, word: str, label: Label) -> None:
        """A word says what the next number is. Short and empty words leave what the last one said, until its number is read."""
        if label is _NONE or label is _FILLER:
            is_long = label is _NONE and len(word) > _LONGEST_SHORT_WORD
            if is_long or (self._numbered and word not in GOING_ON):
                self._label, self._numbered = _NONE, False
        elif not self._is_tax_of_invoice(position, word):
            self._label, self._wordy, self._numbered = label, False, False

    def _is_tax_of_invoice(self, position: int, word: str) -> bool:
        """Whether the word belongs to the one for invoice before it, as in "faktura VAT nr"."""
        if word not in TAX_OF_INVOICE or not position:
            return False
        return label_of(self.runs.words[position - 1]) is Label.INVOICE

    def _headed(self, position: int) -> int:
        """A number that begins with letters of its own, as in F 103001 or K-0815; the run behind it, 0 if there is none."""
        if self._label in (Label.FOREIGN, Label.PHONE):
            return 0
        last = self._reach(position, max(self.known.index.depth, self.known.customers.depth))
        index = self.known.index
        for end in range(last, position, -1):
            if self._label is not Label.CUSTOMER and (form := whole(index, self.runs, (position, end), self._label)):
                return self._hit(position, form)
            if customer := self.known.customers.exactly(self.runs.compact(position, end)):
                return self._customer(position, end, customer)
        if self._label is not Label.CUSTOMER and (form := damaged(index, self.runs, position, last)):
            return self._hit(position, form)
        return 0

    def _number(self, position: int) -> int:
        label = self._label
        if label not in _SOMEBODY_ELSES:
            return self._year(position) if self._is_year(position) else self._document(position)
        if label is Label.CUSTOMER and (customer := self.known.customers.labelled(self.runs.words[position])):
            return self._customer(position, position, customer)
        return self._ordered(position) if label is Label.ORDER else self._skip(position)

    def _customer(self, position: int, last: int, customer: str) -> int:
        start, end = self.runs.span(position, last)
        self.reading.customers.append(CustomerMention(customer, self.text, start, end, is_certain=True))
        self._label = Label.NONE
        return last + 1

    def _skip(self, position: int) -> int:
        """Pass over a number that belongs to somebody else, with its further groups; a document behind it is none of them."""
        words, exact = self.runs.words, self.known.index.exact
        is_phone = self._label is Label.PHONE
        while position + 1 < len(words) and self.runs.joins(position):
            if not is_phone and len(words[position + 1]) > SHORTEST_END and words[position + 1] in exact:
                break
            position += 1
        self._loose(position, is_like_ours=False)
        self._label = Label.NONE
        return position + 1

    def _ordered(self, position: int) -> int:
        last = self.runs.reach(position, 3)
        for end in range(last, position - 1, -1):
            if found := self.known.index.external.get(self.runs.compact(position, end)):
                return self._hit(position, Form(found, Strength.FULL, "external document number", end))
        return self._skip(position)

    def _document(self, position: int) -> int:
        index, runs, label = self.known.index, self.runs, self._label
        word = runs.words[position]
        if self._is_counted(position):
            return self._counted(position)
        if index.depth == 1 and (found := index.exact.get(word)):
            return self._named(position, position, found, strength_of(word, label), "document number")
        last = self._reach(position, index.depth) if index.depth > 1 else position
        for end in range(last, position - 1, -1):
            if form := whole(index, runs, (position, end), label):
                return self._hit(position, form)
        if not word.isdigit():
            if customer := self.known.customers.exactly(word):
                return self._customer(position, position, customer)
            if runs.split(position):
                return position
        form = self._incomplete(position, last)
        return self._hit(position, form) if form else self._unknown(position)

    def _incomplete(self, position: int, last: int) -> Form | None:
        """A document by less than its number as it is in the books, the longest reading first."""
        index, runs, label, word = self.known.index, self.runs, self._label, self.runs.words[position]
        for end in range(last, position - 1, -1):
            if form := part(index, runs, (position, end), label):
                return form
        form = single(index, word, position) or self._joined(position) or damaged(index, runs, position, last)
        return form or look_alike(index, word, position, label)

    def _joined(self, position: int) -> Form | None:
        form = joined(self.known.index, self.runs, position, self._label)
        if form and position - 1 in self.loose and self.runs.joins(position - 1):
            return form._replace(kind=HARDLY_JOINED)  # the number may have begun before
        return form

    def _reach(self, position: int, most: int) -> int:
        """The last run that may belong to a number beginning here; a quantity behind a blank does not."""
        last = self.runs.reach(position, most)
        while last > position and self.runs.between(last - 1) == " " and counts_behind(self.runs, last):
            last -= 1
        return last

    def _is_counted(self, position: int) -> bool:
        """Whether the number counts something, or ends a telephone number. What is said to be an invoice does not."""
        if self._label is _INVOICE:
            return False
        return is_counted(self.runs, position) or (position - 1 in self.loose and is_subscriber(self.runs, position))

    def _counted(self, position: int) -> int:
        """Pass over a number that counts something; what the words before it said still holds."""
        start, end = self.runs.span(position, position)
        self.loose.append(position)
        self.reading.unknown.append(Place(self.runs.words[position], self.text, start, end, Label.COUNTED))
        return position + 1

    def _unknown(self, position: int) -> int:
        word = self.runs.words[position]
        if word.isdigit() and len(word) >= SHORTEST_END and not self._is_date(word) and word != self._own_amount:
            if not is_postal(self.runs, position, is_after_word=False) and (found := self.known.index.ending(word)):
                return self._hit(position, Form(found, Strength.WEAK, END_ONLY, position))
            if customer := self.known.customers.exactly(word):
                place = self.runs.span(position, position)
                self.reading.customers.append(CustomerMention(customer, self.text, *place, is_certain=False))
                self._wordy = False
                return position + 1
        return self._unresolved(position, word)

    def _unresolved(self, position: int, word: str) -> int:
        self._loose(position, is_like_ours=self._is_like_ours(word) and not self._is_cut(position, word))
        self._wordy, self._numbered = False, True
        return position + 1

    def _year(self, position: int) -> int:
        word = self.runs.words[position]
        found = self.known.index.exact.get(word)
        if found:
            return self._named(position, position, found, Strength.SHORT, OR_YEAR)
        return self._unresolved(position, word)

    def _is_year(self, position: int) -> bool:
        """Whether four digits by themselves are a year about the booking date, as in "Miete 2026" or "Rechnung für 2026"."""
        word = self.runs.words[position]
        if len(word) != _YEAR_LENGTH or not word.isdigit() or abs(int(word) - self._booked_on.year) > _YEARS_AROUND:
            return False
        before = self.runs.words[position - 1] if position else ""
        return label_of(before) is not Label.INVOICE and before not in NUMBER_WORDS and self.runs.is_alone(position)

    def _is_cut(self, position: int, word: str) -> bool:
        """Whether a long text was cut off inside its last number: remittance ends after 140 characters, often earlier."""
        if position + 1 < len(self.runs) or len(self.runs.plain) < _LONG_TEXT or not self.hits:
            return False
        last = self.reading.mentions[-1].items[0].number
        return len(word) < len(last) and last.startswith(word[: max(1, len(word) - 1)])

    def _hit(self, position: int, form: Form) -> int:
        found, strength, kind, end = form
        return self._named(position, end, found, strength, kind)

    def _named(self, position: int, end: int, found: Found, strength: Strength, kind: str) -> int:
        start, stop = self.runs.span(position, end)
        index = self.known.index
        if index.suffixes and strength > Strength.DOUBTFUL and has_other_suffix(self.runs, index, end):
            strength = Strength.DOUBTFUL
        soft = self._is_soft(position, end, kind)
        mention = Mention(found, strength, self.text, start, stop, kind, self._label, soft)
        self.hits[position] = (mention, end)
        self.reading.mentions.append(mention)
        self._wordy, self._numbered = False, True
        return end + 1

    def _loose(self, position: int, *, is_like_ours: bool) -> None:
        word, (start, end) = self.runs.words[position], self.runs.span(position, position)
        self.loose.append(position)
        whole = "" if self._label in _SOMEBODY_ELSES else self.runs.whole(position, self.known.index.heads)
        self.reading.unknown.append(Place(word, self.text, start, end, self._label, is_like_ours, whole))

    def _is_soft(self, position: int, end: int, kind: str) -> bool:
        """Whether the number may as well be a date, a year, a postal code, a brand, a customer or the amount itself."""
        if kind == OR_YEAR:
            return True
        if self._label is _INVOICE or kind not in ("document number", END_ONLY):
            return False
        if position != end:
            return may_be_date(self.runs.words[position : end + 1])
        return self.runs.words[position].isdigit() and self._may_be_else(position)

    def _may_be_else(self, position: int) -> bool:
        word = self.runs.words[position]
        if len(word) <= 4 or word == self._own_amount or self._is_date(word):
            return True
        if self._label is Label.DATE and is_short_date(word, self._booked_on):
            return True
        is_place = is_postal(self.runs, position, is_after_word=self._wordy)
        return is_place or self.known.customers.exactly(word) is not None

    def _is_date(self, word: str) -> bool:
        return is_compact_date(word, self._booked_on)

    def _is_like_ours(self, word: str) -> bool:
        """Whether a number that resolves to nothing looks like one of our series, or is said to be an invoice."""
        if _YEAR.fullmatch(word) or word == self._own_amount or self._is_date(word):
            return False
        if self._label is Label.INVOICE and sum(map(str.isdigit, word)) >= 3:
            return True
        return fits_series(self.known.series, word)
