"""People in the web client: what they do to journals behind the API's back. The methods are part of `Sandbox`."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.desk import Desk
from importer.sandbox.journals import rename_journal
from importer.sandbox.lines import insert_line
from importer.sandbox.papers import PAYMENT_TEMPLATE, Document, Entry, Journal, Line
from importer.sandbox.posting import post_journal
from importer.sandbox.rows import Customer, changed
from importer.sandbox.store import Action, Store


class WebClient(ABC):
    """Somebody at the screen. Journals are named by code, lines by number, companies by name (the first by default)."""

    behaviour: Behaviour
    now: Callable[[], datetime]
    _store: Store
    _lock: threading.RLock

    def post(self, journal: str, company: str | None = None) -> None:
        """Post a journal.

        Raises:
            Refusal: it cannot be posted; nothing changed.
        """
        with self._acting("post", company) as desk:
            post_journal(desk, self._journal(desk, journal))

    def edit(self, journal: str, line_number: int, company: str | None = None, **fields: object) -> Line:
        """Change fields of a line by the names of `Line`."""
        with self._acting("patch", company) as desk:
            return desk.store.lines.put(changed(self._line(desk, journal, line_number), **fields))

    def delete(self, journal: str, line_number: int, company: str | None = None) -> None:
        """Delete a line."""
        with self._acting("delete", company) as desk:
            desk.store.lines.remove(self._line(desk, journal, line_number))

    def hide(self, journal: str, line_number: int, company: str | None = None) -> Line:
        """Clear the applies-to type of a line: it stays in the journal, but the API no longer shows it."""
        return self.edit(journal, line_number, company, applies_to_type="")

    def insert(self, journal: str, company: str | None = None, **fields: object) -> Line:
        """Add a line with these fields of `Line`; what is left out is filled as for any new line."""
        with self._acting("create", company) as desk:
            batch = self._journal(desk, journal)
            blank = Line(id="", company_id=desk.company.id, journal_id=batch.id, journal_code=batch.code)
            wanted = changed(blank, **fields)
            line = insert_line(desk, batch, wanted)
            types = replace(
                line,
                document_type=wanted.document_type,
                account_type=wanted.account_type,
                applies_to_type=wanted.applies_to_type,
            )
            return line if types == line else desk.store.lines.put(types)

    def request_approval(self, journal: str, company: str | None = None) -> Journal:
        """Send a journal for approval: its lines can no longer be changed."""
        with self._acting("patch", company) as desk:
            return desk.store.journals.put(replace(self._journal(desk, journal), approval_open=True))

    def approve(self, journal: str, company: str | None = None) -> Journal:
        """Approve a journal: its lines can be changed again."""
        with self._acting("patch", company) as desk:
            return desk.store.journals.put(replace(self._journal(desk, journal), approval_open=False))

    def schedule(self, journal: str, line_number: int, company: str | None = None) -> Line:
        """Hand a line to the job queue for posting in the background."""
        return self.edit(journal, line_number, company, scheduled=True)

    def rename(self, journal: str, code: str, company: str | None = None) -> Journal:
        """Give a journal another code."""
        with self._acting("patch", company) as desk:
            return rename_journal(desk, replace(self._journal(desk, journal), code=code))

    def journal_lines(self, journal: str, company: str | None = None) -> tuple[Line, ...]:
        """All lines of a journal, hidden ones too, by number."""
        with self._lock:
            desk = self._desk(company)
            return tuple(desk.store.lines.scan(self._journal(desk, journal).id))

    def customers(self, company: str | None = None) -> tuple[Customer, ...]:
        """All customers by number."""
        with self._lock:
            desk = self._desk(company)
            return tuple(desk.store.customers.scan(desk.company.id))

    def invoices(self, company: str | None = None) -> tuple[Document, ...]:
        """All sales invoices by number."""
        with self._lock:
            desk = self._desk(company)
            return tuple(desk.store.documents.scan(f"{desk.company.id}/invoice"))

    def entries(self, company: str | None = None) -> tuple[Entry, ...]:
        """All posted customer ledger entries."""
        with self._lock:
            desk = self._desk(company)
            return tuple(desk.store.entries.scan(desk.company.id))

    def edit_customer(self, number: str, company: str | None = None, **fields: object) -> Customer:
        """Change fields of a customer by the names of `Customer`."""
        with self._acting("patch", company) as desk:
            return desk.store.customers.put(changed(self._customer(desk, number), **fields))

    def delete_customer(self, number: str, company: str | None = None) -> None:
        """Delete a customer without documents."""
        with self._acting("delete", company) as desk:
            desk.store.customers.remove(self._customer(desk, number))

    def edit_invoice(self, number: str, /, company: str | None = None, **fields: object) -> Document:
        """Change fields of a posted sales invoice by the names of `Document`."""
        with self._acting("patch", company) as desk:
            return desk.store.documents.put(changed(self._invoice(desk, number), **fields))

    def issue_invoice(self, like: str, number: str, /, company: str | None = None, **fields: object) -> Document:
        """Post a new sales invoice, which is like another one but for its number and these fields of `Document`."""
        with self._acting("create", company) as desk:
            row = changed(self._invoice(desk, like), id=desk.store.new_id(), number=number, **fields)
            return desk.store.documents.put(row)

    def delete_invoice(self, number: str, company: str | None = None) -> None:
        """Delete a posted sales invoice."""
        with self._acting("delete", company) as desk:
            desk.store.documents.remove(self._invoice(desk, number))

    def company_names(self) -> tuple[str, ...]:
        """The companies of the books by name."""
        with self._lock:
            return tuple(company.name for company in self._store.companies.scan(""))

    def currency(self, company: str | None = None) -> str:
        """The local currency of a company."""
        with self._lock:
            return self._desk(company).company.currency

    def journal_codes(self, company: str | None = None) -> tuple[str, ...]:
        """The payment journals of a company by code."""
        with self._lock:
            desk = self._desk(company)
            return tuple(journal.code for journal in desk.store.journals.scan(f"{desk.company.id}/{PAYMENT_TEMPLATE}"))

    @contextmanager
    def _acting(self, action: Action, company: str | None) -> Iterator[Desk]:
        with self._lock:
            self._store.action, self._store.actor = action, "person"
            try:
                yield self._desk(company)
            except BaseException:
                self._store.undo(0)
                raise
            self._keep()

    @abstractmethod
    def _keep(self) -> None:
        """Make the pending changes permanent."""

    def _desk(self, company: str | None) -> Desk:
        found = (
            next(self._store.companies.scan(""), None) if company is None else self._store.companies.find("", company)
        )
        if found is None:
            raise LookupError(f"the books have no company {company}")
        return Desk(self._store, self.behaviour, found, self.now().date())

    def _journal(self, desk: Desk, code: str) -> Journal:
        for group in sorted(desk.store.journals.groups(desk.company.id)):
            journal = desk.store.journals.find(group, code)
            if journal is not None:
                return journal
        raise LookupError(f"{desk.company.name} has no journal {code}")

    def _customer(self, desk: Desk, number: str) -> Customer:
        customer = desk.customer_by_number(number)
        if customer is None:
            raise LookupError(f"{desk.company.name} has no customer {number}")
        return customer

    def _invoice(self, desk: Desk, number: str) -> Document:
        invoice = desk.posted_invoice_by_number(number)
        if invoice is None:
            raise LookupError(f"{desk.company.name} has no posted invoice {number}")
        return invoice

    def _line(self, desk: Desk, journal: str, line_number: int) -> Line:
        line = desk.store.lines.find(self._journal(desk, journal).id, "", line_number)
        if line is None:
            raise LookupError(f"journal {journal} has no line {line_number}")
        return line
