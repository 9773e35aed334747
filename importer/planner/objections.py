"""What the field rules say against the payments of a review, with the row a person sees and what he can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from importer.choices import Accept, Choice, Choices, Entry
from importer.model import Problem
from importer.plan import Create, Decision, Patch, Payment
from importer.planner.make import Check

_USED_TWICE = "remaining_amount_used_once"
_BY_HAND = "choose ignore and enter the payment by hand"
_OTHERWISE: Mapping[str, str] = {
    "currency_fits": _BY_HAND,
    "invoice_is_open": "name an open invoice, or leave it out",
    "invoice_is_the_customers": "name an invoice of this customer, or leave one of the two out",
    "invoice_exists": "name an open invoice, or leave it out",
    "not_before_invoice": f"leave the invoice out, or {_BY_HAND}",
    "customer_exists": "name another customer",
    _USED_TWICE: "lower the amount, or leave the invoice out",
}
_CERTAIN = (
    "the line waits for a person now: make a new workbook with `importer preview FILE --format xlsx` and decide it there, "
    "or choose ignore here and enter the payment by hand"
)


@dataclass(frozen=True, slots=True)
class _Written:
    """What stands in the workbook: the choices, and where the lines are, both by key."""

    choices: Mapping[str, Choice]
    entries: Mapping[str, Entry]


def objections(decisions: Sequence[Decision], choices: Choices, check: Check) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with the lines that are to be created or changed, by key; a line that is not there is fine."""
    payments = [
        payment for decision in decisions if isinstance(decision, Create | Patch) for payment in decision.payments
    ]
    replaced = {decision.source.key for decision in decisions if isinstance(decision, Patch)}
    chosen = {choice.key: choice for choice in choices.choices}
    written = _Written(chosen, {**choices.listed, **{key: choice.entry for key, choice in chosen.items()}})
    found: defaultdict[str, dict[Problem, None]] = defaultdict(dict)
    for payment, problems in zip(payments, check(payments, replaced), strict=True):
        key = payment.external_document_number
        for problem in problems:
            advised = replace(problem, message=_advised(problem, payment, payments, written))
            found[key][_placed(advised, written.entries.get(key), key)] = None
    return {key: tuple(problems) for key, problems in found.items()}


def _advised(problem: Problem, payment: Payment, payments: Sequence[Payment], written: _Written) -> str:
    rows = _rows_beside(payment, payments, written) if problem.rule == _USED_TWICE else ""
    advice = _advice(problem.rule, written.choices.get(payment.external_document_number), rows)
    return f"{problem.message}{f' (also {rows})' if rows else ''}{f'; {advice}' if advice else ''}"


def _advice(rule: str, choice: Choice | None, rows_beside: str) -> str:
    """What the person can do, in the row where she is: only a decision `other` has an amount and invoices to change."""
    if rule not in _OTHERWISE:
        return ""
    if choice is None:
        return f"correct {rows_beside}" if rows_beside else _CERTAIN
    if isinstance(choice, Accept) and _OTHERWISE[rule] != _BY_HAND:
        return f"choose other and {_OTHERWISE[rule]}"
    return _OTHERWISE[rule]


def _rows_beside(payment: Payment, payments: Sequence[Payment], written: _Written) -> str:
    """The rows of the workbook, besides that of the payment, that take from the same invoice."""
    others = {p.external_document_number for p in payments if p.invoice == payment.invoice}
    places = [written.entries[key] for key in others - {payment.external_document_number} if key in written.entries]
    return ", ".join(sorted(f"{entry.sheet}, row {entry.row}" for entry in places))


def _placed(problem: Problem, entry: Entry | None, key: str) -> Problem:
    """The problem with the row of the line in the workbook; with its key where the workbook does not have it."""
    return replace(problem, file=entry.sheet, row=entry.row) if entry else replace(problem, value=key)
