"""Where the rows of every entity come from: which table, which group, and which of them a page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from importer.sandbox.customers import as_shown
from importer.sandbox.desk import Desk
from importer.sandbox.papers import PAYMENT_TEMPLATE, Document, Journal, Line
from importer.sandbox.payments import outside_a_journal
from importer.sandbox.queries import Query
from importer.sandbox.routes import Target
from importer.sandbox.rows import Row
from importer.sandbox.wire import Request

Place = tuple[str, int] | None

_CODE_TABLES = {
    "currency": "currencies",
    "countryRegion": "countriesRegions",
    "paymentTerm": "paymentTerms",
    "paymentMethod": "paymentMethods",
    "shipmentMethod": "shipmentMethods",
}
_COUNTED_PAGES = {"journal": ("template", "code"), "customerPayment": ("journal_code", "line_number")}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at one target: everything a verb needs."""

    desk: Desk
    target: Target
    request: Request

    @property
    def root(self) -> str:
        """The address that paths of this flavour are relative to."""
        return f"{self.request.origin}{self.target.base}"


def find_row(visit: Visit, key: str) -> Row | None:
    """The record with that id, if the page of the target shows it."""
    return _FIND.get(visit.target.entity.single, _find_code)(visit, key)


def scan_rows(visit: Visit, query: Query, after: Place) -> Iterable[Row]:
    """The records that the page of the target lists, in key order.

    Raises:
        Refusal: lines are listed without naming their journal.
    """
    return _SCAN.get(visit.target.entity.single, _scan_codes)(visit, query, after)


def in_one_order(query: Query, target: Target) -> Query:
    """The query with an order of its own when the rows have no common key to continue behind."""
    if query.order or target.journal is not None or target.entity.single not in _COUNTED_PAGES:
        return query
    return replace(query, order=_COUNTED_PAGES[target.entity.single])


def _find_code(visit: Visit, key: str) -> Row | None:
    return visit.desk.store.codes.get(key)


def _find_document(visit: Visit, key: str) -> Document | None:
    document = visit.desk.store.documents.get(key)
    kind = "invoice" if visit.target.entity.single == "salesInvoice" else "credit memo"
    return document if document is not None and document.kind == kind else None


def _find_payment_journal(visit: Visit, key: str) -> Journal | None:
    journal = visit.desk.store.journals.get(key)
    return journal if journal is not None and journal.template == PAYMENT_TEMPLATE else None


def _find_journal(visit: Visit, key: str) -> Journal | None:
    journal = visit.desk.store.journals.get(key)
    only_general = visit.target.flavour.journals == "general template"
    return None if journal is None or (only_general and journal.template != "GENERAL") else journal


def _find_payment(visit: Visit, key: str) -> Line | None:
    line, journal = visit.desk.store.lines.get(key), visit.target.journal
    if journal is None and visit.target.flavour.payments == "in a journal only":
        raise outside_a_journal()
    if line is None or not line.is_visible or (journal is not None and line.journal_id != journal.id):
        return None
    return line


def _scan_codes(visit: Visit, _: Query, after: Place) -> Iterable[Row]:
    kind = _CODE_TABLES[visit.target.entity.single]
    return visit.desk.store.codes.scan(f"{visit.desk.company.id}/{kind}", after)


def _scan_documents(visit: Visit, _: Query, after: Place) -> Iterable[Row]:
    kind = "invoice" if visit.target.entity.single == "salesInvoice" else "credit memo"
    return visit.desk.store.documents.scan(f"{visit.desk.company.id}/{kind}", after)


def _scan_journals(visit: Visit, _: Query, after: Place) -> Iterator[Row]:
    journals = visit.desk.store.journals
    every = sorted(journals.groups(visit.desk.company.id))
    general = [f"{visit.desk.company.id}/GENERAL"]
    for group in every if visit.target.flavour.journals == "all templates" else general:
        yield from journals.scan(group, after)


def _scan_payments(visit: Visit, query: Query, after: Place) -> Iterator[Line]:
    store, journal = visit.desk.store, visit.target.journal
    if journal is not None:
        yield from (line for line in store.lines.scan(journal.id, after) if line.is_visible)
        return
    named = query.filter.names if query.filter else frozenset()
    named_journal = visit.target.flavour.payments == "with journal id" and named & {"journalId", "journalDisplayName"}
    allowed = visit.desk.behaviour.payments_outside_journal == "listed" or named_journal
    for each in store.journals.scan(f"{visit.desk.company.id}/{PAYMENT_TEMPLATE}"):
        for line in store.lines.scan(each.id):
            if line.is_visible and not allowed:
                raise outside_a_journal()
            if line.is_visible:
                yield line


_FIND: Mapping[str, Callable[[Visit, str], Row | None]] = {
    "company": lambda visit, key: visit.desk.store.companies.get(key),
    "customer": lambda visit, key: visit.desk.store.customers.get(key),
    "salesInvoice": _find_document,
    "salesCreditMemo": _find_document,
    "customerPaymentJournal": _find_payment_journal,
    "journal": _find_journal,
    "customerPayment": _find_payment,
    "customerLedgerEntry": lambda visit, key: visit.desk.store.entries.get(key),
    "account": lambda visit, key: visit.desk.store.accounts.get(key),
    "bankAccount": lambda visit, key: visit.desk.store.bank_accounts.get(key),
}

_SCAN: Mapping[str, Callable[[Visit, Query, Place], Iterable[Row]]] = {
    "company": lambda visit, _, after: visit.desk.store.companies.scan("", after),
    "customer": lambda visit, _, after: as_shown(
        visit.desk, visit.desk.store.customers.scan(visit.desk.company.id, after)
    ),
    "salesInvoice": _scan_documents,
    "salesCreditMemo": _scan_documents,
    "customerPaymentJournal": lambda visit, _, after: visit.desk.store.journals.scan(
        f"{visit.desk.company.id}/{PAYMENT_TEMPLATE}", after
    ),
    "journal": _scan_journals,
    "customerPayment": _scan_payments,
    "customerLedgerEntry": lambda visit, _, after: visit.desk.store.entries.scan(visit.desk.company.id, after),
    "account": lambda visit, _, after: visit.desk.store.accounts.scan(visit.desk.company.id, after),
    "bankAccount": lambda visit, _, after: visit.desk.store.bank_accounts.scan(visit.desk.company.id, after),
}
