"""How fast and how often the service is asked: pacing, back-off, what a server says about waiting, how much at once.

Source: business-central-api.md §10, reliability.md §9.3. The clock, waiting and chance are passed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Protocol

from importer.bc.auth import Wallet
from importer.bc.breaker import Breaker, Budget
from importer.bc.slots import Slots
from importer.ports import Now, Sleep

# No server is waited for longer than this in one go, whatever it says and whatever the clock does.
LONGEST_PAUSE_S = 900.0
# What one user may send, and how many at once. The window is a second longer than the service's: both do not begin at the
# same moment.
REQUESTS = 6000
WINDOW = timedelta(seconds=301)
REQUESTS_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something safe is tried, and how long is waited in between; seconds.

    While a service only says that there are too many requests, it is waited for up to `throttled_s` besides.
    """

    attempts: int = 6
    base_s: float = 0.5
    cap_s: float = 60.0
    longest_s: float = LONGEST_PAUSE_S
    throttled_s: float = 120.0

    def pause(self, retry: int, asked: float | None, chance: Callable[[], float]) -> float:
        """Seconds before the retry, counted from 0: full jitter, but never less than the server asked for.

        Args:
            asked: what `Retry-After` said; clamped, because a server may be wrong about a day.
            chance: a number from 0 to 1, so that many clients do not come back together.
        """
        jitter = chance() * min(self.cap_s, self.base_s * float(2**retry))
        return min(max(jitter, asked or 0.0), self.longest_s)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks to wait; None when it does not say or says nonsense.

    A date is read against the answer's own `Date`, so a wrong clock on this side does not matter.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        # Beyond nine digits it is no wish to wait, and the result is clamped anyway.
        return float(value[:9])
    until = http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (http_date(headers.get("date", "")) or now)).total_seconds())


def is_temporary(status: int) -> bool:
    """True for an answer that says neither yes nor no to whoever only asks."""
    return status in (408, 425, 429) or status in range(500, 600)


class Pace:
    """One principal's share of the service: so many requests in a sliding window and so many at once.

    Companies of one principal share one `Pace`, because the service counts per user. Safe across threads.
    """

    def __init__(self, requests: int = REQUESTS, window: timedelta = WINDOW, at_once: int = REQUESTS_AT_ONCE) -> None:
        self._requests = requests
        self._window = window
        self._turns: deque[datetime] = deque(maxlen=requests)
        self._closed_until = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()
        self._slots = Slots(at_once)

    @contextmanager
    def turn(self, now: Now, sleep: Sleep) -> Iterator[None]:
        """Wait until one more request fits, and hold a slot while it runs."""
        with self._slots.one():
            wait = self._reserve(now())
            if wait > 0:
                sleep(wait)
            yield

    def close_until(self, moment: datetime) -> None:
        """Nobody of this principal starts a request before that moment: the service asked for a pause."""
        with self._lock:
            self._closed_until = max(self._closed_until, moment)

    def _reserve(self, now: datetime) -> float:
        with self._lock:
            at = max(now, self._closed_until)
            if len(self._turns) == self._requests:
                at = max(at, self._turns[0] + self._window)
            self._turns.append(at)
            # A clock that was set back must not stop us for ever.
            return min((at - now).total_seconds(), LONGEST_PAUSE_S)


class Pacing(Protocol):
    """What keeps to the limits of one principal: `Pace` in one process, `fleet.shared_pace` in several."""

    def turn(self, now: Now, sleep: Sleep) -> AbstractContextManager[None]:
        """Wait until one more request fits, and hold a slot while it runs."""

    def close_until(self, moment: datetime) -> None:
        """Nobody of this principal starts a request before that moment: the service asked for a pause."""


@dataclass(frozen=True, slots=True)
class Share:
    """What everything shares that the service takes for the same caller: limits, token, and how far it can be relied on."""

    pace: Pacing = field(default_factory=Pace)
    wallet: Wallet = field(default_factory=Wallet)
    breaker: Breaker = field(default_factory=Breaker)
    budget: Budget = field(default_factory=Budget)


class Shares:
    """One `Share` for each principal, for whoever works on several companies in one process. Safe across threads."""

    def __init__(self, pace: Callable[[str], Pacing] = lambda _: Pace()) -> None:
        self._pace = pace
        self._shares: dict[str, Share] = {}
        self._lock = Lock()

    def of(self, principal: str) -> Share:
        """The share of one principal at one service."""
        with self._lock:
            if principal not in self._shares:
                self._shares[principal] = Share(self._pace(principal))
            return self._shares[principal]


class Load:
    """How much is asked for at once: halved when the server found it too heavy, doubled after a calm while."""

    _CALM = 8

    def __init__(self, largest: int, smallest: int = 1) -> None:
        self._largest = largest
        self._smallest = min(smallest, largest)
        self._size = largest
        self._calm = 0

    @property
    def size(self) -> int:
        """How much to ask for now."""
        return self._size

    def too_heavy(self) -> None:
        """The server could not carry the last one."""
        self._size = max(self._smallest, self._size // 2)
        self._calm = 0

    def carried(self) -> None:
        """The last one went through."""
        self._calm += 1
        if self._calm >= self._CALM:
            self._size = min(self._largest, self._size * 2)
            self._calm = 0


def http_date(value: str) -> datetime | None:
    """The moment that a header names, aware; None for anything else."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # too large for a date, or its zone is
        return None
