"""What lies between the writer and the server: it loses, delays, cuts, refuses, doubts; and the process may die at any call."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar, cast  # a proxy passes on what it does not know

from importer.errors import AccessDenied, ServerUnavailable
from importer.model import Journal, JournalLine, Snapshot
from importer.plan import LinePatch, Payment
from importer.ports import Leaving, Ledger, NotApplied, PostedEntries, Reply, Unknown
from tests.faults.server import Clock, Server

Sent = TypeVar("Sent")
Found = TypeVar("Found")
LATEST_S = 20 * 60 - 1
_NEVER_ARRIVES = frozenset({"killed before", "denied", "unavailable", "throttled", "lost before"})


class Killed(BaseException):
    """The process is gone: nothing after this line runs, not even an `except Exception`."""


@dataclass
class Network:
    """A client whose every call may go wrong. `seen` counts the faults, so that a test can prove they occurred."""

    server: Server
    rng: Random
    ledger: Path
    clock: Clock
    weights: dict[str, int]
    seen: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    shuffled: bool = False
    reading_s: tuple[int, ...] = (0, 1, 5, 40, 150)
    waiting_s: tuple[int, ...] = (0, 0, 0, 0, 2, 30, 900)
    stale: Callable[[tuple[JournalLine, ...]], tuple[JournalLine, ...]] | None = None

    @property
    def company_id(self) -> str:
        return self.server.company_id

    @property
    def journal(self) -> Journal:
        return self.server.journal

    def snapshot(self) -> Snapshot:
        return self._read(self.server.snapshot)

    def journal_lines(self) -> tuple[JournalLine, ...]:
        lines = self._read(self.server.journal_lines)
        return self.stale(lines) if self.stale else lines

    def posted(self, keys: Collection[str]) -> PostedEntries | None:
        return self._read(lambda: self.server.posted(keys))

    def create(self, payments: Sequence[Payment], leaving: Leaving) -> tuple[Reply, ...]:
        # A token to fetch, a pause the server asked for, a turn to wait for.
        self.clock.sleep(self.rng.choice(self.waiting_s))
        leaving()
        self._expect_intents(payments)
        replies = self._write([self._task(self.server.create_one, payment) for payment in payments])
        if self.shuffled:
            mixed = list(replies)
            self.rng.shuffle(mixed)
            return tuple(mixed)
        return replies

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        return self._write([self._task(self.server.patch_one, patch) for patch in patches])

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        return self._write([self._task(self.server.delete_one, line) for line in lines])

    def draw(self) -> str:
        fault = self.rng.choices(list(self.weights), list(self.weights.values()))[0]
        self.seen[fault] += 1
        return fault

    def _task(self, act: Callable[[Sent], Reply], what: Sent) -> Callable[[], Reply]:
        return lambda: act(what)

    def _read(self, read: Callable[[], Found]) -> Found:
        if (fault := self.draw()) in {"lost before", "denied", "unavailable"}:
            raise ServerUnavailable("no usable answer")
        if fault == "killed before":
            raise Killed
        found = read()
        # Reading takes time, and while it takes time requests that were lost may still be carried out.
        self.clock.sleep(self.rng.choice(self.reading_s))
        if fault.startswith("killed"):
            raise Killed
        return found

    def _write(self, tasks: Sequence[Callable[[], Reply]]) -> tuple[Reply, ...]:
        fault = self.draw()
        if fault in _NEVER_ARRIVES:
            return self._not_arrived(fault, len(tasks))
        lost = tuple(Unknown(fault) for _ in tasks)
        if fault in {"late", "killed, late"}:
            first = self.rng.choice((1, LATEST_S - 100))
            for task in tasks:
                self.clock.later(self.rng.uniform(first, LATEST_S), task)
            if fault == "killed, late":
                raise Killed
            return lost
        done = self.rng.randint(0, len(tasks)) if fault == "partly" else len(tasks)
        replies = tuple(task() for task in tasks[:done])
        if fault == "killed after":
            raise Killed
        if fault == "bug":
            raise RuntimeError("the answer cannot be read")
        if fault == "parts missing":
            return tuple(reply if self.rng.random() < 0.5 else Unknown(fault) for reply in replies)
        return lost if fault in {"lost after", "partly"} else replies

    def _not_arrived(self, fault: str, count: int) -> tuple[Reply, ...]:
        match fault:
            case "killed before":
                raise Killed
            case "denied":
                raise AccessDenied("the token was refused")
            case "unavailable":
                raise ServerUnavailable("never sent")
            case "throttled":
                return (NotApplied("429", "too many requests"),) * count
        return (Unknown(fault),) * count

    def _expect_intents(self, payments: Sequence[Payment]) -> None:
        """Write ahead: what leaves is in the ledger's file, for everybody to read, before it leaves."""
        with sqlite3.connect(self.ledger) as connection:
            rows = connection.execute("SELECT line_number FROM intent WHERE state = 'sending'")
            committed = {number for (number,) in rows}
        missing = [payment.line_number for payment in payments if payment.line_number not in committed]
        if missing:
            self.violations.append(f"sent without a committed intent: {missing}")


@dataclass
class DyingLedger:
    """The real ledger, in a process that may die before or after any of its methods."""

    ledger: Ledger
    network: Network

    def proxy(self) -> Ledger:
        return cast("Ledger", self)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.ledger, name)
        if not callable(attribute) or name == "lock":
            return attribute

        def maybe_last(*args: Any, **kwargs: Any) -> Any:
            fate = self.network.rng.random()
            chance = 0.002 * self.network.weights["killed before"]
            if fate < chance:
                self.network.seen["killed before ledger"] += 1
                raise Killed
            result = attribute(*args, **kwargs)
            if fate > 1 - chance:
                self.network.seen["killed after ledger"] += 1
                raise Killed
            return result

        return maybe_last
