"""What a payer means, and the line that comes of it: the parts that all makers of payments share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from importer.model import BankLine, Customer, Document, DocumentKind
from importer.money import Money
from tests.bench.ledgers import CURRENCY, TODAY, Ledger, iban
from tests.bench.lists import written_together
from tests.bench.phrases import CUSTOMER, INVOICE, THANKS, distractor
from tests.bench.spelling import spell

OWN_ACCOUNT = "DE02120300000000202051"
Waiting = dict[str, list[Document]]


@dataclass(frozen=True)
class Truth:
    """What the payer meant: the customer and the gross part per document; no customer for other money."""

    customer: str | None
    parts: tuple[tuple[str, Decimal], ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Payment:
    """A bank line and what it means."""

    line: BankLine
    truth: Truth


def waiting_in(ledger: Ledger) -> Waiting:
    """The open documents of each customer that can be meant. Reminders come only with an invoice."""
    waiting: Waiting = {}
    for document in ledger.snapshot.documents:
        if document.is_open and document.remaining.currency == CURRENCY and document.kind is not DocumentKind.REMINDER:
            waiting.setdefault(document.customer, []).append(document)
    return waiting


def take(random: Random, ledger: Ledger, waiting: Waiting, most: int) -> tuple[Customer, list[Document]] | None:
    """Some invoices of one customer, each meant at most once; a credit memo only when nothing else waits."""
    owing = [customer for customer in ledger.snapshot.customers if waiting.get(customer.number)]
    if not owing:
        return None
    customer = random.choice(owing)
    open_ones = waiting[customer.number]
    size = min(len(open_ones), random.choice((1,) * 5 + tuple(range(1, most + 1))))
    first = random.randrange(len(open_ones) - size + 1)
    chosen = random.sample(open_ones, size) if random.random() < 0.5 else open_ones[first : first + size]
    chosen = [d for d in chosen if d.kind is DocumentKind.INVOICE] or chosen
    waiting[customer.number] = [d for d in open_ones if d not in chosen]
    return customer, chosen


def take_invoices(
    random: Random, ledger: Ledger, waiting: Waiting, most: int
) -> tuple[Customer, list[Document]] | None:
    """Some invoices of one customer; None when there are none."""
    taken = take(random, ledger, waiting, most)
    if taken is None or any(document.kind is not DocumentKind.INVOICE for document in taken[1]):
        return None
    return taken


def line_of(random: Random, amount: Decimal, text: str, payer: Customer | None) -> BankLine:
    """The line with what the bank tells of the payer: account and name, one of them, or nothing."""
    known = payer.accounts[0] if payer and payer.accounts and random.random() < 0.7 else ""
    account = known or (iban(random) if random.random() < 0.5 else "")
    name = payer.name if payer and random.random() < 0.7 else ""
    name = name.upper() if random.random() < 0.3 else name
    money = Money(amount, CURRENCY)
    return BankLine(1, 1, TODAY, money, text=text, counterparty=name, iban=account, account=OWN_ACCOUNT)


def sum_of(documents: list[Document]) -> Decimal:
    """What the documents come to."""
    return sum((document.remaining.amount for document in documents), Decimal(0))


def parts_of(documents: list[Document]) -> tuple[tuple[str, Decimal], ...]:
    """The documents as parts, each settled whole."""
    return tuple((document.number, document.remaining.amount) for document in documents)


def remittance(random: Random, ledger: Ledger, documents: list[Document], customer: Customer) -> str:
    """What the payer writes: the documents in his language, perhaps his number, perhaps digits that mean nothing."""
    language = random.choice(sorted(INVOICE))
    numbers = [document.number for document in documents]
    if random.random() < 0.7:
        numbers = [spell(random, number, ledger.numbers) for number in numbers]
        text = random.choice(INVOICE[language]).format(random.choice((", ", " ", " + ")).join(numbers))
    else:
        text = random.choice(INVOICE[language]).format(written_together(random, numbers, language))
    if random.random() < 0.15:
        text += " " + CUSTOMER[language].format(customer.number)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        extra = distractor(random)
        is_last = "MREF" in extra or "CRED" in extra
        text = f"{extra} {text}" if random.random() < 0.3 and not is_last else f"{text} {extra}"
    return " ".join((text + random.choice(THANKS)).split())
