"""A match becomes payments: one for each settled invoice, one for what is left, each with a line number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importer.identity import line_numbers
from importer.model import Application, BankLine, Customer, DocumentKind, Match, Snapshot
from importer.money import Money
from importer.plan import Create, Decision, Payment, Review
from importer.texts import cut, one_line

_DESCRIPTION, _COMMENT = 50, 250


def payments_of(key: str, line: BankLine, match: Match, books: Snapshot) -> tuple[Payment, ...]:
    """One payment per settled invoice, one for what is left; () when the match is no complete proposal for one customer."""
    customer = books.customers_by_number.get(match.customer or "")
    if customer is None or not all(_fits(application, customer, line) for application in match.applications):
        return ()
    nothing = Money.of(0, line.amount.currency)
    parts = [(a.document, a.amount - (a.deducted or nothing)) for a in match.applications]
    rest = line.amount - Money.sum((amount for _, amount in parts), line.amount.currency)
    if rest.amount < 0:
        return ()
    parts += [("", rest)] if rest.amount else []
    ids = {document: _invoice_id(document, books) for document, _ in parts}
    return tuple(
        Payment(
            customer=customer.number,
            customer_id=customer.id,
            posting_date=line.booked_on,
            amount=-amount,
            external_document_number=key,
            line_number=0,
            invoice=document,
            invoice_id=ids[document],
            description=cut(one_line(line.text or line.reference or line.counterparty), _DESCRIPTION),
            comment=comment_of(line),
        )
        for document, amount in parts
    )


def comment_of(line: BankLine) -> str:
    """All that the bank says of the payer and the purpose, as far as a comment has room for it."""
    return cut(one_line(" · ".join(filter(None, (line.counterparty, line.reference, line.text)))), _COMMENT)


def _fits(application: Application, customer: Customer, line: BankLine) -> bool:
    # A line of the journal has no currency of its own, so what was paid in another one is no proposal.
    return application.customer == customer.number and application.amount.currency == line.amount.currency


def _invoice_id(number: str, books: Snapshot) -> str:
    found = books.documents_by_number.get(number, ())
    return next((document.id for document in found if document.kind is DocumentKind.INVOICE), "")


def with_line_numbers(decisions: Sequence[Decision], books: Snapshot) -> tuple[Decision, ...]:
    """Line numbers for all payments, decided in order of the keys so that the order of files and rows does not matter."""
    taken = {line.line_number for line in books.journal_lines}
    numbers: dict[str, tuple[int, ...]] = {}
    paying = {d.source.key: d.payments for d in decisions if isinstance(d, Create | Review) and d.payments}
    for key in sorted(paying):
        numbers[key] = line_numbers(key, paying[key][0].posting_date, len(paying[key]), taken)
        taken.update(numbers[key])
    return tuple(
        _with_numbers(d, numbers[d.source.key]) if isinstance(d, Create | Review) and d.payments else d
        for d in decisions
    )


def _with_numbers(decision: Create | Review, numbers: tuple[int, ...]) -> Decision:
    payments = zip(decision.payments, numbers, strict=True)
    return replace(decision, payments=tuple(replace(payment, line_number=number) for payment, number in payments))
