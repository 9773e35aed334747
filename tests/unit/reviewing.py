"""A clerk who fills in the workbook of a plan, and what is read from it then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.choices import Choices, Entry
from importer.plan import Plan
from importer.reports.review import read_review
from importer.reports.workbook import workbook
from tests.unit import report_plans as plans

EVERY = plans.every_kind()
TWO, PROPOSED = "BI100000000000000003", "BI100000000000000004"  # two candidates; a proposal. Rows 2 and 3.
LISTED = {
    "BI100000000000000001": Entry("Ready", 2),
    "BI100000000000000002": Entry("Ready", 3),
    "BI100000000000000006": Entry("Ready", 4),
}  # the certain lines: two to create, one to change
CUSTOMER, DOCUMENTS, AMOUNTS = "Customer No.", "Applies-to Doc. Nos.", "Amounts to Apply"


def at(row: int, note: str = "", decided_by: str = "") -> Entry:
    return Entry("To review", row, note, decided_by)


Clerk = Callable[[Workbook], None]
Typed = str | float | datetime | None


def column(sheet: Worksheet, caption: str) -> int:
    return next(cell.column for row in sheet.iter_rows(max_row=9) for cell in row if cell.value == caption)


def write(caption: str, value: Typed, row: int = 3) -> Clerk:
    def fill(book: Workbook) -> None:
        sheet = book["To review"]
        sheet.cell(row, column(sheet, caption)).value = value

    return fill


@cache
def made(plan: Plan) -> bytes:
    return workbook(plan)


def reviewed(folder: Path, *clerk: Clerk, plan: Plan = EVERY) -> Choices:
    """What is read from the workbook of a plan after a clerk did these things to it."""
    path = folder / "review.xlsx"
    book = load_workbook(BytesIO(made(plan)))
    for step in clerk:
        step(book)
    book.save(path)
    return read_review(path)


def rules(choices: Choices) -> list[tuple[str, int, str]]:
    return [(problem.rule, problem.row, problem.column) for problem in choices.problems]
