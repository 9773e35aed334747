"""The client: one customer payment journal of one company, as the core sees it (`ports.BusinessCentral`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from importer.bc import customers, records
from importer.bc.auth import Credentials
from importer.bc.choice import the_company, the_journal
from importer.bc.connection import Connection
from importer.bc.entra import source
from importer.bc.exchange import Exchange, http_client
from importer.bc.flavours import MISSPELT_JOURNALS, Flavour, flavour
from importer.bc.gate import gate, has_sibling
from importer.bc.posted import look_up
from importer.bc.reading import Forbidden, NotOffered, Question, Reading
from importer.bc.records import Company
from importer.bc.rehearsal import nothing_stayed, rehearse
from importer.bc.replies import Intent, classify
from importer.bc.wire import Place, Request, change, creation, new_journal, removal
from importer.bc.writing import Task, Writing, created_journal
from importer.customer_ports import CustomerReply
from importer.errors import ConfigurationError
from importer.master import CustomerPatch, CustomerRecord, Fields
from importer.model import Document, DocumentStatus, Journal, JournalLine, Snapshot
from importer.plan import LinePatch, Payment
from importer.ports import NotApplied, Refused, Reply, Unknown

_UNPOSTED = frozenset({DocumentStatus.DRAFT, DocumentStatus.IN_REVIEW})
# On one field only, and only with what every server knows; the rows are checked again here.
_NO_DRAFTS = "status ne 'Draft'"


Versioned = TypeVar("Versioned", LinePatch, JournalLine, CustomerPatch)
Answered = TypeVar("Answered")


class Client:
    """Speaks one dialect with one service. Nothing is asked before the first question; close it when done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._flavour = flavour(connection.flavour, connection.journals)
        self._gate = gate(connection.base_url, self._flavour)
        self._http = http_client(connection)
        scope = self._flavour.scope
        self._credentials = connection.share.wallet.of(
            connection.auth, scope, lambda: Credentials(source(connection, scope), connection.now)
        )
        self._exchange = Exchange(connection, self._gate, self._credentials, self._http)
        self._reading = Reading(self._exchange, self._gate, connection.page_size)
        self._writing = Writing(self._exchange, self._flavour.batch)
        self._company: Company | None = None
        self._journal: Journal | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the service."""
        self._http.close()

    @property
    def flavour(self) -> Flavour:
        """The dialect that is spoken, with what it cannot do."""
        return self._flavour

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this machine's clock is ahead of the server's; None before the first answer that says the time."""
        return self._exchange.clock_ahead

    def companies(self) -> tuple[Company, ...]:
        """All companies that these credentials see."""
        question = Question(self._flavour.all_companies(), ("id", "name", "displayName"))
        return self._reading.all(question, records.company)

    def journals(self) -> tuple[Journal, ...]:
        """The customer payment journals of the company.

        Where the configuration does not say how they are spelt and the server has none by that name, the other spelling
        is tried and kept.
        """
        try:
            return self._journals(self._flavour)
        except NotOffered:
            if self._connection.journals:
                raise
            misspelt = flavour(self._connection.flavour, MISSPELT_JOURNALS)
            found = self._journals(misspelt)
            self._flavour = misspelt
            return found

    def create_journal(self, name: str) -> Journal:
        """Create the configured journal, without a balancing account: that is set by a person, in Business Central.

        Raises:
            ConfigurationError: Business Central refuses. OutcomeUnknown: no sure answer; look before trying again.
            AccessDenied, ServerUnavailable: nothing was created.
        """
        path = self._flavour.all_journals(self.company.id)
        return created_journal(self._exchange, new_journal(path, self._connection.journal, name))

    @property
    def company(self) -> Company:
        """The configured company, asked once.

        Raises:
            ConfigurationError: there is none of that name or id, or there are several.
        """
        # Not a cached_property: before Python 3.12 that has one lock for all clients, and this asks a server. One that hangs
        # would hold up the companies of all others.
        if self._company is None:
            self._company = the_company(self.companies(), self._connection.company)
        return self._company

    @property
    def company_id(self) -> str:
        """The id of the configured company."""
        return self.company.id

    @property
    def company_name(self) -> str:
        """The name of the configured company."""
        return self.company.name

    @property
    def journal(self) -> Journal:
        """The configured journal, asked once: a journal that is renamed under way must stop the run, not redirect it.

        Raises:
            ConfigurationError: there is none with that code.
        """
        if self._journal is None:
            self._journal = the_journal(self.journals(), self._connection.journal)
        return self._journal

    def snapshot(self) -> Snapshot:
        """Company, journal, customers, documents and journal lines, all pages.

        Raises:
            ImporterError: half a snapshot is never given.
        """
        company = self.company.id
        question = Question(self._flavour.customers(company), self._flavour.customer_fields)
        return Snapshot(
            company_id=company,
            company=self.company.name,
            currency=self._connection.currency,
            journal=self.journal,
            customers=self._reading.all(question, records.customer),
            documents=(*self._invoices(company), *self._credit_memos(company)),
            journal_lines=self.journal_lines(),
        )

    def journal_lines(self) -> tuple[JournalLine, ...]:
        """All visible lines of the journal, freshly read from the primary, by line number."""
        lines = self._reading.all(Question(self._place.lines), records.journal_line)
        return tuple(sorted(lines, key=lambda line: line.line_number))

    def posted(self, keys: Collection[str]) -> Mapping[str, int] | None:
        """How many posted customer ledger entries each key has, where any; None when this server offers no such look-up."""
        if not self._flavour.posted or not has_sibling(self._connection.base_url):
            return None
        sibling = gate(self._connection.base_url, self._flavour, self._flavour.posted)
        exchange = Exchange(self._connection, sibling, self._credentials, self._http)
        reading = Reading(exchange, sibling, self._connection.page_size)
        return look_up(reading, f"{self._flavour.company(self.company.id)}/customerLedgerEntries", keys)

    def create(self, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        """Create journal lines, at most 100, in this order; one reply for each, in the same order."""
        return self._writing.carry_out([_task(each, creation(self._place, each)) for each in payments])

    def rehearse(self, payments: Sequence[Payment]) -> tuple[Refused | None, ...]:
        """What Business Central says against each payment, without keeping any; None where nothing.

        Raises:
            ConfigurationError: this dialect or server cannot.
            ServerContradiction: something stayed. ServerUnavailable: no usable answer.
        """
        if not self._flavour.batch:
            raise ConfigurationError(f"{self._flavour.name}: {self._flavour.unsupported['ask-server']}.")
        before = self.journal_lines()
        try:
            return rehearse(self._exchange, self._place, payments)
        finally:
            nothing_stayed(before, self.journal_lines(), payments)

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        """Change journal lines, at most 100, each only if it is still the version of its etag."""
        return self._versioned(patches, lambda patch: _task(patch, change(self._place, patch)))

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        """Delete journal lines, at most 100, each only if it is still the version of its etag."""
        return self._versioned(lines, lambda line: _task(line, removal(self._place, line)))

    def customer_records(self, properties: Collection[str] = ()) -> tuple[CustomerRecord, ...]:
        """All customers, freshly read from the primary; with these properties, or for none with every one of the dialect."""
        fields = self._flavour.customer_properties
        wanted = ("id", "number", "displayName", *properties) if properties and self._flavour.customer_fields else ()
        select = tuple(dict.fromkeys(name.partition(".")[0] for name in wanted))
        path = self._flavour.customers(self.company.id)
        found = self._reading.all(Question(path, select), lambda row: customers.record(row, fields))
        if select and not all(record.etag for record in found):
            # A server may leave out the version with the properties that were not asked for; without it nothing changes.
            return self.customer_records()
        return found

    @property
    def customer_properties(self) -> Fields:
        """What a customer consists of in this dialect."""
        return self._flavour.customer_properties

    def codes(self, table: str) -> Mapping[str, str] | None:
        """The codes of a small table (currencies, paymentTerms …) by their ids; None where the server shows none."""
        question = Question(f"{self._flavour.company(self.company.id)}/{table}", ("id", "code"))
        try:
            rows = self._reading.all(question, lambda row: (records.key(row), records.text(row, "code")))
        except (ConfigurationError, Forbidden):
            # It only helps to find mistakes early; the server checks in any case.
            return None
        return dict(rows) or None

    def patch_customers(self, patches: Sequence[CustomerPatch]) -> tuple[CustomerReply, ...]:
        """Change customers, at most 100, each only if it is still the version of its etag; replies as for `patch`."""
        return self._versioned(patches, self._customer_task)

    def _customer_task(self, patch: CustomerPatch) -> Task[CustomerReply]:
        request = customers.patch_request(self._flavour, self.company.id, patch)
        return Task(request, partial(customers.judge, patch, self._flavour.customer_properties))

    def _versioned(
        self, intents: Sequence[Versioned], make: Callable[[Versioned], Task[Answered]]
    ) -> tuple[Answered | NotApplied | Refused | Unknown, ...]:
        tasks = [make(intent) for intent in intents if records.is_version(intent.etag)]
        replies = iter(self._writing.carry_out(tasks))
        return tuple(next(replies) if records.is_version(intent.etag) else _NO_VERSION for intent in intents)

    @property
    def _place(self) -> Place:
        return Place(self._flavour, self.company.id, self.journal.id)

    def _journals(self, dialect: Flavour) -> tuple[Journal, ...]:
        return self._reading.all(Question(dialect.all_journals(self.company.id)), records.journal)

    def _invoices(self, company: str) -> tuple[Document, ...]:
        question = Question(self._flavour.invoices(company), self._flavour.invoice_fields, _NO_DRAFTS)
        return _posted(self._reading.all(question, lambda row: records.invoice(row, self._connection.currency)))

    def _credit_memos(self, company: str) -> tuple[Document, ...]:
        if not self._flavour.credit_memos:
            return ()
        question = Question(self._flavour.memos(company), self._flavour.credit_memo_fields, _NO_DRAFTS)
        try:
            return _posted(self._reading.all(question, lambda row: records.credit_memo(row, self._connection.currency)))
        except NotOffered:
            # Older servers have none; nothing is paid with what is not seen.
            return ()


_NO_VERSION = Refused(
    "BadRequest_InvalidToken", "it was read without an ETag, so it cannot be changed safely; nothing was sent"
)


def _task(intent: Intent, request: Request) -> Task[Reply]:
    return Task(request, partial(classify, intent))


def _posted(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.status not in _UNPOSTED)
