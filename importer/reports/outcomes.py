"""What an import came to, as the same report that previewed it: each bank line with what Business Central made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from importer import states
from importer.model import Problem, Reason
from importer.outcome import Certificate, Outcome
from importer.plan import Plan
from importer.ports import Run
from importer.reports.labels import LABELS, Group, State, Weight
from importer.reports.printable import sentence
from importer.reports.rows import Notice, Report, Row, in_order, plan_report, state_totals
from importer.states import Intent, PatchIntent, PatchState

_PARTS: Mapping[states.State, State] = {
    states.State.PLANNED: State.NOT_SENT,
    states.State.SENDING: State.UNKNOWN,
    states.State.UNKNOWN: State.UNKNOWN,
    states.State.DELETING: State.UNKNOWN,
    states.State.REJECTED: State.REFUSED,
    states.State.MISMATCH: State.ATTENTION,
    states.State.HIDDEN: State.ATTENTION,
    states.State.DOUBTFUL: State.ATTENTION,
    states.State.CREATED: State.CREATED,
    states.State.EDITED: State.CREATED,
    states.State.POSTED: State.CREATED,
    states.State.GONE: State.REMOVED,
    states.State.DELETED: State.REMOVED,
    states.State.UNDONE: State.REMOVED,
}
_PATCHES: Mapping[PatchState, State] = {
    PatchState.PLANNED: State.NOT_SENT,
    PatchState.SENDING: State.UNKNOWN,
    PatchState.UNKNOWN: State.UNKNOWN,
    PatchState.PATCHED: State.CHANGED,
    PatchState.CONFLICT: State.ATTENTION,
    PatchState.REJECTED: State.REFUSED,
    PatchState.GONE: State.ATTENTION,
}
_SAID: Mapping[State, str] = {
    State.UNKNOWN: "It is not known whether Business Central carried the request out. "
    "The next import finds out, or run: importer run settle.",
    State.NOT_SENT: "Nothing was sent for this line; the next import does it.",
}


def outcome_report(plan: Plan, outcome: Outcome, *, certificate: Certificate | None = None) -> Report:
    """What an import of `plan` came to. A bank line of several journal lines shows the state that needs a person most.

    Args:
        certificate: what the journal holds, where it was read for that; without it the report does not vouch for posting.
    """
    before = plan_report(plan)
    intents = outcome.by_key()
    patches: dict[str, list[PatchIntent]] = {}
    for patch in outcome.patches:
        patches.setdefault(patch.key, []).append(patch)
    rows = [_row(row, intents.get(row.key, ()), patches.get(row.key, ())) for row in before.rows]
    return replace(
        before,
        heading=f"Run {outcome.run}",
        promise="This is what Business Central made of the plan. Nothing has been posted; posting is up to a person.",
        rows=tuple(in_order(rows)),
        totals=state_totals(rows, plan.currency),
        notices=(*_notices(outcome), *_vouchers(certificate), *before.notices),
    )


def kept_report(run: Run, plan: Plan, outcome: Outcome) -> Report:
    """What the ledger knows now of an earlier run."""
    ended = {None: "has not ended, or was killed", 0: "is done", 3: "is done, but lines wait for a person"}.get(
        run.exit_code, f"ended with exit code {run.exit_code}"
    )
    note = (
        f"The run of {run.started:%Y-%m-%d %H:%M} UTC {ended}. importer run certify {run.id} reads the journal again."
    )
    report = outcome_report(plan, outcome)
    promise = "This is what became of the plan, as the ledger has it now. Nothing was asked of Business Central for it."
    return replace(report, promise=promise, notices=(Notice(Weight.NOTE, note), *report.notices))


def with_problems(report: Report, problems: Sequence[Problem]) -> Report:
    """The report with every decision of a review that was not carried out among its notices, by sheet and row."""
    told = (Notice(Weight.WARNING, f"Not carried out: {problem}") for problem in problems)
    return replace(report, notices=(*report.notices, *told))


def _row(row: Row, intents: Sequence[Intent], patches: Sequence[PatchIntent]) -> Row:
    if row.state is State.READY:
        return _created(row, sorted(intents, key=lambda intent: intent.part))
    if row.state is State.CHANGE:
        return _changed(row, patches)
    return row


def _created(row: Row, intents: Sequence[Intent]) -> Row:
    if not intents:
        return _said(row, [(State.NOT_SENT, "")])
    written = replace(
        row,
        payments=tuple(intent.payment for intent in intents),
        results=tuple(_result(intent) for intent in intents),
    )
    return _said(written, [(_PARTS[intent.state], intent.reason) for intent in intents])


def _changed(row: Row, patches: Sequence[PatchIntent]) -> Row:
    return _said(row, [(_PATCHES[patch.state], patch.reason) for patch in patches] or [(State.NOT_SENT, "")])


def _said(row: Row, parts: Sequence[tuple[State, str]]) -> Row:
    """The row in the state of its worst part; its first reason is all that was said of parts that wait for a person."""
    order = list(State)
    parts = sorted(parts, key=lambda part: order.index(part[0]))
    worst, _ = parts[0]
    texts = [text for state, words in parts if _waits(state) for text in (words, _SAID.get(state, "")) if text]
    said = " ".join(dict.fromkeys(map(sentence, texts)))
    return replace(row, state=worst, reasons=(*((Reason(worst.value, said),) if said else ()), *row.reasons))


def _waits(state: State) -> bool:
    return LABELS[state].group is Group.WAITING


def _result(intent: Intent) -> str:
    return ": ".join(filter(None, (intent.state.capitalize(), intent.reason)))


def _notices(outcome: Outcome) -> Iterable[Notice]:
    yield from (Notice(Weight.ALARM, alarm) for alarm in outcome.alarms)
    if outcome.stopped:
        yield Notice(Weight.ALARM, f"The run ended before everything was sent: {outcome.stopped.reason}")
    yield from (Notice(Weight.NOTE, note) for note in outcome.notes)


def _vouchers(certificate: Certificate | None) -> Iterable[Notice]:
    if certificate is None:
        return
    if certificate.safe_to_post:
        total = certificate.journal
        holds = f"the journal holds {total.lines} lines of this run, {total.amount}"
        yield Notice(Weight.GOOD, f"Safe to post: {holds if total.lines else 'this run created no journal line'}.")
    yield from (Notice(Weight.WARNING, f"Not safe to post: {reason}") for reason in certificate.reasons)
