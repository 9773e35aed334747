"""A few invented customers and documents, and lines to match against them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from importer.model import BankLine, Customer, Document, DocumentStatus, Journal, JournalLine, Snapshot
from importer.money import Money

TODAY = date(2026, 2, 5)
NORTH_ACCOUNT = "DE02370400440532013111"
NORTH = Customer(id="n", number="10000", name="Nordwind Handels GmbH", accounts=(NORTH_ACCOUNT,))
SOUTH = Customer(id="s", number="20000", name="Südstern Logistik GmbH", accounts=("DE12370400440532013222",))


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def invoice(number: str, amount: str, customer: str = "10000") -> Document:
    return Document(number, customer, euro(amount), date(2026, 1, 11), due_date=date(2026, 2, 10), total=euro(amount))


def paid(number: str, amount: str, customer: str = "10000") -> Document:
    return Document(
        number, customer, euro("0"), date(2026, 1, 11), status=DocumentStatus.PAID, total=euro(amount)
    )  # fmt: skip


def books(*documents: Document, held: Iterable[JournalLine] = ()) -> Snapshot:
    return Snapshot("C", "Test", "EUR", Journal("J", "BANK"), (NORTH, SOUTH), documents, tuple(held))


def receipt(amount: str, text: str = "", **facts: object) -> BankLine:
    line = {"record": 1, "row": 2, "booked_on": TODAY, "amount": euro(amount), "text": text} | facts
    return BankLine(**line)  # type: ignore[arg-type]  # the facts are fields of a bank line


def in_journal(invoice_number: str, amount: str, key: str, customer: str = "10000") -> JournalLine:
    return JournalLine(
        id=key, etag="", line_number=1, customer=customer, customer_id="n", posting_date=TODAY, document_number="",
        external_document_number=key, amount=-Decimal(amount), invoice=invoice_number, invoice_id="", description="",
        comment="",
    )  # fmt: skip
