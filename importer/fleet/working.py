"""A worker: takes jobs from the queue until it is stopped, or until there are none left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from importer.fleet.queue import QUEUE, Done, database_errors, queue_app
from importer.fleet.queue_care import SIGN_OF_LIFE_S, SILENT_S

if TYPE_CHECKING:
    import procrastinate
    from procrastinate.worker import Worker

_LOOK_AGAIN_S = 1.0


def work(state: str, done: Done, *, concurrency: int) -> None:
    """Take jobs until a signal comes; jobs on their way then stop after the request at hand and go back to the queue."""
    app = queue_app(state, done)
    with database_errors():
        asyncio.run(_run(app, _worker(app, concurrency)))


def work_until_empty(state: str, done: Done, *, concurrency: int) -> None:
    """Take jobs until none is left, here or on other workers, or until a signal comes.

    Jobs that wait for their company, their next attempt or a worker that was killed are waited for.
    """
    app = queue_app(state, done)
    worker = _worker(app, concurrency)
    with database_errors(), _stopped_when_empty(state, worker):
        asyncio.run(_run(app, worker))


def _worker(app: procrastinate.App, concurrency: int) -> Worker:
    from procrastinate.worker import Worker

    return Worker(
        app,
        concurrency=concurrency,
        fetch_job_polling_interval=_LOOK_AGAIN_S,
        # Asked to stop, a job on its way hears of it at once; what it has sent it still writes down.
        shutdown_graceful_timeout=0,
        delete_jobs="successful",
        update_heartbeat_interval=SIGN_OF_LIFE_S,
        stalled_worker_timeout=SILENT_S,
    )


async def _run(app: procrastinate.App, worker: Worker) -> None:
    async with app.open_async():
        await worker.run()  # type: ignore[no-untyped-call]  # the library leaves it out


@contextmanager
def _stopped_when_empty(state: str, worker: Worker) -> Iterator[None]:
    """A look into the queue every second, from another thread; it stops the worker when nothing is left."""
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(state, worker, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(state: str, worker: Worker, ended: threading.Event) -> None:
    import psycopg

    left = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('todo', 'doing')"
    try:
        with psycopg.connect(state, autocommit=True) as connection:
            while not ended.wait(_LOOK_AGAIN_S):
                row = connection.execute(left, (QUEUE,)).fetchone()
                if row == (0,):
                    worker.stop()  # type: ignore[no-untyped-call]  # the library leaves it out
                    return
    except psycopg.Error:
        # The worker has the same trouble, and says so.
        worker.stop()  # type: ignore[no-untyped-call]  # the library leaves it out
