"""A report as an Excel workbook in which a clerk can decide what waits: sheets, and the plan they are about.

The hidden sheet Plan carries the whole plan, so that the reader (review.py) can tell every fact that was changed, whatever
was moved, sorted or filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import compress

from importer.money import Money
from importer.plan import Plan
from importer.plan_json import to_json
from importer.reports import sheets
from importer.reports.deciding import add_lists, add_open_invoices, put_lines
from importer.reports.files import write_private
from importer.reports.grid import Look, NewBook, NewSheet
from importer.reports.labels import LABELS, State
from importer.reports.rows import Report, Row, as_report
from importer.reports.sheets import Column, Value

_TOTALS = (("Lines", 28), ("Count", 20), ("Received", 16), ("Paid out", 16), ("Currency", 10))
_ALL, _HOW = "All lines", "How to decide"
_HOW_TO = (
    (
        _HOW,
        f"Open the sheet {sheets.TO_REVIEW}. The yellow columns are yours, everything else is for reading.",
    ),
    (sheets.ACCEPT, "What stands under Proposal is created."),
    (sheets.OTHER, "Fill in the customer, the invoices, and amounts where an invoice is settled only in part."),
    ("", "For invoices of several customers leave the customer empty; they have to take all of the payment."),
    ("", f"The sheet {sheets.OPEN_INVOICES} shows what the customers owe."),
    (sheets.IGNORE, "Nothing is created for this line, now or later."),
    ("empty", "The line goes on waiting."),
    (sheets.READY, f"These lines are created or changed with your decisions, except where you write {sheets.IGNORE}."),
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
    report, subject = as_report(shown), shown if isinstance(shown, Plan) else plan
    book = NewBook(report.made_at)
    _add_summary(book, report, _HOW_TO if subject else _TO_READ)
    for title, states in sheets.SHEETS.items():
        rows = report.rows_of(*states)
        if rows or title in sheets.ALWAYS:
            _add_sheet(book, title, rows, subject)
    _add_balances(book, report)
    if subject is not None:
        add_open_invoices(book, report.rows_of(State.REVIEW))
        _add_plan(book, subject)
    return book.content()


def _add_summary(book: NewBook, report: Report, how_to: Sequence[tuple[str, str]]) -> None:
    sheet = book.sheet("Summary")
    facts: list[Sequence[Value | Money]] = [
        (report.promise,),
        *((f"{notice.weight.capitalize()}: {notice.text}",) for notice in report.notices),
        (),
        ("Journal Batch", report.journal),
        ("Plan", report.digest),
        ("Made", f"{report.made_at:%Y-%m-%d %H:%M} UTC"),
        (),
    ]
    sheet.put(0, 0, f"{report.heading}: {report.company}", Look.TITLE)
    _put_below(sheet, 1, facts)
    captions = len(facts) + 1
    for column, (caption, width) in enumerate(_TOTALS):
        look = Look.HEAD_OF_NUMBERS if caption in ("Count", "Received", "Paid out") else Look.HEAD
        sheet.put(captions, column, caption, look)
        sheet.page.set_column(column, column, width)
    _put_below(sheet, captions + 1, [*_totals(report), (), *how_to])
    sheet.fit_to_page()


def _put_below(sheet: NewSheet, start: int, rows: Iterable[Sequence[Value | Money]]) -> None:
    for place, values in enumerate(rows, start=start):
        is_strong = bool(values) and values[0] in (_ALL, _HOW)
        sheet.put_row(place, values, Look.BOLD if is_strong else Look.PLAIN)


def _totals(report: Report) -> Iterable[Sequence[Value | Money]]:
    for total in report.totals:
        sums = total.sums
        caption = LABELS[total.state].caption
        yield caption, sums.lines, sums.received, sums.paid_out, sums.received.currency
    for sums in report.sums():
        yield _ALL, sums.lines, sums.received, sums.paid_out, sums.received.currency


def _add_sheet(book: NewBook, title: str, rows: Sequence[Row], plan: Plan | None) -> None:
    """One sheet of lines; where the workbook holds the plan, those that wait or are ready can be decided."""
    sheet = book.sheet(title)
    columns: Sequence[Column] = sheets.LINE_COLUMNS
    if title == sheets.TO_REVIEW:
        columns = sheets.REVIEW_COLUMNS if plan else sheets.WAITING_COLUMNS
        put_lines(sheet, columns, rows, sheets.HINTS if plan else {})
        if plan:
            add_lists(book, rows)
    elif plan and title == sheets.READY and any(row.state in (State.READY, State.CHANGE) for row in rows):
        columns = sheets.READY_COLUMNS
        put_lines(sheet, columns, rows, sheets.READY_HINTS)
    else:
        captions = [(column.caption, column.width) for column in columns]
        sheet.put_table(captions, ([column.shown(row) for column in columns] for row in rows))
    sheet.page.freeze_panes(1, columns.index(sheets.TEXT))
    sheet.page.repeat_rows(0)
    sheet.fit_to_page()


def _add_balances(book: NewBook, report: Report) -> None:
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
    sheet = book.sheet(sheets.BALANCES)
    sheet.put_table(captions, rows)
    sheet.fit_to_page()


def _add_plan(book: NewBook, plan: Plan) -> None:
    """The plan as compressed JSON in base 64, cut to what a cell holds; column A from the first row on."""
    sheet = book.sheet(sheets.PLAN)
    sheet.page.very_hidden()
    text = b64encode(compress(to_json(plan).encode(errors="surrogatepass"), 6)).decode()
    for place, start in enumerate(range(0, len(text), sheets.CELL_LIMIT)):
        sheet.put(place, 0, text[start : start + sheets.CELL_LIMIT])
