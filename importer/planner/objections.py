"""What the field rules say against the payments of a review, with the row a person sees and what he can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from importer.choices import Choices, Entry
from importer.model import Problem
from importer.plan import Create, Decision, Payment
from importer.planner.make import Check

_USED_TWICE = "remaining_amount_used_once"
_BY_HAND = "choose ignore and enter the payment by hand"
_ADVICE: Mapping[str, str] = {
    "currency_fits": _BY_HAND,
    "invoice_is_open": "name an open invoice, or leave it out",
    "invoice_is_the_customers": "name an invoice of this customer, or leave one of the two out",
    "invoice_exists": "name an open invoice, or leave it out",
    "not_before_invoice": f"leave the invoice out, or {_BY_HAND}",
    "customer_exists": "name another customer",
    _USED_TWICE: "lower the amount, or leave the invoice out",
}


def objections(decisions: Sequence[Decision], choices: Choices, check: Check) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with the lines that are to be created, by key; a line that is not there is fine."""
    payments = [payment for decision in decisions if isinstance(decision, Create) for payment in decision.payments]
    entries = {**choices.listed, **{choice.key: choice.entry for choice in choices.choices}}
    found: defaultdict[str, dict[Problem, None]] = defaultdict(dict)
    for payment, problems in zip(payments, check(payments, ()), strict=True):
        key = payment.external_document_number
        for problem in problems:
            advised = replace(problem, message=_advised(problem, payment, payments, entries))
            found[key][_placed(advised, entries.get(key), key)] = None
    return {key: tuple(problems) for key, problems in found.items()}


def _advised(problem: Problem, payment: Payment, payments: Sequence[Payment], entries: Mapping[str, Entry]) -> str:
    message = problem.message
    if problem.rule == _USED_TWICE:
        others = {p.external_document_number for p in payments if p.invoice == payment.invoice}
        places = [entries[key] for key in others - {payment.external_document_number} if key in entries]
        rows = ", ".join(sorted(f"{entry.sheet}, row {entry.row}" for entry in places))
        message += f" (also {rows})" if rows else ""
    return f"{message}; {_ADVICE[problem.rule]}" if problem.rule in _ADVICE else message


def _placed(problem: Problem, entry: Entry | None, key: str) -> Problem:
    """The problem with the row of the line in the workbook; with its key where the workbook does not have it."""
    return replace(problem, file=entry.sheet, row=entry.row) if entry else replace(problem, value=key)
