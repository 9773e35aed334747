"""The basis of a plan: what the books say of every customer and document that its decisions name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from importer.basis import Basis, CustomerFacts, DocumentFacts
from importer.model import Customer, Document, DocumentKind, Snapshot
from importer.plan import Create, Decision, Patch, Payment, Review


def basis_of(decisions: Iterable[Decision], books: Snapshot) -> Basis:
    """The facts of everything named, each once and by number; for a line in review also its customers' open invoices.

    A person who decides needs to see what else the customer owes.
    """
    named, waiting, numbers = set[str](), set[str](), set[str]()
    for decision in decisions:
        numbers.update(_numbers(decision))
        customers = set(_customers(decision))
        named |= customers
        waiting |= customers if isinstance(decision, Review) else set()
    documents = {*_documents(numbers, books), *(d for d in books.documents if d.customer in waiting and _is_payable(d))}
    named.update(document.customer for document in documents)
    found = (books.customers_by_number[number] for number in named if number in books.customers_by_number)
    return Basis(
        customers=tuple(sorted(map(_customer, found), key=lambda customer: customer.number)),
        documents=tuple(sorted(map(_document, documents), key=lambda document: (document.number, document.kind))),
    )


def _payments(decision: Decision) -> tuple[Payment, ...]:
    return decision.payments if isinstance(decision, Create | Patch | Review) else ()


def _numbers(decision: Decision) -> Iterator[str]:
    yield from (payment.invoice for payment in _payments(decision) if payment.invoice)
    yield from (candidate.invoice for candidate in decision.finding.candidates if candidate.invoice)


def _customers(decision: Decision) -> Iterator[str]:
    finding = decision.finding
    yield from filter(None, (finding.customer, *(candidate.customer for candidate in finding.candidates)))
    yield from (payment.customer for payment in _payments(decision))


def _documents(numbers: Iterable[str], books: Snapshot) -> Iterator[Document]:
    return (document for number in numbers for document in books.documents_by_number.get(number, ()))


def _is_payable(document: Document) -> bool:
    return document.kind is DocumentKind.INVOICE and document.is_open


def _customer(customer: Customer) -> CustomerFacts:
    return CustomerFacts(customer.number, customer.name, customer.blocked)


def _document(document: Document) -> DocumentFacts:
    return DocumentFacts(
        number=document.number,
        kind=document.kind,
        customer=document.customer,
        remaining=document.remaining,
        status=document.status,
        posting_date=document.posting_date,
        due_date=document.due_date,
    )
