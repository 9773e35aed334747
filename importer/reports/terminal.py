"""A report on the terminal: what needs a person first, one line of text per bank line where it fits, totals last."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, TextIO

from importer.model import Candidate
from importer.plan import REFUSED_WHEN_ASKED, Plan
from importer.reports.balances import BalanceCheck
from importer.reports.columns import (
    GAP,
    Columns,
    amount_text,
    columns_of,
    customer_text,
    documents_text,
    fits,
    name_text,
    titles,
)
from importer.reports.labels import LABELS, NOTICE_MARKS, Group, State, Weight
from importer.reports.masking import masked
from importer.reports.printable import printable
from importer.reports.rows import Report, Row, Sums, plan_report

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 72
MOST_ROWS = 50
WITHOUT_TERMINAL = 120
_PLAINER = str.maketrans({"…": "~", "·": "-", "•": "*"})
_STYLES = {Group.WAITING: "bold yellow", Group.CERTAIN: "green", Group.SKIPPED: "dim"}
_NOTICE_STYLES = {
    Weight.ALARM: "bold red",
    Weight.WARNING: "yellow",
    Weight.NOTE: "",
    Weight.GOOD: "bold green",
}


class Detail(Enum):
    """How much is listed: lines that are left alone only as a count, or every line with all its reasons."""

    BRIEF = "brief"
    FULL = "full"


def print_plan(plan: Plan, *, stream: TextIO, width: int | None = None, detail: Detail = Detail.BRIEF) -> None:
    """Show what a plan will do; see `print_report`."""
    print_report(plan_report(plan), stream=stream, width=width, detail=detail)


def print_report(report: Report, *, stream: TextIO, width: int | None = None, detail: Detail = Detail.BRIEF) -> None:
    """Show a report on a stream, in colour where the stream is a terminal that has it; account numbers are masked.

    Args:
        width: columns to use; None asks the terminal, and takes 120 where there is none.
    """
    console = _console(stream, width)
    with console.capture() as captured:
        _print_all(console, masked(report), detail)
    stream.write(_encodable(captured.get(), stream.encoding or "utf-8"))


def _print_all(console: Console, shown: Report, detail: Detail) -> None:
    _print_heading(console, shown)
    columns = columns_of(shown, console.width)
    sections = [rows for state in State if (rows := shown.rows_of(state)) and _listed(state, detail)]
    if sections:
        _print_titles(console, columns)
    for rows in sections:
        _print_section(console, rows, columns, detail)
    if not shown.rows:
        console.print("There are no bank lines.")
        return
    _print_totals(console, shown)


def _encodable(text: str, encoding: str) -> str:
    """The text with what the stream cannot carry replaced or spelled out, so that no name of a payer ends a run."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_PLAINER)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _console(stream: TextIO, width: int | None) -> Console:
    from rich.console import Console

    chosen = width or (None if stream.isatty() else WITHOUT_TERMINAL)
    console = Console(file=stream, width=chosen, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, NARROWEST)
    return console


def _print_heading(console: Console, report: Report) -> None:
    parts = (printable(report.company), f"journal batch {printable(report.journal)}", f"plan {report.digest}")
    _print_line(console, f"{report.heading}  {' · '.join(parts)}", style="bold")
    for check in report.balances:
        _print_file(console, check)
    for notice in report.notices:
        console.print(f"{NOTICE_MARKS[notice.weight]} {printable(notice.text)}", style=_NOTICE_STYLES[notice.weight])


def _print_line(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, no_wrap=True, overflow="ellipsis")


def _print_file(console: Console, check: BalanceCheck) -> None:
    file = check.file
    days = f"{file.first_date} to {file.last_date}" if file.first_date else "no dates"
    parts = (printable(file.name), printable(file.mapping), printable(file.account), days, f"{check.lines} lines")
    _print_line(console, " · ".join(filter(None, parts)), style="dim")
    if check.is_alarming:
        console.print(f"! {check.verdict}", style="bold yellow")


def _listed(state: State, detail: Detail) -> bool:
    return detail is Detail.FULL or LABELS[state].group is not Group.SKIPPED


def _print_titles(console: Console, columns: Columns) -> None:
    amount = f"Amount {columns.currency}".strip()
    _print_line(console, _line("  ", ("Date", amount, *titles(columns.total), "Why"), columns), "dim")


def _print_section(console: Console, rows: tuple[Row, ...], columns: Columns, detail: Detail) -> None:
    label = LABELS[rows[0].state]
    console.print(f"{label.mark} {label.caption} ({len(rows)})", style=_STYLES[label.group])
    listed = rows if detail is Detail.FULL else rows[:MOST_ROWS]
    for row in listed:
        _print_line(console, _row_line(row, columns))
        for note in _notes(row, columns, detail):
            _print_note(console, note)
    if len(rows) > len(listed):
        _print_note(
            console, f"... and {len(rows) - len(listed)} more; -v lists all, --format html or xlsx shows them better."
        )


def _row_line(row: Row, columns: Columns) -> str:
    mark = f"{LABELS[row.state].mark} "
    booked_on = row.booked_on.isoformat() if row.booked_on else "-"
    customer, invoices = customer_text(row, columns.total), documents_text(row.invoices, columns.invoices)
    why = _beside(row, columns)
    cells = (booked_on, amount_text(row, columns.currency), name_text(row), customer, invoices, why)
    return _line(mark, cells, columns)


def _line(mark: str, facts: tuple[str, str, str, str, str, str], columns: Columns) -> str:
    booked_on, amount, counterparty, customer, invoices, why = map(printable, facts)
    widths = (columns.counterparty, columns.customer, columns.invoices, columns.why)
    texts = [f"{mark}{booked_on:<10}", f"{amount:>{columns.amount}}"]
    cells = zip((counterparty, customer, invoices, why), widths, strict=True)
    texts += [_fitted(text, width) for text, width in cells if width]
    return GAP.join(texts).rstrip()


def _fitted(text: str, width: int) -> str:
    from rich.text import Text

    fitted = Text(text)
    fitted.truncate(width, overflow="ellipsis", pad=True)
    return fitted.plain


def _beside(row: Row, columns: Columns) -> str:
    """What of the reason stands beside the line: all of it, else nothing if a person needs all of it, else its rule."""
    if fits(row.why, columns.why):
        return row.why
    if LABELS[row.state].group is Group.WAITING or row.reasons[0].rule == REFUSED_WHEN_ASKED:
        return ""
    return re.sub("[_-]", " ", row.reasons[0].rule)


def _notes(row: Row, columns: Columns, detail: Detail) -> list[str]:
    if detail is Detail.FULL:
        return _everything(row)
    return [] if _beside(row, columns) or not row.why else [row.why]


def _everything(row: Row) -> list[str]:
    notes = [f"{printable(row.file)}, record {row.record}, {row.key}".rstrip(", "), f"Bank: {row.text}"]
    notes += [f"{reason.message} ({reason.rule})" for reason in row.reasons]
    notes += [f"{change.field}: {change.old or '(empty)'} -> {change.new or '(empty)'}" for change in row.changes]
    notes += [_payment(row, place) for place in range(len(row.payments))]
    return notes + [_candidate(row, candidate) for candidate in row.candidates]


def _payment(row: Row, place: int) -> str:
    payment = row.payments[place]
    applied = f"to invoice {_invoice(row, payment.invoice)}" if payment.invoice else "on account"
    result = row.results[place] if row.results else LABELS[row.state].caption
    return f"{result}: {payment.amount} of customer {row.named(payment.customer)} {applied}"


def _invoice(row: Row, number: str) -> str:
    left = row.basis.remaining(number)
    return f"{number} ({left} left)" if left else number


def _candidate(row: Row, candidate: Candidate) -> str:
    named = {"customer": row.named(candidate.customer or ""), "invoice": _invoice(row, candidate.invoice or "")}
    return f"Or {', '.join(f'{kind} {number}' for kind, number in named.items() if number)}: {candidate.why}"


def _print_note(console: Console, note: str) -> None:
    from rich.text import Text

    for line in Text(printable(note)).wrap(console, console.width - 4):
        console.print(f"    {line.plain.rstrip()}", style="dim")


def _print_totals(console: Console, report: Report) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("Total", no_wrap=True)
    for caption in ("Lines", "Received", "Paid out"):
        table.add_column(caption, justify="right", no_wrap=True)
    for total in report.totals:
        label = LABELS[total.state]
        table.add_row(f"{label.mark} {label.caption}", *_sum_cells(total.sums), style=_STYLES[label.group])
    for sums in report.sums():
        table.add_row("  All lines", *_sum_cells(sums), style="bold")
    console.print()
    console.print(table)


def _sum_cells(sums: Sums) -> tuple[str, str, str]:
    return str(sums.lines), str(sums.received), str(sums.paid_out)
