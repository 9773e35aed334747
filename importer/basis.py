"""What Business Central said of the customers and documents that a plan names, when the plan was made.

It is kept with the plan, so that whoever carries the plan out later can tell what changed since, and whoever reads it sees
how much was left of an invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from importer.model import Blocked, DocumentKind, DocumentStatus
from importer.money import Money


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer, as far as a plan depends on it."""

    number: str
    name: str
    blocked: Blocked


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document, as far as a plan depends on it; `customer` is the bill-to customer's number."""

    number: str
    kind: DocumentKind
    customer: str
    remaining: Money
    status: DocumentStatus
    posting_date: date
    due_date: date | None = None


@dataclass(frozen=True)
class Basis:
    """The customers and documents, by number; both kept in this order."""

    customers: tuple[CustomerFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()

    @cached_property
    def customers_by_number(self) -> Mapping[str, CustomerFacts]:
        """Customers by their number."""
        return {customer.number: customer for customer in self.customers}

    @cached_property
    def invoices_by_number(self) -> Mapping[str, DocumentFacts]:
        """Sales invoices by their number; other kinds of document may share one."""
        return {document.number: document for document in self.documents if document.kind is DocumentKind.INVOICE}

    @cached_property
    def open_invoices(self) -> Mapping[str, tuple[DocumentFacts, ...]]:
        """By customer, what is left to pay, the oldest first."""
        found: defaultdict[str, tuple[DocumentFacts, ...]] = defaultdict(tuple)
        for document in sorted(self.documents, key=lambda document: document.due_date or document.posting_date):
            is_open = document.status is DocumentStatus.OPEN and document.remaining.amount > 0
            if is_open and document.kind is DocumentKind.INVOICE:
                found[document.customer] += (document,)
        return dict(found)

    def name_of(self, customer: str) -> str:
        """The name of a customer; "" where it is not known."""
        found = self.customers_by_number.get(customer)
        return found.name if found else ""

    def remaining(self, invoice: str) -> Money | None:
        """What was left of an invoice; None where it is not known."""
        found = self.invoices_by_number.get(invoice)
        return found.remaining if found else None


NO_BASIS = Basis()
"""Nothing is known of what a plan rests on; so it is with plans of older versions."""
