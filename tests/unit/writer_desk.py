"""A desk for trying the writer: a journal in memory whose next answers are written down beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from importer.ledger import open_ledger
from importer.ledger.sql_ledger import SqlLedger
from importer.model import BankLine, JournalLine, Statement
from importer.outcome import Outcome
from importer.plan import LinePatch, Payment
from importer.ports import Leaving, Reply, Unknown
from importer.states import Intent, Move, State, Ticks
from importer.writer import Policy, Ports, Settling
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Clock, Server
from tests.unit.small_imports import Done, bank_line, run_import, statement

Found = TypeVar("Found")
Answer = Callable[[Server, Sequence[Payment]], tuple[Reply, ...]]
LINES = [bank_line(1, "10.00"), bank_line(2, "20.00"), bank_line(3, "30.00", "INV1+INV2")]
PAST_HORIZON_S = timedelta(minutes=21).total_seconds()
FAST = Policy(Settling.FAST)


@dataclass
class ScriptedServer(Server):
    """Answers creates and changes by script first, then as a server does; counts what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    patch_answers: list[Callable[[Server, Sequence[LinePatch]], tuple[Reply, ...]]] = field(default_factory=list)
    on_read: list[Callable[[], object]] = field(default_factory=list)
    creates: list[tuple[Payment, ...]] = field(default_factory=list)
    patched: list[tuple[LinePatch, ...]] = field(default_factory=list)
    deletes_are_lost: bool = False
    deletes_are_answered: tuple[Reply, ...] = ()
    wait_s: float = 0.0

    @property
    def keys(self) -> list[str]:
        """The keys in the journal."""
        return [row.external_document_number for row in self.rows.values()]

    def create(self, payments: Sequence[Payment], leaving: Leaving = lambda: None) -> tuple[Reply, ...]:
        self.clock.sleep(self.wait_s)
        leaving()
        self.creates.append(tuple(payments))
        return self.answers.pop(0)(self, payments) if self.answers else super().create(payments)

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        self.patched.append(tuple(patches))
        return self.patch_answers.pop(0)(self, patches) if self.patch_answers else super().patch(patches)

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        if self.deletes_are_answered:
            return self.deletes_are_answered
        return tuple(Unknown("no answer") for _ in lines) if self.deletes_are_lost else super().delete(lines)

    def journal_lines(self) -> tuple[JournalLine, ...]:
        if self.on_read:
            self.on_read.pop(0)()
        return super().journal_lines()


class Desk:
    """One company, its journal, its ledger and a clock; every import is a process of its own."""

    def __init__(self, folder: Path, *, series: bool = True, look_up: bool = True) -> None:
        self.clock = Clock()
        self.server = ScriptedServer(self.clock, series=series, look_up=look_up)
        self.path = folder / "state" / "importer.db"
        self.stop: Callable[[], str] = str
        self.suspend_after: State | None = None
        self.suspensions = 1
        self.skew_s = 0.0
        self.stopped_clock = False
        self.boot = "first start"
        self.started = self.clock.time

    def run(self, lines: Sequence[BankLine] = LINES, policy: Policy | None = None) -> Done:
        return self.run_files([statement("a.csv", lines)], policy)

    def run_files(self, statements: Sequence[Statement], policy: Policy | None = None) -> Done:
        with open_ledger(str(self.path), self.now, self.uptime) as ledger:
            sleepy = Suspended(ledger, self) if self.suspend_after else ledger
            ports = Ports(self.server, sleepy, self.now, self.clock.sleep, stop=self.stop, uptime=self.uptime)
            return run_import(ports, statements, policy)

    def now(self) -> datetime:
        """What the clock of this machine says."""
        return self.clock.time + timedelta(seconds=self.skew_s)

    def uptime(self) -> Ticks:
        """How long this machine truly runs."""
        return Ticks(self.boot, (self.clock.time - self.started).total_seconds())

    def with_ledger(self, do: Callable[[Ports], Found]) -> Found:
        with open_ledger(str(self.path), self.clock.now) as ledger, ledger.lock(COMPANY_ID):
            return do(Ports(self.server, ledger, self.clock.now, self.clock.sleep))

    def lose_ledger(self) -> None:
        for file in self.path.parent.iterdir():
            file.unlink()

    @property
    def amounts(self) -> list[str]:
        """The amounts in the journal, by line number."""
        return [f"{line.amount:.2f}" for _, line in sorted(self.server.rows.items())]

    @property
    def created(self) -> int:
        """How many lines the importer ever created."""
        return sum(event.kind == "created" and event.by == "importer" for event in self.server.history)


class Suspended(SqlLedger):
    """A ledger in a machine that is put to sleep for an hour right after a state was committed."""

    def __init__(self, ledger: SqlLedger, desk: Desk) -> None:
        self.__dict__ = ledger.__dict__
        self.desk = desk

    def record(self, run: str, moves: Sequence[Move]) -> tuple[Intent, ...]:
        after = super().record(run, moves)
        if self.desk.suspensions and self.desk.suspend_after in {move.to for move in moves}:
            self.desk.suspensions -= 1
            self.desk.clock.sleep(3600)
            self.desk.skew_s -= 3600 * self.desk.stopped_clock
        return after


def lost_before(_: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
    return tuple(Unknown("no answer") for _ in payments)


def lost_after(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
    for payment in payments:
        server.create_one(payment)
    return tuple(Unknown("no answer") for _ in payments)


def late(seconds: float) -> Answer:
    """The answer is lost, and the request is carried out only so much later."""

    def answer(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        server.clock.later(seconds, lambda: lost_after(server, payments))
        return lost_before(server, payments)

    return answer


def states(outcome: Outcome) -> list[State]:
    return [intent.state for intent in outcome.intents]


__all__ = ["FAST", "JOURNAL", "LINES", "PAST_HORIZON_S", "Desk", "late", "lost_after", "lost_before", "states"]
