"""Invented payments of one statement: the intent first, then the line as some channel prints it, and what competes with it."""

from __future__ import annotations

from random import Random

from msgspec import structs

from importer.model import BankLine
from tests.bench import receipts, strangers
from tests.bench.channels import printed
from tests.bench.intents import Payment, Truth, waiting_in
from tests.bench.ledgers import Ledger, iban

_MAKERS = (
    *(receipts.numbered,) * 14, *(receipts.unnumbered,) * 3, receipts.referenced, receipts.referenced,
    receipts.whole_balance, receipts.with_credit_memo, receipts.with_reminder, receipts.deducted, receipts.wrong_amount,
    receipts.prepayment, receipts.by_customer_number, receipts.another_pays, receipts.paid_already, strangers.stranger,
    strangers.foreign_invoice, strangers.number_by_chance, strangers.returned, strangers.refund, strangers.two_equal,
    strangers.payout, strangers.own_transfer,
)  # fmt: skip
_MOST_TRIES = 3


def make_payments(random: Random, ledger: Ledger, count: int) -> list[Payment]:
    """Payments against a ledger; each open document is meant at most once, except where two lines compete for it."""
    waiting = waiting_in(ledger)
    payments: list[Payment] = []
    tries = 0
    while len(payments) < count and any(waiting.values()) and tries < _MOST_TRIES * count:
        tries += 1
        payment = random.choice(_MAKERS)(random, ledger, waiting)
        if payment is None:
            continue
        line = _at(printed(random, payment.line), len(payments))
        payments.append(Payment(line, payment.truth))
        if payment.truth.customer and payment.truth.parts and random.random() < 0.04:
            payments += _competing(random, payments, line)
    return payments


def _competing(random: Random, payments: list[Payment], line: BankLine) -> list[Payment]:
    """The same money once more, or from somebody else: of such lines none, or only the first, is certain."""
    again = _at(line, len(payments))
    if random.random() < 0.5:
        again = structs.replace(again, iban=iban(random), counterparty="")
    return [Payment(again, Truth(payments[-1].truth.customer, (), "competing line"))]


def _at(line: BankLine, position: int) -> BankLine:
    return structs.replace(line, record=position + 1, row=position + 2)
