"""A report as an Excel workbook in which a clerk can decide what waits: sheets, and the plan they are about.

The hidden sheet Plan carries the whole plan, so that the reader (review.py) can tell every fact that was changed, whatever
was moved, sorted or filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import compress

from importer.money import Money
from importer.plan import Plan
from importer.plan_json import to_json
from importer.reports import sheets
from importer.reports.deciding import add_decisions, add_lists, add_open_invoices, wrap_texts
from importer.reports.files import write_private
from importer.reports.grid import FONT, align_right, cell_at, head, put, table
from importer.reports.labels import LABELS, State
from importer.reports.rows import Report, Row, as_report
from importer.reports.sheets import Column, Value

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_TOTALS = (("Lines", 28), ("Count", 20), ("Received", 16), ("Paid out", 16), ("Currency", 10))
_HOW_TO = (
    (
        "How to decide",
        f"Open the sheet {sheets.TO_REVIEW}. The yellow columns are yours, everything else is for reading.",
    ),
    (sheets.ACCEPT, "What stands under Proposal is created."),
    (sheets.OTHER, "Fill in the customer, the invoices, and amounts where an invoice is settled only in part."),
    ("", f"One payment goes to one customer. The sheet {sheets.OPEN_INVOICES} shows what the customers owe."),
    (sheets.IGNORE, "Nothing is created for this line, now or later."),
    ("empty", "The line goes on waiting."),
    (sheets.READY, f"These lines are created together with your decisions, except where you write {sheets.IGNORE}."),
    ("You may", "sort, filter, hide, move columns and add your own. Do not change what the bank wrote or delete rows."),
    ("At the end", "Save as Excel workbook (.xlsx) and run: importer apply FILE.xlsx"),
    (
        "",
        "What does not fit is named with its row and not created. Correct it and apply again: nothing is created twice.",
    ),
)
_TO_READ = (("For reading only", "This workbook does not hold the plan, so nothing in it can be decided."),)


def write_workbook(shown: Plan | Report, path: Path, *, plan: Plan | None = None) -> None:
    """Write the workbook for its owner alone (file mode 0600); see `workbook`."""
    write_private(path, workbook(shown, plan=plan))


def workbook(shown: Plan | Report, *, plan: Plan | None = None) -> bytes:
    """The workbook as an .xlsx file.

    Args:
        shown: a plan, or the report of one.
        plan: the plan of the report, put into the workbook so that a filled-in review can be applied. Without it, as for
            a masked report, the workbook is for reading only. A plan that is shown is always put in.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "importer"
    report, subject = as_report(shown), shown if isinstance(shown, Plan) else plan
    _add_summary(book, report, _HOW_TO if subject else _TO_READ)
    for title, states in sheets.SHEETS.items():
        rows = report.rows_of(*states)
        if rows or title in sheets.ALWAYS:
            _add_sheet(book, title, rows, subject)
    _add_balances(book, report)
    if subject is not None:
        add_open_invoices(book, report.rows_of(State.REVIEW))
        _add_plan(book, subject)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _add_summary(book: Workbook, report: Report, how_to: Sequence[tuple[str, str]]) -> None:
    from openpyxl.styles import Font

    sheet = book.worksheets[0]
    sheet.title = "Summary"
    facts: list[Sequence[Value | Money]] = [
        (f"{report.heading}: {report.company}",),
        (report.promise,),
        *((f"{notice.weight.capitalize()}: {notice.text}",) for notice in report.notices),
        (),
        ("Journal Batch", report.journal),
        ("Plan", report.digest),
        ("Made", f"{report.made_at:%Y-%m-%d %H:%M} UTC"),
        (),
    ]
    _append(sheet, facts)
    sheet["A1"].font = Font(name=FONT, bold=True, size=14)
    for column, (caption, width) in enumerate(_TOTALS, start=1):
        cell = cell_at(sheet, len(facts) + 1, column)
        head(cell, caption)
        if caption in ("Count", "Received", "Paid out"):
            align_right(cell)
        sheet.column_dimensions["ABCDE"[column - 1]].width = width
    _append(sheet, [*_totals(report), (), *how_to])
    _embolden(sheet, {"How to decide", "All lines"})
    _fit_to_page(sheet)


def _embolden(sheet: Worksheet, captions: Collection[str]) -> None:
    from openpyxl.styles import Font

    for row in sheet.iter_rows():
        if row[0].value in captions:
            for cell in row:
                cell.font = Font(name=FONT, bold=True)


def _totals(report: Report) -> Iterable[Sequence[Value | Money]]:
    for total in report.totals:
        sums = total.sums
        caption = LABELS[total.state].caption
        yield caption, sums.lines, sums.received, sums.paid_out, sums.received.currency
    for sums in report.sums():
        yield "All lines", sums.lines, sums.received, sums.paid_out, sums.received.currency


def _append(sheet: Worksheet, rows: Iterable[Sequence[Value | Money]]) -> None:
    for place, values in enumerate(rows, start=sheet.max_row + 1 if sheet.cell(1, 1).value else 1):
        for column, value in enumerate(values, start=1):
            put(cell_at(sheet, place, column), value)


def _add_sheet(book: Workbook, title: str, rows: Sequence[Row], plan: Plan | None) -> None:
    """One sheet of lines; where the workbook holds the plan, those that wait or are ready can be decided."""
    sheet = book.create_sheet(title)
    if title == sheets.TO_REVIEW:
        columns = sheets.REVIEW_COLUMNS if plan else sheets.WAITING_COLUMNS
        _add_lines(sheet, columns, rows)
        wrap_texts(sheet, columns)
        if plan:
            add_lists(book, rows)
            add_decisions(sheet, columns, sheets.HINTS, len(rows))
    elif plan and title == sheets.READY and any(row.state in (State.READY, State.CHANGE) for row in rows):
        _add_lines(sheet, sheets.READY_COLUMNS, rows)
        wrap_texts(sheet, sheets.READY_COLUMNS)
        add_decisions(sheet, sheets.READY_COLUMNS, sheets.READY_HINTS, len(rows))
    else:
        _add_lines(sheet, sheets.LINE_COLUMNS, rows)


def _add_lines(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    from openpyxl.utils import get_column_letter

    captions = [(column.caption, column.width) for column in columns]
    table(sheet, captions, ([_value(column, row) for column in columns] for row in rows))
    sheet.freeze_panes = f"{get_column_letter(columns.index(sheets.TEXT) + 1)}2"
    sheet.print_title_rows = "1:1"
    _fit_to_page(sheet)


def _fit_to_page(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _value(column: Column, row: Row) -> Value | Money:
    value = column.value(row)
    return row.amount if column is sheets.AMOUNT else value


def _add_balances(book: Workbook, report: Report) -> None:
    captions = (
        ("File", 30),
        ("Mapping", 24),
        ("Bank account", 26),
        ("From", 11),
        ("To", 11),
        ("Lines", 8),
        ("Unreadable", 11),
        ("Currency", 9),
        ("Balance Last Statement", 16),
        ("Sum of the lines", 16),
        ("Statement Ending Balance", 16),
        ("Difference", 14),
        ("Result", 60),
    )
    rows: list[Sequence[Value | Money]] = [
        (
            check.file.name,
            check.file.mapping,
            check.file.account,
            check.file.first_date,
            check.file.last_date,
            check.lines,
            check.unread,
            check.movement.currency if check.movement else "",
            check.file.opening,
            check.movement,
            check.file.closing,
            check.difference,
            check.verdict,
        )
        for check in report.balances
    ]
    sheet = book.create_sheet(sheets.BALANCES)
    table(sheet, captions, rows)
    _fit_to_page(sheet)


def _add_plan(book: Workbook, plan: Plan) -> None:
    """The plan as compressed JSON in base 64, cut to what a cell holds; column A from the first row on."""
    sheet = book.create_sheet(sheets.PLAN)
    sheet.sheet_state = "veryHidden"
    text = b64encode(compress(to_json(plan).encode(errors="surrogatepass"), 6)).decode()
    for place, start in enumerate(range(0, len(text), sheets.CELL_LIMIT), start=1):
        put(cell_at(sheet, place, 1), text[start : start + sheets.CELL_LIMIT])
