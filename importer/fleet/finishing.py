"""Once files are imported: reports beside them, and each file put where it belongs. What was written is told in any case,
also when a disk, a folder or the ledger fails then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import Exit, LedgerError, strongest
from importer.fleet.reporting import reported, write_reports
from importer.fleet.values import Became, CompanyNight, FileNight
from importer.inbox import Taken, done_folder, failed_folder, put_away, reason_path
from importer.ledger.gaps import Finding, statement_gaps
from importer.moving import free_name
from importer.office import Office
from importer.outcome import still_open
from importer.pipeline import Imported, Preview
from importer.reports.files import write_private
from importer.reports.rows import Report
from importer.states import UNSETTLED, State

_CODES = {
    Became.REFUSED: Exit.FILE_REJECTED,
    Became.FAILED: Exit.FILE_REJECTED,
    Became.KEPT: Exit.TEMPORARY,
    Became.STUCK: Exit.LEDGER,
}
GONE = "is no longer there"
_OPEN = UNSETTLED | {State.PLANNED}


@dataclass(frozen=True, slots=True)
class Inbox:
    """A company's folder with the files to be done, and the ledger that remembers their like."""

    folder: Path
    state: str
    files: Sequence[Path]


def finished(taken: Sequence[Taken], imported: Imported, inbox: Inbox, office: Office) -> CompanyNight:
    """What the import came to; its files are put away, those that were rejected as a whole with their reason."""
    folder = done_folder(inbox.folder, office.now().astimezone().date())
    report = reported(imported)
    aside = _beside(imported, report, folder, inbox)
    files = _put_away(taken, imported, folder, inbox)
    return replace(
        aside,
        company=office.company.name,
        code=strongest([aside.code, imported.exit_code, code_of(files)]),
        files=files,
        runs=tuple(run for run in (imported.settled.run, imported.outcome.run) if run),
        totals=report.totals,
        remarks=(*_remarks(imported), *aside.remarks),
    )


def code_of(files: Sequence[FileNight]) -> Exit:
    """The exit code that becomes of what became of files."""
    return strongest([_CODES.get(file.became, Exit.DONE) for file in files])


def failed(file: Taken, why: str, inbox: Inbox) -> FileNight:
    """The file in failed/ with its reason beside it. The reason comes first: a file there is never without one."""
    folder = failed_folder(inbox.folder)
    became = FileNight(file.path.name, Became.FAILED, "", file.sha256, reason=why)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = reason_path(free_name(folder, file.path.name))
        write_private(reason, f"{why}\n".encode(errors="backslashreplace"))
    except OSError as error:
        return _stuck(became, error)
    moved = _moved(file, folder, became, inbox)
    if moved.became is not Became.FAILED:
        reason.unlink()
    return moved


def left_behind(file: Taken) -> FileNight:
    """A file that is not the one that was taken any more: somebody wrote it anew, or took it away."""
    if os.path.lexists(file.path):
        return kept(file, "changed after it was read; the new content is taken the next time")
    return FileNight(file.path.name, Became.IGNORED, "", file.sha256, reason=GONE)


def kept(file: Taken, why: str) -> FileNight:
    """The file still in the inbox, for the next time."""
    return FileNight(file.path.name, Became.KEPT, file.path.name, file.sha256, reason=why)


def _beside(imported: Imported, report: Report, folder: Path, inbox: Inbox) -> CompanyNight:
    """Reports and gaps, as far as they could be written and found."""
    planned = {facts.sha256 for facts in imported.preview.plan.files}
    if not planned:
        return CompanyNight("", Exit.DONE)
    codes, remarks = [Exit.DONE], list[str]()
    reports: tuple[str, ...] = ()
    gaps: tuple[Finding, ...] = ()
    try:
        reports = tuple(str(path.relative_to(inbox.folder)) for path in write_reports(imported, report, folder))
    except OSError as error:
        codes.append(Exit.LEDGER)
        remarks.append(f"The reports could not be written: {error}. `importer run show` has what was done.")
    try:
        gaps = statement_gaps(inbox.state, imported.preview.plan.company_id, planned)
    except LedgerError as error:
        codes.append(Exit.LEDGER)
        remarks.append(f"Whether statements are missing could not be found out: {error}")
    codes += [Exit.REVIEW] * any(gap.is_certain for gap in gaps)
    told = tuple(map(str, gaps))
    return CompanyNight("", strongest(codes), gaps=told, remarks=tuple(remarks), reports=reports)


def _put_away(taken: Sequence[Taken], imported: Imported, folder: Path, inbox: Inbox) -> tuple[FileNight, ...]:
    reasons = _refusals(taken, imported.preview)
    planned = {facts.sha256 for facts in imported.preview.plan.files}
    files = []
    for file in taken:
        if file.sha256 in planned:
            files.append(_done(file, imported, inbox, folder))
        elif file in reasons:
            files.append(failed(file, reasons[file], inbox))
        else:
            files.append(left_behind(file))
    return tuple(files)


def _remarks(imported: Imported) -> tuple[str, ...]:
    outcomes = (imported.settled, imported.outcome)
    stopped = [outcome.stopped.reason for outcome in outcomes if outcome.stopped]
    unsafe = imported.certificate.reasons if imported.certificate else ()
    # Those of this journal are among the reasons why it is not safe to post.
    elsewhere = [one for one in imported.settled.intents if one.journal_id != imported.preview.plan.journal_id]
    return (*(alarm for outcome in outcomes for alarm in outcome.alarms), *stopped, *unsafe, *still_open(elsewhere))


def _refusals(taken: Sequence[Taken], seen: Preview) -> Mapping[Taken, str]:
    """The files that were rejected as a whole, with the reason. The reader tells them in the order of the files."""
    planned = {facts.sha256 for facts in seen.plan.files}
    missing = [file for file in taken if file.sha256 not in planned]
    # Otherwise a file changed under the reader's eyes, and nobody can say which reason is whose.
    return dict(zip(missing, map(str, seen.refused), strict=True)) if len(missing) == len(seen.refused) else {}


def _done(file: Taken, imported: Imported, inbox: Inbox, folder: Path) -> FileNight:
    facts = next(facts for facts in imported.preview.plan.files if facts.sha256 == file.sha256)
    open_lines = sum(
        intent.state in _OPEN and intent.seen.file == file.path.name for intent in imported.outcome.intents
    )
    if open_lines or imported.outcome.stopped:
        return kept(file, "not everything was written; the next run goes on")
    moved = FileNight(file.path.name, Became.DONE, "", file.sha256, facts.mapping, facts.lines)
    return _moved(file, folder, moved, inbox)


def _moved(file: Taken, folder: Path, became: FileNight, inbox: Inbox) -> FileNight:
    try:
        target = put_away(file, folder)
    except OSError as error:
        return _stuck(became, error)
    if target is None:
        return left_behind(file)
    return replace(became, place=str(target.relative_to(inbox.folder)))


def _stuck(became: FileNight, error: OSError) -> FileNight:
    why = f"is {became.became.value}, but cannot be moved: {error.strerror}; check the permissions of the inbox"
    return replace(became, became=Became.STUCK, place=became.name, reason=why)
