"""The faces of a plan and of what came of it: a table, one JSON document, an HTML page, an Excel workbook."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import Shared

if TYPE_CHECKING:
    from importer.pipeline import Imported, Preview
    from importer.plan import Plan
    from importer.reports.rows import Report

FACES = click.Choice(["table", "json", "html", "xlsx"])


def show_plan(seen: Preview, face: str, output: Path | None, shared: Shared) -> None:
    """Show the plan in `output` or on stdout; files that could not be used are told on stderr."""
    _tell_refused(seen)
    if face == "json":
        from importer.plan_json import to_json

        _write_text(to_json(seen.plan), output)
        return
    from importer.reports.rows import plan_report

    _show(plan_report(seen.plan, names=seen.names), seen.plan, face, output or Path(f"preview.{face}"), shared)


def show_imported(imported: Imported, face: str, output: Path | None, shared: Shared) -> None:
    """Show what came of the plan; as JSON it is the plan's document with the outcome beside it."""
    seen = imported.preview
    _tell_refused(seen)
    if face == "json":
        _write_text(_imported_json(imported), output)
        return
    from importer.reports.outcomes import outcome_report

    report = outcome_report(seen.plan, imported.outcome, certificate=imported.certificate, names=seen.names)
    _show(report, seen.plan, face, output or Path(f"import.{face}"), shared)


def _tell_refused(seen: Preview) -> None:
    for error in seen.refused:
        click.echo(f"importer: {error}", err=True)
    for problem in seen.problems:
        click.echo(f"not carried out: {problem}", err=True)


def _show(report: Report, plan: Plan, face: str, output: Path, shared: Shared) -> None:
    if face == "table":
        from importer.reports.terminal import Detail, print_report

        print_report(report, stream=sys.stdout, detail=Detail.FULL if shared.verbose else Detail.BRIEF)
        return
    if face == "html":
        from importer.reports.page import write_page

        write_page(report, output)
    else:
        from importer.reports.workbook import write_workbook

        write_workbook(report, output, plan=plan)
    shared.say(f"Written to {output}.")


def _write_text(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _imported_json(imported: Imported) -> str:
    from importer.plan_json import to_document

    outcome = imported.outcome
    lines = [
        {"key": i.key, "part": i.part, "line_number": i.payment.line_number, "state": i.state, "reason": i.reason}
        for i in outcome.intents
    ]
    facts = {"run": outcome.run, "exit_code": int(imported.exit_code), "safe_to_post": outcome.safe_to_post}
    remarks = {"alarms": list(outcome.alarms), "notes": list(outcome.notes)}
    document = {**to_document(imported.preview.plan), "outcome": {**facts, **remarks, "lines": lines}}
    return json.dumps(document, ensure_ascii=False, indent=1)
