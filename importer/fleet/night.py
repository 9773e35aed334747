"""A night: all companies, side by side as far as the executor goes, and one summary. One company's trouble is its own."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from importer.config import Company, Configuration
from importer.errors import ConfigurationError, Exit, strongest
from importer.fleet.principals import books_of, principal_of
from importer.fleet.turns import Turns
from importer.fleet.values import Became, CompanyNight, FileNight, Job, Night, merged
from importer.inbox import Entry, Standing, look
from importer.office import utc_now
from importer.ports import Now, Sleep

_LOG = logging.getLogger("importer.fleet")
MOST_AT_ONCE = 64  # an executor may set a lower limit of its own
WRITTEN = "What is certain has been written to the journals; nothing has been posted."
PREVIEWED = "Nothing has been written to Business Central, and every file is where it was."
_BECAME = {Standing.GROWING: Became.KEPT, Standing.REFUSED: Became.REFUSED, Standing.IGNORED: Became.IGNORED}
_CODES = {Standing.GROWING: Exit.TEMPORARY, Standing.REFUSED: Exit.FILE_REJECTED}

Work = Callable[[Job], CompanyNight]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The companies of a night, where their configuration lies, how many are worked on at once, and the clock."""

    path: Path
    companies: Sequence[Company]
    now: Now = utc_now
    sleep: Sleep = time.sleep
    at_once: int = MOST_AT_ONCE


def with_inbox(configuration: Configuration, names: Sequence[str]) -> tuple[Company, ...]:
    """The companies of a night: those named, else all that have an inbox.

    Raises:
        ConfigurationError: a name is unknown, no company has an inbox, or two companies have the same one.
    """
    _raise_if_shared(configuration)
    if names:
        return tuple(configuration.find(name) for name in dict.fromkeys(names))
    found = tuple(company for company in configuration.company.values() if company.inbox)
    if not found:
        raise ConfigurationError("No company in importer.toml has an inbox. Set `inbox` in [company.NAME].")
    return found


def _raise_if_shared(configuration: Configuration) -> None:
    """Each would reject the other's statements."""
    owners: dict[str, str] = {}
    for company in configuration.company.values():
        if company.inbox is None:
            continue
        other = owners.setdefault(os.path.realpath(company.inbox), company.name)
        if other != company.name:
            raise ConfigurationError(
                f"Companies {other} and {company.name} have the same inbox {company.inbox}. Give each a folder of its own."
            )


def run_night(fleet: Fleet, work: Work, executor: Executor, promise: str = WRITTEN) -> Night:
    """Do `work` for the finished files of every company's inbox.

    Files that were still growing are looked at again when everything else is done; what grows even then is left for the
    next night. Whose turn it is, says `Turns`.
    """
    started, name = fleet.now(), new_name(fleet.now)
    found = looked_at(fleet, fleet.companies)
    results = dict(_done(fleet, name, found, work, executor))
    growing = [company for company in fleet.companies if _has(found.get(company.name, ()), Standing.GROWING)]
    if growing:
        again = looked_at(fleet, growing)
        found |= again
        finished = {one.name: again[one.name] for one in growing if _has(again[one.name], Standing.SETTLED)}
        for company, result in _done(fleet, name, finished, work, executor):
            results[company] = merged(results[company], result)
    companies = tuple(with_others(results[one.name], found.get(one.name, ())) for one in fleet.companies)
    return Night(name, started, fleet.now(), companies, promise)


def new_name(now: Now) -> str:
    """A name for a night that sorts by time and that no other night has."""
    return f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def looked_at(fleet: Fleet, companies: Sequence[Company]) -> dict[str, tuple[Entry, ...]]:
    """What lies in the inboxes of these companies; one that has none, or whose folder is missing, has no entries."""
    entries = look([company.inbox for company in companies if company.inbox], fleet.now, fleet.sleep)
    return {one.name: entries.get(one.inbox, ()) if one.inbox else () for one in companies}


def settled(entries: Sequence[Entry]) -> tuple[Path, ...]:
    """The finished files among the entries."""
    return tuple(entry.path for entry in entries if entry.standing is Standing.SETTLED)


def with_others(result: CompanyNight, entries: Sequence[Entry]) -> CompanyNight:
    """The result with what else lies in the inbox, and is no finished file."""
    others = [entry for entry in entries if entry.standing in _BECAME]
    codes = [_CODES[entry.standing] for entry in others if entry.standing in _CODES]
    files = [FileNight(e.path.name, _BECAME[e.standing], e.path.name, reason=e.why) for e in others]
    return replace(result, code=strongest([result.code, *codes]), files=(*result.files, *files))


def _done(
    fleet: Fleet, night: str, found: Mapping[str, tuple[Entry, ...]], work: Work, executor: Executor
) -> Iterator[tuple[str, CompanyNight]]:
    principals = {company.name: principal_of(company) for company in fleet.companies if company.name in found}
    books = {company.name: books_of(company) for company in fleet.companies}
    jobs = [Job(fleet.path.absolute(), name, settled(found[name]), night) for name in principals]
    for job, future in Turns(executor, fleet.at_once, principals, books).take(jobs, work):
        yield job.company, _result(job, future)


def _result(job: Job, future: Future[CompanyNight]) -> CompanyNight:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - a worker that died must not take the night with it
        _LOG.error("a worker was lost", extra={"company": job.company, "error": type(error).__name__})
        why = f"The worker was lost ({type(error).__name__}). What was sent is in the ledger; the next run goes on."
        return CompanyNight(job.company, Exit.BUG, remarks=(why,))


def _has(entries: Sequence[Entry], standing: Standing) -> bool:
    return any(entry.standing is standing for entry in entries)
