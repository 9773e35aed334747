"""The reports that lie beside the files of a run: the page, the workbook to decide in, and the plan with its outcome."""

from __future__ import annotations

from pathlib import Path

from importer.json_lines import in_lines
from importer.model import Problem
from importer.outcome import Certificate, ControlTotal, Outcome
from importer.pipeline import Imported
from importer.plan_json import Json, to_document
from importer.reports.files import write_private
from importer.reports.outcomes import outcome_report
from importer.reports.page import write_page
from importer.reports.rows import Report
from importer.reports.workbook import write_workbook


def reported(imported: Imported) -> Report:
    """The report of what came of a plan."""
    seen = imported.preview
    return outcome_report(seen.plan, imported.outcome, certificate=imported.certificate)


def write_reports(imported: Imported, report: Report, folder: Path) -> tuple[Path, ...]:
    """Write RUN.html, RUN.xlsx and RUN.json into the folder, for their owner alone; an earlier attempt's are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    page, workbook, document = (folder / f"{imported.outcome.run}.{ending}" for ending in ("html", "xlsx", "json"))
    write_page(report, page)
    write_workbook(report, workbook, plan=imported.preview.plan)
    write_private(document, (imported_json(imported) + "\n").encode())
    return page, workbook, document


def imported_json(imported: Imported) -> str:
    """The plan's document (design.md §5) with what came of it under "outcome"."""
    problems = [{name: getattr(problem, name) for name in Problem.__slots__} for problem in imported.preview.problems]
    document = with_outcome(to_document(imported.preview.plan), imported.outcome, int(imported.exit_code))
    document["outcome"]["problems"] = problems
    return in_lines(document)


def with_outcome(document: Json, outcome: Outcome, exit_code: int | None) -> Json:
    """A plan's document with what came of it under "outcome"; `exit_code` None while the run is at work, or was killed."""
    lines = [
        {"key": i.key, "part": i.part, "line_number": i.payment.line_number, "state": i.state, "reason": i.reason}
        for i in outcome.intents
    ]
    facts = {"run": outcome.run, "exit_code": exit_code, "safe_to_post": outcome.safe_to_post}
    patches = [
        {"key": p.key, "line_number": p.patch.line_number, "state": p.state, "reason": p.reason}
        for p in outcome.patches
    ]
    stopped = outcome.stopped and {"exit_code": int(outcome.stopped.code), "reason": outcome.stopped.reason}
    remarks = {"alarms": list(outcome.alarms), "notes": list(outcome.notes), "stopped": stopped}
    found = {"lines": lines, "patches": patches, "certificate": _certificate(outcome.certificate)}
    return {**document, "outcome": {**facts, **remarks, **found}}


def _certificate(certificate: Certificate | None) -> Json | None:
    """What the journal held at the end; None where it was not read."""
    if certificate is None:
        return None
    return {
        "safe_to_post": certificate.safe_to_post,
        "reasons": list(certificate.reasons),
        "planned": _total(certificate.planned),
        "states": {state.value: _total(total) for state, total in certificate.states.items()},
        "journal": _total(certificate.journal),
    }


def _total(total: ControlTotal) -> Json:
    return {"lines": total.lines, "amount": total.amount.text()}
