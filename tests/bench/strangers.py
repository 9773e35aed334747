"""Money that settles nothing: strangers, foreign invoices, payouts, returns; and what nobody could decide."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from msgspec import structs

from importer.model import DocumentKind
from tests.bench.intents import OWN_ACCOUNT, Payment, Truth, Waiting, line_of
from tests.bench.ledgers import TODAY, Ledger
from tests.bench.phrases import INVOICE, NAMES, distractor


def stranger(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """Money that has nothing to do with a customer, with an amount that stands in the ledger."""
    del ledger
    open_ones = [document for documents in waiting.values() for document in documents]
    amount = abs(random.choice(open_ones).remaining.amount) if open_ones else Decimal(50)
    text = random.choice(("Erstattung Steuer", "Miete", "Zinsen", "Gutschrift Versicherung")) + " " + distractor(random)
    line = line_of(random, amount, text, None)
    return Payment(
        structs.replace(line, counterparty=f"Fremde {random.choice(NAMES)}stiftung"), Truth(None, (), "stranger")
    )


def foreign_invoice(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """Somebody names an invoice of a like number that is not in the books, with an amount that is."""
    payment = stranger(random, ledger, waiting)
    number = ledger.series.number(random.randrange(2000, 4000))
    text = random.choice(INVOICE[random.choice(sorted(INVOICE))]).format(number)
    return Payment(structs.replace(payment.line, text=text), Truth(None, (), "foreign invoice"))


def number_by_chance(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """A document's number stands there, but as something else and with another amount."""
    payment = stranger(random, ledger, waiting)
    number = random.choice(ledger.snapshot.documents).number
    label = random.choice(
        ("Mandat {}", "HRB {}", "Vertrag {}", "Bestellung {}", "Tel. {}", "Kundennr. bei uns {}", "99{}77")
    )
    amount = payment.line.amount + payment.line.amount + payment.line.amount
    line = structs.replace(payment.line, text=label.format(number), amount=amount)
    return Payment(line, Truth(None, (), "number by chance"))


def returned(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """A debit comes back."""
    del waiting
    document = random.choice(ledger.snapshot.documents)
    text = f"{random.choice(('RUECKLASTSCHRIFT', 'Chargeback', 'Storno'))} {document.number}"
    line = line_of(random, -abs(document.total.amount if document.total else Decimal(9)), text, None)
    return Payment(line, Truth(None, (), "returned"))


def refund(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """A credit memo is paid out, named."""
    memos = [d for documents in waiting.values() for d in documents if d.kind is DocumentKind.CREDIT_MEMO]
    if not memos:
        return None
    memo = random.choice(memos)
    waiting[memo.customer].remove(memo)
    customer = ledger.snapshot.customers_by_number[memo.customer]
    line = line_of(random, memo.remaining.amount, f"Erstattung {memo.number}", customer)
    return Payment(line, Truth(memo.customer, ((memo.number, memo.remaining.amount),), "refund"))


def two_equal(random: Random, ledger: Ledger, waiting: Waiting) -> Payment | None:
    """Undecidable by construction: the payer is known, two of his documents have the amount, and no number is given."""
    for customer in random.sample(ledger.snapshot.customers, len(ledger.snapshot.customers)):
        amounts = [document.remaining for document in waiting.get(customer.number, ()) if document.remaining.amount > 0]
        twice = [amount for amount in amounts if amounts.count(amount) > 1]
        if twice:
            line = line_of(random, twice[0].amount, random.choice(("Danke", "Zahlung", "")), customer)
            return Payment(line, Truth(customer.number, (), "two equal documents"))
    return None


def payout(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """A provider's collective payout, less fees."""
    del ledger, waiting
    amount = Decimal(random.randrange(10_000, 900_000)) / 100
    day = TODAY - timedelta(days=1)
    line = line_of(random, amount, f"STRIPE PAYOUT {day.isoformat()}", None)
    return Payment(structs.replace(line, counterparty="Stripe Payments Europe"), Truth(None, (), "payout"))


def own_transfer(random: Random, ledger: Ledger, waiting: Waiting) -> Payment:
    """Money from one of our own accounts."""
    payment = stranger(random, ledger, waiting)
    line = structs.replace(payment.line, text="Umbuchung", iban=OWN_ACCOUNT, counterparty="")
    return Payment(line, Truth(None, (), "own transfer"))
