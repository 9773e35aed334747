"""The files of one company in one night: taken, imported together, reported, and put where they belong.

Together first, because files of one account belong together. Only what no file can be blamed for while they are together
(the brake, an unforeseen error) makes them go one by one, so that one bad file stops no other.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import Busy, Exit, ImporterError, PlanChanged, UnusableFile, strongest
from importer.fleet.reporting import reported, write_reports
from importer.fleet.values import Became, CompanyNight, FileNight, merged
from importer.inbox import (
    Taken,
    done_folder,
    failed_folder,
    free_name,
    left_over,
    put_away,
    reason_path,
    remove_finished_move,
    take,
    was_put_away,
)
from importer.ledger.gaps import statement_gaps
from importer.office import Office
from importer.pipeline import Imported, Preview, import_files, preview
from importer.reports.files import write_private
from importer.reports.rows import plan_report
from importer.runs import settle_unknown
from importer.states import UNSETTLED, State

_LOG = logging.getLogger("importer.fleet")
_CODES = {
    Became.REFUSED: Exit.FILE_REJECTED,
    Became.FAILED: Exit.FILE_REJECTED,
    Became.KEPT: Exit.TEMPORARY,
    Became.STUCK: Exit.LEDGER,
}
_BEFORE = "was put away before"
_OPEN = UNSETTLED | {State.PLANNED}


@dataclass(frozen=True, slots=True)
class Inbox:
    """A company's folder with the files to be done, and the ledger that remembers their like."""

    folder: Path
    state: str
    files: Sequence[Path]


def import_inbox(inbox: Inbox, office: Office) -> CompanyNight:
    """Import the files and put each where it belongs; needs the inbox's lock. Without files, settle what is unknown."""
    taken, others = _taken(inbox)
    result = CompanyNight(office.company.name, _code_of(others), others)
    if not taken:
        return merged(result, _settled(office))
    for files, came in _pieces(taken, office):
        result = merged(result, _put_away(files, came, inbox, office))
    return result


def preview_inbox(inbox: Inbox, office: Office) -> CompanyNight:
    """What `import_inbox` would do; every file stays where it is."""
    name = office.company.name
    if not inbox.files:
        return CompanyNight(name, Exit.DONE)
    seen = preview(inbox.files, office)
    facts = {file.name: file for file in seen.plan.files}
    refused = iter(seen.refused)
    files = tuple(
        FileNight(path.name, Became.PLANNED, path.name, fact.sha256, fact.mapping, fact.lines)
        if (fact := facts.get(path.name))
        else FileNight(path.name, Became.PLANNED, path.name, reason=str(next(refused, "")))
        for path in inbox.files
    )
    brake = _over_the_brake(seen, office)
    code = strongest([seen.exit_code, *([Exit.FILE_REJECTED] if brake else [])])
    return CompanyNight(name, code, files, totals=plan_report(seen.plan).totals, remarks=brake)


def _over_the_brake(seen: Preview, office: Office) -> tuple[str, ...]:
    try:
        seen.plan.raise_if_over(office.company.max_lines, office.company.max_total)
    except PlanChanged as error:
        return (str(error),)
    return ()


def _taken(inbox: Inbox) -> tuple[tuple[Taken, ...], tuple[FileNight, ...]]:
    """The files that are there to be imported, and what became of the others."""
    taken, others = [], []
    for path in inbox.files:
        if not os.path.lexists(path) and (kept := was_put_away(path)):
            # A job that is run again after it was killed between moving the file and saying so.
            others.append(
                FileNight(path.name, _became(kept, inbox), str(kept.relative_to(inbox.folder)), reason=_BEFORE)
            )
            continue
        try:
            file = take(path)
        except UnusableFile as error:
            others.append(FileNight(path.name, Became.REFUSED, path.name, reason=str(error)))
            continue
        if kept := left_over(file):
            remove_finished_move(file)
            place = str(kept.relative_to(inbox.folder))
            others.append(FileNight(path.name, _became(kept, inbox), place, file.sha256, reason=_BEFORE))
        else:
            taken.append(file)
    return tuple(taken), tuple(others)


def _became(kept: Path, inbox: Inbox) -> Became:
    return Became.FAILED if kept.parent == failed_folder(inbox.folder) else Became.DONE


def _code_of(files: Sequence[FileNight]) -> Exit:
    return strongest([_CODES.get(file.became, Exit.DONE) for file in files])


def _settled(office: Office) -> CompanyNight:
    outcome = settle_unknown(office)
    runs = (outcome.run,) if outcome.run else ()
    return CompanyNight(office.company.name, outcome.exit_code, runs=runs, remarks=(*outcome.alarms, *outcome.notes))


def _pieces(taken: Sequence[Taken], office: Office) -> Iterator[tuple[Sequence[Taken], Imported | Exception]]:
    """The files with what came of them: all at once, or one by one after all at once could not be done."""
    came = _import(taken, office)
    if len(taken) == 1 or not _might_be_one_file(came):
        yield taken, came
        return
    _LOG.warning("the files are imported one by one", extra={"error": type(came).__name__, "files": len(taken)})
    for place, file in enumerate(taken):
        came = _import([file], office)
        yield [file], came
        if isinstance(came, Exception) and not _might_be_one_file(came):
            # The server, the ledger or the lock: the other files would fare no better.
            yield taken[place + 1 :], came
            return


def _import(taken: Sequence[Taken], office: Office) -> Imported | Exception:
    if why := office.stop():
        return Busy(f"Stopped: {why}. The next night goes on.")
    try:
        return import_files([file.path for file in taken], office)
    except ImporterError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one bad file must not stop the others
        _LOG.exception("a bug of the importer", extra={"files": len(taken)})
        return error


def _might_be_one_file(came: Imported | Exception) -> bool:
    unforeseen = isinstance(came, Exception) and not isinstance(came, ImporterError | OSError)
    return unforeseen or isinstance(came, PlanChanged)


def _put_away(taken: Sequence[Taken], came: Imported | Exception, inbox: Inbox, office: Office) -> CompanyNight:
    name = office.company.name
    match came:
        case Imported():
            return _finished(taken, came, inbox, office)
        case PlanChanged() if len(taken) == 1:
            return CompanyNight(name, Exit.FILE_REJECTED, (_failed(taken[0], str(came), inbox),))
        case ImporterError():
            code, why = Exit(came.exit_code), str(came)
        case OSError():
            code, why = Exit.LEDGER, f"The disk or a folder failed: {came}. Mend it and run again."
        case _:
            code, why = Exit.BUG, f"A bug of the importer: {type(came).__name__}. Please report the log."
    kept = tuple(_kept(file, "not done; see above") for file in taken)
    return CompanyNight(name, code, kept, remarks=(why,) if taken else ())


def _finished(taken: Sequence[Taken], imported: Imported, inbox: Inbox, office: Office) -> CompanyNight:
    folder = done_folder(inbox.folder, office.now().astimezone().date())
    report = reported(imported)
    reasons = _refusals(taken, imported.preview)
    planned = {facts.sha256 for facts in imported.preview.plan.files}
    reports = write_reports(imported, report, folder) if planned else ()
    files = []
    for file in taken:
        if file.sha256 in planned:
            files.append(_done(file, imported, inbox, folder))
        elif file in reasons:
            files.append(_failed(file, reasons[file], inbox))
        else:
            files.append(_kept(file, "changed while it was read; the new content is taken the next time"))
    gaps = statement_gaps(inbox.state, imported.preview.plan.company_id, planned)
    codes = [imported.exit_code, _code_of(files)]
    codes += [Exit.REVIEW] * any(gap.is_certain for gap in gaps)
    return CompanyNight(
        company=office.company.name,
        code=strongest(codes),
        files=tuple(files),
        runs=tuple(run for run in (imported.settled.run, imported.outcome.run) if run),
        totals=report.totals,
        gaps=tuple(map(str, gaps)),
        remarks=_remarks(imported),
        reports=tuple(str(path.relative_to(inbox.folder)) for path in reports),
    )


def _remarks(imported: Imported) -> tuple[str, ...]:
    outcomes = (imported.settled, imported.outcome)
    stopped = [outcome.stopped.reason for outcome in outcomes if outcome.stopped]
    unsafe = imported.certificate.reasons if imported.certificate else ()
    return (*(alarm for outcome in outcomes for alarm in outcome.alarms), *stopped, *unsafe)


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
        return _kept(file, "not everything was written; the next run goes on")
    moved = FileNight(file.path.name, Became.DONE, "", file.sha256, facts.mapping, facts.lines)
    return _moved(file, folder, moved, inbox)


def _failed(file: Taken, why: str, inbox: Inbox) -> FileNight:
    """The file in failed/ with its reason beside it. The reason comes first: a file there is never without one."""
    folder = failed_folder(inbox.folder)
    failed = FileNight(file.path.name, Became.FAILED, "", file.sha256, reason=why)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(reason_path(free_name(folder, file.path.name)), f"{why}\n".encode(errors="backslashreplace"))
    except OSError as error:
        return _stuck(failed, error)
    return _moved(file, folder, failed, inbox)


def _moved(file: Taken, folder: Path, became: FileNight, inbox: Inbox) -> FileNight:
    try:
        target = put_away(file, folder)
    except OSError as error:
        return _stuck(became, error)
    if target is None:
        return _kept(file, "changed after it was read; the new content is taken the next time")
    return replace(became, place=str(target.relative_to(inbox.folder)))


def _stuck(became: FileNight, error: OSError) -> FileNight:
    why = f"is {became.became.value}, but cannot be moved: {error.strerror}; check the permissions of the inbox"
    return replace(became, became=Became.STUCK, place=became.name, reason=why)


def _kept(file: Taken, why: str) -> FileNight:
    return FileNight(file.path.name, Became.KEPT, file.path.name, file.sha256, reason=why)
