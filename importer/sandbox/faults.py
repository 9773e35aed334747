"""A wire that loses, delays, spoils and refuses: an httpx transport around another one, driven by rules or by chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import httpx

from importer.sandbox.mishaps import Fault, Kind, happen

__all__ = ["Clock", "Fault", "Faults", "FaultyTransport", "Kind", "Rule"]


class Clock(Protocol):
    """The time of the wire: real, or virtual in a simulation."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A planned fault: for requests with this method and this text in the path, after `skip` of them, `times` times."""

    fault: Fault
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1

    def concerns(self, request: httpx.Request) -> bool:
        """Whether the rule speaks of such requests."""
        return self.method in {"", request.method} and self.path in request.url.path


@dataclass(frozen=True, slots=True)
class Faults:
    """What will go wrong: rules first, else chance. A fault by chance repeats for up to `burst` requests in a row."""

    rules: tuple[Rule, ...] = ()
    odds: Mapping[Fault, float] = field(default_factory=dict)
    burst: int = 1
    calm_after: int | None = None
    seed: int = 0


class FaultyTransport(httpx.BaseTransport):
    """Hands requests to another transport, or not. `fired` counts the faults by kind, `requests` everything."""

    def __init__(self, inner: httpx.BaseTransport, faults: Faults, random: Random, clock: Clock) -> None:
        self.fired: Counter[Kind] = Counter()
        self.requests = 0
        self._inner = inner
        self._faults = faults
        self._random = random
        self._clock = clock
        self._seen: Counter[int] = Counter()
        self._burst: list[Fault] = []
        self._late: list[tuple[datetime, httpx.Request]] = []
        # Behind a real server several threads share one wire.
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, or do to it what is due."""
        request.read()
        self.run_late(self._clock.now())
        with self._lock:
            self.requests += 1
            fault = self._next_fault(request)
            if fault is not None:
                self.fired[fault.kind] += 1
        if fault is None:
            return self.forward(request)
        return happen(fault, self, request)

    def run_late(self, until: datetime) -> None:
        """Carry out the requests that were held back and are due by then; their replies are lost."""
        with self._lock:
            due = [request for at, request in self._late if at <= until]
            self._late = [(at, request) for at, request in self._late if at > until]
        for request in due:
            self.forward(request)

    def forward(self, request: httpx.Request) -> httpx.Response:
        """Let the server answer."""
        response = self._inner.handle_request(request)
        response.read()
        return response

    def hold(self, request: httpx.Request, seconds: float) -> None:
        """Keep a request for later."""
        with self._lock:
            self._late.append((self._clock.now() + timedelta(seconds=seconds), request))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._clock.sleep(seconds)

    def shuffle(self, parts: list[object]) -> None:
        """Change the order of parts."""
        self._random.shuffle(parts)

    def _next_fault(self, request: httpx.Request) -> Fault | None:
        for number, rule in enumerate(self._faults.rules):
            if not rule.concerns(request):
                continue
            self._seen[number] += 1
            if rule.skip < self._seen[number] <= rule.skip + rule.times:
                return rule.fault
        return self._by_chance()

    def _by_chance(self) -> Fault | None:
        if self._faults.calm_after is not None and self.requests > self._faults.calm_after:
            return None
        if self._burst:
            return self._burst.pop()
        for fault, odds in self._faults.odds.items():
            if self._random.random() < odds:
                self._burst = [fault] * self._random.randrange(max(1, self._faults.burst))
                return fault
        return None
