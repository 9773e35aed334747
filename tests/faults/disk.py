"""The disk under the ledger: full, broken for a moment, lost, put back from a backup; the process may die at any statement."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Engine, event

from tests.faults.wire import Killed

_WRITES = ("INSERT", "UPDATE", "DELETE")
_HERE = threading.local()


@dataclass
class Disk:
    """What befalls the statements of the ledgers that are opened while it is in use; `dies` is told before a process does."""

    random: Random
    dies: Callable[[], object] = bool
    deadliness: float = 0.0015
    faultiness: float = 0.0008
    full_for: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def calm(self) -> None:
        """From now on nothing goes wrong any more."""
        self.deadliness, self.faultiness, self.full_for = 0.0, 0.0, 0

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Ledgers of this thread lie on this disk."""
        _HERE.disk = self
        try:
            yield
        finally:
            _HERE.disk = None

    def statement(self, text: str) -> None:
        """Something is asked of the database."""
        fate = self.random.random()
        if fate < self.deadliness:
            self._die("statement")
        if not text.startswith(_WRITES):
            return
        if fate > 1 - self.faultiness:
            self.full_for = self.random.randint(1, 30)
        elif fate > 1 - 2 * self.faultiness:
            self.seen["disk I/O error"] += 1
            raise sqlite3.OperationalError("disk I/O error")
        self._raise_if_full()

    def commit(self) -> None:
        """A transaction shall become durable."""
        if self.random.random() < self.deadliness:
            self._die("commit")
        self._raise_if_full()

    def _die(self, where: str) -> None:
        self.seen[f"killed at a {where}"] += 1
        self.dies()
        raise Killed

    def _raise_if_full(self) -> None:
        if self.full_for:
            self.full_for -= 1
            self.seen["disk full"] += 1
            raise sqlite3.OperationalError("database or disk is full")


@event.listens_for(Engine, "before_cursor_execute")
def _statement(_: Connection, __: object, text: str, *___: object) -> None:
    if disk := getattr(_HERE, "disk", None):
        disk.statement(text)


@event.listens_for(Engine, "commit")
def _commit(_: Connection) -> None:
    if disk := getattr(_HERE, "disk", None):
        disk.commit()


def back_up(ledger: Path, place: Path) -> None:
    """A copy of the ledger as it is now."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(ledger) as source, sqlite3.connect(place) as target:
        source.backup(target)


def put_back(place: Path, ledger: Path) -> None:
    """The ledger as it was when it was backed up; everything since is forgotten."""
    lose(ledger)
    ledger.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(place, ledger)


def lose(ledger: Path) -> None:
    """The ledger is gone with everything beside it."""
    shutil.rmtree(ledger.parent, ignore_errors=True)
