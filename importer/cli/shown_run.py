"""A run as the ledger has it, in four faces: what was planned, and what is known of it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from importer.cli.faces import Face, show_report, write_text
from importer.cli.options import Shared
from importer.cli.telling import show_row
from importer.customer_ports import NO_JOURNAL
from importer.outcome import Outcome
from importer.ports import Ledger, Run

if TYPE_CHECKING:
    from importer.plan import Plan


def show_run(run: Run, ledger: Ledger, face: Face, shared: Shared) -> None:
    """Show the run; one without a plan that is kept has only the rows of its journal lines and changes."""
    outcome = Outcome(run.id, ledger.intents_of(run.id), ledger.patches_of(run.id))
    if face.kind == "json":
        write_text(_document(run, outcome), face.output)
        return
    plan = _plan(run)
    if plan is not None:
        from importer.reports.outcomes import kept_report

        show_report(kept_report(run, plan, outcome), plan, face, shared)
        if face.kind != "table" or face.output is not None:
            return
        show_row()
    for row in _rows(outcome):
        show_row(*row)


def _plan(run: Run) -> Plan | None:
    """What an import planned; None for runs of another kind, and when the plan was purged."""
    if run.kind != "import" or not run.document:
        return None
    from importer.plan_json import from_json

    return from_json(run.document)


def _document(run: Run, outcome: Outcome) -> str:
    """The document as it was kept; that of an import with what became of it."""
    if run.kind != "import" and run.document:
        return run.document
    import json

    from importer.fleet.reporting import with_outcome
    from importer.json_lines import in_lines

    document = json.loads(run.document) if run.document else {}
    return in_lines(with_outcome(document, outcome, run.exit_code))


def _rows(outcome: Outcome) -> Iterable[tuple[object, ...]]:
    for intent in outcome.intents:
        payment = intent.payment
        place = f"{intent.seen.file}, record {intent.seen.record}"
        facts = (payment.line_number, payment.customer, payment.invoice or "-", payment.amount, intent.state)
        yield (*facts, place, intent.reason)
    for patch in outcome.patches:
        number = f"customer {patch.key}" if patch.journal_id == NO_JOURNAL else patch.patch.line_number
        changes = "; ".join(f"{each.field}: {each.old} -> {each.new}" for each in patch.patch.changes)
        yield number, changes, patch.state, patch.reason
