"""What a person decided about the lines in review becomes a plan of its own, checked against the books as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from importer.choices import ALREADY_DECIDED, Accept, Assign, Choice, Choices, Ignore
from importer.model import BankLine, Problem, Reason
from importer.plan import DECIDED, IGNORED, Create, Decision, Plan, Review, Skip
from importer.planner.assigned import assigned
from importer.planner.basis import basis_of
from importer.planner.known import Ground, Standing, already
from importer.planner.make import Check
from importer.planner.objections import objections
from importer.planner.payments import payments_of, with_line_numbers


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The plan that carries the decisions out, and why some of them no longer hold, with the row a person sees."""

    plan: Plan
    problems: tuple[Problem, ...]


def reviewed_plan(choices: Choices, ground: Ground, check: Check, made_at: datetime) -> Reviewed:
    """The certain lines of the reviewed plan and the decided ones, without those that no longer hold; these wait on.

    Who decided and his note become the first reason of the line; so does what speaks against a decision.
    """
    books = ground.books
    by_line = {choice.key: choice for choice in choices.choices}
    standing = Standing(books.journal_lines)
    decisions, problems = list[Decision](), list(choices.astray)
    for decision in choices.plan.decisions:
        key = decision.source.key
        known = already(decision.source, ground, standing) if key else None
        choice, held = by_line.get(key), choices.held.get(key, ())
        answer, wrong = _of_known(known, choice) if known else _of_new(decision, choice, held, ground)
        decisions.append(answer)
        problems += wrong
    holding, broken = _still_holding(with_line_numbers(decisions, books), choices, check)
    plan = replace(
        choices.plan,
        company_id=books.company_id,
        journal_id=books.journal.id,
        journal=books.journal.code,
        made_at=made_at,
        decisions=holding,
        basis=basis_of(holding, books),
    )
    found = dict.fromkeys((*problems, *broken))
    return Reviewed(plan, tuple(sorted(found, key=lambda problem: (problem.file, problem.row))))


def _of_known(known: Decision, choice: Choice | None) -> tuple[Decision, tuple[Problem, ...]]:
    """What became of the line meanwhile stands, whatever was decided."""
    if choice is None:
        return known, ()
    return known, (choice.entry.problem(ALREADY_DECIDED, f"nothing was done: {known.finding.reasons[0].message}"),)


def _of_new(
    decision: Decision, choice: Choice | None, held: tuple[Problem, ...], ground: Ground
) -> tuple[Decision, tuple[Problem, ...]]:
    if held:
        return _waiting_on(decision, held), held
    if choice is None or not isinstance(decision, Review | Create):
        return decision, ()
    answer = _decided(decision, choice, ground)
    return (_waiting_on(decision, (answer,)), (answer,)) if isinstance(answer, Problem) else (answer, ())


def _decided(decision: Review | Create, choice: Choice, ground: Ground) -> Decision | Problem:
    reason = Reason(DECIDED, _by_whom(choice))
    finding = replace(decision.finding, reasons=(reason, *decision.finding.reasons))
    match choice:
        case Ignore():
            reasons = (replace(reason, rule=IGNORED), *decision.finding.reasons)
            return Skip(decision.source, replace(finding, reasons=reasons))
        case Accept():
            return Create(decision.source, finding, decision.payments)
        case Assign():
            line = decision.source.line
            assert isinstance(line, BankLine)  # noqa: S101 - only bank lines are reviewed
            found = assigned(choice, line, ground.books)
            if isinstance(found, Problem):
                return found
            payments = payments_of(decision.source.key, line, found, ground.books)
            return Create(decision.source, replace(finding, customer=found.customer), payments)


def _by_whom(choice: Choice) -> str:
    verb = {Accept: "accepted", Assign: "assigned", Ignore: "left out"}[type(choice)]
    who, note = choice.entry.decided_by, choice.entry.note
    return f"{verb}{f' by {who}' if who else ' in the review'}{f': {note}' if note else ''}"


def _still_holding(
    decisions: Sequence[Decision], choices: Choices, check: Check
) -> tuple[tuple[Decision, ...], Iterable[Problem]]:
    broken = objections(decisions, choices, check)
    before = {d.source.key: d for d in choices.plan.decisions}
    kept = [
        _waiting_on(before[key], broken[key]) if isinstance(d, Create) and (key := d.source.key) in broken else d
        for d in decisions
    ]
    return tuple(kept), (problem for problems in broken.values() for problem in problems)


def _waiting_on(decision: Decision, wrong: Iterable[Problem]) -> Review:
    reasons = tuple(Reason(problem.rule, _said(problem)) for problem in wrong)
    payments = decision.payments if isinstance(decision, Create | Review) else ()
    finding = replace(decision.finding, reasons=(*reasons, *decision.finding.reasons))
    return Review(decision.source, finding, payments)


def _said(problem: Problem) -> str:
    # The row belongs to a workbook that the reader of the next one no longer has.
    where = f'{problem.column} "{problem.value}": ' if problem.column else ""
    return f"{where}{problem.message}"
