"""Changes of customers as people see them: rows with old → new values, shown on the terminal or in a workbook.

customer_page.py shows the same as an HTML page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from importer.customers import Change, CustomerPlan, Keep, Refuse
from importer.line_changes import NULL_ID
from importer.outcome import Outcome
from importer.plan import FieldChange
from importer.reports.files import write_private
from importer.reports.grid import NewBook
from importer.reports.labels import LABELS, NOTICE_MARKS, Group, Label, State, Weight
from importer.reports.printable import printable
from importer.reports.rows import Notice
from importer.reports.sheets import Value
from importer.states import PatchIntent, PatchState

if TYPE_CHECKING:
    from rich.console import Console

CAPTIONS: Mapping[State, Label] = {**LABELS, State.LEFT: Label("Already so", "=", Group.SKIPPED)}
EMPTY = "(empty)"
_STYLES = {Group.WAITING: "bold yellow", Group.CERTAIN: "green", Group.SKIPPED: "dim"}
_WEIGHTS = {Weight.ALARM: "bold red", Weight.WARNING: "yellow", Weight.NOTE: "", Weight.GOOD: "bold green"}
_STATES: Mapping[PatchState, State] = {
    PatchState.PLANNED: State.NOT_SENT,
    PatchState.SENDING: State.UNKNOWN,
    PatchState.UNKNOWN: State.UNKNOWN,
    PatchState.PATCHED: State.CHANGED,
    PatchState.CONFLICT: State.ATTENTION,
    PatchState.REJECTED: State.REFUSED,
    PatchState.GONE: State.ATTENTION,
}
_SAID: Mapping[State, str] = {
    State.UNKNOWN: "It is not known whether this was carried out; the next import of customers finds out.",
    State.NOT_SENT: "Nothing was changed; import the file again.",
}
_NARROWEST, _WITHOUT_TERMINAL, _MOST_ROWS = 72, 120, 200


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One row of the file and what becomes of it; `why` are sentences, empty where nothing is to be said."""

    state: State
    row: int
    customer: str
    name: str = ""
    changes: tuple[FieldChange, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerReport:
    """Everything that is shown of a plan or of what came of it. `made_at` is UTC; rows that need a person come first."""

    heading: str
    promise: str
    company: str
    file: str
    digest: str
    made_at: datetime
    rows: tuple[CustomerRow, ...]
    notices: tuple[Notice, ...] = ()

    def groups(self) -> tuple[tuple[State, tuple[CustomerRow, ...]], ...]:
        """The rows by state, in the order in which states are shown."""
        groups = ((state, tuple(row for row in self.rows if row.state is state)) for state in State)
        return tuple(group for group in groups if group[1])


def plan_report(plan: CustomerPlan) -> CustomerReport:
    """What a preview shows."""
    return CustomerReport(
        heading="Preview",
        promise="Nothing has been written to Business Central. This shows exactly the changes that an import would make.",
        company=plan.company,
        file=plan.file,
        digest=plan.digest,
        made_at=plan.made_at,
        rows=tuple(map(_planned, plan.decisions)),
    )


def outcome_report(plan: CustomerPlan, outcome: Outcome, settled: Outcome) -> CustomerReport:
    """What an import came to; `settled` is what was found of an earlier run."""
    known = {intent.key: intent for intent in outcome.patches}
    rows = [
        _written(_planned(each), known.get(each.customer)) if isinstance(each, Change) else _planned(each)
        for each in plan.decisions
    ]
    return CustomerReport(
        heading=f"Run {outcome.run}",
        promise="This is what Business Central made of the changes.",
        company=plan.company,
        file=plan.file,
        digest=plan.digest,
        made_at=plan.made_at,
        rows=tuple(rows),
        notices=tuple(_notices(outcome, settled)),
    )


def value(text: str) -> str:
    """A property's value as it is shown; nothing is shown as what it is."""
    return EMPTY if text in ("", NULL_ID) else printable(text)


def print_customers(report: CustomerReport, *, stream: TextIO, width: int | None = None) -> None:
    """Show a report on a stream, in colour where the stream is a terminal that has it.

    Args:
        width: columns to use; None asks the terminal, and takes 120 where there is none.
    """
    from rich.console import Console

    chosen = width or (None if stream.isatty() else _WITHOUT_TERMINAL)
    console = Console(file=stream, width=chosen, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, _NARROWEST)
    with console.capture() as captured:
        _print_all(console, report)
    encoding = stream.encoding or "utf-8"
    stream.write(captured.get().encode(encoding, "backslashreplace").decode(encoding))


def write_workbook(report: CustomerReport, path: Path) -> None:
    """Write the workbook for its owner alone (file mode 0600): one sheet, one row for each changed property."""
    captions = (
        ("Row", 6),
        ("Customer No.", 14),
        ("Name", 32),
        ("State", 24),
        ("Property", 26),
        ("Old", 32),
        ("New", 32),
        ("Why", 60),
    )
    facts = (("Company", report.company), ("File", report.file), ("Plan", report.digest), ("Said", report.promise))
    notices = ((each.weight.value, each.text) for each in report.notices)
    book = NewBook(report.made_at)
    book.sheet("Customers").put_table(captions, [cells for _, rows in report.groups() for cells in _cells(rows)])
    book.sheet("About").put_table(((report.heading, 16), ("", 90)), [*facts, *notices])
    write_private(path, book.content())


def _cells(rows: Iterable[CustomerRow]) -> Iterable[Sequence[Value]]:
    for row in rows:
        head: tuple[Value, ...] = (row.row, row.customer, row.name, CAPTIONS[row.state].caption)
        why = "\n".join(row.why)
        for change in row.changes or (FieldChange("", "", ""),):
            yield (*head, change.field, change.old, change.new, why)


def _planned(decision: Change | Keep | Refuse) -> CustomerRow:
    match decision:
        case Change(row=row, patch=patch):
            return CustomerRow(State.CHANGE, row, decision.customer, decision.name, patch.changes)
        case Keep(row=row, customer=customer, name=name):
            return CustomerRow(State.LEFT, row, customer, name)
        case Refuse(row=row, customer=customer, name=name, problems=problems):
            return CustomerRow(State.REJECTED, row, customer, name, why=tuple(map(str, problems)))


def _written(row: CustomerRow, intent: PatchIntent | None) -> CustomerRow:
    state = _STATES[intent.state] if intent else State.NOT_SENT
    said = (intent.reason if intent and state is not State.CHANGED else "", _SAID.get(state, ""))
    return CustomerRow(state, row.row, row.customer, row.name, row.changes, tuple(filter(None, said)))


def _notices(outcome: Outcome, settled: Outcome) -> Iterable[Notice]:
    if outcome.stopped:
        yield Notice(Weight.ALARM, f"The run ended before everything was sent: {outcome.stopped.reason}")
    for intent in settled.patches:
        found = CAPTIONS[_STATES[intent.state]].caption.lower()
        yield Notice(Weight.NOTE, f"Customer {intent.key}, left unknown by run {intent.run}: {found}; {intent.reason}.")
    yield from (Notice(Weight.NOTE, note) for note in settled.notes)


def _print_all(console: Console, report: CustomerReport) -> None:
    parts = (printable(report.company), f"customers of {printable(report.file)}", f"plan {report.digest}")
    console.print(f"{report.heading}  {' · '.join(parts)}", style="bold")
    for notice in report.notices:
        console.print(f"{NOTICE_MARKS[notice.weight]} {printable(notice.text)}", style=_WEIGHTS[notice.weight])
    for state, rows in report.groups():
        label = CAPTIONS[state]
        console.print(f"{label.mark} {label.caption} ({len(rows)})", style=_STYLES[label.group])
        if label.group is not Group.SKIPPED:
            _print_rows(console, rows)
    if not report.rows:
        console.print("The file has no rows below its header.")


def _print_rows(console: Console, rows: Sequence[CustomerRow]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for row in rows[:_MOST_ROWS]:
        console.print(f"  {printable(row.customer) or '-'}  {printable(row.name)}".rstrip() + f"  (row {row.row})")
        for change in row.changes:
            console.print(
                Padding(f"{change.field}: {value(change.old)} -> {value(change.new)}", (0, 0, 0, 6), expand=False)
            )
        for why in row.why:
            console.print(Padding(Text(printable(why), style="dim"), (0, 0, 0, 6), expand=False))
    if len(rows) > _MOST_ROWS:
        console.print(f"  ... and {len(rows) - _MOST_ROWS} more; --format html or xlsx shows all.", style="dim")
