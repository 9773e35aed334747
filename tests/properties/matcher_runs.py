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
    "{} Kd-Nr. 10000",
)
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
    for n in range(draw(st.integers(1, 7))):
        amount = euro(draw(st.sampled_from(AMOUNTS)))
        is_paid, is_memo = draw(st.integers(0, 4)) == 0, draw(st.integers(0, 6)) == 0
        found.append(
            Document(
                number=str(103001 + n),
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
        named = draw(st.lists(st.sampled_from(found), max_size=3, unique_by=lambda document: document.number))
        numbers = [draw(st.sampled_from(DAMAGES))(document.number) for document in named]
        text = draw(st.sampled_from(FORMS)).format(" ".join(numbers)) if named else draw(st.sampled_from(("Danke", "")))
        whole = sum((document.remaining.amount for document in named), Decimal(0))
        amount = draw(st.sampled_from((whole, whole, Decimal(draw(st.sampled_from(AMOUNTS))), whole - 5)))
        payer = draw(st.sampled_from((*CUSTOMERS, None)))
        name, account = (payer.name, "".join(payer.accounts)) if payer else ("", "")
        booked_on = date(2026, 2, draw(st.integers(3, 6)))
        made.append(BankLine(n + 1, n + 2, booked_on, euro(amount), text=text, counterparty=name, iban=account))
    return tuple(made)


@st.composite
def runs(draw: st.DrawFn) -> tuple[tuple[BankLine, ...], Snapshot]:
    found = draw(documents())
    return draw(lines(found)), ledger(found)
