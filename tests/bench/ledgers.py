"""Invented ledgers: customers who are namesakes, share accounts or have parents; documents open and paid, discounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from importer.model import Customer, Discount, Document, DocumentKind, DocumentStatus, Journal, Snapshot
from importer.money import Money
from tests.bench.phrases import FORMS, NAMES, PRIVATE, TRADES
from tests.bench.printed_references import references_of
from tests.bench.series import Series, two_series_of

TODAY = date(2026, 2, 16)
CURRENCY = "EUR"


@dataclass(frozen=True)
class Ledger:
    """A company's books, how its numbers are made, and the payment references it prints: the scheme, and by document number."""

    snapshot: Snapshot
    series: Series
    prices: str
    scheme: str = ""
    references: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The letters and digits of all document numbers."""
        return frozenset(re.sub(r"[^0-9A-Z]", "", document.number) for document in self.snapshot.documents)


def iban(random: Random) -> str:
    """A German IBAN with check digits that hold."""
    account = "".join(random.choice("0123456789") for _ in range(18))
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02d}{account}"


def make_ledger(random: Random, customers: int = 40, documents: int = 240) -> Ledger:
    """A ledger; which kind of amounts and numbers it has is part of the chance."""
    series = two_series_of(random)
    prices = random.choice(("scattered", "scattered", "price list", "round"))
    people = _customers(random, customers, series[0])
    numbers = dict.fromkeys(series[n % 3 == 0].number(n // 2) for n in range(documents))
    owners = _owners(random, people, len(numbers))
    books = [_document(random, number, prices, owner) for number, owner in zip(numbers, owners, strict=True)]
    books += [_credit_memo(random, people, n) for n in range(documents // 20)]
    books += [_reminder(random, people, n) for n in range(documents // 40)]
    scheme, references = references_of(random, tuple(numbers))
    snapshot = Snapshot("C", "Bench", CURRENCY, Journal(id="J", code="BANK"), people, tuple(books))
    return Ledger(snapshot, series[0], prices, scheme, references)


def _owners(random: Random, people: tuple[Customer, ...], count: int) -> list[str]:
    """Whose documents these are, in order of number; often the next one is the same customer's, so that there are ranges."""
    owners = [random.choice(people).number]
    while len(owners) < count:
        owners.append(owners[-1] if random.random() < 0.4 else random.choice(people).number)
    return owners


def _customers(random: Random, count: int, series: Series) -> tuple[Customer, ...]:
    first, width = random.choice((("", 5), ("K-", 4), ("C", 6), ("", 0)))
    people: list[Customer] = []
    for n in range(count):
        private = random.random() < 0.2
        name = f"{random.choice(PRIVATE)} {random.choice(NAMES)}" if private else ""
        name = name or f"{random.choice(NAMES)} {random.choice(TRADES)} {random.choice(FORMS)}"
        if people and random.random() < 0.06:
            name = random.choice(people).name
        accounts: tuple[str, ...] = (iban(random),) if random.random() < 0.7 else ()
        if people and random.random() < 0.05:
            accounts = random.choice(people).accounts
        parent = random.choice(people).number if people and random.random() < 0.06 else ""
        people.append(
            Customer(
                id=f"c{n}",
                number=f"{first}{800 + n * 10:0{width}d}" if width else series.number(5000 + n),
                name=name,
                accounts=accounts,
                parent=parent,
            )
        )
    return tuple(people)


def _amount(random: Random, prices: str) -> Decimal:
    match prices:
        case "price list":
            return random.choice([Decimal(x) for x in ("49.00", "99.00", "119.00", "238.00", "595.00")])
        case "round":
            return Decimal(random.randrange(2, 200) * 5)
        case _:
            return Decimal(round(10 ** random.uniform(1.3, 4.0) * 100)) / 100


def _document(random: Random, number: str, prices: str, owner: str) -> Document:
    posted = TODAY - timedelta(days=random.randrange(3, 90))
    currency = "USD" if random.random() < 0.04 else CURRENCY
    amount = Money(_amount(random, prices), currency)
    is_paid = random.random() < 0.3
    share = Decimal("0.02") * amount.amount
    until = posted + timedelta(days=random.choice((8, 14, 60)))
    grace = until + timedelta(days=5) if random.random() < 0.3 else None
    offer = Discount(Money(round(share, 2), currency), until, grace) if random.random() < 0.2 else None
    return Document(
        number=number,
        customer=owner,
        remaining=Money.of(0, currency) if is_paid else amount,
        posting_date=posted,
        status=DocumentStatus.PAID if is_paid else DocumentStatus.OPEN,
        due_date=posted + timedelta(days=30),
        total=amount,
        discount=offer if not is_paid and offer and offer.amount.amount > 0 else None,
    )


def _credit_memo(random: Random, people: tuple[Customer, ...], n: int) -> Document:
    posted = TODAY - timedelta(days=random.randrange(3, 60))
    amount = Money(-Decimal(random.randrange(500, 9000)) / 100, CURRENCY)
    customer = random.choice(people).number
    return Document(
        f"GS{7000 + n}", customer, amount, posted, kind=DocumentKind.CREDIT_MEMO, due_date=posted, total=amount
    )


def _reminder(random: Random, people: tuple[Customer, ...], n: int) -> Document:
    posted = TODAY - timedelta(days=random.randrange(1, 30))
    amount = Money(Decimal(random.choice((5, 10, 25))), CURRENCY)
    customer = random.choice(people).number
    return Document(
        f"RM{2000 + n}", customer, amount, posted, kind=DocumentKind.REMINDER, due_date=posted, total=amount
    )
