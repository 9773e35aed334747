"""A worker: takes jobs from the queue until it is stopped, or until there are none left.

The database may be started anew meanwhile: the worker comes back to it, and jobs that were broken off are done once more.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.errors import LedgerError
from importer.fleet.queue import QUEUE, Done, database_errors, queue_app
from importer.ports import Stop

if TYPE_CHECKING:
    import psycopg
    from procrastinate.worker import Worker

_LOG = logging.getLogger("importer.fleet")
_LOOK_AGAIN_S = 1.0
_LONGEST_OUTAGE_S = 300.0
_LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('todo', 'doing')"


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker stands: the queue's database, who hears of finished jobs, jobs side by side, who may stop it.

    `meanwhile` is called every second.
    """

    state: str
    done: Done
    concurrency: int
    stop: Stop
    meanwhile: Callable[[], None] = lambda: None


def work(post: Post) -> None:
    """Take jobs until somebody wants it to stop; jobs on their way then end after the request at hand, and go back.

    Raises:
        LedgerError: the database was away for five minutes.
    """
    _work(post, lambda _: False)


def work_until_empty(post: Post) -> None:
    """Take jobs until none is left, here or on other workers, or until somebody wants it to stop.

    Jobs that wait for their company, their next attempt or a worker that was killed are waited for.

    Raises:
        LedgerError: the database was away for five minutes.
    """
    _work(post, _is_empty)


def _work(post: Post, is_over: Callable[[psycopg.Connection], bool]) -> None:
    lost_at = None
    while True:
        watch = _Watch(post, is_over)
        try:
            _run(post, watch)
        except LedgerError:
            lost_at = lost_at or time.monotonic()
            if watch.is_over or time.monotonic() - lost_at > _LONGEST_OUTAGE_S:
                raise
            _LOG.warning("the queue's database was lost; the worker comes back to it")
        else:
            lost_at = None
        if watch.is_over or post.stop():
            return
        time.sleep(_LOOK_AGAIN_S)


def _run(post: Post, watch: _Watch) -> None:
    import psycopg
    from procrastinate.worker import Worker

    from importer.fleet.queue_care import SIGN_OF_LIFE_S, SILENT_S, give_turns

    app = queue_app(post.state, post.done)
    # Before the first jobs are taken: so many at once as there are places.
    with database_errors(), psycopg.connect(post.state, autocommit=True) as connection:
        give_turns(connection, QUEUE)

    async def run() -> None:
        # One thread for each job: asyncio's own number follows the number of processors.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(post.concurrency + 1))
        async with app.open_async():
            worker = Worker(
                app,
                concurrency=post.concurrency,
                fetch_job_polling_interval=_LOOK_AGAIN_S,
                # Asked to stop, a job on its way hears of it at once; what it has sent it still writes down.
                shutdown_graceful_timeout=0,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=SIGN_OF_LIFE_S,
                stalled_worker_timeout=SILENT_S,
            )
            with watch.over(worker):
                await worker.run()  # type: ignore[no-untyped-call]  # the library leaves it out

    with database_errors():
        asyncio.run(run())


class _Watch:
    """A look at the queue and at who may stop the worker, every second from another thread."""

    def __init__(self, post: Post, is_over: Callable[[psycopg.Connection], bool]) -> None:
        self.is_over = False
        self._post = post
        self._asked = is_over

    @contextmanager
    def over(self, worker: Worker) -> Iterator[None]:
        """While this is open, the worker is stopped when it is over."""
        ended = threading.Event()
        thread = threading.Thread(target=self._watch, args=(worker, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _watch(self, worker: Worker, ended: threading.Event) -> None:
        import psycopg

        try:
            with psycopg.connect(self._post.state, autocommit=True) as connection:
                while not ended.wait(_LOOK_AGAIN_S):
                    self._post.meanwhile()
                    self.is_over = bool(self._post.stop()) or self._asked(connection)
                    if self.is_over:
                        break
        except psycopg.Error:
            # The worker has the same trouble, and comes back.
            pass
        worker.stop()  # type: ignore[no-untyped-call]  # the library leaves it out


def _is_empty(connection: psycopg.Connection) -> bool:
    return connection.execute(_LEFT, (QUEUE,)).fetchone() == (0,)
