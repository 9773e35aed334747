"""The limits of a principal, shared by all workers on all machines through the PostgreSQL of the ledger.

At once: a request holds one of five advisory locks; they end with the connection, also when a worker is killed. In the
window: requests are counted by the second of the database's clock, so that the clocks of the machines do not matter.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, TypeVar

from importer.bc.limits import LONGEST_PAUSE_S, REQUESTS, REQUESTS_AT_ONCE, WINDOW
from importer.errors import LedgerError
from importer.ports import Now, Sleep

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

T = TypeVar("T")
_FAILED = "The database through which the workers share their limits failed"
_SHORTEST_LOOK_S, _LONGEST_LOOK_S = 0.01, 0.1
_SHORTEST_WAIT_S = 0.05
_TABLES_LOCK = 0x42534933  # "BSI3"
# Nothing of this has to outlive a crash of the database, and no request should wait for a disk.
_TABLES = """
SET synchronous_commit = off;
CREATE UNLOGGED TABLE IF NOT EXISTS importer_pace
  (principal text, second bigint, requests integer NOT NULL, PRIMARY KEY (principal, second));
CREATE UNLOGGED TABLE IF NOT EXISTS importer_pause (principal text PRIMARY KEY, until timestamptz NOT NULL)
"""
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('bank-statement-importer request ' || %s, %s))"
_GIVE_BACK = "SELECT pg_advisory_unlock(hashtextextended('bank-statement-importer request ' || %s, %s))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('bank-statement-importer window ' || %s, 0))"
_USED = """
SELECT extract(epoch FROM clock_timestamp())::float8, sum(requests), min(second)::float8,
  (SELECT extract(epoch FROM until - clock_timestamp())::float8 FROM importer_pause WHERE principal = %(principal)s)
FROM importer_pace WHERE principal = %(principal)s AND second > extract(epoch FROM clock_timestamp()) - %(window)s
"""
_COUNT = """
INSERT INTO importer_pace AS known VALUES (%(principal)s, %(second)s, 1)
ON CONFLICT (principal, second) DO UPDATE SET requests = known.requests + 1
"""
_FORGET = "DELETE FROM importer_pace WHERE principal = %(principal)s AND second <= %(second)s - %(window)s"
_PAUSE = """
INSERT INTO importer_pause AS known VALUES (%s, clock_timestamp() + %s)
ON CONFLICT (principal) DO UPDATE SET until = greatest(known.until, excluded.until)
"""


class Database:
    """One connection of this process to the PostgreSQL at `state`, made anew when it was lost. Safe across threads."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._lock = Lock()
        self._connection: psycopg.Connection | None = None
        self._process = 0

    def run(self, work: Callable[[psycopg.Connection], T]) -> T:
        """What `work` gets out of the database; done again when the connection was lost, so it must bear that.

        Raises:
            LedgerError: the database cannot be reached.
        """
        import psycopg

        with self._lock:
            try:
                try:
                    return work(self._connected())
                except psycopg.OperationalError:
                    # Lost since the last request, as when the server was started anew.
                    self._let_go()
                    return work(self._connected())
            except psycopg.Error as error:
                self._let_go()
                raise LedgerError(f"{_FAILED} ({type(error).__name__}). Nothing was sent.") from error

    def close(self) -> None:
        """Let go of the connection; it is made anew when it is needed."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection:
        import psycopg

        # A connection does not survive in a process that was forked off.
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = psycopg.connect(self._state, autocommit=True), os.getpid()
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TABLES_LOCK,))
                self._connection.execute(_TABLES)
        return self._connection


class SharedPace:
    """One principal's share of the service, as `bc.limits.Pace`, over all processes that use the same database."""

    def __init__(
        self,
        database: Database,
        principal: str,
        *,
        requests: int = REQUESTS,
        window: timedelta = WINDOW,
        at_once: int = REQUESTS_AT_ONCE,
    ) -> None:
        self._database = database
        self._principal = principal
        self._requests = requests
        # A second is counted as a whole: what was sent in its first moment counts until its last one is over.
        self._window_s = window.total_seconds() + 1
        self._at_once = at_once
        self._held: set[int] = set()
        self._slots = BoundedSemaphore(at_once)

    @contextmanager
    def turn(self, now: Now, sleep: Sleep) -> Iterator[None]:  # noqa: ARG002 - the database's clock counts
        """Wait until one more request fits, and hold a place while it runs.

        Raises:
            LedgerError: the database cannot be reached; nothing was sent.
        """
        with self._slots:
            place = self._taken(sleep)
            try:
                while (wait := self._database.run(self._counted)) > 0:
                    sleep(min(wait, LONGEST_PAUSE_S))
                yield
            finally:
                self._give_back(place)

    def close_until(self, moment: datetime) -> None:
        """Nobody of this principal starts a request before that moment: the service asked for a pause."""
        pause = (self._principal, moment - datetime.now(UTC))
        self._database.run(lambda connection: connection.execute(_PAUSE, pause))

    def _taken(self, sleep: Sleep) -> int:
        pause = _SHORTEST_LOOK_S
        while (place := self._database.run(self._free_place)) is None:
            sleep(pause * (0.5 + random.random()))  # noqa: S311 - so that not all look at the same moment
            pause = min(_LONGEST_LOOK_S, pause * 1.5)
        return place

    def _free_place(self, connection: psycopg.Connection) -> int | None:
        for place in range(self._at_once):
            # The database gives a session once more what it holds already.
            if place not in self._held and _is_true(connection.execute(_TAKE, (self._principal, place))):
                self._held.add(place)
                return place
        return None

    def _give_back(self, place: int) -> None:
        self._held.discard(place)
        # Where the database cannot be reached, the lock has ended with the connection.
        with suppress(LedgerError):
            self._database.run(lambda connection: connection.execute(_GIVE_BACK, (self._principal, place)))

    def _counted(self, connection: psycopg.Connection) -> float:
        """Count one more request and say 0; where none fits, say how many seconds to wait before asking again."""
        asked = {"principal": self._principal, "window": self._window_s}
        with connection.transaction():
            connection.execute(_ALONE, (self._principal,))
            now, used, oldest, pause = connection.execute(_USED, asked).fetchone() or (0.0, None, None, None)
            if pause is not None and pause > 0:
                return float(pause)
            if used is not None and used >= self._requests:
                return max(_SHORTEST_WAIT_S, float(oldest) + self._window_s - float(now))
            connection.execute(_COUNT, {**asked, "second": int(now)})
            connection.execute(_FORGET, {**asked, "second": int(now)})
        return 0.0


def _is_true(answer: psycopg.Cursor[TupleRow]) -> bool:
    row = answer.fetchone()
    return row is not None and row[0] is True
