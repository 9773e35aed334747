"""What a person decided about the lines in review becomes a plan of its own, checked against the books as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from importer.choices import Accept, Assign, Choice, Choices, Ignore
from importer.model import Application, BankLine, Confidence, DocumentKind, Match, Problem, Reason
from importer.money import Money
from importer.plan import DECIDED, IGNORED, Create, Decision, Payment, Plan, Review, Skip
from importer.planner.basis import basis_of
from importer.planner.known import Ground, already, by_key
from importer.planner.make import Check
from importer.planner.payments import payments_of, with_line_numbers


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The plan that carries the decisions out, and why some of them no longer hold, with the row a person sees."""

    plan: Plan
    problems: tuple[Problem, ...]


def reviewed_plan(choices: Choices, ground: Ground, check: Check, made_at: datetime) -> Reviewed:
    """The certain lines of the reviewed plan and the decided ones, without those that no longer hold; these wait on.

    `decided_by` and the note of a choice become the first reason of the line.
    """
    by_line = {choice.key: choice for choice in choices.choices}
    in_journal = by_key(ground.books.journal_lines)
    decisions: list[Decision] = []
    problems: list[Problem] = list(choices.problems)
    for decision in choices.plan.decisions:
        choice = by_line.get(decision.source.key)
        known = already(decision.source, ground.history, in_journal) if decision.source.key else None
        if known is not None:
            problems += [_already_there(choice, known)] if choice else []
            decisions.append(known)
        elif isinstance(decision, Review) and choice:
            answer = _decided(decision, choice, choices.decided_by, ground)
            decisions.append(decision if isinstance(answer, Problem) else answer)
            problems += [answer] if isinstance(answer, Problem) else []
        else:
            decisions.append(decision)
    books = ground.books
    numbered = with_line_numbers(decisions, books)
    holding, broken = _still_holding(numbered, choices.plan, by_line, check)
    plan = replace(
        choices.plan,
        company_id=books.company_id,
        journal_id=books.journal.id,
        journal=books.journal.code,
        made_at=made_at,
        decisions=holding,
        basis=basis_of(holding, books),
    )
    return Reviewed(plan, (*problems, *broken))


def _already_there(choice: Choice, known: Decision) -> Problem:
    return Problem("already_decided", f"nothing was done: {known.finding.reasons[0].message}", row=choice.row)


def _decided(decision: Review, choice: Choice, decided_by: str, ground: Ground) -> Decision | Problem:
    reason = Reason(DECIDED, _by_whom(choice, decided_by))
    finding = replace(decision.finding, reasons=(reason, *decision.finding.reasons))
    match choice:
        case Ignore():
            return Skip(
                decision.source, replace(finding, reasons=(replace(reason, rule=IGNORED), *finding.reasons[1:]))
            )
        case Accept():
            return Create(decision.source, finding, decision.payments)
        case Assign():
            line = decision.source.line
            assert isinstance(line, BankLine)  # noqa: S101 - only bank lines are reviewed
            found = _assigned(choice, line, ground)
            if isinstance(found, Problem):
                return found
            payments = payments_of(decision.source.key, line, found, ground.books)
            return Create(decision.source, replace(finding, customer=found.customer), payments)


def _by_whom(choice: Choice, decided_by: str) -> str:
    verb = {Accept: "accepted", Assign: "assigned", Ignore: "left out"}[type(choice)]
    return f"{verb}{' by ' + decided_by if decided_by else ' in the review'}{': ' + choice.note if choice.note else ''}"


def _assigned(choice: Assign, line: BankLine, ground: Ground) -> Match | Problem:
    """The match a person wants; each document takes what it needs or what was written beside it, in the order given."""
    books = ground.books
    invoices = {d.number: d for d in books.documents if d.kind is DocumentKind.INVOICE}
    unknown = [share.document for share in choice.shares if share.document not in invoices]
    if unknown:
        return _refused(choice, "invoice_exists", f"there is no posted sales invoice {', '.join(unknown)}")
    customers = {invoices[share.document].customer for share in choice.shares} | ({choice.customer} - {""})
    if len(customers) != 1:
        named = (
            f"the invoices and the customer named belong to {', '.join(sorted(customers))}"
            if customers
            else "no customer"
        )
        return _refused(choice, "one_customer", f"{named}; one bank line can only be applied to one customer")
    left, applications = line.amount, []
    for share in choice.shares:
        remaining = invoices[share.document].remaining
        amount = share.amount or min(remaining, left, key=lambda money: money.amount)
        left -= amount
        applications.append(Application(next(iter(customers)), share.document, amount))
    if left.amount < 0 or any(a.amount.amount <= 0 for a in applications):
        total = Money.sum((a.amount for a in applications), line.amount.currency)
        return _refused(choice, "adds_up", f"the amounts add up to {total}, the bank line has {line.amount}")
    return Match(Confidence.HIGH, next(iter(customers)), tuple(applications))


def _refused(choice: Choice, rule: str, message: str) -> Problem:
    return Problem(rule, message, row=choice.row)


def _still_holding(
    decisions: Sequence[Decision], reviewed: Plan, choices: Mapping[str, Choice], check: Check
) -> tuple[tuple[Decision, ...], Iterable[Problem]]:
    payments = [payment for d in decisions if isinstance(d, Create) for payment in d.payments]
    broken = _broken(payments, check)
    before = {d.source.key: d for d in reviewed.decisions}
    kept, problems = [], []
    for decision in decisions:
        wrong = broken.get(decision.source.key, ()) if isinstance(decision, Create) else ()
        choice = choices.get(decision.source.key)
        problems += [replace(problem, row=choice.row if choice else 0, value=decision.source.key) for problem in wrong]
        kept.append(_waiting_on(before[decision.source.key], wrong) if wrong else decision)
    return tuple(kept), problems


def _broken(payments: Sequence[Payment], check: Check) -> Mapping[str, tuple[Problem, ...]]:
    found: defaultdict[str, dict[Problem, None]] = defaultdict(dict)
    for payment, problems in zip(payments, check(payments, ()), strict=True):
        found[payment.external_document_number] |= dict.fromkeys(problems)
    return {key: tuple(problems) for key, problems in found.items() if problems}


def _waiting_on(decision: Decision, wrong: Iterable[Problem]) -> Review:
    reasons = tuple(Reason(problem.rule, problem.message) for problem in wrong)
    payments = decision.payments if isinstance(decision, Create | Review) else ()
    finding = replace(decision.finding, reasons=(*reasons, *decision.finding.reasons))
    return Review(decision.source, finding, payments)
