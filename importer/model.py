"""The nouns of the program as frozen values. Money is signed as the bank does it: a receipt is positive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from importer.money import Money


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row, field or line is wrong. `row` counts from 1 as an editor does; 0 when it is not about one row."""

    rule: str
    message: str
    file: str = ""
    row: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        row, column = f"row {self.row}" if self.row else "", f'column "{self.column}"' if self.column else ""
        place = ", ".join(filter(None, (self.file, row, column)))
        seen = f'value "{self.value}" - ' if self.value else ""
        return f"{place + ': ' if place else ''}{seen}{self.message} (rule {self.rule})"


class Overlap(StrEnum):
    """How the files of one bank account overlap (reliability.md §3.3); each mapping declares it."""

    FULL_DAYS = "full_days"
    INCREMENTAL = "incremental"
    BALANCE = "balance"


class BankLine(Struct, frozen=True, gc=False):
    """One booking as the bank wrote it.

    `record` counts data records, `row` rows of the file, from 1. `account` is our own, `iban` the counterparty's, `reference`
    what payer or bank gave as a payment reference, `bank_reference` the bank's transaction id. Missing texts are "".
    """

    record: int
    row: int
    booked_on: date
    amount: Money
    text: str = ""
    value_on: date | None = None
    counterparty: str = ""
    iban: str = ""
    reference: str = ""
    bank_reference: str = ""
    account: str = ""
    balance: Money | None = None


class UnreadRow(Struct, frozen=True, gc=False):
    """A data record that could not be read; `problems` says why. It becomes a rejected decision, it is never lost."""

    record: int
    row: int
    text: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank file, read: its lines in file order, the records that could not be read, and what the file says of itself."""

    file: str
    sha256: str
    mapping: str
    account: str
    overlap: Overlap
    lines: tuple[BankLine, ...]
    unread: tuple[UnreadRow, ...] = ()
    opening: Money | None = None
    closing: Money | None = None
    number: str = ""
    warnings: tuple[Problem, ...] = ()

    @property
    def first_date(self) -> date | None:
        """The earliest booking date."""
        return min((line.booked_on for line in self.lines), default=None)

    @property
    def last_date(self) -> date | None:
        """The latest booking date."""
        return max((line.booked_on for line in self.lines), default=None)


class Blocked(StrEnum):
    """A customer's Blocked field. Only ALL stops payments; INVOICE and SHIP do not (business-central-api.md §4.4)."""

    NO = ""
    SHIP = "Ship"
    INVOICE = "Invoice"
    ALL = "All"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of Business Central. `accounts` come from the payer register, the API does not have them."""

    id: str
    number: str
    name: str
    blocked: Blocked = Blocked.NO
    currency: str = ""
    city: str = ""
    accounts: tuple[str, ...] = ()
    parent: str = ""


class DocumentKind(StrEnum):
    """Document types of a customer ledger entry, in Business Central's captions."""

    INVOICE = "Invoice"
    CREDIT_MEMO = "Credit Memo"
    REMINDER = "Reminder"
    FINANCE_CHARGE_MEMO = "Finance Charge Memo"
    PAYMENT = "Payment"


class DocumentStatus(StrEnum):
    """Status of a sales document. A released draft is OPEN too (business-central-api.md §3.4)."""

    DRAFT = "Draft"
    IN_REVIEW = "In Review"
    OPEN = "Open"
    PAID = "Paid"
    CANCELED = "Canceled"
    CORRECTIVE = "Corrective"


@dataclass(frozen=True, slots=True)
class Discount:
    """A payment discount: `amount` may be deducted by a payment dated until `until`, or `grace_until` where tolerated."""

    amount: Money
    until: date
    grace_until: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A sales invoice or another document; `customer` is the bill-to customer's number: the receivable lies there.

    `remaining` is positive for an invoice and negative for a credit memo; zero when it is paid.
    """

    number: str
    customer: str
    remaining: Money
    posting_date: date
    id: str = ""
    kind: DocumentKind = DocumentKind.INVOICE
    status: DocumentStatus = DocumentStatus.OPEN
    due_date: date | None = None
    total: Money | None = None
    external_number: str = ""
    payment_reference: str = ""
    discount: Discount | None = None

    @property
    def is_open(self) -> bool:
        """Something is left to settle."""
        return self.status is DocumentStatus.OPEN and self.remaining.amount != 0


@dataclass(frozen=True, slots=True)
class Journal:
    """A customer payment journal (journal batch)."""

    id: str
    code: str
    name: str = ""
    balancing_account: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A customer payment as it stands in the journal. Times are UTC; `etag` is opaque text, passed back verbatim."""

    id: str
    etag: str
    line_number: int
    customer: str
    customer_id: str
    posting_date: date
    document_number: str
    external_document_number: str
    amount: Decimal
    invoice: str
    invoice_id: str
    description: str
    comment: str
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """What Business Central said of one company when it was asked: enough to match, to check and to plan."""

    company_id: str
    company: str
    currency: str
    journal: Journal
    customers: tuple[Customer, ...] = ()
    documents: tuple[Document, ...] = ()
    journal_lines: tuple[JournalLine, ...] = ()

    @cached_property
    def customers_by_number(self) -> Mapping[str, Customer]:
        """Customers by their number."""
        return {customer.number: customer for customer in self.customers}

    @cached_property
    def documents_by_number(self) -> Mapping[str, tuple[Document, ...]]:
        """Documents by number; two kinds of document may share one."""
        found: defaultdict[str, tuple[Document, ...]] = defaultdict(tuple)
        for document in self.documents:
            found[document.number] += (document,)
        return dict(found)


class Confidence(StrEnum):
    """How sure a match is (matching.md §9). Only HIGH is carried out without a person, unless configured otherwise."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was found: `field` of the bank line, `start` and `end` offsets into that field as the bank wrote it."""

    kind: str
    value: str
    field: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision is as it is: the rule's name, a sentence in Business Central's words, and what was found."""

    rule: str
    message: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a person may choose instead."""

    customer: str | None
    invoice: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Application:
    """The part of one document that a bank line settles, positive, including any discount, tolerance or fee in it."""

    customer: str
    document: str
    amount: Money
    deducted: Money | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What the matcher found for one bank line.

    The applications minus what is deducted in them plus `unapplied` add up to the line's amount. `customer` is None when
    none is certain or the line belongs to several (`applications` then name several).
    """

    confidence: Confidence
    customer: str | None = None
    applications: tuple[Application, ...] = ()
    unapplied: Money | None = None
    discount: Money | None = None
    tolerance: Money | None = None
    fee: Money | None = None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
