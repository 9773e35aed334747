"""The match that a person wants for a bank line: his customers and documents, looked up in the books as they are now."""

from __future__ import annotations

from dataclasses import dataclass

from importer.choices import Assign, Share
from importer.model import Application, BankLine, Confidence, Customer, Document, DocumentKind, Match, Problem, Snapshot
from importer.money import Money

_BY_HAND = "choose ignore and enter the payment by hand"


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a bank line goes to one customer."""

    amount: Money
    match: Match


def assigned(choice: Assign, line: BankLine, books: Snapshot) -> tuple[Portion, ...] | Problem:
    """One portion for each customer, together the whole line; each document takes what it needs or what was written for it.

    Documents take in the order given. Numbers are taken in any case, as Business Central does, and a customer's name behind
    his number is no matter. A line for several customers leaves nothing over: nobody said on whose account it would stay.
    """
    named = _documents(choice, line, books)
    if isinstance(named, Problem):
        return named
    customer = _customer(choice.customer, books) if choice.customer else None
    if choice.customer and customer is None:
        words = f'there is no customer "{choice.customer}" in {books.company}; {_to_write(choice.customer, books)}'
        return choice.entry.problem("customer_exists", words)
    owners = {document.customer for _, document in named} | ({customer.number} if customer else set())
    if customer and len(owners) > 1:
        return choice.entry.problem("one_customer", _others(customer, [document for _, document in named]))
    if unreadable := sorted(owners - books.customers_by_number.keys()):
        # Nothing can be written for them, and the rest alone would be a part of the payment.
        who = ", ".join(unreadable)
        words = f"the importer cannot read customer {who} of the invoices; give it the permission, or {_BY_HAND}"
        return choice.entry.problem("customer_exists", words)
    applications = _shared_out(choice, named, line)
    return applications if isinstance(applications, Problem) else _portions(choice, line, owners, applications)


def _documents(choice: Assign, line: BankLine, books: Snapshot) -> list[tuple[Share, Document]] | Problem:
    invoices = {d.number.upper(): d for d in books.documents if d.kind is DocumentKind.INVOICE}
    unknown = [share.document for share in choice.shares if share.document.upper() not in invoices]
    if unknown:
        words = (
            f"there is no posted sales invoice {', '.join(unknown)}; write the No. of an open invoice, "
            "several with a semicolon between them"
        )
        return choice.entry.problem("invoice_exists", words)
    named = [(share, invoices[share.document.upper()]) for share in choice.shares]
    if foreign := [document for _, document in named if document.remaining.currency != line.amount.currency]:
        return choice.entry.problem("currency_fits", _in_other_currencies(foreign, line))
    return named


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


def _in_other_currencies(documents: list[Document], line: BankLine) -> str:
    named = ", ".join(f"{document.number} is in {document.remaining.currency}" for document in documents)
    return f"invoice {named}, the payment in {line.amount.currency}; {_BY_HAND}"


def _others(customer: Customer, documents: list[Document]) -> str:
    owners = sorted({document.customer for document in documents})
    belongs = ", ".join(f"{document.number} to {document.customer}" for document in documents)
    return (
        f"you named customer {customer.number}, but the invoices belong to {', '.join(owners)} ({belongs}): leave out "
        "what is another's, or leave the customer empty when the payment is for all of them"
    )


def _shared_out(
    choice: Assign, named: list[tuple[Share, Document]], line: BankLine
) -> tuple[Application, ...] | Problem:
    left, applications = line.amount, list[Application]()
    for share, document in named:
        amount = share.amount or min(document.remaining, left, key=lambda money: money.amount)
        if amount.amount <= 0:
            return choice.entry.problem("nothing_left", _nothing_for(document, left))
        left -= amount
        applications.append(Application(document.customer, document.number, amount))
    if left.amount < 0:
        total = Money.sum((a.amount for a in applications), line.amount.currency)
        words = f"the amounts add up to {total}, the bank line has {line.amount}; lower one of them"
        return choice.entry.problem("adds_up", words)
    return tuple(applications)


def _portions(
    choice: Assign, line: BankLine, owners: set[str], applications: tuple[Application, ...]
) -> tuple[Portion, ...] | Problem:
    if len(owners) == 1:
        (owner,) = owners
        return (Portion(line.amount, Match(Confidence.HIGH, owner, applications)),)
    in_order = dict.fromkeys(application.customer for application in applications)
    portions = tuple(_portion(owner, line, applications) for owner in in_order)
    left = line.amount - Money.sum((portion.amount for portion in portions), line.amount.currency)
    if not left.amount:
        return portions
    words = (
        f"{left} of the bank line is left over, and nobody knows for which of {', '.join(in_order)}; name invoices, or give "
        "amounts, that take all of it"
    )
    return choice.entry.problem("left_over", words)


def _portion(customer: str, line: BankLine, applications: tuple[Application, ...]) -> Portion:
    own = tuple(application for application in applications if application.customer == customer)
    amount = Money.sum((application.amount for application in own), line.amount.currency)
    return Portion(amount, Match(Confidence.HIGH, customer, own))


def _nothing_for(document: Document, left: Money) -> str:
    if not document.is_open:
        return f"invoice {document.number} is {document.status.value}: there is nothing to settle; leave it out"
    return (
        f"nothing is left for invoice {document.number}: the invoices before it take all of the payment ({left} left); "
        "leave it out, or give amounts"
    )
