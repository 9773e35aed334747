"""What keeps the queue going: patience with jobs, turns of a principal, and the jobs of workers that were killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job as QueuedJob

from importer.config import load_configuration
from importer.fleet.principals import principal_of
from importer.fleet.queue import NoTurn, Unfinished
from importer.fleet.values import Job

# A worker says every five seconds that it lives; this long without a word it is taken for dead. Should it live after all,
# two do the same job: the locks of inbox and ledger let one of them wait.
SIGN_OF_LIFE_S = 5.0
SILENT_S = 15.0
_TURN_PAUSE_S = 2
_REMEMBERED_H = 30 * 24
_LONGEST_PAUSE_S = 60
_TURN = "SELECT pg_try_advisory_lock(hashtextextended('bank-statement-importer turn ' || %s, %s))"


class Patience(BaseRetryStrategy):
    """How soon a job is done once more: a turn is waited for without counting, trouble with growing pauses."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """When to retry; None for a job that needs a person."""
        match exception:
            case NoTurn():
                return RetryDecision(retry_in={"seconds": _TURN_PAUSE_S})
            case Unfinished():
                return RetryDecision(retry_in={"seconds": min(_LONGEST_PAUSE_S, 2**job.attempts)})
        return None


@contextmanager
def principal_turn(state: str, job: Job, at_once: int) -> Iterator[None]:
    """Hold one of the turns of the job's principal, over all machines; it ends with the connection, also after a kill.

    Raises:
        NoTurn: all are held.
    """
    principal = principal_of(load_configuration(job.configuration).find(job.company))
    with psycopg.connect(state, autocommit=True) as connection:
        for turn in range(at_once):
            row = connection.execute(_TURN, (principal, turn)).fetchone()
            if row is not None and row[0]:
                yield
                return
    raise NoTurn


async def take_up_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it by name
    """Give jobs of workers that were killed back to the queue.

    Args:
        timestamp: when it was due, as the queue says; not needed.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        await manager.retry_job(job)


async def forget_old(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it by name
    """Remove jobs that failed a month ago: their arguments name files."""
    await context.app.job_manager.delete_old_jobs(_REMEMBERED_H, include_failed=True, include_aborted=True)
