"""The plan of customer changes and what came of it as JSON documents."""

from __future__ import annotations

import json
from collections.abc import Mapping

from importer.customers.plan import ACTIONS, Change, CustomerPlan, Decision, Keep, Refuse
from importer.outcome import Outcome
from importer.plan import FieldChange
from importer.states import PatchIntent

Document = dict[str, object]


def plan_document(plan: CustomerPlan) -> Document:
    """The plan as a JSON document; every row of the file is in it, in the order of the file."""
    return {
        "plan": plan.digest,
        "kind": "customers",
        "company": plan.company,
        "company_id": plan.company_id,
        "api": plan.api,
        "made_at": plan.made_at.isoformat(),
        "file": {"name": plan.file, "sha256": plan.sha256, "properties": list(plan.properties)},
        "decisions": [_decision(decision) for decision in plan.decisions],
        "totals": plan.totals(),
    }


def outcome_document(plan: CustomerPlan, outcome: Outcome, settled: Outcome, exit_code: int) -> Document:
    """The plan with what came of each change beside it, and what was found of changes that an earlier run left unknown."""
    facts: Mapping[str, object] = {
        "run": outcome.run,
        "exit_code": exit_code,
        "stopped": outcome.stopped.reason if outcome.stopped else None,
        "customers": [_result(intent) for intent in outcome.patches],
        "settled": [{"run": intent.run, **_result(intent)} for intent in settled.patches],
        "notes": list(settled.notes),
    }
    return {**plan_document(plan), "outcome": facts}


def as_text(document: Document) -> str:
    """The document as text, readable for people too."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def _result(intent: PatchIntent) -> Document:
    return {
        "row": intent.patch.line_number,
        "customer": intent.key,
        "state": intent.state.value,
        "reason": intent.reason,
        "changes": [_change(change) for change in intent.patch.changes],
    }


def _decision(decision: Decision) -> Document:
    head: Document = {"row": decision.row, "customer": decision.customer, "action": ACTIONS[type(decision)]}
    match decision:
        case Change(name=name, patch=patch):
            changes = [_change(change) for change in patch.changes]
            return {**head, "id": patch.base.id, "name": name, "changes": changes, "problems": []}
        case Keep(name=name):
            return {**head, "name": name, "changes": [], "problems": []}
        case Refuse(name=name, problems=problems):
            told = [
                {
                    "file": each.file,
                    "row": each.row,
                    "column": each.column,
                    "value": each.value,
                    "rule": each.rule,
                    "message": each.message,
                }
                for each in problems
            ]
            return {**head, "name": name, "changes": [], "problems": told}


def _change(change: FieldChange) -> Document:
    return {"field": change.field, "old": change.old, "new": change.new}
