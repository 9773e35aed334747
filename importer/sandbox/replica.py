"""Read scale-out: reads without write intent come from a copy that may lag (business-central-api.md, section 10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.refusals import bad_request
from importer.sandbox.store import Change, Store
from importer.sandbox.wire import Request


class Replica:
    """The primary and, when the settings ask for a lag, the copy that follows it."""

    def __init__(self, primary: Store, behaviour: Behaviour, now: Callable[[], datetime]) -> None:
        self._primary = primary
        self._behaviour = behaviour
        self._now = now
        self._waiting: deque[Change] = deque()
        lags = bool(behaviour.replica_lag) or behaviour.replica_lag_writes > 0
        self._copy = primary.replica() if lags else None

    def add(self, changes: list[Change]) -> None:
        """Take note of what was committed."""
        if self._copy is not None:
            self._waiting.extend(changes)

    def catch_up(self) -> None:
        """Let the copy see everything at once."""
        while self._waiting:
            self._waiting.popleft().replay()

    def store_for(self, request: Request) -> Store:
        """The store that answers a request.

        Raises:
            Refusal: a write that claims to be read-only.
        """
        intent = request.headers.get("data-access-intent", "").lower()
        if request.method not in {"GET", "HEAD"}:
            if intent == "readonly":
                raise bad_request("The request changes data, but its Data-Access-Intent is ReadOnly.")
            return self._primary
        from_primary = intent == "readwrite" and self._behaviour.replica_reads == "unless ReadWrite"
        if self._copy is None or from_primary:
            return self._primary
        self._follow()
        return self._copy

    def _follow(self) -> None:
        seen = self._now() - self._behaviour.replica_lag
        while len(self._waiting) > self._behaviour.replica_lag_writes and self._waiting[0].executed.at <= seen:
            self._waiting.popleft().replay()
