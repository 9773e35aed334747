"""What a person sees on the terminal, whole: a change of the look is a change of these files, and is read as such."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from importer.reports.outcomes import outcome_report
from importer.reports.rows import Report, plan_report
from importer.reports.terminal import Detail, print_report
from importer.states import State
from tests.unit import report_plans as plans

FOLDER = Path(__file__).parent / "reports"
EVERY = plans.every_kind()
BLOCKED = "Customer 10100 is blocked with type All."
OUTCOME = plans.run_outcome(
    EVERY, (State.CREATED, ""), (State.CREATED, ""), (State.REJECTED, BLOCKED), (State.UNKNOWN, "")
)
PREVIEW, RUN = plan_report(EVERY), outcome_report(EVERY, OUTCOME)


@pytest.mark.parametrize(
    ("name", "report", "width", "detail"),
    [
        ("preview-80", PREVIEW, 80, Detail.BRIEF),
        ("preview-120", PREVIEW, 120, Detail.BRIEF),
        ("preview-200", PREVIEW, 200, Detail.BRIEF),
        ("preview-80-full", PREVIEW, 80, Detail.FULL),
        ("run-100", RUN, 100, Detail.BRIEF),
    ],
)
def test_the_terminal_shows_exactly_this(name: str, report: Report, width: int, detail: Detail) -> None:
    stream = io.StringIO()
    print_report(report, stream=stream, width=width, detail=detail)
    assert stream.getvalue() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
