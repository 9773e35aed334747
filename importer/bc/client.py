"""The client: one customer payment journal of one company, as the core sees it (`ports.BusinessCentral`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from types import TracebackType
from typing import Self, TypeVar

from importer.bc import records
from importer.bc.auth import Credentials
from importer.bc.connection import Connection
from importer.bc.entra import source
from importer.bc.exchange import Exchange, http_client
from importer.bc.flavours import Flavour, flavour
from importer.bc.gate import gate, has_sibling
from importer.bc.posted import look_up
from importer.bc.reading import NotOffered, Question, Reading
from importer.bc.records import Company
from importer.bc.wire import Place, change, creation, removal
from importer.bc.writing import Task, Writing
from importer.errors import ConfigurationError
from importer.model import Document, DocumentStatus, Journal, JournalLine, Snapshot
from importer.plan import LinePatch, Payment
from importer.ports import Refused, Reply

_UNPOSTED = frozenset({DocumentStatus.DRAFT, DocumentStatus.IN_REVIEW})
# On one field only, and only with what every server knows; the rows are checked again here.
_NO_DRAFTS = "status ne 'Draft'"


Versioned = TypeVar("Versioned", LinePatch, JournalLine)


class Client:
    """Speaks one dialect with one service. Nothing is asked before the first question; close it when done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._flavour = flavour(connection.flavour, connection.journals)
        self._gate = gate(connection.base_url, self._flavour)
        self._http = http_client(connection)
        self._credentials = Credentials(source(connection, self._flavour.scope), connection.now)
        self._exchange = Exchange(connection, self._gate, self._credentials, self._http)
        self._reading = Reading(self._exchange, self._gate, connection.page_size)
        self._writing = Writing(self._exchange, self._flavour.batch)

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

    def companies(self) -> tuple[Company, ...]:
        """All companies that these credentials see."""
        question = Question(self._flavour.all_companies(), ("id", "name", "displayName"))
        return self._reading.all(question, records.company)

    def journals(self) -> tuple[Journal, ...]:
        """The customer payment journals of the company."""
        return self._reading.all(Question(self._flavour.all_journals(self.company.id)), records.journal)

    @cached_property
    def company(self) -> Company:
        """The configured company, asked once.

        Raises:
            ConfigurationError: there is none of that name or id, or there are several.
        """
        return _the_company(self.companies(), self._connection.company)

    @property
    def company_id(self) -> str:
        """The id of the configured company."""
        return self.company.id

    @cached_property
    def journal(self) -> Journal:
        """The configured journal, asked once: a journal that is renamed under way must stop the run, not redirect it.

        Raises:
            ConfigurationError: there is none with that code.
        """
        return _the_journal(self.journals(), self._connection.journal)

    def snapshot(self) -> Snapshot:
        """Company, journal, customers, documents and journal lines, all pages.

        Raises:
            ImporterError: half a snapshot is never given.
        """
        company = self.company.id
        customers = Question(self._flavour.customers(company), self._flavour.customer_fields)
        return Snapshot(
            company_id=company,
            company=self.company.name,
            currency=self._connection.currency,
            journal=self.journal,
            customers=self._reading.all(customers, records.customer),
            documents=(*self._invoices(company), *self._credit_memos(company)),
            journal_lines=self.journal_lines(),
        )

    def journal_lines(self) -> tuple[JournalLine, ...]:
        """All visible lines of the journal, freshly read from the primary, by line number."""
        lines = self._reading.all(Question(self._place.lines), records.journal_line)
        return tuple(sorted(lines, key=lambda line: line.line_number))

    def posted(self, keys: Collection[str]) -> Collection[str] | None:
        """Which of the keys stand in posted customer ledger entries; None when this server offers no such look-up."""
        if not self._flavour.posted or not has_sibling(self._connection.base_url):
            return None
        sibling = gate(self._connection.base_url, self._flavour, self._flavour.posted)
        exchange = Exchange(self._connection, sibling, self._credentials, self._http)
        reading = Reading(exchange, sibling, self._connection.page_size)
        return look_up(reading, f"{self._flavour.company(self.company.id)}/customerLedgerEntries", keys)

    def create(self, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        """Create journal lines, at most 100, in this order; one reply for each, in the same order."""
        return self._writing.carry_out([Task(each, creation(self._place, each)) for each in payments])

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        """Change journal lines, at most 100, each only if it is still the version of its etag."""
        return self._versioned(patches, lambda patch: Task(patch, change(self._place, patch)))

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        """Delete journal lines, at most 100, each only if it is still the version of its etag."""
        return self._versioned(lines, lambda line: Task(line, removal(self._place, line)))

    def _versioned(self, intents: Sequence[Versioned], make: Callable[[Versioned], Task]) -> tuple[Reply, ...]:
        tasks = [make(intent) for intent in intents if records.is_version(intent.etag)]
        replies = iter(self._writing.carry_out(tasks))
        return tuple(next(replies) if records.is_version(intent.etag) else _NO_VERSION for intent in intents)

    @property
    def _place(self) -> Place:
        return Place(self._flavour, self.company.id, self.journal.id)

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
    "BadRequest_InvalidToken", "the line was read without an ETag, so it cannot be changed safely; nothing was sent"
)


def _posted(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.status not in _UNPOSTED)


def _the_company(companies: Sequence[Company], wanted: str) -> Company:
    by_name = [company for company in companies if company.name == wanted]
    by_display = [company for company in companies if company.display_name == wanted]
    found = [company for company in companies if company.id == wanted.lower()] or by_name or by_display
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{company.name} ({company.id})" for company in found)
        raise ConfigurationError(
            f'There are several companies "{wanted}": {ids}. Configure the id instead of the name.'
        )
    names = ", ".join(company.name for company in companies) or "none"
    raise ConfigurationError(f'There is no company "{wanted}" in this service; these credentials see: {names}.')


def _the_journal(journals: Sequence[Journal], wanted: str) -> Journal:
    # A journal's code is a Code field: upper case, no blanks around it.
    found = [journal for journal in journals if journal.code.strip().upper() == wanted.strip().upper()]
    if len(found) == 1:
        return found[0]
    codes = ", ".join(journal.code for journal in journals) or "none"
    raise ConfigurationError(
        f'There is no customer payment journal "{wanted}"; there are: {codes}. Change `journal`, or create it in Business '
        "Central (Cash Receipt Journals, template without recurrence) or with `importer company check --create-journal`."
    )
