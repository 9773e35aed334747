"""What keeps the queue going: patience with jobs, turns of principals, and the jobs of workers that were killed."""

from __future__ import annotations

import psycopg
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status

from importer.fleet.queue import Unfinished

# A worker says every five seconds that it lives; this long without a word it is taken for dead. Should it live after all,
# two do the same job: the locks of inbox and ledger let one of them wait.
SIGN_OF_LIFE_S = 5.0
SILENT_S = 15.0
# Above everything that waits, or the job of a killed worker would be taken up when the queue is empty.
CARE_FIRST = 100
_REMEMBERED_H = 30 * 24
_LONGEST_PAUSE_S = 60
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('bank-statement-importer turns', 0))"
# The next 64 jobs in fair order: the n-th job of a principal comes with the n-th of every other, jobs at work included. That
# the files of a company come one after the other is up to their lock, which is a principal, a blank and a company.
_TURNS = """
WITH job AS (
  SELECT id, status, left(lock, -length(args->>'company') - 1) AS principal,
    status = 'todo' AND coalesce(scheduled_at <= now(), true) AS is_due
  FROM procrastinate_jobs WHERE queue_name = %(queue)s AND status IN ('todo', 'doing')
), principal AS (
  SELECT principal, count(*) FILTER (WHERE status = 'doing') AS at_work FROM job GROUP BY principal
), place AS (
  SELECT id, at_work + row_number() OVER (PARTITION BY principal ORDER BY id) AS place
  FROM job JOIN principal USING (principal) WHERE is_due AND 1 < (SELECT count(*) FROM principal)
), turn AS (
  SELECT id, 65 - row_number() OVER (ORDER BY place, id) AS priority FROM place ORDER BY place, id LIMIT 64
)
UPDATE procrastinate_jobs AS known SET priority = coalesce(turn.priority, 0) FROM job LEFT JOIN turn USING (id)
WHERE known.id = job.id AND known.status = 'todo' AND known.priority <> coalesce(turn.priority, 0)
"""


class Patience(BaseRetryStrategy):
    """How soon a job is done once more: with growing pauses."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """When to retry; None for a job that needs a person."""
        if not isinstance(exception, Unfinished):
            return None
        return RetryDecision(retry_in={"seconds": min(_LONGEST_PAUSE_S, 2**job.attempts)})


def give_turns(connection: psycopg.Connection, queue: str) -> None:
    """Let the principals with the fewest jobs at work have the next free workers, as `Turns` does on one machine."""
    with connection.transaction():
        connection.execute(_ALONE)
        connection.execute(_TURNS, {"queue": queue})


async def take_up_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it by name
    """Give jobs of workers that were killed back to the queue.

    Args:
        timestamp: when it was due, as the queue says; not needed.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The same file waits already, for the lock that this job holds: an older importer queued it twice.
            await manager.finish_job(job, Status.FAILED, delete_job=True)


async def forget_old(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it by name
    """Remove jobs that failed a month ago: their arguments name files."""
    await context.app.job_manager.delete_old_jobs(_REMEMBERED_H, include_failed=True, include_aborted=True)
