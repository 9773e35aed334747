"""Requests at once: five are worked on, more wait, still more are refused; one journal is written by one at a time.

Source: business-central-api.md, section 10; reliability.md, F21 and F25.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.throttle import too_many
from importer.sandbox.wire import Reply, Request

_JOURNAL = re.compile(r"customerPayments?Journals[(/]([0-9a-fA-F-]{36})")


class Traffic:
    """Counts requests at once; `most` is the most there ever were, `most_worked_on` the most that had left the queue."""

    def __init__(self, behaviour: Behaviour, now: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        self.most = 0
        self.most_worked_on = 0
        self._behaviour = behaviour
        self._now = now
        self._sleep = sleep
        self._gate = threading.Lock()
        self._slots = threading.BoundedSemaphore(behaviour.processed_at_once)
        self._present = 0
        self._worked_on = 0
        self._journals: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def admit(self, request: Request) -> Iterator[Reply | None]:
        """Wait for a place and keep it for as long as the settings say; a reply means that there is no place."""
        with self._gate:
            self._present += 1
            self.most = max(self.most, self._present)
            crowded = self._present > self._behaviour.processed_at_once + self._behaviour.queued_at_once
        try:
            if crowded:
                yield too_many(self._behaviour)
                return
            with self._slots, self._journal(request), self._work(request):
                yield None
        finally:
            with self._gate:
                self._present -= 1

    @contextmanager
    def _journal(self, request: Request) -> Iterator[None]:
        journal = _written_journal(request)
        with ExitStack() as stack:
            if journal:
                with self._gate:
                    lock = self._journals[journal]
                stack.enter_context(lock)
            yield

    @contextmanager
    def _work(self, request: Request) -> Iterator[None]:
        """The time a request takes contains the sandbox's own work: what is left of it passes before the answer."""
        with self._gate:
            self._worked_on += 1
            self.most_worked_on = max(self.most_worked_on, self._worked_on)
        started = self._now()
        try:
            yield
            left = self._time_needed(request) - (self._now() - started)
            if left > timedelta(0):
                self._sleep(left.total_seconds())
        finally:
            with self._gate:
                self._worked_on -= 1

    def _time_needed(self, request: Request) -> timedelta:
        behaviour = self._behaviour
        parts = request.body.count(b'"method"') if behaviour.part_time else 0
        return behaviour.request_time + parts * behaviour.part_time


def _written_journal(request: Request) -> str:
    if request.method in {"GET", "HEAD"}:
        return ""
    found = _JOURNAL.search(request.path) or _JOURNAL.search(request.body[:2000].decode("ascii", "replace"))
    return found[1].lower() if found else ""
