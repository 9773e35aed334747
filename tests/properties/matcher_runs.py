"""Invented runs for the laws of matching: a ledger, and lines that name, half-name or do not name its documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from importer.model import BankLine, Customer, Document, DocumentKind, DocumentStatus, Journal, Snapshot
from importer.money import Money

TODAY = date(2026, 2, 5)
ACCOUNTS = ("DE02370400440532013111", "DE12370400440532013222", "DE89370400440532013000", "")
NAMES = ("Nordwind Handels GmbH", "Südstern Logistik AG", "Anna Svensson", "Anna Svensson")
CUSTOMERS = tuple(
    Customer(id=f"c{n}", number=str(10000 * (n + 1)), name=name, accounts=(account,) if account else ())
    for n, (name, account) in enumerate(zip(NAMES, ACCOUNTS, strict=True))
)
AMOUNTS = ("100.00", "410.50", "220.00", "75.25", "990.00", "320.50", "12.40")
FORMS = (
    "{}",
    "Rechnung {}",
    "RE{}",
    "Invoice no. {} thanks",
    "SVWZ+{} EREF+NOTPROVIDED",
    "faktura {} 103999",
    "Rechnungen {}-05",
    "{} Kd-Nr. 10000",
)
SHAPES = ("{}", "{}", "INV-2026-{}", "RE{}", "{}/26")
DAMAGES = (
    lambda number: number,
    lambda number: number[:3] + " " + number[3:],
    lambda number: "0000" + number,
    lambda number: number.replace("0", "O"),
    lambda number: number[:-1],
)


def euro(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, ...]:
    found = []
    shape = draw(st.sampled_from(SHAPES))
    for n in range(draw(st.integers(1, 7))):
        amount = euro(draw(st.sampled_from(AMOUNTS)))
        is_paid, is_memo = draw(st.integers(0, 4)) == 0, draw(st.integers(0, 6)) == 0
        found.append(
            Document(
                number=shape.format(103001 + n),
                customer=draw(st.sampled_from(CUSTOMERS)).number,
                remaining=euro("0") if is_paid else -amount if is_memo else amount,
                posting_date=date(2026, 1, draw(st.integers(1, 28))),
                kind=DocumentKind.CREDIT_MEMO if is_memo else DocumentKind.INVOICE,
                status=DocumentStatus.PAID if is_paid else DocumentStatus.OPEN,
                due_date=date(2026, 2, draw(st.integers(1, 28))),
                total=amount,
            )
        )
    return tuple(found)


def ledger(found: tuple[Document, ...], customers: tuple[Customer, ...] = CUSTOMERS) -> Snapshot:
    return Snapshot("C", "Laws", "EUR", Journal("J", "BANK"), customers, found)


@st.composite
def lines(draw: st.DrawFn, found: tuple[Document, ...]) -> tuple[BankLine, ...]:
    made = []
    for n in range(draw(st.integers(1, 5))):
        payer = draw(st.sampled_from((*CUSTOMERS, None)))
        text, amount = draw(named(found)) if draw(st.integers(0, 3)) else draw(unnamed(found, payer))
        name, account = (payer.name, "".join(payer.accounts)) if payer else ("", "")
        booked_on = date(2026, 2, draw(st.integers(3, 6)))
        made.append(BankLine(n + 1, n + 2, booked_on, euro(amount), text=text, counterparty=name, iban=account))
    return tuple(made)


@st.composite
def named(draw: st.DrawFn, found: tuple[Document, ...]) -> tuple[str, Decimal]:
    """A text that names documents, well or badly, and their sum, or another amount."""
    documents = draw(st.lists(st.sampled_from(found), min_size=1, max_size=3, unique_by=lambda d: d.number))
    numbers = [draw(st.sampled_from(DAMAGES))(document.number) for document in documents]
    whole = sum((document.remaining.amount for document in documents), Decimal(0))
    amount = draw(st.sampled_from((whole, whole, Decimal(draw(st.sampled_from(AMOUNTS))), whole - 5)))
    return draw(st.sampled_from(FORMS)).format(" ".join(numbers)), amount


@st.composite
def unnamed(draw: st.DrawFn, found: tuple[Document, ...], payer: Customer | None) -> tuple[str, Decimal]:
    """A text without a document; the amount of one, or of all of the payer's."""
    customer = payer or draw(st.sampled_from(CUSTOMERS))
    own = [document.remaining.amount for document in found if document.customer == customer.number]
    text = draw(st.sampled_from(("Danke", "", f"Kd-Nr. {customer.number}")))
    return text, draw(st.sampled_from((sum(own, Decimal(0)), *own, Decimal("100.00"))))


@st.composite
def runs(draw: st.DrawFn) -> tuple[tuple[BankLine, ...], Snapshot]:
    found = draw(documents())
    return draw(lines(found)), ledger(found)
