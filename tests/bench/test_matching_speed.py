"""How long matching takes, and how it grows: run with -m bench on a quiet machine."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from math import log
from random import Random

import pytest

from importer.matcher import MatchingSettings, match_lines
from importer.model import BankLine, Customer, Document, DocumentStatus, Journal, Snapshot
from importer.money import Money
from tests.bench.ledgers import iban

TEXTS = (
    "Rechnung {} vom 11.01.2026", "Invoice {} thank you", "SVWZ+RE {} KDNR {c} EREF+NOTPROVIDED", "{}",
    "Faktura nr. {} kundnr {c}", "Zahlung danke", "Rechnung {} und Bestellung 4711",
)  # fmt: skip


def run_of(documents: int, lines: int) -> tuple[list[BankLine], Snapshot]:
    random = Random(documents)  # noqa: S311 - invented data, nothing secret
    people = tuple(
        Customer(id=str(n), number=str(10000 + n), name=f"Firma{n} Handels GmbH", accounts=(iban(random),))
        for n in range(documents // 20)
    )
    books = []
    for n in range(documents):
        amount, paid = Money(Decimal(random.randrange(1000, 900000)) / 100, "EUR"), n % 2
        left = Money.of(0, "EUR") if paid else amount
        status = DocumentStatus.PAID if paid else DocumentStatus.OPEN
        owner = people[random.randrange(len(people))].number
        books.append(Document(str(1000000 + n), owner, left, date(2026, 1, 5), status=status, total=amount))
    by_number = {customer.number: customer for customer in people}
    made = []
    for n in range(lines):
        document = books[(2 * n) % documents]
        payer = by_number[document.customer]
        text = random.choice(TEXTS).format(document.number, c=payer.number)
        account = payer.accounts[0] if n % 3 else iban(random)
        made.append(
            BankLine(n + 1, n + 2, date(2026, 2, 5), document.remaining, text, counterparty=payer.name, iban=account)
        )
    return made, Snapshot("C", "Speed", "EUR", Journal("J", "B"), people, tuple(books))


def seconds(documents: int, lines: int) -> float:
    made, books = run_of(documents, lines)
    start = time.process_time()
    match_lines(made, books, MatchingSettings())
    return time.process_time() - start


@pytest.mark.bench
def test_matching_grows_no_faster_than_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    index = seconds(100_000, 0)
    few, many = seconds(100_000, 2_000) - index, seconds(100_000, 40_000) - index
    small, large = seconds(10_000, 1_000), seconds(300_000, 1_000)
    lines, documents = log(many / few) / log(20), log(large / small) / log(30)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what the benchmark is for
            f"\n{40_000 / many:,.0f} lines/s against 100,000 documents, index {index:.2f} s; "
            f"growth exponent {lines:.2f} in lines, {documents:.2f} in documents"
        )
    assert lines <= 1.1
    assert documents <= 1.1
    assert 40_000 / many >= 20_000
