"""The match that a person wants for a bank line: his customer and documents, looked up in the books as they are now."""

from __future__ import annotations

from importer.choices import Assign, Share
from importer.model import Application, BankLine, Confidence, Customer, Document, DocumentKind, Match, Problem, Snapshot
from importer.money import Money


def assigned(choice: Assign, line: BankLine, books: Snapshot) -> Match | Problem:
    """The match; each document takes what it needs or what was written beside it, in the order given.

    Numbers are taken in any case, as Business Central does, and a customer's name behind his number is no matter.
    """
    invoices = {d.number.upper(): d for d in books.documents if d.kind is DocumentKind.INVOICE}
    unknown = [share.document for share in choice.shares if share.document.upper() not in invoices]
    if unknown:
        words = (
            f"there is no posted sales invoice {', '.join(unknown)}; write the No. of an open invoice, "
            "several with a semicolon between them"
        )
        return choice.entry.problem("invoice_exists", words)
    named = [(share, invoices[share.document.upper()]) for share in choice.shares]
    customer = _customer(choice.customer, books) if choice.customer else None
    if choice.customer and customer is None:
        words = f'there is no customer "{choice.customer}" in {books.company}; {_to_write(choice.customer, books)}'
        return choice.entry.problem("customer_exists", words)
    owners = {document.customer for _, document in named} | ({customer.number} if customer else set())
    if len(owners) != 1:
        return choice.entry.problem("one_customer", _several(owners, customer, [document for _, document in named]))
    return _shared_out(choice, named, line, next(iter(owners)))


def _customer(text: str, books: Snapshot) -> Customer | None:
    wanted = text.upper()
    for customer in books.customers:
        if wanted in (customer.number.upper(), f"{customer.number} {customer.name}".upper()):
            return customer
    return None


def _to_write(text: str, books: Snapshot) -> str:
    """A name decides nothing; the person is told whose it is and decides with the number."""
    named = [customer.number for customer in books.customers if customer.name.casefold() == text.casefold()]
    return f"that is a name of {', '.join(named)}: write the No." if named else "write the No. alone, such as 10000"


def _several(owners: set[str], customer: Customer | None, documents: list[Document]) -> str:
    belongs = ", ".join(f"{document.number} to {document.customer}" for document in documents)
    named = f"you named customer {customer.number}, but " if customer else ""
    return (
        f"{named}the invoices belong to {', '.join(sorted(owners))} ({belongs}); one bank line can only be applied to one "
        "customer: leave out what is another's, or choose ignore and enter the payment by hand"
    )


def _shared_out(choice: Assign, named: list[tuple[Share, Document]], line: BankLine, customer: str) -> Match | Problem:
    left, applications = line.amount, list[Application]()
    for share, document in named:
        amount = share.amount or min(document.remaining, left, key=lambda money: money.amount)
        if amount.amount <= 0:
            return choice.entry.problem("nothing_left", _nothing_for(document, left))
        left -= amount
        applications.append(Application(customer, document.number, amount))
    if left.amount < 0:
        total = Money.sum((a.amount for a in applications), line.amount.currency)
        words = f"the amounts add up to {total}, the bank line has {line.amount}; lower one of them"
        return choice.entry.problem("adds_up", words)
    return Match(Confidence.HIGH, customer, tuple(applications))


def _nothing_for(document: Document, left: Money) -> str:
    if not document.is_open:
        return f"invoice {document.number} is {document.status.value}: there is nothing to settle; leave it out"
    return (
        f"nothing is left for invoice {document.number}: the invoices before it take all of the payment ({left} left); "
        "leave it out, or give amounts"
    )
