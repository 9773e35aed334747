"""What is concluded about one line, still in minor units and documents; explain.py turns it into a match with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from importer.matcher.amounts import Fit, Money, Part
from importer.matcher.books import Books, Item
from importer.matcher.evidence import Mention, Reading
from importer.matcher.masks import Masked
from importer.matcher.numbers import NumberIndex
from importer.matcher.parties import Party, Proof
from importer.matcher.settings import MatchingSettings
from importer.matcher.table import Row
from importer.model import BankLine, Confidence


class Case(NamedTuple):
    """One line with everything that was found in it, and what is left of the documents."""

    line: BankLine
    money: Money
    currency: str
    reading: Reading
    masked: Masked
    party: Party
    books: Books
    numbers: NumberIndex
    settings: MatchingSettings
    left: Mapping[int, int]

    def left_of(self, item: Item) -> int:
        """What can still be settled of the document."""
        return self.left.get(id(item), item.remaining)

    def is_usable(self, item: Item) -> bool:
        """Whether this line may be applied to the document at all."""
        return self.left_of(item) != 0 and item.currency == self.currency and item.posted <= self.money.on


class Option(NamedTuple):
    """Something a person may choose instead, or that lost; the customer, the document, and why."""

    customer: str
    item: Item | None
    why: str


class Verdict(NamedTuple):
    """The conclusion for one line. `considered` are the customers whose documents it depends on."""

    row: Row
    customer: str | None = None
    parts: tuple[Part, ...] = ()
    fit: Fit | None = None
    unapplied: int = 0
    contradictions: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    mentions: tuple[Mention, ...] = ()
    proof: Proof = Proof.NONE
    considered: frozenset[str] = frozenset()

    @property
    def confidence(self) -> Confidence:
        """The confidence of the row, lowered to medium by any contradiction."""
        if self.contradictions and self.row.confidence is Confidence.HIGH:
            return Confidence.MEDIUM
        return self.row.confidence

    def but(self, *contradictions: str) -> Verdict:
        """The same with further contradictions."""
        if not contradictions:
            return self
        return self._replace(contradictions=tuple(dict.fromkeys((*self.contradictions, *contradictions))))

    def also(self, *options: Option) -> Verdict:
        """The same with further options."""
        if not options:
            return self
        return self._replace(options=tuple(dict.fromkeys((*self.options, *options))))
