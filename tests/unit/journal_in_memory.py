"""A Business Central in memory, with its own primary key, people at work in it, and an append-only history.

It is the outside world of the simulation, not a mock: it shares no code with the importer beyond the values of ports.py, and
the checker reads nothing but its history.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from importer.model import Customer, Document, Journal, JournalLine, Snapshot
from importer.money import Money
from importer.plan import LinePatch, Payment
from importer.ports import Applied, Changed, Leaving, Missing, PostedEntries, Refused, Reply, SameKey
from tests.faults.clock import START, Clock

__all__ = ["BLOCKED", "COMPANY_ID", "JOURNAL", "START", "Clock", "Event", "Server"]

COMPANY_ID = "5f8a2b1c-0000-4000-8000-00000000c001"
JOURNAL = Journal("5f8a2b1c-0000-4000-8000-00000000a001", "BANK")
BLOCKED = "90000"


@dataclass(frozen=True)
class Event:
    """One thing that really happened in the books."""

    at: datetime
    kind: str  # created, posted, deleted, edited, patched
    line: JournalLine
    by: str  # "importer" or "person"


@dataclass
class Server:
    """One journal. `series` says whether it numbers documents, `look_up` whether posted entries can be asked for."""

    clock: Clock
    series: bool = True
    look_up: bool = True
    rows: dict[int, JournalLine] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    entries: list[JournalLine] = field(default_factory=list)
    history: list[Event] = field(default_factory=list)
    counter: int = 0
    invoices: tuple[Document, ...] = ()
    clock_ahead: timedelta | None = None

    # What the API offers.

    @property
    def company_id(self) -> str:
        return COMPANY_ID

    @property
    def journal(self) -> Journal:
        return JOURNAL

    def snapshot(self) -> Snapshot:
        customers = (Customer("c1", "10000", "Kontor Nord"), Customer("c2", BLOCKED, "Kontor Sued"))
        return Snapshot(COMPANY_ID, "Testkontor", "EUR", JOURNAL, customers, self._documents(), self.journal_lines())

    def journal_lines(self) -> tuple[JournalLine, ...]:
        return tuple(self.rows[number] for number in sorted(self.rows) if number not in self.hidden)

    def posted(self, keys: Collection[str]) -> PostedEntries | None:
        found: dict[str, list[Decimal]] = {}
        for line in self.entries:
            found.setdefault(line.external_document_number, []).append(line.amount)
        return {key: found[key] for key in keys if key in found} if self.look_up else None

    def create(self, payments: Sequence[Payment], leaving: Leaving = lambda: None) -> tuple[Reply, ...]:
        leaving()
        return tuple(self.create_one(payment) for payment in payments)

    def patch(self, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        return tuple(self.patch_one(patch) for patch in patches)

    def delete(self, lines: Sequence[JournalLine]) -> tuple[Reply, ...]:
        return tuple(self.delete_one(line) for line in lines)

    def create_one(self, payment: Payment) -> Reply:
        if payment.customer == BLOCKED:
            return Refused("Application_DialogException", "Customer 90000 is blocked with type All")
        if payment.line_number in self.rows:
            return SameKey("The record already exists.")
        line = self._line(payment)
        self.rows[payment.line_number] = line
        self._happened("created", line, "importer")
        return Applied(line)

    def patch_one(self, patch: LinePatch) -> Reply:
        line = self._visible(patch.line_id)
        if line is None:
            return Missing()
        if line.etag != patch.etag:
            return Changed("Another user has already changed the record.")
        changed = line
        for change in patch.changes:
            changed = _changed(changed, change.field, change.new)
        return Applied(self._store("patched", changed, "importer"))

    def delete_one(self, wanted: JournalLine) -> Reply:
        line = self._visible(wanted.id)
        if line is None:
            return Missing()
        if line.etag != wanted.etag:
            return Changed("Another user has already changed the record.")
        self._remove(line, "deleted", "importer")
        return Applied(line)

    # What people do.

    def post(self) -> None:
        for line in list(self.rows.values()):
            self.entries.append(line)
            self._remove(line, "posted", "person")

    def delete_by_hand(self, number: int) -> None:
        self._remove(self.rows[number], "deleted", "person")

    def edit(self, number: int, **values: str | Decimal) -> None:
        self._store("edited", replace(self.rows[number], **values), "person")  # type: ignore[arg-type]  # fields by name

    def insert_by_hand(self, number: int, amount: str = "-7.00", key: str = "") -> None:
        day = self.clock.time.date()
        mine = Payment("10000", "c1", day, Money.of(amount, "EUR"), key, number, description="by hand")
        self.rows[number] = self._line(mine)
        self._happened("created", self.rows[number], "person")

    def _line(self, payment: Payment) -> JournalLine:
        self.counter += 1
        number = payment.document_number or (f"ZE{self.counter:06}" if self.series else "")
        return JournalLine(
            id=f"00000000-0000-4000-8000-{self.counter:012}",
            etag=self._etag(),
            line_number=payment.line_number,
            customer=payment.customer,
            customer_id=payment.customer_id,
            posting_date=payment.posting_date,
            document_number=number,
            external_document_number=payment.external_document_number,
            amount=payment.amount.amount,
            invoice=payment.invoice,
            invoice_id=payment.invoice_id,
            description=payment.description,
            comment=payment.comment,
            modified_at=self.clock.time,
        )

    def _documents(self) -> tuple[Document, ...]:
        paid = {line.invoice: line.amount for line in self.entries}
        return tuple(
            replace(invoice, remaining=Money(invoice.remaining.amount + paid.get(invoice.number, 0), "EUR"))
            for invoice in self.invoices
        )

    def _visible(self, line_id: str) -> JournalLine | None:
        return next((line for line in self.journal_lines() if line.id == line_id), None)

    def _store(self, kind: str, line: JournalLine, by: str) -> JournalLine:
        changed = replace(line, etag=self._etag(), modified_at=self.clock.time)
        self.rows[line.line_number] = changed
        self._happened(kind, changed, by)
        return changed

    def _remove(self, line: JournalLine, kind: str, by: str) -> None:
        del self.rows[line.line_number]
        self.hidden.discard(line.line_number)
        self._happened(kind, line, by)

    def _happened(self, kind: str, line: JournalLine, by: str) -> None:
        self.history.append(Event(self.clock.time, kind, line, by))

    def _etag(self) -> str:
        self.counter += 1
        return f'W/"{self.counter}"'


def _changed(line: JournalLine, field: str, value: str) -> JournalLine:
    match field:
        case "documentNumber":
            return replace(line, document_number=value)
        case "description":
            return replace(line, description=value)
        case "comment":
            return replace(line, comment=value)
        case "customerNumber":
            return replace(line, customer=value)
        case "amount":
            return replace(line, amount=Decimal(value))
    raise ValueError(f"{field} cannot be changed")
