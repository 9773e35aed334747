"""What a person decided about a line in review becomes the decision of the plan, looked up in the books."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from importer.choices import Accept, Assign, Choice, Ignore
from importer.model import BankLine, Problem, Reason
from importer.plan import DECIDED, IGNORED, Create, Finding, Review, Skip, Source
from importer.planner.assigned import assigned
from importer.planner.known import Ground
from importer.planner.payments import payments_of


def decided(decision: Review | Create, choice: Choice, ground: Ground) -> Create | Skip | Problem:
    """Who decided and his note are the first reason; a problem where the books do not have what he wrote."""
    match choice:
        case Ignore():
            return Skip(decision.source, because(IGNORED, choice, decision.finding))
        case Accept():
            return Create(decision.source, because(DECIDED, choice, decision.finding), decision.payments)
        case Assign():
            return _assigned(decision.source, decision.finding, choice, ground)


def _assigned(source: Source, finding: Finding, choice: Assign, ground: Ground) -> Create | Problem:
    """The payments of a new line as the person assigns it; a line that stands in the journal is to become them."""
    assert isinstance(source.line, BankLine)  # noqa: S101 - only bank lines are reviewed
    portions = assigned(choice, source.line, ground.books)
    if isinstance(portions, Problem):
        return portions
    payments = tuple(
        payment
        for portion in portions
        for payment in payments_of(
            source.key, structs.replace(source.line, amount=portion.amount), portion.match, ground.books
        )
    )
    customer = portions[0].match.customer if len(portions) == 1 else None
    return Create(source, replace(because(DECIDED, choice, finding), customer=customer), payments)


def because(rule: str, choice: Choice, finding: Finding) -> Finding:
    """The finding with what the person did, his name and note as its first reason."""
    return replace(finding, reasons=(Reason(rule, _by_whom(choice)), *finding.reasons))


def _by_whom(choice: Choice) -> str:
    verb = {Accept: "accepted", Assign: "assigned", Ignore: "left out"}[type(choice)]
    who, note = choice.entry.decided_by, choice.entry.note
    return f"{verb}{f' by {who}' if who else ' in the review'}{f': {note}' if note else ''}"
