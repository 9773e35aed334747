"""A night that is killed, stopped or started twice: the next one goes on, and nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from importer.fleet import Job, run_job
from importer.sandbox.app import Sandbox
from tests.flow.fleet import Site, sandbox_of, site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LINES = range(1, 131)
INVOICES = [str(200_000 + number) for number in LINES]
PROGRAM = (sys.executable, "-c", "from importer.cli import main; main()")


class Watched:
    """A sandbox behind a door: something happens just before or just after it carries out a certain write."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.writes = 0
        self.before: Callable[[int], None] = lambda _: None
        self.after: Callable[[int], None] = lambda _: None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        writes = environ["REQUEST_METHOD"] != "GET"
        if not writes:
            return self.sandbox(environ, start_response)
        self.writes += 1
        self.before(self.writes)
        answer = list(self.sandbox(environ, start_response))
        self.after(self.writes)
        return answer


def nightly(made: Site) -> subprocess.Popen[str]:
    environment = {**os.environ, "BC_TOKEN": made.sandbox.token}
    return subprocess.Popen(
        [*PROGRAM, "nightly"],
        cwd=made.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


def next_night(made: Site, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a night in this process, for the only company that has work."""
    monkeypatch.setenv("BC_TOKEN", made.sandbox.token)
    return run_job(Job(made.configuration, "alpha")).code


def settles_at_once(made: Site) -> None:
    text = made.configuration.read_text(encoding="utf-8")
    made.configuration.write_text(text.replace('currency = "EUR"', 'currency = "EUR"\nsettle_after = "0s"'))


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", [1, 2])
def test_a_night_killed_while_it_writes_is_finished_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, write: int
) -> None:
    door = Watched(sandbox_of({"alpha": 140}))
    with site(tmp_path, door.sandbox, app=door) as made:
        settles_at_once(made)
        made.put("alpha", LINES)
        process = nightly(made)

        def kill(count: int) -> None:
            if count == write:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()

        setattr(door, moment, kill)
        assert ended(process) == -signal.SIGKILL
        assert (made.inbox("alpha") / "bank.csv").exists()
        setattr(door, moment, lambda _: None)
        assert next_night(made, monkeypatch) == 0
        assert made.journal("alpha") == INVOICES
        assert not (made.inbox("alpha") / "bank.csv").exists()


def test_a_signal_lets_the_request_on_its_way_end_and_leaves_the_rest_to_the_next_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Watched(sandbox_of({"alpha": 140, "beta": 5}))
    with site(tmp_path, door.sandbox, app=door) as made:
        made.put("alpha", LINES)
        made.put("beta", range(1, 200))  # larger, so that it comes second
        process = nightly(made)

        def stop(count: int) -> None:
            if count == 1:
                os.kill(process.pid, signal.SIGTERM)

        door.after = stop
        out, err = process.communicate(timeout=60)
        assert process.returncode == 75
        assert "signal SIGTERM; finishing what is on its way" in err
        assert len(made.journal("alpha")) == 100
        assert made.journal("beta") == []
        assert "bank.csv kept" in out
        assert next_night(made, monkeypatch) == 0
        assert made.journal("alpha") == INVOICES


def test_a_second_signal_leaves_at_once_and_the_next_night_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Watched(sandbox_of({"alpha": 140}))
    with site(tmp_path, door.sandbox, app=door) as made:
        settles_at_once(made)
        made.put("alpha", LINES)
        process = nightly(made)

        def insist(count: int) -> None:
            while count == 1 and process.poll() is None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.2)

        door.after = insist
        assert ended(process) == 75
        assert next_night(made, monkeypatch) == 0
        assert made.journal("alpha") == INVOICES


def test_a_night_started_twice_runs_once(tmp_path: Path) -> None:
    door = Watched(sandbox_of({"alpha": 140}))
    reached, released = Event(), Event()

    def wait(count: int) -> None:
        if count == 1:
            reached.set()
            assert released.wait(60)

    with site(tmp_path, door.sandbox, app=door) as made:
        made.put("alpha", LINES)
        door.before = wait
        first = nightly(made)
        assert reached.wait(60)
        second = nightly(made)
        out, _ = second.communicate(timeout=60)
        released.set()
        assert (second.returncode, ended(first)) == (75, 0)
        assert "Another run is at work on this company" in out
        assert made.journal("alpha") == INVOICES


@pytest.mark.parametrize("why", ["signal", "deadline"])
def test_a_long_pause_that_the_server_asks_for_keeps_nobody_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    sandbox = sandbox_of({"alpha": 140})
    asked, calm = Event(), Event()

    def throttled(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if calm.is_set():
            return sandbox(environ, start_response)
        asked.set()
        start_response("429 Too Many Requests", [("Content-Length", "0"), ("Retry-After", "600")])
        return [b""]

    with site(tmp_path, sandbox, app=throttled) as made:
        made.put("alpha", LINES)
        if why == "deadline":
            text = made.configuration.read_text(encoding="utf-8")
            made.configuration.write_text(f'{text}\n[nightly]\ndeadline = "3s"\n', encoding="utf-8")
        process = nightly(made)
        assert asked.wait(60)
        if why == "signal":
            process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        assert (process.returncode, "bank.csv kept" in out) == (75, True)
        assert made.journal("alpha") == []
        calm.set()
        assert next_night(made, monkeypatch) == 0
        assert made.journal("alpha") == INVOICES
