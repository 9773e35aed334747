"""What was found in one bank line, before anything is concluded from it.

Tuples with names instead of dataclasses: a large statement makes millions of them, and they are made four times faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from importer.matcher.books import Item
from importer.matcher.normalise import Text
from importer.matcher.words import Label

END_ONLY = "end of a document number"
PART_ONLY = "part of a document number"
OR_YEAR = "year that may be a document number"
HARDLY_JOINED = "digits that may be one document number"
INCOMPLETE = frozenset((END_ONLY, PART_ONLY, HARDLY_JOINED))


class Strength(IntEnum):
    """How a document was named, from hardly to beyond doubt; the weakest of several counts."""

    NEAR = 1  # one digit wrong, missing, doubled or swapped
    DOUBTFUL = 2  # all digits are there, but what carries them is damaged
    WEAK = 3  # zeros or letters missing, joined, out of a list or range, look-alike letters
    SHORT = 4  # four digits, exactly
    FULL = 5  # the whole number, exactly
    REFERENCE = 6  # a payment reference whose check digits hold


class Mention(NamedTuple):
    """Documents that one place of the line may name; several items are several readings of the same place.

    `start` and `end` count in the plain text. A soft mention (it may as well be a date, a postal code or a brand) counts only
    when the amount agrees. `kind` says how it was found, for the explanation.
    """

    items: tuple[Item, ...]
    strength: Strength
    text: Text
    start: int
    end: int
    kind: str
    label: Label = Label.NONE
    is_soft: bool = False

    @property
    def written(self) -> str:
        """What the bank wrote there."""
        start, end = self.text.span(self.start, self.end)
        return self.text.written[start:end]


class Place(NamedTuple):
    """A number in the line that names nothing we know.

    `whole` is all that is written together with it; "" when the number is somebody else's: an order, a contract, a telephone.
    """

    value: str
    text: Text
    start: int
    end: int
    label: Label = Label.NONE
    is_like_ours: bool = False
    whole: str = ""


class CustomerMention(NamedTuple):
    """A customer number in the line; without a label a number of digits only may be anything."""

    customer: str
    text: Text
    start: int
    end: int
    is_certain: bool


@dataclass(slots=True)
class Reading:
    """Everything found in the texts of one line, in order of appearance; built up while reading, then only read."""

    mentions: list[Mention] = field(default_factory=list)
    unknown: list[Place] = field(default_factory=list)
    customers: list[CustomerMention] = field(default_factory=list)
    ranges: list[tuple[Mention, ...]] = field(default_factory=list)
    fees: tuple[int, ...] = ()
    stated: tuple[tuple[str, int], ...] = ()
    words: list[str] = field(default_factory=list)
    has_two_readings: bool = False
    has_invalid_reference: bool = False
    has_open_range: bool = False

    def names_unknown(self) -> bool:
        """Whether a number that resolves to nothing looks like one of ours."""
        for place in self.unknown:  # noqa: SIM110 - for nearly every line, and half the time of any()
            if place.is_like_ours:
                return True
        return False
