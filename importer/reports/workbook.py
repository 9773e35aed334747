"""A report as an Excel workbook in which a clerk can decide what waits: sheets, drop-downs, and the plan it is about.

The hidden sheet Plan carries the whole plan, so that the reader (review.py) can tell every fact that was changed, whatever
was moved, sorted or filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import compress

from importer.money import Money
from importer.plan import Plan
from importer.plan_json import to_json
from importer.reports import sheets
from importer.reports.files import write_private
from importer.reports.grid import AS_TEXT, FONT, TINT, cell_at, head, put, table
from importer.reports.labels import LABELS
from importer.reports.rows import Report, Row, as_report
from importer.reports.sheets import Column, Value

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_DECISIONS = (sheets.DECISION, sheets.CUSTOMER, sheets.DOCUMENTS, sheets.AMOUNTS, sheets.NOTE)
_LINE_HEIGHT = 15  # points
_TALLEST = 409  # points; no row of Excel is taller
_TOTALS = (("Lines", 28), ("Count", 20), ("Received", 16), ("Paid out", 16), ("Currency", 10))
_HOW_TO = (
    "How to decide: open the sheet To review. The yellow columns are yours, everything else is for reading.",
    f"Decision {sheets.ACCEPT}: what stands under Proposal is created.",
    f"Decision {sheets.OTHER}: fill in the customer, the invoices, and amounts where an invoice is settled only in part.",
    f"Decision {sheets.IGNORE}: nothing is created for this line. Empty: the line goes on waiting.",
    "You may sort, filter, move columns and add your own. Do not change what the bank wrote and do not delete rows.",
    "Then save as .xlsx and run: importer apply FILE.xlsx",
)


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
    report, subject = as_report(shown), shown if isinstance(shown, Plan) else plan
    _add_summary(book, report)
    for title, states in sheets.SHEETS.items():
        rows = report.rows_of(*states)
        if title == sheets.TO_REVIEW:
            _add_review(book, rows)
        elif rows or title in sheets.ALWAYS:
            _add_lines(book.create_sheet(title), sheets.LINE_COLUMNS, rows)
    _add_balances(book, report)
    if subject is not None:
        _add_plan(book, subject)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _add_summary(book: Workbook, report: Report) -> None:
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
        head(cell_at(sheet, len(facts) + 1, column), caption)
        sheet.column_dimensions["ABCDE"[column - 1]].width = width
    _append(sheet, [*_totals(report), (), *((line,) for line in _HOW_TO)])
    _fit_to_page(sheet)


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


def _add_lines(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    from openpyxl.utils import get_column_letter

    captions = [(column.caption, column.width) for column in columns]
    table(sheet, captions, ([_value(column, row) for column in columns] for row in rows))
    sheet.freeze_panes = f"{get_column_letter(_place(columns, sheets.TEXT.caption))}2"
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


def _place(columns: Sequence[Column], caption: str) -> int:
    return [column.caption for column in columns].index(caption) + 1


def _add_review(book: Workbook, rows: Sequence[Row]) -> None:
    sheet, columns = book.create_sheet(sheets.TO_REVIEW), sheets.REVIEW_COLUMNS
    _add_lines(sheet, columns, rows)
    _wrap_texts(sheet)
    _tint_decisions(sheet)
    _hide_key(sheet)
    if rows:
        _add_lists(book, rows)
        _add_choices(sheet, len(rows))


def _wrap_texts(sheet: Worksheet) -> None:
    """All of a text in view, in rows tall enough: a spreadsheet does not reliably make them so when it opens a file."""
    from openpyxl.styles import Alignment, Border, Side

    alignment, border = Alignment(wrap_text=True, vertical="top"), Border(bottom=Side("hair", color="8A94A6"))
    for place, row in enumerate(sheet.iter_rows(min_row=2), start=2):
        lines = 1
        for cell, column in zip(row, sheets.REVIEW_COLUMNS, strict=True):
            cell.alignment, cell.border = alignment, border
            if isinstance(cell.value, str) and column.caption != sheets.KEY:
                lines = max(lines, sum(len(line) // (column.width - 2) + 1 for line in cell.value.split("\n")))
        sheet.row_dimensions[place].height = min(lines * _LINE_HEIGHT, _TALLEST)


def _tint_decisions(sheet: Worksheet) -> None:
    from openpyxl.styles import Border, PatternFill, Side

    fill, line = PatternFill("solid", fgColor=TINT), Side("hair", color="8A94A6")
    for caption in _DECISIONS:
        place = _place(sheets.REVIEW_COLUMNS, caption)
        for (cell,) in sheet.iter_rows(min_col=place, max_col=place):
            cell.fill = fill
            cell.border = Border(left=line, right=line, bottom=line)
            if caption in (sheets.CUSTOMER, sheets.DOCUMENTS, sheets.NOTE):
                cell.number_format = AS_TEXT
            if caption == sheets.AMOUNTS:
                cell.number_format = "#,##0.00"


def _hide_key(sheet: Worksheet) -> None:
    from openpyxl.utils import get_column_letter

    sheet.column_dimensions[get_column_letter(_place(sheets.REVIEW_COLUMNS, sheets.KEY))].hidden = True


def _add_choices(sheet: Worksheet, lines: int) -> None:
    """Drop-downs and the hint that a spreadsheet shows beside a chosen cell. What is typed is not limited to the list."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    key = get_column_letter(_place(sheets.REVIEW_COLUMNS, sheets.KEY))
    offered = {
        sheets.DECISION: f'"{sheets.ACCEPT},{sheets.OTHER},{sheets.IGNORE}"',
        sheets.CUSTOMER: _candidates_of(f"${key}2", "A", "B"),
        sheets.DOCUMENTS: _candidates_of(f"${key}2", "D", "E"),
    }
    for caption, hint in sheets.HINTS.items():
        choice = DataValidation(
            type="list" if caption in offered else None, formula1=offered.get(caption), allow_blank=True
        )
        choice.promptTitle, choice.prompt = caption, hint
        choice.showInputMessage = True
        choice.showErrorMessage = caption == sheets.DECISION
        choice.errorTitle, choice.error = caption, hint
        letter = get_column_letter(_place(sheets.REVIEW_COLUMNS, caption))
        choice.add(f"{letter}2:{letter}{lines + 1}")
        sheet.add_data_validation(choice)


def _candidates_of(key: str, keys: str, values: str) -> str:
    # Looked up by the key in the same row, so that the right list is offered after sorting too.
    lists = sheets.LISTS
    return f"OFFSET({lists}!${values}$1,MATCH({key},{lists}!${keys}:${keys},0)-1,0,COUNTIF({lists}!${keys}:${keys},{key}),1)"


def _add_lists(book: Workbook, rows: Sequence[Row]) -> None:
    """Column A names a key and B a customer, D names a key and E documents; the rows of one key stand together."""
    sheet = book.create_sheet(sheets.LISTS)
    sheet.sheet_state = "hidden"
    customers = [(row.key, number) for row in rows for number in _customers(row)]
    documents = [(row.key, numbers) for row in rows for numbers in _documents(row)]
    for column, pairs in ((1, customers), (4, documents)):
        for place, (key, value) in enumerate(pairs, start=1):
            put(cell_at(sheet, place, column), key)
            put(cell_at(sheet, place, column + 1), value)


def _customers(row: Row) -> Sequence[str]:
    """The customers to offer: the proposed one first, each once; one empty entry where there is none."""
    named = [row.customer, *(candidate.customer or "" for candidate in row.candidates)]
    return list(dict.fromkeys(filter(None, named))) or [""]


def _documents(row: Row) -> Sequence[str]:
    named = ["; ".join(row.invoices), *(candidate.invoice or "" for candidate in row.candidates)]
    return list(dict.fromkeys(filter(None, named))) or [""]


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
    sheet = book.create_sheet("Balance check")
    table(sheet, captions, rows)
    _fit_to_page(sheet)


def _add_plan(book: Workbook, plan: Plan) -> None:
    """The plan as compressed JSON in base 64, cut to what a cell holds; column A from the first row on."""
    sheet = book.create_sheet(sheets.PLAN)
    sheet.sheet_state = "veryHidden"
    text = b64encode(compress(to_json(plan).encode(errors="surrogatepass"), 6)).decode()
    for place, start in enumerate(range(0, len(text), sheets.CELL_LIMIT), start=1):
        put(cell_at(sheet, place, 1), text[start : start + sheets.CELL_LIMIT])
