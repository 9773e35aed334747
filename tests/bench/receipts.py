"""Payments of customers: in full, in part, with deductions, without any number, twice."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from msgspec import structs

from importer.model import Document, DocumentKind
from tests.bench.intents import (
    Payment,
    Truth,
    Waiting,
    line_of,
    parts_of,
    remittance,
    sum_of,
    take,
    take_invoices,
)
from tests.bench.ledgers import TODAY, Ledger
from tests.bench.phrases import CUSTOMER, distractor

_CENT = Decimal("0.01")


def numbered(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """The usual payment: named documents, less the discounts that are in time."""
    taken = take_invoices(random, ledger, waiting, 5)
    if taken is None:
        return None
    customer, documents = taken
    amount = sum_of(documents)
    offers = [d.discount.amount.amount for d in documents if d.discount and d.discount.until >= TODAY]
    if offers and random.random() < 0.7:
        amount -= sum(offers)
    text = remittance(random, ledger, documents, customer)
    return Payment(line_of(random, amount, text, customer), Truth(customer.number, parts_of(documents), "numbered"))


def referenced(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """The reference printed on the invoice, in its own field or in the text."""
    taken = take_invoices(random, ledger, waiting, 1)
    if taken is None or not ledger.references:
        return None
    customer, documents = taken
    reference = ledger.references[documents[0].number]
    line = line_of(random, sum_of(documents), "", customer)
    is_in_text = random.random() < 0.3
    line = (
        structs.replace(line, text=f"viite {reference}") if is_in_text else structs.replace(line, reference=reference)
    )
    return Payment(line, Truth(customer.number, parts_of(documents), "payment reference"))


def unnumbered(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """A known payer who names nothing."""
    taken = take(random, ledger, waiting, 3)
    if taken is None or not taken[0].accounts or sum_of(taken[1]) <= 0:
        return None
    customer, documents = taken
    text = random.choice(("", "Danke", "Zahlung", "payment", "Sammelzahlung", distractor(random)))
    line = line_of(random, sum_of(documents), text, customer)
    return Payment(line, Truth(customer.number, parts_of(documents), "unnumbered"))


def whole_balance(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Everything that is open, credit memos and reminders deducted or added."""
    owing = [c for c in ledger.snapshot.customers if c.accounts and len(waiting.get(c.number, ())) > 1]
    if not owing:
        return None
    customer = random.choice(owing)
    documents = [d for d in ledger.snapshot.documents if d.customer == customer.number and d.is_open]
    waiting[customer.number] = []
    if sum_of(documents) <= 0 or len({d.remaining.currency for d in documents}) > 1:
        return None
    line = line_of(random, sum_of(documents), random.choice(("Kontoausgleich", "alle offenen Posten", "")), customer)
    return Payment(line, Truth(customer.number, parts_of(documents), "whole balance"))


def with_credit_memo(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Invoices less a credit memo, which is named or not."""
    owing = [c for c in ledger.snapshot.customers if {d.kind for d in waiting.get(c.number, ())} == set(_BOTH)]
    if not owing:
        return None
    customer = random.choice(owing)
    open_ones = waiting[customer.number]
    memo = next(d for d in open_ones if d.kind is DocumentKind.CREDIT_MEMO)
    invoices = [d for d in open_ones if d.kind is DocumentKind.INVOICE][: random.choice((1, 2))]
    documents = [*invoices, memo]
    waiting[customer.number] = [d for d in open_ones if d not in documents]
    if sum_of(documents) <= 0:
        return None
    named = documents if random.random() < 0.6 else invoices
    text = remittance(random, ledger, named, customer)
    kind = "credit memo named" if named is documents else "credit memo not named"
    return Payment(
        line_of(random, sum_of(documents), text, customer), Truth(customer.number, parts_of(documents), kind)
    )


_BOTH = (DocumentKind.INVOICE, DocumentKind.CREDIT_MEMO)


def with_reminder(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """An invoice and the reminder's fee, which is named or not."""
    reminders = [d for d in ledger.snapshot.documents if d.kind is DocumentKind.REMINDER and waiting.get(d.customer)]
    if not reminders:
        return None
    reminder = random.choice(reminders)
    customer = ledger.snapshot.customers_by_number[reminder.customer]
    invoices = [d for d in waiting[customer.number] if d.kind is DocumentKind.INVOICE][:1]
    waiting[customer.number] = [d for d in waiting[customer.number] if d not in invoices]
    if not invoices:
        return None
    documents = [*invoices, reminder]
    text = remittance(random, ledger, documents if random.random() < 0.5 else invoices, customer)
    line = line_of(random, sum_of(documents), text, customer)
    return Payment(line, Truth(customer.number, parts_of(documents), "reminder"))


def deducted(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Something is missing that nobody agreed to: charges, stated or not, a late or miscomputed discount."""
    taken = take_invoices(random, ledger, waiting, 2)
    if taken is None:
        return None
    customer, documents = taken
    whole = sum_of(documents)
    share = random.choice((Decimal("0.02"), Decimal("0.03"), Decimal("0.0168")))
    missing = random.choice((Decimal(15), Decimal("7.50"), (whole * share).quantize(_CENT)))
    if missing >= whole or missing in _discounts(documents):
        return None
    text = remittance(random, ledger, documents, customer)
    text += random.choice(("", " abzgl. Skonto", f" CHGS EUR {missing}", f" Spesen {missing} EUR".replace(".", ",")))
    return Payment(line_of(random, whole - missing, text, customer), Truth(customer.number, (), "something deducted"))


def _discounts(documents: list[Document]) -> set[Decimal]:
    offers = [d.discount.amount.amount for d in documents if d.discount]
    return {sum(offers, Decimal(0)), *offers}


def wrong_amount(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """An instalment, a rounded amount, too little or too much."""
    taken = take_invoices(random, ledger, waiting, 2)
    if taken is None:
        return None
    customer, documents = taken
    whole = sum_of(documents)
    amount = random.choice(
        (whole * Decimal("0.5"), whole * Decimal("0.97"), whole * Decimal("1.1"), whole + 1, whole // 10 * 10)
    )
    text = remittance(random, ledger, documents, customer) + random.choice(("", " Rate 1/3", " Teilzahlung"))
    if (amount := amount.quantize(_CENT)) in (0, whole):
        return None
    return Payment(line_of(random, amount, text, customer), Truth(customer.number, (), "wrong amount"))


def prepayment(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Money for an order that has no invoice yet; its amount is that of some invoice."""
    owing = [c for c in ledger.snapshot.customers if waiting.get(c.number)]
    if not owing:
        return None
    customer = random.choice(owing)
    amount = abs(random.choice(waiting[customer.number]).remaining.amount)
    text = f"{random.choice(('Anzahlung Auftrag', 'Vorkasse Bestellung', 'prepayment order'))} {random.randrange(10**5, 10**7)}"
    return Payment(line_of(random, amount, text, customer), Truth(customer.number, (), "prepayment"))


def by_customer_number(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Only the customer number and the amount of one invoice."""
    taken = take_invoices(random, ledger, waiting, 1)
    if taken is None:
        return None
    customer, documents = taken
    text = CUSTOMER[random.choice(sorted(CUSTOMER))].format(customer.number)
    line = line_of(random, sum_of(documents), text, None)
    return Payment(line, Truth(customer.number, parts_of(documents), "customer number"))


def another_pays(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Another customer pays the documents of this one."""
    taken = take_invoices(random, ledger, waiting, 2)
    if taken is None:
        return None
    customer, documents = taken
    payer = random.choice(ledger.snapshot.customers)
    text = remittance(random, ledger, documents, customer)
    line = line_of(random, sum_of(documents), text, payer)
    return Payment(line, Truth(customer.number, parts_of(documents), "another pays"))


def paid_already(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """A document that is closed, paid again or paid late by somebody whose list is old."""
    paid = [document for document in ledger.snapshot.documents if not document.is_open and document.total]
    if not paid:
        return None
    document = random.choice(paid)
    customer = ledger.snapshot.customers_by_number[document.customer]
    text = remittance(random, ledger, [document], customer)
    amount = document.total.amount if document.total else Decimal(1)
    del waiting
    return Payment(line_of(random, amount, text, customer), Truth(customer.number, (), "paid already"))
