"""Invented payments: first the intent (who pays what), then the line a bank would print, with noise at known rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from importer.model import BankLine, Customer, Document, DocumentKind
from importer.money import Money
from tests.bench.ledgers import CURRENCY, TODAY, Ledger, iban
from tests.bench.phrases import AND, CUSTOMER, INVOICE, NAMES, THANKS, distractor
from tests.bench.spelling import spell


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


def make_payments(random: Random, ledger: Ledger, count: int) -> list[Payment]:
    """Payments against a ledger; each open document is meant at most once, so that nothing competes by accident."""
    waiting: dict[str, list[Document]] = {}
    for document in ledger.snapshot.documents:
        if document.is_open and document.remaining.currency == CURRENCY:
            waiting.setdefault(document.customer, []).append(document)
    makers = (
        *(_numbered,) * 12, *(_unnumbered,) * 3, _closed, _by_customer_number, _wrong_amount, _stranger, _payout,
        _other_pays, _foreign_invoice, _returned, _two_equal,
    )  # fmt: skip
    payments: list[Payment] = []
    while len(payments) < count and any(waiting.values()):
        payment = random.choice(makers)(random, ledger, waiting)
        if payment is not None:
            line = replace(payment.line, record=len(payments) + 1, row=len(payments) + 2)
            payments.append(Payment(line, payment.truth))
            if random.random() < 0.02 and payment.truth.customer:
                again = replace(line, record=len(payments) + 1, row=len(payments) + 2)
                payments.append(Payment(again, Truth(payment.truth.customer, (), "paid twice")))
    return payments


Waiting = dict[str, list[Document]]


def _take(random: Random, ledger: Ledger, waiting: Waiting, most: int) -> tuple[Customer, list[Document]] | None:
    owing = [customer for customer in ledger.snapshot.customers if waiting.get(customer.number)]
    if not owing:
        return None
    customer = random.choice(owing)
    open_ones = waiting[customer.number]
    size = min(len(open_ones), random.choice((1,) * 5 + tuple(range(1, most + 1))))
    chosen = random.sample(open_ones, size)
    chosen = [d for d in chosen if d.kind is DocumentKind.INVOICE] or chosen
    waiting[customer.number] = [d for d in open_ones if d not in chosen]
    return customer, chosen


def _line(random: Random, amount: Decimal, text: str, payer: Customer | None) -> BankLine:
    """The line with what the bank tells of the payer: account and name, one of them, or nothing."""
    known = payer.accounts[0] if payer and payer.accounts and random.random() < 0.7 else ""
    account = known or (iban(random) if random.random() < 0.5 else "")
    name = payer.name if payer and random.random() < 0.7 else ""
    name = name.upper() if random.random() < 0.3 else name
    reference = ""
    if random.random() < 0.1:
        reference, text = text, ""
    return BankLine(
        1, 1, TODAY, Money(amount, CURRENCY), text=text, counterparty=name, iban=account, reference=reference,
        account="DE02120300000000202051",
    )  # fmt: skip


def _sum(documents: list[Document]) -> Decimal:
    return sum((document.remaining.amount for document in documents), Decimal(0))


def _text(random: Random, ledger: Ledger, documents: list[Document], customer: Customer) -> str:
    others = ledger.numbers
    language = random.choice(sorted(INVOICE))
    numbers = [spell(random, document.number, others) for document in documents]
    text = random.choice(INVOICE[language]).format(random.choice(AND[language]).join(numbers))
    if random.random() < 0.15:
        text += " " + CUSTOMER[language].format(customer.number)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        extra = distractor(random)
        text = f"{extra} {text}" if random.random() < 0.3 and "MREF" not in extra else f"{text} {extra}"
    text += random.choice(THANKS)
    if random.random() < 0.15:
        text = "SVWZ+" + text.replace("MREF+", "") + " EREF+NOTPROVIDED"
    if random.random() < 0.2:
        text = text.upper()
    return " ".join(text.split())


def _numbered(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    taken = _take(random, ledger, waiting, 4)
    if taken is None or any(document.kind is not DocumentKind.INVOICE for document in taken[1]):
        return None
    customer, documents = taken
    amount = _sum(documents)
    offers = [d.discount.amount.amount for d in documents if d.discount and d.discount.until >= TODAY]
    if offers and random.random() < 0.7:
        amount -= sum(offers)
    parts = tuple((document.number, document.remaining.amount) for document in documents)
    text = _text(random, ledger, documents, customer)
    return Payment(_line(random, amount, text, customer), Truth(customer.number, parts, "numbered"))


def _unnumbered(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    taken = _take(random, ledger, waiting, 3)
    if taken is None or not taken[0].accounts:
        return None
    customer, documents = taken
    if _sum(documents) <= 0:
        return None
    text = random.choice(("", "Danke", "Zahlung", "payment", "Sammelzahlung", distractor(random)))
    parts = tuple((document.number, document.remaining.amount) for document in documents)
    return Payment(_line(random, _sum(documents), text, customer), Truth(customer.number, parts, "unnumbered"))


def _closed(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:  # noqa: ARG001 - makers are alike
    paid = [document for document in ledger.snapshot.documents if not document.is_open and document.total]
    if not paid:
        return None
    document = random.choice(paid)
    customer = ledger.snapshot.customers_by_number[document.customer]
    text = _text(random, ledger, [document], customer)
    amount = document.total.amount if document.total else Decimal(1)
    return Payment(_line(random, amount, text, customer), Truth(customer.number, (), "closed"))


def _by_customer_number(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    taken = _take(random, ledger, waiting, 1)
    if taken is None or taken[1][0].kind is not DocumentKind.INVOICE:
        return None
    customer, documents = taken
    text = CUSTOMER[random.choice(sorted(CUSTOMER))].format(customer.number)
    parts = ((documents[0].number, documents[0].remaining.amount),)
    return Payment(_line(random, _sum(documents), text, None), Truth(customer.number, parts, "customer number"))


def _wrong_amount(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    taken = _take(random, ledger, waiting, 2)
    if taken is None or any(document.kind is not DocumentKind.INVOICE for document in taken[1]):
        return None
    customer, documents = taken
    amount = (_sum(documents) * random.choice((Decimal("0.5"), Decimal("0.97"), Decimal("1.1")))).quantize(
        Decimal("0.01")
    )
    text = _text(random, ledger, documents, customer)
    return Payment(_line(random, amount, text, customer), Truth(customer.number, (), "wrong amount"))


def _other_pays(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    taken = _take(random, ledger, waiting, 2)
    if taken is None or any(document.kind is not DocumentKind.INVOICE for document in taken[1]):
        return None
    customer, documents = taken
    payer = random.choice(ledger.snapshot.customers)
    parts = tuple((document.number, document.remaining.amount) for document in documents)
    text = _text(random, ledger, documents, customer)
    return Payment(_line(random, _sum(documents), text, payer), Truth(customer.number, parts, "another pays"))


def _stranger(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:  # noqa: ARG001 - makers are alike
    """Money that has nothing to do with a customer, with an amount that stands in the ledger."""
    open_ones = [document for documents in waiting.values() for document in documents]
    amount = abs(random.choice(open_ones).remaining.amount) if open_ones else Decimal(50)
    text = random.choice(("Erstattung Steuer", "Miete", "Zinsen", "Gutschrift Versicherung")) + " " + distractor(random)
    line = _line(random, amount, text, None)
    return Payment(replace(line, counterparty=f"Fremde {random.choice(NAMES)}stiftung"), Truth(None, (), "stranger"))


def _foreign_invoice(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """Somebody names an invoice of a like number that is not in the books, with an amount that is."""
    stranger = _stranger(random, ledger, waiting)
    number = ledger.series.number(random.randrange(2000, 4000))
    text = random.choice(INVOICE[random.choice(sorted(INVOICE))]).format(number)
    return Payment(replace(stranger.line, text=text, reference=""), Truth(None, (), "foreign invoice"))


def _returned(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:  # noqa: ARG001 - makers are alike
    document = random.choice(ledger.snapshot.documents)
    text = f"{random.choice(('RUECKLASTSCHRIFT', 'Chargeback', 'Storno'))} {document.number}"
    line = _line(random, -abs(document.total.amount if document.total else Decimal(9)), text, None)
    return Payment(line, Truth(None, (), "returned"))


def _two_equal(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Undecidable by construction: the payer is known, two of his documents have the amount, and no number is given."""
    for customer in random.sample(ledger.snapshot.customers, len(ledger.snapshot.customers)):
        amounts = [document.remaining for document in waiting.get(customer.number, ()) if document.remaining.amount > 0]
        twice = [amount for amount in amounts if amounts.count(amount) > 1]
        if twice:
            line = _line(random, twice[0].amount, random.choice(("Danke", "Zahlung", "")), customer)
            return Payment(line, Truth(customer.number, (), "two equal documents"))
    return None


def _payout(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:  # noqa: ARG001 - makers are alike
    amount = Decimal(random.randrange(10_000, 900_000)) / 100
    day = TODAY - timedelta(days=1)
    line = _line(random, amount, f"STRIPE PAYOUT {day.isoformat()}", None)
    return Payment(replace(line, counterparty="Stripe Payments Europe"), Truth(None, (), "payout"))
