"""The queue's promises, on a real PostgreSQL: each file is done once, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from importer.errors import ConfigurationError, Exit, LedgerError
from importer.sandbox.app import Sandbox
from tests.contract.postgres import database, rows
from tests.flow.fleet import Shell, Site, sandbox_of, site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PROGRAM = (sys.executable, "-c", "from importer.cli import main; main()")
FILES = range(3)


@pytest.fixture
def state() -> Iterator[str]:
    with database("queue") as made:
        yield made


class Slow:
    """A sandbox that takes its time for writes, so that jobs can be interrupted."""

    def __init__(self, sandbox: Sandbox, seconds: float) -> None:
        self.sandbox = sandbox
        self.seconds = seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            time.sleep(self.seconds)
        return self.sandbox(environ, start_response)


@contextmanager
def cluster(folder: Path, state: str, companies: int, seconds: float = 0.0) -> Iterator[Site]:
    """Companies with three files each in their inboxes, to be imported over the queue."""
    door = Slow(sandbox_of({f"k{number}": 30 for number in range(companies)}), seconds)
    with site(folder, door.sandbox, state, door) as made:
        text = made.configuration.read_text(encoding="utf-8")
        made.configuration.write_text(text.replace('currency = "EUR"', 'currency = "EUR"\nsettle_after = "0s"'))
        for name in made.names:
            for file in FILES:
                made.put(name, range(file * 10, file * 10 + 10), f"{file}.csv")
        yield made


def everything(made: Site) -> dict[str, list[str]]:
    """The invoices of all files of all companies, each once."""
    return {name: [str(200_000 + number) for number in range(30)] for name in made.names}


def finished(process: subprocess.Popen[str]) -> int:
    """The exit code of a process, whose pipes are closed then."""
    process.communicate(timeout=60)
    return process.returncode


def importer(made: Site, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "BC_TOKEN": made.sandbox.token}
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=made.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def journals(made: Site) -> dict[str, list[str]]:
    return {name: made.journal(name) for name in made.names}


def left(made: Site) -> list[str]:
    return [path.name for name in made.names for path in made.inbox(name).iterdir() if path.suffix == ".csv"]


def test_a_file_at_work_is_not_queued_once_more_and_taken_up_when_its_worker_was_killed(
    tmp_path: Path, state: str
) -> None:
    """Two entries of one file would wait for each other for ever: the one for its turn, the other for its return."""
    with cluster(tmp_path, state, 2, seconds=6) as made:
        assert finished(importer(made, "nightly", "--queue")) == 0
        worker = importer(made, "worker", "--workers", "2")
        doing = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer' AND status = 'doing'"
        deadline = time.monotonic() + 60
        while rows(state, doing) != [(2,)] and time.monotonic() < deadline:
            time.sleep(0.02)
        out, err = importer(made, "nightly", "--queue").communicate(timeout=60)
        assert out.count("was in the queue before") == 6, out + err
        worker.kill()
        finished(worker)
        assert importer(made, "nightly", "--queue").communicate(timeout=60)[0].count("was in the queue before") == 6
        last = importer(made, "worker", "--until-empty")
        said = last.communicate(timeout=120)
        assert (last.returncode, journals(made), left(made)) == (0, everything(made), []), said


def test_four_workers_do_every_file_once_although_two_of_them_are_killed(tmp_path: Path, state: str) -> None:
    with cluster(tmp_path, state, 6, seconds=0.3) as made:
        queued = importer(made, "nightly", "--queue")
        out, err = queued.communicate(timeout=60)
        assert (queued.returncode, out.count(".csv queued")) == (0, 18), err
        workers = [importer(made, "worker", "--until-empty") for _ in range(4)]
        doing = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer' AND status = 'doing'"
        deadline = time.monotonic() + 60
        while rows(state, doing) != [(4,)] and time.monotonic() < deadline:
            time.sleep(0.02)
        for worker in workers[:2]:
            worker.send_signal(signal.SIGKILL)
        said = [worker.communicate(timeout=120) for worker in workers]
        assert [worker.returncode for worker in workers[:2]] == [-signal.SIGKILL] * 2
        assert [worker.returncode for worker in workers[2:]] == [0, 0], said
        assert journals(made) == everything(made)
        assert left(made) == []
        assert rows(state, "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer'") == [(0,)]


def test_a_file_is_queued_once_and_a_drained_queue_ends_the_worker(
    tmp_path: Path, state: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster(tmp_path, state, 2) as made:
        shell = Shell(made, capsys, monkeypatch)
        assert shell.importer("worker", "--until-empty").code == 0
        first, second = shell.importer("nightly", "--queue"), shell.importer("nightly", "--queue")
        assert (first.code, second.code) == (0, 0)
        assert (first.out.count("was in the queue before"), second.out.count("was in the queue before")) == (0, 6)
        jobs = "SELECT lock, queueing_lock FROM procrastinate_jobs WHERE queue_name = 'importer'"
        locks = rows(state, jobs)
        assert (len(locks), len({lock for lock, _ in locks}), len({once for _, once in locks})) == (6, 2, 6)
        assert shell.importer("worker", "--until-empty", "--workers", "2").code == 0
        assert (journals(made), left(made)) == (everything(made), [])
        assert shell.importer("nightly", "--queue").code == 0
        assert rows(state, jobs) == []


def test_a_bad_file_and_a_company_in_trouble_stop_no_other_and_are_told(
    tmp_path: Path, state: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster(tmp_path, state, 2) as made:
        shell = Shell(made, capsys, monkeypatch)
        made.write("k0", "bad.csv", "hello,world\n1,2\n")
        text = made.configuration.read_text(encoding="utf-8")
        head, _, tail = text.rpartition('"env:BC_TOKEN"')
        made.configuration.write_text(f'{head}"env:NO_SUCH_TOKEN"{tail}', encoding="utf-8")
        assert shell.importer("nightly", "--queue").code == 0
        worked = shell.importer("worker", "--until-empty")
        assert (worked.code, "NO_SUCH_TOKEN is not set" in worked.out) == (Exit.CONFIGURATION, True)
        assert journals(made) == {"k0": everything(made)["k0"], "k1": []}
        assert sorted(left(made)) == ["0.csv", "1.csv", "2.csv"]
        assert (made.inbox("k0") / "failed" / "bad.csv.reason.txt").exists()
        made.configuration.write_text(text, encoding="utf-8")
        assert shell.importer("nightly", "--queue").code == 0
        assert shell.importer("worker", "--until-empty").code == 0
        assert journals(made) == everything(made)


def test_a_worker_that_is_asked_to_stop_gives_its_job_back(tmp_path: Path, state: str) -> None:
    with cluster(tmp_path, state, 1, seconds=0.5) as made:
        assert finished(importer(made, "nightly", "--queue")) == 0
        worker = importer(made, "worker")
        doing = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer' AND status = 'doing'"
        while rows(state, doing) != [(1,)]:
            time.sleep(0.02)
        worker.send_signal(signal.SIGTERM)
        assert finished(worker) == 0
        status = "SELECT status FROM procrastinate_jobs WHERE queue_name = 'importer'"
        assert {one for (one,) in rows(state, status)} <= {"todo", "succeeded"}
        assert finished(importer(made, "worker", "--until-empty")) == 0
        assert (journals(made), left(made)) == (everything(made), [])


def test_the_tables_of_the_queue_are_made_once_and_migrated_by_name(state: str) -> None:
    from importer.fleet.queue_tables import bring_up_to_date

    for _ in range(2):
        bring_up_to_date(state)
    migrations = rows(state, "SELECT migration FROM importer_queue_version ORDER BY migration")
    newest = migrations[-1]
    # As an older library left it: its newest step is still to come, and is one that may be done again.
    rows(state, f"DELETE FROM importer_queue_version WHERE migration = '{newest[0]}' RETURNING 1")  # noqa: S608 - ours
    bring_up_to_date(state)
    assert rows(state, "SELECT migration FROM importer_queue_version ORDER BY migration") == migrations
    assert rows(state, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_queue_needs_postgresql() -> None:
    from importer.fleet.queue import queue_app

    with pytest.raises(ConfigurationError, match=r"A queue needs state = \"postgresql://"):
        queue_app("state/importer.db", lambda _: None)


def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    pytest.importorskip("procrastinate", reason="the extra cluster is not installed")
    from importer.fleet.queue import queue_app

    with pytest.raises(LedgerError) as refused:
        queue_app("postgresql://someone:secret@127.0.0.1:9/nowhere", lambda _: None)
    assert "secret" not in str(refused.value)
