"""Places for so many requests at once, and who is next when one becomes free.

Whoever came last is next, and not who came first: were all companies of a night to advance evenly, all would send at the same
time and afterwards all compute at the same time, while nothing is on its way. So some send their lines to the end while
others plan and report. Nobody waits long: after a while whoever came first is next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

LONGEST_WAIT_S = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    since: float
    called: Event = field(default_factory=Event)


class Slots:
    """So many places. Safe across threads; `seconds` is a clock that is never set."""

    def __init__(self, places: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._free = places
        self._seconds = seconds
        self._waiting: list[_Waiting] = []
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a place, and keep it while the block runs."""
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = _Waiting(self._seconds())
            self._waiting.append(mine)
        try:
            mine.called.wait()
        except BaseException:
            self._leave(mine)
            raise

    def _leave(self, mine: _Waiting) -> None:
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        # Called in the very moment in which the wait was broken off.
        self._give_back()

    def _give_back(self) -> None:
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            has_waited = self._seconds() - self._waiting[0].since
            self._waiting.pop(0 if has_waited > LONGEST_WAIT_S else -1).called.set()
