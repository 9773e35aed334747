"""The client: one customer payment journal of one company, as the core sees it (`ports.BusinessCentral`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from importer.bc import customers, records
from importer.bc.auth import Credentials
from importer.bc.books import Books
from importer.bc.choice import templates_of, the_company, the_journal
from importer.bc.connection import Connection
from importer.bc.entra import source
from importer.bc.exchange import Exchange, http_client, silent
from importer.bc.flavours import Flavour, flavour
from importer.bc.gate import gate, has_sibling
from importer.bc.posted import look_up
from importer.bc.reading import Forbidden, NotOffered, QueryRefused, Question, Reading
from importer.bc.records import Company
from importer.bc.rehearsal import rehearse
from importer.bc.replies import Intent, classify
from importer.bc.wire import Place, Request, change, creation, listing, new_journal, removal
from importer.bc.writing import Task, Writing, created_journal
from importer.customer_ports import CustomerReply
from importer.errors import ConfigurationError
from importer.master import CustomerPatch, CustomerRecord, Fields
from importer.model import Journal, JournalLine, Snapshot
from importer.plan import LinePatch, Payment
from importer.ports import Leaving, PostedEntries, Refused, Reply

T = TypeVar("T")


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
        self._probe = listing(self._flavour.all_companies(), select=("id",), page_size=1)
        self._exchange = Exchange(connection, self._gate, self._credentials, self._http, probe=self._probe)
        self._reading = Reading(self._exchange, self._gate, connection)
        self._writing = Writing(self._exchange, self._flavour.batch)
        self._company: Company | None = None
        self._journal: Journal | None = None
        self._read_books: Books | None = None

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

        Documents spell the address in several ways. Which of them the server understands is found out here and kept, unless
        the configuration says it.

        Raises:
            NotOffered, QueryRefused: the server understands none of them.
        """
        refused: ConfigurationError | None = None
        for dialect in self._spellings():
            try:
                found = self._journals(dialect)
            except (NotOffered, QueryRefused) as error:
                refused = refused or error
                continue
            self._flavour = dialect
            return found
        raise refused or ConfigurationError("This server has no customer payment journals.")

    def _spellings(self) -> tuple[Flavour, ...]:
        told = self._connection.journals
        return tuple(each for each in self._flavour.spellings() if not told or each.journals == told)

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

    def templates_of(self, code: str) -> tuple[str, ...]:
        """The templates of all journals with that code, also of those that take no payments; none where nobody says."""
        return templates_of(self._reading, f"{self._flavour.company(self.company.id)}/journals", code.strip().upper())

    def snapshot(self) -> Snapshot:
        """Company, journal, customers, documents and journal lines, all pages.

        Raises:
            ImporterError: half a snapshot is never given.
        """
        books = self._books
        return Snapshot(
            company_id=self.company.id,
            company=self.company.name,
            currency=self._connection.currency,
            journal=self.journal,
            customers=books.customers(),
            documents=(*books.invoices(), *books.credit_memos()),
            journal_lines=self.journal_lines(),
        )

    def is_outdated(self, customers: Collection[str]) -> bool:
        """Whether one of these customers is no longer as the last snapshot remembered it; they are read anew."""
        return self._books.is_outdated(customers)

    def forget(self) -> None:
        """Let the next snapshot read everything."""
        self._books.forget()

    @property
    def _books(self) -> Books:
        if self._read_books is None:
            company = self.company.id
            self.journal  # noqa: B018 - finds out how this server spells its addresses
            self._read_books = Books(
                self._reading, self._connection, flavour=self._flavour, company=company, server_now=self._server_now
            )
        return self._read_books

    def _server_now(self) -> datetime | None:
        ahead = self.clock_ahead
        return None if ahead is None else self._connection.now() - ahead

    def journal_lines(self) -> tuple[JournalLine, ...]:
        """All visible lines of the journal, freshly read from the primary, by line number."""
        lines = self._reading.all(Question(self._place.lines), records.journal_line)
        return tuple(sorted(lines, key=lambda line: line.line_number))

    def posted(self, keys: Collection[str]) -> PostedEntries | None:
        """The posted customer ledger entries of these keys; None when this server offers no such look-up."""
        if not self._flavour.posted or not has_sibling(self._connection.base_url):
            return None
        sibling = gate(self._connection.base_url, self._flavour, self._flavour.posted)
        exchange = Exchange(self._connection, sibling, self._credentials, self._http, probe=self._probe)
        reading = Reading(exchange, sibling, self._connection)
        return look_up(reading, f"{self._flavour.company(self.company.id)}/customerLedgerEntries", keys)

    def create(self, payments: Sequence[Payment], leaving: Leaving = silent) -> tuple[Reply, ...]:
        """Create journal lines, at most 100, in this order; one reply for each, in the same order."""
        return self._writing.carry_out([_task(each, creation(self._place, each)) for each in payments], leaving)

    def rehearse(self, payments: Sequence[Payment]) -> tuple[Refused | None, ...]:
        """What Business Central says against each payment, without keeping any; None where nothing.

        Raises:
            ConfigurationError: this dialect or server cannot.
            ServerContradiction: something stayed. ServerUnavailable: no usable answer.
        """
        if not self._flavour.batch:
            raise ConfigurationError(f"{self._flavour.name}: {self._flavour.unsupported['ask-server']}.")
        return rehearse(self._exchange, self._place, payments, self.journal_lines)

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        """Change journal lines, at most 100, each only if it is still the version of its etag."""
        return self._writing.carry_out_on_versions(patches, lambda patch: _task(patch, change(self._place, patch)))

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        """Delete journal lines, at most 100, each only if it is still the version of its etag."""
        return self._writing.carry_out_on_versions(lines, lambda line: _task(line, removal(self._place, line)))

    def customer_records(self, properties: Collection[str] = ()) -> tuple[CustomerRecord, ...]:
        """All customers, freshly read from the primary; with these properties, or for none with every one of the dialect."""
        wanted = ("id", "number", "displayName", *properties) if properties and self._flavour.customer_fields else ()
        select = tuple(dict.fromkeys(name.partition(".")[0] for name in wanted))
        found = self._understood(lambda: self._customers(select))
        if select and not all(record.etag for record in found):
            # A server may leave out the version with the properties that were not asked for; without it nothing changes.
            return self.customer_records()
        return found

    def _customers(self, select: tuple[str, ...]) -> tuple[CustomerRecord, ...]:
        fields = self._flavour.customer_properties
        question = Question(self._flavour.customers(self.company.id), select)
        return self._reading.all(question, lambda row: customers.record(row, fields))

    def _understood(self, ask: Callable[[], T]) -> T:
        """The answer, asked again where the server spells its addresses otherwise than they were written at first."""
        spelling = self._flavour
        try:
            return ask()
        except (NotOffered, QueryRefused):
            self.journals()
            if self._flavour == spelling:
                raise
            return ask()

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
        return self._writing.carry_out_on_versions(patches, self._customer_task)

    def _customer_task(self, patch: CustomerPatch) -> Task[CustomerReply]:
        request = customers.patch_request(self._flavour, self.company.id, patch)
        return Task(request, partial(customers.judge, patch, self._flavour.customer_properties))

    @property
    def _place(self) -> Place:
        return Place(self._flavour, self.company.id, self.journal.id)

    def _journals(self, dialect: Flavour) -> tuple[Journal, ...]:
        return self._reading.exactly(Question(dialect.all_journals(self.company.id)), records.journal)


def _task(intent: Intent, request: Request) -> Task[Reply]:
    return Task(request, partial(classify, intent))
