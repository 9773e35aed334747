"""What a worker did, gathered until it has been quiet for a while: one message about many jobs, not one about each."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock

from importer.fleet.night import WRITTEN, new_name
from importer.fleet.values import CompanyNight, Night, merged
from importer.office import utc_now
from importer.ports import Now

_QUIET_AFTER = timedelta(seconds=60)


class Digest:
    """The results of jobs, one for each company. Safe across threads."""

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self._lock = Lock()
        self._results: dict[str, CompanyNight] = {}
        self._started = self._last = now()

    def add(self, result: CompanyNight) -> None:
        """A job ended."""
        with self._lock:
            before = self._results.get(result.company)
            self._results[result.company] = result if before is None else merged(before, result)
            self._last = self._now()

    def is_quiet(self) -> bool:
        """Something ended, and nothing has for a minute."""
        with self._lock:
            return bool(self._results) and self._now() - self._last >= _QUIET_AFTER

    def night(self) -> Night:
        """All that ended since the last time this was asked, by company."""
        with self._lock:
            results, self._results = self._results, {}
            started, self._started = self._started, self._now()
        companies = tuple(results[name] for name in sorted(results))
        return Night(new_name(self._now), started, self._now(), companies, WRITTEN)
