"""The power of a machine goes with a process that dies there: what its ledger had not asked the disk to keep may be gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.unsynced import can_lose_power, disk, put_back
from tests.faults.wire import Killed


@dataclass
class Power:
    """The power of a machine: it goes when a process dies, as often as `frailty` says; `goes` is told of it."""

    random: Random
    frailty: float
    goes: Callable[[], None]
    left: Mapping[Path, bytes] = field(default_factory=dict)
    is_decided: bool = False

    @contextmanager
    def supplied(self) -> Iterator[None]:
        """A process works in here. Everything that it opens must be closed when it ends: then the power comes back."""
        if not self.frailty or not can_lose_power():
            yield
            return
        with disk().in_use():
            try:
                yield
            finally:
                put_back(self.left)
                self.left, self.is_decided = {}, False

    def go_with(self, end: type[BaseException] | None, *_: object) -> None:
        """The process ends; where it dies, this is the very moment, before anything that it opened is closed."""
        if end is Killed:
            self.may_go()

    def may_go(self) -> None:
        """The process dies now. Chance decides about the power once, however often it is asked while that goes on."""
        if self.is_decided or not can_lose_power():
            return
        self.is_decided = self.frailty > 0
        if self.random.random() < self.frailty:
            # How often SQLite writes depends on its version; what else happens in a schedule must not.
            chance = Random(self.random.random())  # noqa: S311 - which writes survive, not a secret
            self.left = disk().left(chance)
            self.goes()
