"""Whether a plan still holds: everything that is not as it was when the plan was made, named bank line by bank line.

    apply PLAN     plan ──▶ what_changed ◀── books and history as they are now
    import --expect  expected plan ──▶ how_it_differs ◀── the plan as it is made now, and its books

A plan holds when nothing that its writes rest on has changed: not only when they would still be possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from importer.basis import NO_BASIS, Basis
from importer.line_changes import line_fields, payment_fields, same
from importer.model import BankLine, JournalLine, Snapshot
from importer.plan import (
    ACTIONS,
    Create,
    Decision,
    LinePatch,
    Patch,
    Payment,
    Plan,
    Reject,
    Skip,
    Source,
    decision_facts,
)
from importer.planner.basis import basis_of
from importer.planner.doubts import doubt_since
from importer.planner.known import Ground, Standing, already
from importer.planner.make import Check

OLDER_VERSION = (
    "the plan was saved by an older version, which did not keep the Remaining Amounts and the other facts it rests on; "
    "nobody can tell whether they changed"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is not as it was, said of one bank line; `where` is its place in the bank's file."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def what_changed(plan: Plan, ground: Ground, check: Check) -> tuple[Change, ...]:
    """Everything that speaks against carrying out a saved plan now: in the order of its lines, each once."""
    if plan.basis == NO_BASIS and plan.writes:
        return (Change(f"plan {plan.digest}", OLDER_VERSION),)
    books, found = ground.books, list[Change]()
    standing = Standing(books.journal_lines)
    broken = _broken(plan, check)
    for decision in plan.writes:
        where = place(decision.source)
        if isinstance(decision, Create) and (known := already(decision.source, ground, standing)):
            # Whatever else is said would speak of the line's own payments.
            found.append(Change(where, known.finding.reasons[0].message))
            continue
        if isinstance(decision, Create) and (doubt := doubt_since(decision, ground)):
            found.append(Change(where, doubt.message))
        found += (Change(where, text) for text in _of_journal(decision, books))
        found += (Change(where, text) for text in _of_facts(decision.payments, plan.basis, basis_of([decision], books)))
        found += (Change(where, text) for text in broken.get(decision.source.key, ()))
    return tuple(dict.fromkeys(found))


def how_it_differs(expected: Plan, now: Plan, books: Snapshot) -> tuple[Change, ...]:
    """Everything by which the plan that would be made now is another one than the expected one.

    Args:
        books: what the new plan was made from.
    """
    before, after = _by_place(expected), _by_place(now)
    found = list[Change]()
    if expected.journal_id != now.journal_id:
        found.append(Change("Journal Batch", _was(expected.journal, now.journal)))
    for key, decision in before.items():
        where = place(decision.source)
        if isinstance(decision, Create | Patch):
            facts = _of_facts(decision.payments, expected.basis, basis_of([decision], books))
            found += (Change(where, text) for text in facts)
        if isinstance(decision, Patch):
            found += (Change(where, text) for text in _of_journal(decision, books))
        found += (Change(where, text) for text in _otherwise(decision, after.get(key)))
    found += (Change(place(d.source), f"is new, {_described(d)}") for key, d in after.items() if key not in before)
    return tuple(dict.fromkeys(found))


def place(source: Source) -> str:
    """Where a bank line stands, and enough of it to recognise it: "bank.csv, record 9 (2026-11-03, 1,000.00 EUR, Weber)"."""
    line = source.line
    if not isinstance(line, BankLine):
        return f"{source.file}, record {line.record}"
    facts = ", ".join(filter(None, (line.booked_on.isoformat(), str(line.amount), line.counterparty)))
    return f"{source.file}, record {line.record} ({facts})"


def _of_journal(decision: Create | Patch, books: Snapshot) -> Iterator[str]:
    """What became of the journal lines that the plan wants to change, and of the numbers that it wants to give."""
    lines = {line.id: line for line in books.journal_lines}
    if isinstance(decision, Patch):
        for patch in decision.patches:
            yield from _of_journal_line(patch, decision.payments, lines.get(patch.line_id))
        return
    taken = {line.line_number for line in books.journal_lines}
    yield from (
        f"line number {payment.line_number} of the journal is taken since by another payment"
        for payment in decision.payments
        if payment.line_number in taken
    )


def _of_journal_line(patch: LinePatch, wanted: Sequence[Payment], now: JournalLine | None) -> Iterator[str]:
    if now is None:
        yield f"journal line {patch.line_number} is no longer there: posted or deleted"
        return
    if now.etag == patch.etag:
        return
    yield f"journal line {patch.line_number}: its version (etag) was {patch.etag}, is {now.etag}"
    old = {change.field: change.old for change in patch.changes}
    planned = next((payment_fields(p) for p in wanted if p.line_number == patch.line_number), {})
    fields = line_fields(now)
    for field, was in {**planned, **old}.items():
        if not same(field, fields[field], was):
            yield f"journal line {patch.line_number}, {field}: {_was(was, fields[field])}"


def _of_facts(payments: Sequence[Payment], before: Basis, now: Basis) -> Iterator[str]:
    """What is said otherwise of the customers and invoices of payments."""
    for number in dict.fromkeys(payment.customer for payment in payments):
        customer, found = before.customers_by_number.get(number), now.customers_by_number.get(number)
        if customer and found is None:
            yield f"customer {number} {customer.name} does not exist any more"
        elif customer and found and customer.blocked is not found.blocked:
            yield f"customer {number} {found.name}, Blocked: {_was(customer.blocked, found.blocked)}"
    for number in dict.fromkeys(payment.invoice for payment in payments if payment.invoice):
        yield from _of_invoice(number, before, now)


def _of_invoice(number: str, before: Basis, now: Basis) -> Iterator[str]:
    was, found = before.invoices_by_number.get(number), now.invoices_by_number.get(number)
    if was is None or found is None:
        if was:
            yield f"there is no posted sales invoice {number}"
        return
    if was.status is not found.status:
        yield f"invoice {number}, Status: {_was(was.status, found.status)}"
    if was.remaining != found.remaining:
        yield f"invoice {number}, Remaining Amount: {_was(str(was.remaining), str(found.remaining))}"
    if was.customer != found.customer:
        yield f"invoice {number}, Bill-to Customer No.: {_was(was.customer, found.customer)}"


def _was(before: str, now: str) -> str:
    return f"was {before or 'blank'}, is {now or 'blank'}"


def _broken(plan: Plan, check: Check) -> Mapping[str, Iterable[str]]:
    payments = [payment for decision in plan.writes for payment in decision.payments]
    replaced = {decision.source.key for decision in plan.patches}
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for payment, problems in zip(payments, check(payments, replaced), strict=True):
        found[payment.external_document_number] |= dict.fromkeys(problem.message for problem in problems)
    return found


def _by_place(plan: Plan) -> dict[str, Decision]:
    """The decisions by bank line; a line that occurs twice in the files is decided at its first place."""
    decisions = {decision.source.key or place(decision.source): decision for decision in reversed(plan.decisions)}
    return dict(reversed(decisions.items()))


def _otherwise(before: Decision, now: Decision | None) -> Iterator[str]:
    if now is None:
        yield "is no longer in the files"
    elif decision_facts(before) != decision_facts(now):
        yield f"was {_described(before)}; is {_described(now)}"


def _described(decision: Decision) -> str:
    action = ACTIONS[type(decision)]
    if isinstance(decision, Skip | Reject):
        reasons = [reason.message for reason in decision.finding.reasons]
        return f"{action}{': ' + reasons[0] if reasons else ''}"
    parts = [f"{-payment.amount} to {payment.invoice or 'no document'}" for payment in decision.payments]
    customer = f" for customer {decision.payments[0].customer}" if decision.payments else ""
    changes = decision.patches if isinstance(decision, Patch) else ()
    fields = [f"{c.field} {_was(c.old, c.new)}" for patch in changes for c in patch.changes]
    said = ", ".join(parts + fields)
    why = decision.finding.reasons[0].message if decision.finding.reasons and not isinstance(decision, Create) else ""
    return action + customer + (f" ({said})" if said else "") + (f": {why}" if why else "")
