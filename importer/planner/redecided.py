"""What a person decides about a bank line that stands in the journal already: its lines are changed, or he is told why not."""

from __future__ import annotations

from dataclasses import replace

from importer.choices import ALREADY_DECIDED, Accept, Assign, Choice
from importer.model import Problem
from importer.plan import DECIDED, Create, Decision, Patch, Review, Skip
from importer.planner.correction import correction
from importer.planner.decided import because, decided
from importer.planner.known import IMPORTED, Ground, Standing, as_sent, open_to_change


def redecided(
    known: Decision, decision: Review | Create, choice: Choice, ground: Ground, standing: Standing
) -> Patch | Problem:
    """The changes of the journal lines, as many as there are, when nobody touched them and the choice speaks of them.

    Args:
        known: what became of the bank line since the review was made.
        decision: what the review said of it.
    """
    if not (_is_imported(known) and _speaks_of_it(choice, decision)):
        return _undone(known, choice)
    lines = as_sent(known.source, ground.history, standing)
    if not lines:
        return _undone(known, choice, "the journal does not have it as it was sent")
    wanted = decided(replace(decision, finding=known.finding), choice, ground)
    match wanted:
        case Create() if len(wanted.payments) == len(lines):
            return correction(known.source, wanted.finding, lines, wanted.payments) or _undone(known, choice)
        case Create():
            numbers = ", ".join(str(line.line_number) for line in lines)
            return _undone(known, choice, f"{len(wanted.payments)} journal lines would be needed, there is {numbers}")
        case Problem():
            return wanted
        case Skip():
            return _undone(known, choice)


def still_changed(
    known: Decision, planned: Patch, choice: Choice | None, ground: Ground, standing: Standing
) -> Decision:
    """The planned change of a line, unless the person stops it or somebody changed the line meanwhile.

    A line whose change was stopped counts as decided by a person: no later import changes it.
    """
    if choice:
        return replace(known, finding=because(DECIDED, choice, known.finding))
    lines = open_to_change(known.source, ground.history, standing)
    if len(lines) != len(planned.payments):
        return known
    return correction(known.source, planned.finding, lines, planned.payments) or known


def _undone(known: Decision, choice: Choice, why: str = "") -> Problem:
    advice = f"; {why}: if it is wrong, correct it in Business Central" if why else ""
    return choice.entry.problem(ALREADY_DECIDED, f"nothing was done: {known.finding.reasons[0].message}{advice}")


def _speaks_of_it(choice: Choice, decision: Decision) -> bool:
    """Who accepts the proposal for a new line does not know that it exists; who names customer or invoices wants those."""
    match choice:
        case Assign():
            return True
        case Accept():
            return _is_imported(decision)
        case _:
            return False


def _is_imported(decision: Decision) -> bool:
    return any(reason.rule == IMPORTED for reason in decision.finding.reasons)
