"""Customers and documents of one company: read whole, or only what changed where a cache remembers the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import TypeVar

from importer.bc import records
from importer.bc.auth import principal
from importer.bc.changes import Changes, Found, Remembered
from importer.bc.connection import Connection
from importer.bc.flavours import V2, Flavour
from importer.bc.reading import NotOffered, QueryRefused, Question, Reading
from importer.bc.records import Row
from importer.bc.wire import LONGEST_URL, chunks_of, one_of
from importer.model import Customer, Document, DocumentStatus

T = TypeVar("T", Customer, Document)

_UNPOSTED = frozenset({DocumentStatus.DRAFT, DocumentStatus.IN_REVIEW})
# On one field only, and only with what every server knows; the rows are checked again here.
_NO_DRAFTS = "status ne 'Draft'"
_OPEN_ONLY = "status eq 'Open'"
# What is kept is what the newest dialect is asked for; older ones have the city inside the address.
_CUSTOMER = (*V2.customer_fields, "address.city")
_DOCUMENT = tuple(dict.fromkeys((*V2.invoice_fields, *V2.credit_memo_fields)))
# What else stands in a URL that asks for customers by number: the names of the options, $select and its fields.
_RESERVED = 200


class Books:
    """What a snapshot needs of one company beside its journal.

    Args:
        server_now: the server's time; None where it does not say it.
    """

    def __init__(
        self,
        reading: Reading,
        connection: Connection,
        *,
        flavour: Flavour,
        company: str,
        server_now: Callable[[], datetime | None],
    ) -> None:
        self._reading = reading
        self._currency = connection.currency
        self._page = connection.page_size
        self._flavour = flavour
        self._company = company
        self._unproven: Mapping[str, Customer] = {}
        place = _place(connection, flavour, company)
        self._changes = (
            Changes(reading, connection.cache, place=place, server_now=server_now, page=connection.page_size)
            if connection.cache
            else None
        )

    def customers(self) -> tuple[Customer, ...]:
        """All customers by number."""
        found = self._found(Remembered("customers", self._customer_question, _CUSTOMER))
        customers = self._values(self._customer_question, found.rows.values(), records.customer)
        self._unproven = {} if found.anew else {customer.number: customer for customer in customers}
        return customers

    def invoices(self) -> tuple[Document, ...]:
        """All posted sales invoices by number."""
        question = Question(self._flavour.invoices(self._company), self._flavour.invoice_fields, _NO_DRAFTS)
        found = self._found(Remembered("salesInvoices", question, _DOCUMENT, _OPEN_ONLY))
        return _posted(self._values(question, found.rows.values(), lambda row: records.invoice(row, self._currency)))

    def credit_memos(self) -> tuple[Document, ...]:
        """All posted sales credit memos by number; none where the server has none."""
        if not self._flavour.credit_memos:
            return ()
        question = Question(self._flavour.memos(self._company), self._flavour.credit_memo_fields, _NO_DRAFTS)
        try:
            found = self._found(Remembered("salesCreditMemos", question, _DOCUMENT, _OPEN_ONLY))
        except NotOffered:
            # Older servers have none; nothing is paid with what is not seen.
            return ()
        return _posted(
            self._values(question, found.rows.values(), lambda row: records.credit_memo(row, self._currency))
        )

    def is_outdated(self, customers: Collection[str]) -> bool:
        """As `Remembering.is_outdated`."""
        unproven = {number: self._unproven[number] for number in customers if number in self._unproven}
        if not unproven:
            return False
        now = {customer.number: customer for customer in self._read_anew(sorted(unproven))}
        if any(now.get(number) != customer for number, customer in unproven.items()):
            self.forget()
            return True
        self._unproven = {number: each for number, each in self._unproven.items() if number not in unproven}
        return False

    def forget(self) -> None:
        """Let the next reading be of everything."""
        self._unproven = {}
        if self._changes:
            self._changes.forget()

    @property
    def _customer_question(self) -> Question:
        return Question(self._flavour.customers(self._company), self._flavour.customer_fields)

    def _found(self, collection: Remembered) -> Found:
        if self._changes:
            return self._changes.rows(collection)
        rows = self._reading.rows(collection.question)
        return Found(
            dict(self._reading.made(collection.question, rows, lambda row: (records.key(row), row))), anew=True
        )

    def _read_anew(self, numbers: Sequence[str]) -> Sequence[Customer]:
        """These customers, in as few requests as possible: by number, or with all the others."""
        question = self._customer_question
        longest = LONGEST_URL - _RESERVED - len(self._reading.url(question.path))
        chunks = chunks_of("number", numbers, longest)
        if len(chunks) > ceil(len(self._unproven) / self._page):
            return self._reading.all(question, records.customer)
        wheres = [one_of("number", chunk) for chunk in chunks]
        try:
            asked = [Question(question.path, question.select, where) for where in wheres]
            return [one for each in asked for one in self._reading.exactly(each, records.customer)]
        except QueryRefused:
            return self._reading.all(question, records.customer)

    def _values(self, question: Question, rows: Collection[Row], make: Callable[[Row], T]) -> tuple[T, ...]:
        return tuple(sorted(self._reading.made(question, list(rows), make), key=lambda one: (one.number, one.id)))


def _posted(documents: Sequence[Document]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.status not in _UNPOSTED)


def _place(connection: Connection, flavour: Flavour, company: str) -> str:
    """A name for what these credentials see of this company here; another program may keep other properties."""
    facts = (connection.base_url.lower(), flavour.name, company, principal(connection.auth), *_CUSTOMER, *_DOCUMENT)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
