"""The entry for one job: opens what the company needs, and turns whatever goes wrong into its result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from importer.collection import collect_now_and_then
from importer.config import Company, Configuration, load_configuration
from importer.errors import Busy, ConfigurationError, Exit, ImporterError
from importer.fleet.company import import_inbox, preview_inbox
from importer.fleet.finishing import Inbox
from importer.fleet.principals import share_of
from importer.fleet.values import Became, CompanyNight, FileNight, Job
from importer.inbox import Standing, lock, look
from importer.logs import log_context
from importer.office import Office, open_office, utc_now
from importer.ports import Stop
from importer.reports.labels import Group
from importer.reports.progress import quiet
from importer.writer.session import never

_LOG = logging.getLogger("importer.fleet")

Work = Callable[[Inbox, Office], CompanyNight]


def run_job(job: Job, *, stop: Stop = never) -> CompanyNight:
    """Import the job's files: plan them together, apply what is certain, write reports, move the files.

    Never raises for what concerns this company: the result says what went wrong, so that others go on. Safe to run
    again, also beside itself and after it was killed; what is done is recognised.

    Args:
        stop: asked before every request that changes something; what is not done then stays in the inbox.
    """
    return _guarded(job, lambda: _in_office(job, stop, import_inbox))


def preview_job(job: Job, *, stop: Stop = never) -> CompanyNight:
    """What `run_job` would do. Writes nothing to Business Central and leaves every file where it is."""
    return _guarded(job, lambda: _in_office(job, stop, preview_inbox))


def inbox_of(company: Company) -> Path:
    """The folder where the company's files arrive.

    Raises:
        ConfigurationError: none is configured, or it is not there.
    """
    if company.inbox is None:
        raise ConfigurationError(f"Company {company.name} has no inbox. Set `inbox` in [company.{company.name}].")
    if not company.inbox.is_dir():
        raise ConfigurationError(
            f"The inbox {company.inbox} of company {company.name} is not there. Create the folder, or mount the drive."
        )
    return company.inbox


def _in_office(job: Job, stop: Stop, work: Work) -> CompanyNight:
    if why := stop():
        raise Busy(f"Stopped before company {job.company} was begun: {why}. The next night does it.")
    configuration = _configuration(job.configuration)
    company = configuration.find(job.company)
    folder = inbox_of(company)
    with lock(folder):
        inbox = Inbox(folder, configuration.state, _settled(folder) if job.files is None else job.files)
        with open_office(
            configuration, company, quiet, stop=stop, share=share_of(company, configuration.state)
        ) as office:
            return work(inbox, office)


def _settled(folder: Path) -> Sequence[Path]:
    found = look([folder], utc_now, time.sleep)[folder]
    return [entry.path for entry in found if entry.standing is Standing.SETTLED]


@lru_cache(maxsize=1)
def _loaded(path: Path, modified_ns: int) -> Configuration:  # noqa: ARG001 - the time makes a changed file another key
    return load_configuration(path)


def _configuration(path: Path) -> Configuration:
    """The configuration, read once for all jobs of a process and again when the file was changed."""
    return _loaded(path, path.stat().st_mtime_ns) if path.is_file() else load_configuration(path)


def _guarded(job: Job, work: Callable[[], CompanyNight]) -> CompanyNight:
    began = time.monotonic()
    with log_context(night=job.night, company=job.company):
        _LOG.info("company begins", extra={"files": len(job.files or ())})
        try:
            result = work()
        except ImporterError as error:
            result = _not_done(job, Exit(error.exit_code), str(error))
        except OSError as error:
            result = _not_done(job, Exit.LEDGER, f"The disk or a folder failed: {error}. Mend it and run again.")
        except Exception as error:  # noqa: BLE001 - one bad company must not stop the others
            _LOG.exception("a bug of the importer")
            result = _not_done(job, Exit.BUG, f"A bug of the importer: {type(error).__name__}. Please report the log.")
        collect_now_and_then()
        seconds = round(time.monotonic() - began, 1)
        _LOG.info("company ends", extra={"code": int(result.code), "seconds": seconds, **_counts(result)})
    return replace(result, seconds=seconds)


def _not_done(job: Job, code: Exit, why: str) -> CompanyNight:
    files = tuple(
        FileNight(path.name, Became.KEPT, path.name, reason="not done; why is said for the company")
        for path in job.files or ()
    )
    return CompanyNight(job.company, code, files, remarks=(why,))


def _counts(result: CompanyNight) -> dict[str, int]:
    return {
        "written": result.lines(Group.CERTAIN),
        "waiting": result.lines(Group.WAITING),
        "skipped": result.lines(Group.SKIPPED),
    }
