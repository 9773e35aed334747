"""What a person changed while a change of ours was on its way: it stays until somebody was told (reliability.md §5, K31).

The file still wants what it wanted when it is imported again, by a scheduler perhaps and right after the run was killed. Who
only starts it again has not decided against the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importer.customers.plan import Change, CustomerPlan, Decision, Refuse
from importer.model import Problem
from importer.states import PatchIntent


def holding_back(plan: CustomerPlan, conflicts: Sequence[PatchIntent]) -> CustomerPlan:
    """The plan without the rows that would write over what a person has written in one of these conflicts."""
    return replace(plan, decisions=tuple(_decision(each, conflicts, plan.file) for each in plan.decisions))


def _decision(decision: Decision, conflicts: Sequence[PatchIntent], file: str) -> Decision:
    if not isinstance(decision, Change):
        return decision
    fields = {change.field for change in decision.patch.changes}
    mine = [one for one in conflicts if one.patch.line_id == decision.patch.base.id]
    problems = tuple(
        Problem(
            "persons_edit_stays", f"{one.reason}. Import the file again to change it all the same", file, decision.row
        )
        for one in mine
        if fields & {change.field for change in one.patch.changes}
    )
    return Refuse(decision.row, decision.customer, decision.name, problems) if problems else decision
