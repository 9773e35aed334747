"""When to leave a service alone: after failures in a row nothing is sent for a while, and retries have a budget.

    closed ── 5 failures in a row, or half of the last 20 ──▶ open ── 30 s, 60 s … 5 min ──▶ one probe ──▶ closed or open again

Source: reliability.md §9.3 and §9.4. Shared by everything that one principal does with one service; safe across threads.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

_IN_A_ROW = 5
_LAST = 20
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=5)


class Breaker:
    """Knows whether the service is worth asking."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._last: deque[bool] = deque(maxlen=_LAST)
        self._pause = _FIRST_PAUSE
        self._open_until: datetime | None = None
        self._lock = Lock()

    def wait(self, now: datetime) -> timedelta | None:
        """How long nothing should be asked; None while all is well. When nothing is left to wait, one probe may tell."""
        with self._lock:
            return None if self._open_until is None else max(timedelta(0), self._open_until - now)

    def answered(self) -> None:
        """The service gave an answer that says something."""
        with self._lock:
            self._in_a_row = 0
            self._last.append(True)
            if self._open_until is not None:
                self._open_until, self._pause = None, _FIRST_PAUSE
                self._last.clear()

    def failed(self, now: datetime) -> None:
        """There was no answer, or one that only says that the service is in trouble."""
        with self._lock:
            self._in_a_row += 1
            self._last.append(False)
            if self._open_until is None:
                if self._in_a_row >= _IN_A_ROW or self._is_half_lost():
                    self._open_until = now + self._pause
            elif now >= self._open_until:
                self._pause = min(_LONGEST_PAUSE, self._pause * 2)
                self._open_until = now + self._pause

    def _is_half_lost(self) -> bool:
        return len(self._last) == _LAST and self._last.count(False) * 2 >= _LAST


class Budget:
    """How many retries are left: each costs one, each success earns a tenth. When none is left, things are tried once."""

    def __init__(self, start: int = 20) -> None:
        self._most = start * _TENTHS
        self._left = self._most
        self._lock = Lock()

    def spend(self) -> bool:
        """Take one retry; False when there is none."""
        with self._lock:
            if self._left < _TENTHS:
                return False
            self._left -= _TENTHS
            return True

    def earn(self) -> None:
        """Something succeeded."""
        with self._lock:
            self._left = min(self._most, self._left + 1)


_TENTHS = 10
