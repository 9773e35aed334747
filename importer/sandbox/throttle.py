"""How many requests one user may send, and how many at once (business-central-api.md, section 10)."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.wire import Reply


class Throttle:
    """A sliding window per user, in the time of the sandbox's clock."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._times: dict[str, deque[datetime]] = {}

    def admits(self, user: str, at: datetime, weight: int) -> bool:
        """Count a request of this weight; False when the window is full (a refused request does not count)."""
        times = self._times.setdefault(user, deque())
        while times and times[0] <= at - self._behaviour.rate_window:
            times.popleft()
        if len(times) + weight > self._behaviour.rate_limit:
            return False
        times.extend([at] * weight)
        return True


def too_many(behaviour: Behaviour) -> Reply:
    """The answer to a request too many; whether it is JSON and says how long to wait depends on the server."""
    headers = {} if behaviour.retry_after_s is None else {"Retry-After": str(behaviour.retry_after_s)}
    if behaviour.throttle_body == "text":
        return Reply(429, headers={**headers, "Content-Type": "text/plain"}, text="Too many requests.")
    message = "Too many requests reached. Wait, then try again."
    return Reply(429, {"error": {"code": "Application_TooManyRequests", "message": message}}, headers)
