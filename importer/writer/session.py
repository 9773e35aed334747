"""What the writer works with: the world it may touch, how careful it shall be, and the run it works for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from importer.ports import BusinessCentral, Ledger, Now, Progress, Sleep, Stop, Uptime, no_uptime
from importer.states import Intent, Move


class Settling(StrEnum):
    """How soon a line that was sent without an answer, and is not found, may be sent again (reliability.md §4.6)."""

    STRICT = "strict"  # only when the lost request can no longer be carried out; safe while people post
    FAST = "fast"  # at once; safe only while nobody posts or deletes until the journal is certified


_FRESH = timedelta(seconds=5)


class Word(StrEnum):
    """What a person says of a line of which nothing that can be read tells anything."""

    FOUND = "found"  # it stands, or stood, in Business Central
    ABSENT = "absent"  # it was never created; it is sent again


@dataclass(frozen=True, slots=True)
class Policy:
    """How careful to be, and what a person says of single lines, by line number.

    `settle_after` is how long the server may still carry out a request whose answer was lost.
    """

    settling: Settling = Settling.STRICT
    settle_after: timedelta = timedelta(minutes=20)
    chunk: int = 100
    words: Mapping[int, Word] = field(default_factory=dict)

    @property
    def fresh(self) -> timedelta:
        """How old a committed intent may be when its request leaves."""
        return min(_FRESH, max(_FRESH / 10, self.settle_after / 10))

    @property
    def horizon(self) -> timedelta:
        """How long after an intent was committed its request may still be carried out; nothing when nothing comes late."""
        return self.settle_after + self.fresh if self.settle_after else self.settle_after


def never() -> str:
    """Nobody wants to stop."""
    return ""


def quiet(stage: str, done: int, total: int) -> None:
    """Nobody wants to know how far the work is."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The world as the writer sees it."""

    business_central: BusinessCentral
    ledger: Ledger
    now: Now
    sleep: Sleep
    progress: Progress = quiet
    stop: Stop = never
    uptime: Uptime = no_uptime


@dataclass(frozen=True, slots=True)
class Session:
    """One piece of work on one journal, recorded under a run."""

    company_id: str
    journal_id: str
    run: str
    ports: Ports
    policy: Policy

    def record(self, moves: Sequence[Move]) -> tuple[Intent, ...]:
        """Commit steps of intents; returns the intents after them."""
        return self.ports.ledger.record(self.run, moves)

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.ports.now()
