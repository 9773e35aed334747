"""The files of one company in one night: taken, imported together, reported, and put where they belong.

Together first, because files of one account belong together. Only what no file can be blamed for while they are together
(the brake, an unforeseen error) makes them go one by one, so that one bad file stops no other.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.errors import Busy, Exit, ImporterError, PlanChanged, UnusableFile, strongest
from importer.fleet.finishing import GONE, Inbox, code_of, failed, finished, kept
from importer.fleet.values import Became, CompanyNight, FileNight, merged
from importer.inbox import Taken, failed_folder, left_over, remove_finished_move, take, was_put_away
from importer.office import Office
from importer.outcome import still_open
from importer.pipeline import Imported, Preview, import_files, preview
from importer.processor import turn_to_compute
from importer.reports.rows import plan_report
from importer.runs import settle_unknown

_LOG = logging.getLogger("importer.fleet")


def import_inbox(inbox: Inbox, office: Office) -> CompanyNight:
    """Import the files and put each where it belongs; needs the inbox's lock. Without files, settle what is unknown."""
    taken, others = _taken(inbox)
    result = CompanyNight(office.company.name, code_of(others), others)
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
        else FileNight(path.name, Became.WOULD_FAIL, path.name, reason=str(next(refused, "")))
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
        if not os.path.lexists(path):
            others.append(_gone(path, inbox))
            continue
        try:
            file = take(path)
        except UnusableFile as error:
            others.append(FileNight(path.name, Became.REFUSED, path.name, reason=str(error)))
            continue
        if place := left_over(file):
            remove_finished_move(file)
            others.append(_put_away_before(path, place, inbox, file.sha256))
        else:
            taken.append(file)
    return tuple(taken), tuple(others)


def _gone(path: Path, inbox: Inbox) -> FileNight:
    # A job that is run again after it was killed between moving the file and saying so; or somebody took the file away.
    place = was_put_away(path)
    return _put_away_before(path, place, inbox) if place else FileNight(path.name, Became.IGNORED, "", reason=GONE)


def _put_away_before(path: Path, place: Path, inbox: Inbox, sha256: str = "") -> FileNight:
    became = Became.FAILED if place.parent == failed_folder(inbox.folder) else Became.DONE
    return FileNight(path.name, became, str(place.relative_to(inbox.folder)), sha256, reason="was put away before")


def _settled(office: Office) -> CompanyNight:
    outcome = settle_unknown(office)
    runs = (outcome.run,) if outcome.run else ()
    return CompanyNight(
        office.company.name, outcome.exit_code, runs=runs, remarks=(*outcome.alarms, *still_open(outcome.intents))
    )


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
            with turn_to_compute():
                return finished(taken, came, inbox, office)
        case PlanChanged() if len(taken) == 1:
            return CompanyNight(name, Exit.FILE_REJECTED, (failed(taken[0], str(came), inbox),))
        case ImporterError():
            code, why = Exit(came.exit_code), str(came)
        case OSError():
            code, why = Exit.LEDGER, f"The disk or a folder failed: {came}. Mend it and run again."
        case _:
            code, why = Exit.BUG, f"A bug of the importer: {type(came).__name__}. Please report the log."
    files = tuple(
        kept(file, "not finished; why is said for the company. What was written is remembered; the next run goes on")
        for file in taken
    )
    return CompanyNight(name, code, files, remarks=(why,) if taken else ())
