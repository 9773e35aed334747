"""The faces of a plan and of what came of it: a table, one JSON document, an HTML page, an Excel workbook."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import Shared
from importer.cli.output import written_to
from importer.cli.telling import tell, tell_error

if TYPE_CHECKING:
    from importer.pipeline import Imported, Preview
    from importer.plan import Plan
    from importer.reports.rows import Report

_MOST_TOLD = 50  # problems on the terminal
FACES = click.Choice(["table", "json", "html", "xlsx"])


@dataclass(frozen=True, slots=True)
class Face:
    """How to show something: `kind` is one of FACES, `output` a file instead of stdout, `mask` hides account numbers."""

    kind: str
    output: Path | None = None
    mask: bool = False


def show_plan(seen: Preview, face: Face, shared: Shared) -> None:
    """Show the plan in `output` or on stdout; files that could not be used are told on stderr."""
    _tell_refused(seen)
    if face.kind == "json":
        from importer.plan_json import to_json

        write_text(to_json(seen.plan), face.output)
        return
    from importer.reports.rows import plan_report

    show_report(plan_report(seen.plan), seen.plan, face, shared)


def show_imported(imported: Imported, face: Face, shared: Shared) -> None:
    """Show what came of the plan; as JSON it is the plan's document with the outcome beside it."""
    from importer.fleet.reporting import imported_json, reported

    _tell_refused(imported.preview)
    if face.kind == "json":
        write_text(imported_json(imported), face.output)
        return
    report = reported(imported)
    if face.kind != "table":
        # The table has them on stderr already.
        from importer.reports.outcomes import with_problems

        report = with_problems(report, imported.preview.problems)
    show_report(report, imported.preview.plan, face, shared)


def _tell_refused(seen: Preview) -> None:
    for error in seen.refused:
        tell_error(error)
    for problem in seen.problems[:_MOST_TOLD]:
        tell(f"not carried out: {problem}")
    if len(seen.problems) > _MOST_TOLD:
        tell(f"... and {len(seen.problems) - _MOST_TOLD} more; --format json, html or xlsx shows all of them.")


def show_report(report: Report, plan: Plan, face: Face, shared: Shared) -> None:
    """Show a report as a table, a page or a workbook; the workbook holds the plan it is of."""
    if face.kind == "table":
        _print(report, face.output, shared)
        return
    from importer.reports.masking import masked

    output = face.output or Path(f"{report.heading.split()[0].lower()}.{face.kind}")
    shown = masked(report) if face.mask else report
    with written_to(output, lambda: _print(report, None, shared)):
        if face.kind == "html":
            from importer.reports.page import write_page

            write_page(shown, output)
        else:
            from importer.reports.workbook import write_workbook

            # The plan inside a workbook is what makes it a review; it holds the account numbers that --mask hides.
            write_workbook(shown, output, plan=None if face.mask else plan)
    shared.say(f"Written to {output}.")


def _print(report: Report, output: Path | None, shared: Shared) -> None:
    from importer.reports.terminal import Detail, print_report

    detail = Detail.FULL if shared.verbose else Detail.BRIEF
    if output is None:
        print_report(report, stream=sys.stdout, detail=detail)
        return
    text = StringIO()
    print_report(report, stream=text, detail=detail)
    write_text(text.getvalue().rstrip("\n"), output)


def write_text(text: str, output: Path | None) -> None:
    """Write a text for its owner alone, or to stdout."""
    if output is None:
        click.echo(text)
        return
    from importer.reports.files import write_private

    with written_to(output):
        write_private(output, f"{text}\n".encode())
