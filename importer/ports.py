"""What the core asks of the world, and the values that come back; bc/ and ledger/ implement it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from importer.history import History
from importer.model import Journal, JournalLine, Snapshot
from importer.numbering import Numbered
from importer.plan import LinePatch, Payment, Plan
from importer.states import Intent, Move, PatchIntent, PatchMove, PatchState, State, Ticks


@dataclass(frozen=True, slots=True)
class Applied:
    """The server carried the request out; `line` is what it stored."""

    line: JournalLine


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refused for a reason of business (blocked customer, field rule). Sending it again changes nothing."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NotApplied:
    """It is proven that nothing happened (throttled, not authorised, never sent); it may be sent again."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SameKey:
    """A line with this line number already exists: ours from a lost reply, or somebody else's."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The record is no longer the version the request was based on."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The record is not there: posted, deleted or hidden from this page."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It is not known whether the request was carried out. Everything that is not listed elsewhere is this."""

    message: str


Reply = Applied | Refused | NotApplied | SameKey | Changed | Missing | Unknown

# The amounts of posted entries by key, a receipt negative. None is an entry whose amount the server does not tell; entries
# carry the key of their bank line, not its part, so only the amounts tell the parts apart.
PostedEntries = Mapping[str, Sequence[Decimal | None]]


class BusinessCentral(Protocol):
    """One customer payment journal of one company. Reads that decide are answered by the primary database."""

    @property
    def company_id(self) -> str:
        """The id of the company, asked once."""

    @property
    def journal(self) -> Journal:
        """The customer payment journal, asked once: one renamed under way stops the run, it does not redirect it."""

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this machine's clock is ahead of the server's, by its last answer; None where the server does not say it."""

    def snapshot(self) -> Snapshot:
        """Company, journal, customers, documents and journal lines, all pages."""

    def journal_lines(self) -> tuple[JournalLine, ...]:
        """All visible lines of the journal, freshly read from the primary, by line number."""

    def posted(self, keys: Collection[str]) -> PostedEntries | None:
        """The posted ledger entries of these keys, without keys that have none; None when the server offers no look-up."""

    def create(self, payments: Sequence[Payment], leaving: Leaving) -> tuple[Reply, ...]:
        """Create journal lines, at most 100, in this order; one reply for each, in the same order. Never raises after
        the first byte was sent: what is not known is `Unknown`. `leaving` is called right before each request, after whatever
        there was to wait for; what it raises, stops that request and all after it.
        """

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        """Change journal lines, at most 100, each only if it is still the version of its etag; replies as for create."""

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        """Delete journal lines, each only if it is still the version of its etag."""


class Leaving(Protocol):
    """Somebody who must know when a request leaves: how long it may still be carried out counts from there."""

    def __call__(self) -> None:
        """The first byte leaves now."""


class Rehearsing(Protocol):
    """A service that can check payments without keeping them."""

    def rehearse(self, payments: Sequence[Payment]) -> tuple[Refused | None, ...]:
        """What Business Central says against each payment, None where nothing; afterwards nothing stays.

        Raises:
            ConfigurationError: this service cannot. ServerContradiction: something stayed.
        """


class Now(Protocol):
    """The clock."""

    def __call__(self) -> datetime:
        """The time, aware, in UTC."""


class Uptime(Protocol):
    """The clock that nobody can set."""

    def __call__(self) -> Ticks | None:
        """Its ticks; None where this machine has no such clock."""


def no_uptime() -> None:
    """A machine without such a clock."""


class Sleep(Protocol):
    """Waiting."""

    def __call__(self, seconds: float, /) -> None:
        """Return after that many seconds."""


class Progress(Protocol):
    """Somebody who wants to know how far long work is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` items of the stage ("read", "fetch", "match", "write") are finished."""


class Stop(Protocol):
    """Somebody who may want the run to end early: a signal, a deadline. Asked between chunks."""

    def __call__(self) -> str:
        """Why to stop; "" to go on."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the ledger keeps it. `exit_code` is None while it runs, or when it was killed.

    `kind` is "import", "settle" or "undo"; `plan` is the digest of the plan carried out, `document` its JSON text.
    """

    id: str
    company_id: str
    company: str
    journal_id: str
    journal: str
    kind: str
    started: datetime
    ended: datetime | None
    exit_code: int | None
    plan: str
    document: str
    lines: int


class Ledger(Protocol):
    """The durable memory of what was sent. Every method is one transaction; states.py has the states.

    Methods that write need the company's lock. Raises `LedgerError` when the disk or the database fails, `Busy` when
    another run holds the lock or has taken it over.
    """

    def lock(self, company_id: str) -> AbstractContextManager[None]:
        """Hold the company's lock, or raise Busy at once. What a run that died left as being sent becomes unknown."""

    def history(
        self, company_id: str, files: Collection[str] = (), *, first: date | None = None, last: date | None = None
    ) -> History:
        """What is known of the company.

        Args:
            files: those being planned, by SHA-256; of one that came before all lines are needed.
            first, last: booking dates of the lines being planned; earlier and later ones need not be remembered.
        """

    def numbered(self, company_id: str) -> tuple[Numbered, ...]:
        """The imported files whose statements have a number, in a form that can be compared."""

    def start(self, plan: Plan, document: str) -> str:
        """Begin a run with the plan and its JSON text, and return its id; PlanChanged when a line of it was sent since."""

    def begin(self, company_id: str, journal_id: str, kind: str) -> str:
        """Begin a run that has no plan ("settle", "undo"); returns the run id."""

    def finish(self, run: str, exit_code: int) -> None:
        """End the run."""

    def intents(self, company_id: str, journal_id: str, states: Collection[State]) -> tuple[Intent, ...]:
        """The intents of a journal in these states, by line number."""

    def intents_of(self, run: str) -> tuple[Intent, ...]:
        """The intents that this run planned, by line number."""

    def unfinished(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """The intents whose outcome is unknown, and those never sent of a bank line that was sent in part."""

    def unfinished_elsewhere(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """The same of every other journal of the company."""

    def bring(self, run: str, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """Remember intents in another journal than before, with other line numbers perhaps."""

    def intents_for(self, company_id: str, keys: Collection[str]) -> tuple[Intent, ...]:
        """The intents of these bank lines, in every journal."""

    def newest(self, company_id: str, journal_id: str) -> Intent | None:
        """The line of this journal that was last known to stand in it, whether it still does or is gone."""

    def lingering(self, company_id: str, journal_id: str, since: datetime) -> tuple[tuple[Intent, datetime], ...]:
        """The intents that were sent again after a request of which nothing came back, and when that one left, since then."""

    def answered(self, run: str) -> frozenset[tuple[str, int]]:
        """Key and part of the run's intents whose last request was answered with the line that it created."""

    def stood_before(self, sent: Intent, keys: Collection[str]) -> tuple[Intent, ...]:
        """The intents of these bank lines that were known to stand in the journal before the last request for `sent` left."""

    def unnumbered(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """The lines known to stand in this journal without a document number."""

    def taken(self, company_id: str, journal_id: str) -> frozenset[int]:
        """The line numbers that the ledger has given away in this journal."""

    def record(self, run: str, moves: Sequence[Move]) -> tuple[Intent, ...]:
        """Carry out these steps and return the intents after them; all of them or none.

        Raises:
            LedgerError: an intent is no longer as `moves` have it.
        """

    def adopt(self, run: str, found: Sequence[Intent]) -> tuple[Intent, ...]:
        """Remember journal lines with a key of ours that the ledger does not know; it was lost or is another machine's."""

    def add_patches(self, run: str, patches: Sequence[tuple[str, LinePatch]]) -> tuple[PatchIntent, ...]:
        """Remember planned changes of journal lines, each with the key of its bank line."""

    def patches(self, company_id: str, journal_id: str, states: Collection[PatchState]) -> tuple[PatchIntent, ...]:
        """The changes of lines of a journal in these states."""

    def patches_of(self, run: str) -> tuple[PatchIntent, ...]:
        """The changes that this run planned, in order."""

    def record_patches(self, run: str, moves: Sequence[PatchMove]) -> tuple[PatchIntent, ...]:
        """Carry out these steps; all of them or none."""

    def again(self, company_id: str, keys: Collection[str], files: Collection[str]) -> int:
        """Let these bank lines of these files be imported once more where they were undone, deleted or left out.

        Says how many parts. `files` are digests.
        """

    def keep_preview(self, plan: Plan, document: str) -> None:
        """Remember a plan that somebody was shown, by its digest; only the newest of a company stay. Needs no lock."""

    def previewed(self, company_id: str, digest: str) -> str | None:
        """The JSON text of a plan that was shown; None when this ledger does not remember it."""

    def runs(self, company_id: str | None = None, limit: int = 50) -> tuple[Run, ...]:
        """The latest runs, newest first."""

    def run(self, run: str) -> Run | None:
        """One run, by its id or the beginning of it when only one run has it."""
