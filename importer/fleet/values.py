"""The values of a night: a job, what became of each file, what each company came to, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from importer.errors import Exit, strongest
from importer.money import Money
from importer.reports.labels import LABELS, Group, State
from importer.reports.rows import StateTotal, Sums


@dataclass(frozen=True, slots=True)
class Job:
    """The files of one company to be imported; it can be pickled and run on any machine that sees the same folders.

    `configuration` is the path of importer.toml, `company` a name in it. No files means all finished ones of the inbox.
    `night` names the night that the job belongs to, for the log.
    """

    configuration: Path
    company: str
    files: tuple[Path, ...] | None = None
    night: str = ""


class Became(StrEnum):
    """What became of a file in the inbox."""

    DONE = "done"  # imported, moved to done/
    FAILED = "failed"  # rejected as a whole, moved to failed/ with the reason beside it
    KEPT = "kept"  # not finished: it stays in the inbox and is taken up again the next time
    STUCK = "stuck"  # imported or rejected, but it could not be moved; the next night finds everything done
    REFUSED = "refused"  # no file of a bank: it stays where it is until a person removes it
    IGNORED = "ignored"  # a temporary or hidden file
    PLANNED = "planned"  # a dry run: nothing was done
    WOULD_FAIL = "would fail"  # a dry run: the file is rejected as a whole
    QUEUED = "queued"  # a worker will take it


@dataclass(frozen=True, slots=True)
class FileNight:
    """What became of one file. `place` is where it lies now, relative to the inbox."""

    name: str
    became: Became
    place: str
    sha256: str = ""
    mapping: str = ""
    lines: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CompanyNight:
    """What one company came to. `totals` are one per state and currency; `reports` are paths relative to the inbox.

    `gaps` are missing statements; `remarks` say what went wrong or has to be known beside the files.
    """

    company: str
    code: Exit
    files: tuple[FileNight, ...] = ()
    runs: tuple[str, ...] = ()
    totals: tuple[StateTotal, ...] = ()
    gaps: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    seconds: float = 0.0

    def sums(self, group: Group) -> tuple[Sums, ...]:
        """The sums of all states of a group, one per currency."""
        return added(total.sums for total in self.totals if LABELS[total.state].group is group)

    def lines(self, group: Group) -> int:
        """The bank lines in all states of a group."""
        return sum(sums.lines for sums in self.sums(group))

    def count(self, *became: Became) -> int:
        """How many files came to one of these."""
        return sum(file.became in became for file in self.files)


@dataclass(frozen=True, slots=True)
class Night:
    """What all companies came to; times are UTC. `promise` says in a sentence what has and what has not happened."""

    id: str
    started: datetime
    ended: datetime
    companies: tuple[CompanyNight, ...]
    promise: str

    @property
    def exit_code(self) -> Exit:
        """The strongest exit code of all companies."""
        return strongest([company.code for company in self.companies])

    @property
    def needs_a_person(self) -> bool:
        """Something waits, failed or stopped; what the next night takes up by itself does not count."""
        return any(company.code not in {Exit.DONE, Exit.TEMPORARY} or company.gaps for company in self.companies)


def merged(first: CompanyNight, second: CompanyNight) -> CompanyNight:
    """Two pieces of work on one company as one; a file that was taken up again counts as it ended."""
    later = {file.name for file in second.files}
    return CompanyNight(
        company=first.company,
        code=strongest([first.code, second.code]),
        files=(*(file for file in first.files if file.name not in later), *second.files),
        runs=(*first.runs, *second.runs),
        totals=merged_totals([*first.totals, *second.totals]),
        gaps=tuple(dict.fromkeys((*first.gaps, *second.gaps))),
        remarks=tuple(dict.fromkeys((*first.remarks, *second.remarks))),
        reports=(*first.reports, *second.reports),
        seconds=first.seconds + second.seconds,
    )


def merged_totals(totals: Sequence[StateTotal]) -> tuple[StateTotal, ...]:
    """One total per state and currency, in State order."""
    return tuple(
        StateTotal(state, sums)
        for state in State
        for sums in added(total.sums for total in totals if total.state is state)
    )


def added(parts: Iterable[Sums]) -> tuple[Sums, ...]:
    """Sums added up, one for each currency, by currency."""
    found: dict[str, Sums] = {}
    for part in parts:
        currency = part.received.currency
        before = found.get(currency, Sums(0, Money.of(0, currency), Money.of(0, currency)))
        found[currency] = Sums(
            before.lines + part.lines, before.received + part.received, before.paid_out + part.paid_out
        )
    return tuple(found[currency] for currency in sorted(found))
