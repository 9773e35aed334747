"""What a person decided about the lines in review becomes a plan of its own, checked against the books as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from importer.choices import Choice, Choices, Ignore
from importer.model import Problem, Reason
from importer.plan import DECIDED, DOUBTED, IGNORED, UNREMEMBERED, Create, Decision, Patch, Plan, Review, Skip
from importer.planner.basis import basis_of
from importer.planner.decided import because, decided
from importer.planner.doubts import doubt_since
from importer.planner.known import Ground, Standing, already
from importer.planner.make import Check
from importer.planner.objections import objections
from importer.planner.payments import with_line_numbers
from importer.planner.redecided import redecided, still_changed


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
    standing = Standing(books.journal_lines)
    choices_left = {choice.key: choice for choice in choices.choices}
    before, decisions, problems = dict[str, Decision](), list[Decision](), list(choices.astray)
    for decision in choices.plan.decisions:
        key = decision.source.key
        known = already(decision.source, ground, standing) if key else None
        before.setdefault(key, known or decision)
        # A line that comes twice in the files is decided at its first place.
        choice, held = choices_left.pop(key, None), choices.held.get(key, ())
        answer, wrong = (
            _of_known(known, decision, choice, held, ground, standing)
            if known
            else _of_new(decision, choice, held, ground)
        )
        decisions.append(answer)
        problems += wrong
    numbered = with_line_numbers(decisions, books)
    broken = objections(numbered, choices, check)
    problems += (problem for found in broken.values() for problem in found)
    holding = tuple(_holding(d, before[d.source.key], broken.get(d.source.key, ())) for d in numbered)
    plan = replace(
        choices.plan,
        company_id=books.company_id,
        journal_id=books.journal.id,
        journal=books.journal.code,
        made_at=made_at,
        decisions=holding,
        basis=basis_of(holding, books),
    )
    return Reviewed(plan, tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.row))))


def _of_known(
    known: Decision,
    decision: Decision,
    choice: Choice | None,
    held: tuple[Problem, ...],
    ground: Ground,
    standing: Standing,
) -> tuple[Decision, tuple[Problem, ...]]:
    """What became of the line meanwhile stands, unless it was to be changed, or the person says what it shall be."""
    match decision:
        case Patch():
            return (known, held) if held else (still_changed(known, decision, choice, ground, standing), ())
        case Review() if isinstance(choice, Ignore) and _has(DOUBTED, decision):
            # What stands there is another booking's, or nobody's yet: this line is none.
            return Skip(decision.source, because(IGNORED, choice, decision.finding)), ()
        case Review() | Create() if choice:
            answer = redecided(known, decision, choice, ground, standing)
            if not isinstance(answer, Problem):
                return answer, ()
            # A doubted line that was accepted and stands in the journal is that payment, and no other line is.
            is_found = _has(DOUBTED, decision) and _has(UNREMEMBERED, known)
            found = replace(known, finding=because(DECIDED, choice, known.finding)) if is_found else known
            return found, (answer,)
        case _:
            return known, ()


def _has(rule: str, decision: Decision) -> bool:
    return any(reason.rule == rule for reason in decision.finding.reasons)


def _of_new(
    decision: Decision, choice: Choice | None, held: tuple[Problem, ...], ground: Ground
) -> tuple[Decision, tuple[Problem, ...]]:
    if held:
        return _waiting_on(decision, held), held
    is_to_be_made = isinstance(decision, Create) or choice
    if is_to_be_made and not isinstance(choice, Ignore) and (doubt := doubt_since(decision, ground)):
        asked = (choice.entry.problem if choice else Problem)(doubt.rule, doubt.message)
        return _waiting_on(decision, (asked,)), (asked,)
    if choice is None or not isinstance(decision, Review | Create):
        return decision, ()
    answer = decided(decision, choice, ground)
    return (_waiting_on(decision, (answer,)), (answer,)) if isinstance(answer, Problem) else (answer, ())


def _holding(decision: Decision, before: Decision, wrong: Sequence[Problem]) -> Decision:
    """What breaks a rule waits on; a line of the journal that was to be changed stays as it is."""
    match decision:
        case Create() if wrong:
            return _waiting_on(before, wrong)
        case Patch() if wrong:
            return before
        case _:
            return decision


def _waiting_on(decision: Decision, wrong: Iterable[Problem]) -> Review:
    reasons = tuple(Reason(problem.rule, _said(problem)) for problem in wrong)
    payments = decision.payments if isinstance(decision, Create | Review) else ()
    finding = replace(decision.finding, reasons=(*reasons, *decision.finding.reasons))
    return Review(decision.source, finding, payments)


def _said(problem: Problem) -> str:
    # The row belongs to a workbook that the reader of the next one no longer has.
    where = f'{problem.column} "{problem.value}": ' if problem.column else ""
    return f"{where}{problem.message}"
