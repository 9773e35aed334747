"""The protocol with one barrier taken away: every harmful variant must be caught by the same checker (reliability.md §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from importer.ledger import history, sql_ledger
from importer.ledger.intents import Page
from importer.plan import Payment
from importer.planner import naming
from importer.ports import Reply, Unknown
from importer.states import IN_JOURNAL, Intent, Move, State
from importer.writer import absence, judge, reading, send
from importer.writer.reading import Reading
from importer.writer.session import Session, Settling
from tests.faults.server import Server
from tests.faults.simulation import Settings

Weakening = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutant:
    """A weakened protocol: which barriers are gone, in which kind of schedules, and what it must be caught doing.

    `harm` is "" for a mutant that another barrier still holds; `why` says which.
    """

    name: str
    weakenings: tuple[Weakening, ...] = ()
    settings: Settings = field(default_factory=Settings)
    harm: str = ""
    why: str = ""
    first: int = 100

    @property
    def seeds(self) -> range:
        """The schedules to run: few where nothing is expected, enough to be caught where something is."""
        return range(self.first, self.first + (60 if self.harm else 12))


@contextmanager
def weakened(mutant: Mutant) -> Iterator[None]:
    """The program with the mutant's barriers taken away."""
    with pytest.MonkeyPatch.context() as patch:
        for weakening in mutant.weakenings:
            weakening(patch)
        yield


def _no_line_number(patch: pytest.MonkeyPatch) -> None:
    """The server numbers lines itself, so its primary key refuses nothing."""
    real = Server.create_one

    def numbered(server: Server, payment: Payment) -> Reply:
        return real(server, replace(payment, line_number=max(server.rows, default=0) + 10_000))

    patch.setattr(Server, "create_one", numbered)


def _resend_on_doubt(patch: pytest.MonkeyPatch) -> None:
    """A lost answer is taken for "nothing happened"."""
    real = judge.after_reply

    def naive(intent: Intent, reply: Reply) -> Move:
        return Move(intent, State.PLANNED, "lost") if isinstance(reply, Unknown) else real(intent, reply)

    patch.setattr(send, "after_reply", naive)


def _forget_on_restart(patch: pytest.MonkeyPatch) -> None:
    """The intent was not durable: after a death nobody knows that something was sent."""

    def forget(page: Page) -> None:
        page.connection.exec_driver_sql("UPDATE intent SET state = 'planned' WHERE state = 'sending'").close()

    patch.setattr(sql_ledger, "_interrupt", forget)


def _no_horizon(patch: pytest.MonkeyPatch) -> None:
    """Absence counts although the lost request may still be carried out."""
    real = absence.obstacle

    def hasty(session: Session, intent: Intent, found: Reading) -> str:
        fast = replace(session, policy=replace(session.policy, settling=Settling.FAST))
        return real(fast, intent, found)

    patch.setattr(absence, "obstacle", hasty)


def _horizon_after_reading(patch: pytest.MonkeyPatch) -> None:
    """Absence counts when the reading ended, not when it began, after the horizon."""
    real = absence.obstacle

    def late(session: Session, intent: Intent, found: Reading) -> str:
        return real(session, intent, replace(found, began=session.now()))

    patch.setattr(absence, "obstacle", late)


def _never_posted(patch: pytest.MonkeyPatch) -> None:
    """Posted entries are not looked up, as if nothing were ever posted."""
    patch.setattr(Server, "posted", lambda *_: {})


def _create_when_absent(patch: pytest.MonkeyPatch) -> None:
    """A line that was created is forgotten once it is gone from the journal."""
    patch.setattr(history, "DONE", IN_JOURNAL)


def _content_only(patch: pytest.MonkeyPatch) -> None:
    """Equal lines of a day are one line."""
    patch.setattr(naming, "number_equals", lambda lines, *_: tuple(1 for _ in lines))


def _no_marker(patch: pytest.MonkeyPatch) -> None:
    """Every row on the line number counts as our own."""
    patch.setattr(reading, "is_ours", lambda *_: True)


LATE = {"none": 20, "late": 30}
DEADLY = {"none": 40, "killed after": 10, "killed, late": 15}
MUTANTS = (
    Mutant(
        "M0 absence from a reading begun before the horizon",
        (_horizon_after_reading, _no_line_number),
        Settings(faults=LATE, people=False, reading_s=(0, 300)),
        harm="doubled",
        first=100,
    ),
    Mutant("M1 naive retry, no line number", (_resend_on_doubt, _no_line_number), harm="doubled", first=100),
    Mutant(
        "M2 intent not durable, no line number",
        (_forget_on_restart, _no_line_number),
        Settings(faults=DEADLY),
        harm="doubled",
        first=118,
    ),
    Mutant(
        "no horizon, no line number",
        (_no_horizon, _no_line_number),
        Settings(faults=LATE),
        harm="doubled",
        first=100,
    ),
    Mutant(
        "M5 no look-up of posted entries, ledger lost",
        (_never_posted,),
        Settings(ledger_lost=0.3),
        harm="doubled",
        first=105,
    ),
    Mutant("M6 forgets what left the journal", (_create_when_absent,), harm="unsettled", first=100),
    Mutant("M7 no occurrence counter", (_content_only,), harm="lost", first=104),
    Mutant("M8 answers matched by order", (), Settings(shuffled=True), harm="lost", first=120),
    Mutant("M11 line number without marker", (_no_marker,), harm="lost", first=120),
    Mutant(
        "no line number",
        (_no_line_number,),
        Settings(people=False),
        why="reading back before anything is sent again holds alone, as long as nobody hides a line",
    ),
    Mutant("M2 intent not durable", (_forget_on_restart,), Settings(faults=DEADLY), why="the line number holds alone"),
    Mutant(
        "no horizon, nobody posts",
        (_no_horizon,),
        Settings(faults=LATE, people=False),
        why="the line number refuses the late one while the line stands in the journal",
    ),
)
