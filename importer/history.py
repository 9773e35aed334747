"""What the ledger remembers of a company, as far as planning needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property

from importer.model import Overlap
from importer.money import Money
from importer.plan import Payment, Seen


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a bank line.

    `done` are the parts known to exist or to have existed in Business Central, `unsettled` those sent with unknown
    outcome, `refused` those Business Central refused. `adopted` are those of `done` that were found in the journal, not
    sent by this ledger: nobody knows what was sent, so a person's edit cannot be told from it and they are never changed.
    `taken_back` are those of `done` that were undone or deleted, `otherwise` those that were stored otherwise than sent.
    `asks` says what a person has to do where time alone settles nothing.
    """

    seen: Seen
    done: tuple[Payment, ...] = ()
    unsettled: tuple[Payment, ...] = ()
    refused: tuple[Payment, ...] = ()
    adopted: tuple[Payment, ...] = ()
    taken_back: tuple[Payment, ...] = ()
    otherwise: tuple[Payment, ...] = ()
    asks: str = ""

    @property
    def was_sent(self) -> bool:
        """It became a payment, or may have."""
        return bool(self.done or self.unsettled)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A bank line imported earlier, to be compared with new ones that may be the same booking in other words."""

    key: str
    account: str
    booked_on: date
    amount: Money
    mapping: str
    seen: Seen


class Doubt(Enum):
    """Whether a line of an earlier file may have been another one once more, and what a person said of it."""

    NONE = "none"
    OPEN = "open"
    CONFIRMED = "confirmed"  # she left it out: the same booking
    DISPELLED = "dispelled"  # she chose its payments: a booking of its own


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line of an earlier file, whatever became of it."""

    record: int
    booked_on: date
    amount: Money
    fingerprint: str
    key: str
    doubt: Doubt = Doubt.NONE

    @property
    def is_certain(self) -> bool:
        """It is a booking of its own."""
        return self.doubt in {Doubt.NONE, Doubt.DISPELLED}


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """A file that was imported before, with its lines of the days being planned, in the file's order.

    Where files repeat whole days, of those that have a day in the same way only the first has its lines.
    """

    sha256: str
    name: str
    account: str
    mapping: str
    overlap: Overlap
    first: date
    last: date
    closing: Money | None = None
    lines: tuple[EarlierLine, ...] = ()


@dataclass(frozen=True)
class History:
    """What the ledger remembers of one company, as far as planning needs it.

    `known` is by key. `earlier` are the lines that became payments, `ignored` the keys that a person left out,
    `decided` those whose payments a person chose in a review. `files` are the files that came before with bookings of those
    days, oldest first.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()
    ignored: Collection[str] = ()
    decided: Collection[str] = ()
    files: Sequence[EarlierFile] = ()

    @cached_property
    def bookings(self) -> Collection[str]:
        """The keys of the lines of earlier files that are bookings of their own."""
        return frozenset(line.key for file in self.files for line in file.lines if line.is_certain)

    def was_sent(self, key: str) -> bool:
        """The bank line became a payment, or may have."""
        known = self.known.get(key)
        return known is not None and known.was_sent
