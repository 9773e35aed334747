"""The same jobs on several machines: Procrastinate keeps them in the PostgreSQL of the ledger, any number of workers take them.

    defer_night ─▶ one job for each (company, file) ─▶ Worker, on any machine ─▶ run_job

One job of a company at a time, by its lock; one entry for each file, by its hash. After a kill the jobs of a worker that gives
no sign of life are taken up again. That is safe because `run_job` is: what is done is recognised in ledger and journal.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from importer.config import Company, Configuration
from importer.errors import ConfigurationError, Exit, LedgerError, UnusableFile, strongest
from importer.fleet.job import run_job
from importer.fleet.night import Fleet, looked_at, new_name, settled, with_others
from importer.fleet.principals import principal_of
from importer.fleet.turns import size_of
from importer.fleet.values import Became, CompanyNight, FileNight, Job, Night
from importer.inbox import take

if TYPE_CHECKING:
    import procrastinate

QUEUE = "importer"
TASK = "importer.run_job"
DEFERRED = "The files are in the queue; `importer worker` imports them."
_CARE = "importer-care"  # what keeps the queue itself in order; it never counts as work
_LOG = logging.getLogger("importer.fleet")
# What may be better in a minute; everything else is left to a person or to the next night.
_AGAIN = frozenset({Exit.TEMPORARY, Exit.UNAVAILABLE, Exit.LEDGER})
_MOST_ATTEMPTS = 8

# One night at a time fills the queue, so that none overlooks what another has just put there.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('bank-statement-importer filling the queue', 0))"
_WAITING = "SELECT queueing_lock FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('todo', 'doing')"

Done = Callable[[CompanyNight], None]


class Unfinished(Exception):
    """The job is to be done once more, soon."""


class JobFailed(Exception):
    """The job needs a person; what is to be done stands in the log and in the summary."""


def queue_app(state: str, done: Done) -> procrastinate.App:
    """The queue at `state`, brought to the newest tables; `done` hears of every job that this process finished.

    Raises:
        ConfigurationError: `state` is no PostgreSQL, or the extra `cluster` is not installed.
        LedgerError: the database cannot be reached.
    """
    if not state.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError('A queue needs state = "postgresql://…" in importer.toml; an SQLite file has none.')
    try:
        import procrastinate

        from importer.fleet.queue_tables import bring_up_to_date
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The queue is not installed. Install the importer with its extra `cluster`."
        ) from error
    # Their messages hold the arguments of jobs, and with them the names of files, or where the database is.
    for name in ("procrastinate", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with database_errors():
        bring_up_to_date(state)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=state))
    _add_tasks(app, state, done)
    return app


def defer_night(fleet: Fleet, configuration: Configuration) -> Night:
    """Put the finished files of all inboxes into the queue, each once.

    Raises:
        ConfigurationError, LedgerError: as for `queue_app`.
    """
    started, night = fleet.now(), new_name(fleet.now)
    found = looked_at(fleet, fleet.companies)
    app = queue_app(configuration.state, lambda _: None)
    jobs = [
        (company, Job(fleet.path.absolute(), company.name, (path,), night))
        for company in fleet.companies
        for path in settled(found[company.name])
    ]
    files: dict[str, list[FileNight]] = {company.name: [] for company in fleet.companies}
    with database_errors(), app.open(), _waiting(configuration.state) as waiting:
        for company, job in sorted(jobs, key=lambda item: size_of(item[1])):
            files[company.name].append(_deferred(app, company, job, waiting))
    companies = tuple(with_others(_queued(name, files[name]), found[name]) for name in files)
    return Night(night, started, fleet.now(), companies, DEFERRED)


def _queued(company: str, files: Sequence[FileNight]) -> CompanyNight:
    refused = [Exit.FILE_REJECTED for file in files if file.became is Became.REFUSED]
    return CompanyNight(company, strongest(refused), tuple(sorted(files, key=lambda file: file.name)))


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what the queue's database says into the error tree."""
    import procrastinate.exceptions
    import psycopg

    try:
        yield
    except (procrastinate.exceptions.ConnectorException, psycopg.Error) as error:
        # Its text may hold the address with user and password.
        raise LedgerError(f"The queue's database failed ({type(error).__name__}); mend it and start again.") from error


@contextmanager
def _waiting(state: str) -> Iterator[frozenset[str]]:
    """The files that wait or are at work, while nobody else fills the queue.

    The queue itself refuses only what waits. Were a file at work queued again, its job could not go back to the queue when
    its worker is killed or it is to be done once more, and would hold up its company for ever.
    """
    import psycopg

    with psycopg.connect(state) as connection:
        connection.execute(_ALONE)
        yield frozenset(lock for (lock,) in connection.execute(_WAITING, (QUEUE,)))


def _deferred(app: procrastinate.App, company: Company, job: Job, waiting: Collection[str]) -> FileNight:
    (path,) = job.files or ()
    try:
        sha256 = take(path).sha256
    except UnusableFile as error:
        return FileNight(path.name, Became.REFUSED, path.name, reason=str(error))
    name = f"{company.name} {sha256}"
    if name in waiting or not _put(app, company, job, name):
        return FileNight(path.name, Became.QUEUED, path.name, sha256, reason="was in the queue before")
    return FileNight(path.name, Became.QUEUED, path.name, sha256)


def _put(app: procrastinate.App, company: Company, job: Job, name: str) -> bool:
    """Put the job into the queue under this name; False when one of that name waits."""
    from procrastinate.exceptions import AlreadyEnqueued

    (path,) = job.files or ()
    deferrer = app.configure_task(TASK, lock=f"{principal_of(company)} {company.name}", queueing_lock=name)
    try:
        deferrer.defer(
            configuration=str(job.configuration), company=job.company, file=str(path.absolute()), night=job.night
        )
    except AlreadyEnqueued:
        return False
    return True


def _add_tasks(app: procrastinate.App, state: str, done: Done) -> None:
    from procrastinate import JobContext

    from importer.fleet.queue_care import CARE_FIRST, Patience, forget_old, take_up_stalled

    @app.task(name=TASK, queue=QUEUE, retry=Patience(), pass_context=True)
    def run_queued(context: JobContext, *, configuration: str, company: str, file: str, night: str) -> None:
        _give_turns(state)
        job = Job(Path(configuration), company, (Path(file),), night)
        result = run_job(job, stop=lambda: "the worker was asked to stop" if context.should_abort() else "")
        last = context.job.attempts + 1 >= _MOST_ATTEMPTS
        if result.code in _AGAIN and not last:
            raise Unfinished
        done(result)
        if strongest([result.code, Exit.FILE_REJECTED]) is not Exit.FILE_REJECTED:
            raise JobFailed

    # Every ten seconds (the sixth field), on whichever worker is free; the queueing lock keeps it from piling up.
    app.periodic(cron="* * * * * */10", priority=CARE_FIRST)(
        app.task(name="importer.take_up_stalled", queue=_CARE, queueing_lock=_CARE, pass_context=True)(take_up_stalled)
    )
    app.periodic(cron="17 3 * * *", priority=CARE_FIRST)(
        app.task(name="importer.forget_old", queue=_CARE, queueing_lock="forget", pass_context=True)(forget_old)
    )


def _give_turns(state: str) -> None:
    import psycopg

    from importer.fleet.queue_care import give_turns

    # It is a matter of fairness only; what else trouble with the database means, the job itself finds out.
    with suppress(psycopg.Error), psycopg.connect(state, autocommit=True) as connection:
        give_turns(connection, QUEUE)
