"""What keeps the queue going: lost connections, turns of principals, patience that ends, tables of older libraries."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from importer.errors import Exit, LedgerError
from importer.fleet import CompanyNight
from importer.fleet.digest import Digest
from importer.office import utc_now
from importer.sandbox.app import BASE
from tests.contract.postgres import database, rows
from tests.contract.test_queue import cluster, everything, finished, importer, journals, left
from tests.flow.fleet import Site

DOING = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer' AND status = 'doing'"
CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.fixture
def state() -> Iterator[str]:
    with database("care") as made:
        yield made


def wait_for(state: str, query: str, answer: Sequence[tuple[object, ...]], seconds: float = 150) -> None:
    """Until the query gives this answer."""
    deadline = time.monotonic() + seconds
    while rows(state, query) != list(answer):
        assert time.monotonic() < deadline, rows(state, query)
        time.sleep(0.05)


def test_workers_come_back_to_a_database_that_was_started_anew(tmp_path: Path, state: str) -> None:
    with cluster(tmp_path, state, 4, seconds=0.5) as made:
        assert finished(importer(made, "nightly", "--queue")) == 0
        workers = [importer(made, "worker", "--until-empty") for _ in range(2)]
        wait_for(state, DOING, [(2,)])
        for _ in range(2):
            time.sleep(0.7)
            rows(state, CUT)
        said = [worker.communicate(timeout=120) for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0], said
        assert (journals(made), left(made)) == (everything(made), [])


def test_a_database_that_stays_away_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("procrastinate", reason="the extra cluster is not installed")
    from importer.fleet import working

    monkeypatch.setattr(working, "_LONGEST_OUTAGE_S", 0.0)
    post = working.Post("postgresql://someone:secret@127.0.0.1:9/nowhere", Digest().add, 1, lambda: "")
    with pytest.raises(LedgerError, match="queue's database failed"):
        working.work(post)


def test_a_worker_that_waits_for_the_database_can_be_stopped(tmp_path: Path, state: str) -> None:
    with cluster(tmp_path, state, 1) as made:
        text = made.configuration.read_text(encoding="utf-8")
        elsewhere = state.rpartition("@")[0] + "@127.0.0.1:9/nowhere"
        made.configuration.write_text(text.replace(state, elsewhere), encoding="utf-8")
        worker = importer(made, "worker")
        assert worker.stderr is not None
        assert "the worker comes back to it" in worker.stderr.readline()
        worker.send_signal(signal.SIGTERM)
        assert finished(worker) == 0


def queued(state: str, *jobs: str) -> None:
    """Jobs in the queue, each as "principal company file"."""
    from importer.fleet.queue import QUEUE, TASK, queue_app

    app = queue_app(state, lambda _: None)
    with app.open():
        for job in jobs:
            principal, company, file = job.split()
            deferrer = app.configure_task(TASK, queue=QUEUE, lock=f"{principal} {company}")
            deferrer.defer(configuration="", company=company, file=file, night="")


def turns(state: str, doing: Sequence[int]) -> list[int]:
    """The jobs, numbered from 1, in the order in which workers take them once these are at work."""
    import psycopg

    from importer.fleet.queue import QUEUE
    from importer.fleet.queue_care import give_turns

    numbers = ", ".join(map(str, doing)) or "0"
    rows(state, f"UPDATE procrastinate_jobs SET status = 'doing' WHERE id IN ({numbers}) RETURNING 1")  # noqa: S608
    with psycopg.connect(state, autocommit=True) as connection:
        for _ in range(2):
            give_turns(connection, QUEUE)
    order = "SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
    return [number for (number,) in rows(state, order)]


QUEUED = ("a a1 x", "a a2 x", "a a3 x", "b b1 x", "b b1 y", "b b2 x", "c c1 x")
TURNS: dict[str, tuple[Sequence[str], Sequence[int], Sequence[int]]] = {
    "nobody is at work": (QUEUED, [], [1, 4, 7, 2, 5, 3, 6]),
    "one is at work": (QUEUED, [1], [4, 7, 2, 5, 3, 6]),
    "two are at work": (QUEUED, [1, 4], [7, 2, 5, 3, 6]),
    "many of one are at work": (QUEUED, [1, 2], [4, 7, 5, 3, 6]),
    "one principal needs no turns": (("a a1 x", "a a2 x", "a a1 y"), [1], [2, 3]),
    "nothing waits": (("a a1 x", "b b1 x"), [1, 2], []),
}


@pytest.mark.parametrize(("jobs", "doing", "order"), TURNS.values(), ids=TURNS.keys())
def test_the_principal_with_the_fewest_jobs_at_work_has_the_next_turn(
    state: str, jobs: Sequence[str], doing: Sequence[int], order: Sequence[int]
) -> None:
    queued(state, *jobs)
    assert turns(state, doing) == order


def test_turns_are_given_anew_when_jobs_have_ended_or_come(state: str) -> None:
    queued(state, *QUEUED)
    assert turns(state, [1, 2, 3]) == [4, 7, 5, 6]
    rows(state, "DELETE FROM procrastinate_jobs WHERE status = 'doing' RETURNING 1")
    queued(state, "a a4 x", "a a5 x", "d d1 x")
    assert turns(state, [4]) == [7, 8, 10, 5, 9, 6]


def test_a_principal_whose_service_hangs_leaves_workers_to_the_others(tmp_path: Path, state: str) -> None:
    with cluster(tmp_path, state, 6) as made, hanging(made, {"k0", "k1", "k2", "k3"}):
        assert finished(importer(made, "nightly", "--queue")) == 0
        worker = importer(made, "worker", "--workers", "3")
        others = (
            "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'importer' AND args->>'company' IN ('k4', 'k5')"
        )
        wait_for(state, others, [(0,)])
        worker.kill()
        finished(worker)
        assert {name: journals(made)[name] for name in ("k4", "k5")} == {
            name: everything(made)[name] for name in ("k4", "k5")
        }


@contextmanager
def hanging(made: Site, names: set[str]) -> Iterator[None]:
    """These companies belong to another service, that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}{BASE}"
        text = made.configuration.read_text(encoding="utf-8")
        for name in names:
            found = re.compile(rf'(\[company.{name}\]\nbase_url = )"[^"]*"')
            text = found.sub(rf'\1"{address}"', text)
        made.configuration.write_text(text, encoding="utf-8")
        yield


def test_a_stalled_job_that_waits_once_more_is_dropped_and_keeps_no_other_from_being_taken_up(state: str) -> None:
    """An older importer queued a file again while it was at work."""
    from procrastinate import JobContext
    from procrastinate.jobs import Job

    from importer.fleet.queue import queue_app
    from importer.fleet.queue_care import take_up_stalled

    queued(state, "a a1 x", "a a1 x", "b b1 y")
    rows(state, "UPDATE procrastinate_jobs SET status = 'doing' WHERE id IN (1, 3) RETURNING 1")
    rows(state, "UPDATE procrastinate_jobs SET queueing_lock = args->>'file' RETURNING 1")

    async def care() -> None:
        app = queue_app(state, lambda _: None)
        async with app.open_async():
            job = Job(id=9, queue="", lock=None, queueing_lock=None, task_name="")
            await take_up_stalled(JobContext(start_timestamp=0, app=app, job=job, abort_reason=lambda: None), 0)

    asyncio.run(care())
    assert rows(state, "SELECT id, status FROM procrastinate_jobs ORDER BY id") == [(2, "todo"), (3, "todo")]


def test_what_keeps_the_queue_in_order_goes_before_the_jobs_that_wait(state: str) -> None:
    from importer.fleet.queue import queue_app

    queued(state, "a a1 x")
    tasks = queue_app(state, lambda _: None).periodic_registry.periodic_tasks.values()
    assert {task.task.name: task.configure_kwargs["priority"] for task in tasks} == {
        "importer.take_up_stalled": 100,
        "importer.forget_old": 100,
    }


def test_a_job_of_an_older_or_newer_night_is_understood(state: str) -> None:
    """Workers and nights of several versions work on one queue: the arguments of a job are a promise."""
    import inspect

    from importer.fleet.queue import TASK, queue_app

    task = queue_app(state, lambda _: None).tasks[TASK]
    names = list(inspect.signature(task.func).parameters)
    assert names == ["context", "configuration", "company", "file", "night"]


def test_a_job_that_does_not_go_better_is_told_after_eight_attempts(tmp_path: Path, state: str) -> None:
    from procrastinate.jobs import Job

    from importer.fleet.queue import Unfinished
    from importer.fleet.queue_care import Patience

    def pause(attempts: int) -> float:
        job = Job(id=1, queue="importer", lock="", queueing_lock="", task_name="", attempts=attempts)
        decision = Patience().get_retry_decision(exception=Unfinished(), job=job)
        assert decision is not None
        assert decision.retry_at is not None
        return round((decision.retry_at - utc_now()).total_seconds())

    assert [pause(attempts) for attempts in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    with cluster(tmp_path, state, 1) as made:
        text = made.configuration.read_text(encoding="utf-8")
        nowhere = re.sub('base_url = "[^"]*"', f'base_url = "http://127.0.0.1:9{BASE}"', text)
        made.configuration.write_text(nowhere, encoding="utf-8")
        made.put("k0", [1], "late.csv")
        for name in ("0.csv", "1.csv", "2.csv"):
            (made.inbox("k0") / name).unlink()
        assert finished(importer(made, "nightly", "--queue")) == 0
        rows(state, "UPDATE procrastinate_jobs SET attempts = 7 RETURNING 1")
        worker = importer(made, "worker", "--until-empty")
        out, _ = worker.communicate(timeout=120)
        assert (worker.returncode, "late.csv kept" in out) == (Exit.UNAVAILABLE, True)


def test_tables_that_an_older_library_left_become_those_of_the_installed_one(state: str) -> None:
    import psycopg
    from procrastinate.schema import SchemaManager

    from importer.fleet.queue_tables import bring_up_to_date

    functions = (
        "SELECT p.oid::regprocedure::text, md5(prosrc) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
        "WHERE nspname = 'public' AND proname LIKE 'procrastinate%' ORDER BY 1"
    )
    columns = (
        "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
        "WHERE table_name LIKE 'procrastinate%' ORDER BY 1, 2"
    )
    bring_up_to_date(state)
    newest = (rows(state, functions), rows(state, columns))
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    older = [step for step in steps if step.name < "03.01"]
    with psycopg.connect(state, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute("CREATE TABLE importer_queue_version (migration text PRIMARY KEY)")
        for step in older:
            connection.execute(step.read_bytes())
            connection.execute("INSERT INTO importer_queue_version VALUES (%s)", (step.name,))
    assert rows(state, functions) != newest[0]
    bring_up_to_date(state)
    assert (rows(state, functions), rows(state, columns)) == newest


def test_a_worker_tells_of_many_jobs_in_one_message_when_it_has_been_quiet_for_a_minute() -> None:
    at = [utc_now()]
    digest = Digest(lambda: at[0])
    assert not digest.is_quiet()
    digest.add(CompanyNight("beta", Exit.REVIEW))
    digest.add(CompanyNight("alpha", Exit.DONE))
    at[0] += timedelta(seconds=59)
    digest.add(CompanyNight("beta", Exit.FILE_REJECTED))
    at[0] += timedelta(seconds=59)
    assert not digest.is_quiet()
    at[0] += timedelta(seconds=1)
    assert digest.is_quiet()
    night = digest.night()
    assert [(one.company, one.code) for one in night.companies] == [("alpha", Exit.DONE), ("beta", Exit.FILE_REJECTED)]
    assert (digest.is_quiet(), digest.night().companies) == (False, ())
