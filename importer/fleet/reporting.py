"""The reports that lie beside the files of a run: the page, the workbook to decide in, and the plan with its outcome."""

from __future__ import annotations

from pathlib import Path

from importer.json_lines import in_lines
from importer.pipeline import Imported
from importer.plan_json import to_document
from importer.reports.files import write_private
from importer.reports.outcomes import outcome_report
from importer.reports.page import write_page
from importer.reports.rows import Report
from importer.reports.workbook import write_workbook


def reported(imported: Imported) -> Report:
    """The report of what came of a plan."""
    seen = imported.preview
    return outcome_report(seen.plan, imported.outcome, certificate=imported.certificate, names=seen.names)


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
    outcome = imported.outcome
    lines = [
        {"key": i.key, "part": i.part, "line_number": i.payment.line_number, "state": i.state, "reason": i.reason}
        for i in outcome.intents
    ]
    facts = {"run": outcome.run, "exit_code": int(imported.exit_code), "safe_to_post": outcome.safe_to_post}
    remarks = {"alarms": list(outcome.alarms), "notes": list(outcome.notes)}
    document = {**to_document(imported.preview.plan), "outcome": {**facts, **remarks, "lines": lines}}
    return in_lines(document)
