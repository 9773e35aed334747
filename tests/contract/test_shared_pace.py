"""The limits of one principal over several processes: never more at once, never more in the window, on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from importer.errors import Busy, LedgerError
from importer.fleet.shared_pace import Database, SharedPace
from tests.contract.postgres import database, rows

WORKER = """
import sys, time, threading
from datetime import UTC, datetime, timedelta
from importer.fleet.shared_pace import Database, SharedPace
state, requests, window, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
pace = SharedPace(Database(state), "application a", requests=requests, window=timedelta(seconds=window))
ends = time.time() + seconds
def ask():
    while time.time() < ends:
        with pace.turn(lambda: datetime.now(UTC), time.sleep):
            began = time.time()
            time.sleep(0.02)
            sys.stdout.write(f"{began} {time.time()}\\n")
threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.fixture
def state() -> Iterator[str]:
    with database("pace") as made:
        yield made


def asked_by(
    state: str, processes: int, *, requests: int, window_s: float, seconds: float
) -> list[tuple[float, float]]:
    """When the requests of several processes of four threads each began and ended, by their beginning."""
    arguments = (state, str(requests), str(window_s), str(seconds))
    started = [
        subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    lines = [line for process in started for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in started] == [0] * processes
    return sorted((float(began), float(ended)) for began, ended in map(str.split, lines))


def test_several_processes_never_ask_more_than_five_at_once(state: str) -> None:
    times = asked_by(state, 3, requests=6000, window_s=300, seconds=2)
    edges = sorted([(began, 1) for began, _ in times] + [(ended, -1) for _, ended in times])
    now, most = 0, 0
    for _, change in edges:
        now += change
        most = max(most, now)
    assert most == 5
    assert rows(state, "SELECT sum(requests) FROM importer_pace") == [(len(times),)]


def test_several_processes_never_ask_more_in_a_window_than_allowed(state: str) -> None:
    times = [began for began, _ in asked_by(state, 2, requests=20, window_s=1, seconds=6)]
    assert len(times) >= 40
    assert all(later - earlier > 1 for earlier, later in zip(times, times[20:], strict=False))


class Stopped(Exception):
    """Nobody waits for real here."""


def refuse(seconds: float, /) -> None:
    raise Stopped(str(seconds))


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def paces(state: str, *principals: str, at_once: int = 5) -> Iterator[list[SharedPace]]:
    """A pace for each of these principals, each with a connection of its own as in a process of its own."""
    with ExitStack() as stack:
        databases = [stack.enter_context(closing(Database(state))) for _ in principals]
        yield [SharedPace(one, name, at_once=at_once) for one, name in zip(databases, principals, strict=True)]


def cut(state: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    rows(state, f"SELECT count(pg_terminate_backend(pid)) {others}")


def test_a_pause_that_the_service_asked_for_holds_for_every_process_and_only_for_its_principal(state: str) -> None:
    with paces(state, "application a", "application a", "application b") as (one, another, stranger):
        one.close_until(now() + timedelta(seconds=30))
        one.close_until(now() + timedelta(seconds=10))
        with pytest.raises(Stopped) as waits, another.turn(now, refuse):
            pytest.fail("the pause was not kept")
        assert 28 < float(str(waits.value)) <= 30
        with stranger.turn(now, refuse):
            pass


def test_a_place_is_given_back_when_a_request_breaks_and_when_its_process_is_gone(state: str) -> None:
    with paces(state, "application a", "application a", at_once=1) as (one, gone):
        with pytest.raises(Busy), one.turn(now, time.sleep):
            raise Busy("stopped")
        with gone.turn(now, time.sleep):
            with pytest.raises(Stopped), one.turn(now, refuse):
                pytest.fail("two at once")
            cut(state)
            with one.turn(now, time.sleep):
                pass


def test_a_lost_connection_is_made_anew(state: str) -> None:
    with paces(state, "application a") as (pace,):
        for _ in range(2):
            with pace.turn(now, refuse):
                cut(state)
            cut(state)
    assert rows(state, "SELECT sum(requests) FROM importer_pace") == [(2,)]


def test_a_database_that_is_not_there_sends_nothing() -> None:
    pytest.importorskip("psycopg", reason="the extra cluster is not installed")
    with paces("postgresql://someone:secret@127.0.0.1:9/nowhere", "application a") as (pace,):
        with pytest.raises(LedgerError, match="Nothing was sent") as refused, pace.turn(now, time.sleep):
            pytest.fail("it was sent")
        assert "secret" not in str(refused.value)
