"""Invented books and statements as hypothesis strategies: few customers and invoices, so that everything collides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from msgspec import structs

from importer.identity import fingerprint
from importer.model import (
    BankLine,
    Blocked,
    Customer,
    Document,
    Journal,
    Overlap,
    Problem,
    Snapshot,
    Statement,
    UnreadRow,
)
from importer.money import Money

MADE_AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ACCOUNT = "DE02120300000000202051"
_FIRST = date(2026, 2, 1)


def euros(cents: int) -> Money:
    return Money.of(cents, "EUR") if cents == 0 else Money.of(f"{cents / 100:.2f}", "EUR")


def guid(number: int) -> str:
    return str(UUID(int=number))


@st.composite
def books(draw: st.DrawFn) -> Snapshot:
    blocked = draw(st.lists(st.sampled_from([Blocked.NO, Blocked.NO, Blocked.NO, Blocked.ALL]), min_size=4, max_size=4))
    customers = tuple(
        Customer(guid(100 + n), str(10000 + n * 10), f"Kunde {name}", blocked=blocked[n])
        for n, name in enumerate(("Ahorn", "Birke", "Buche", "Eiche"))
    )
    cents = draw(st.lists(st.sampled_from([100, 11900, 119000, 25075]), min_size=1, max_size=8))
    documents = tuple(
        Document(
            str(103001 + n), customers[n % 4].number, euros(amount), _FIRST + timedelta(days=n - 5), id=guid(500 + n)
        )
        for n, amount in enumerate(cents)
    )
    return Snapshot("c0ffee", "CRONUS", "EUR", Journal(guid(1), "BANK", "", "2910"), customers, documents)


@st.composite
def bank_lines(draw: st.DrawFn) -> BankLine:
    number = draw(st.integers(103000, 103009))
    text = draw(st.sampled_from(["Rechnung {}", "RE {} und {}", "Danke", "Kunde {}", "{}/{}"]))
    return BankLine(
        record=1,
        row=1,
        booked_on=_FIRST + timedelta(days=draw(st.integers(0, 3))),
        amount=euros(draw(st.sampled_from([100, 11900, 119000, 25075, 130900, 238000, -500, 0]))),
        text=text.format(number, number + 1),
        counterparty=draw(st.sampled_from(["", "Kunde Ahorn", "Kunde Birke"])),
        account=ACCOUNT,
    )


@st.composite
def statements(draw: st.DrawFn, name: str = "bank.csv") -> Statement:
    lines = draw(st.lists(bank_lines(), max_size=8))
    placed = tuple(structs.replace(line, record=n, row=n + 1) for n, line in enumerate(lines, start=1))
    broken = UnreadRow(len(lines) + 1, len(lines) + 2, "x;y", (Problem("AMT-1", "no amount", name, len(lines) + 2),))
    unread = (broken,) if draw(st.booleans()) else ()
    return Statement(
        name, name, "generic", ACCOUNT, draw(st.sampled_from([Overlap.FULL_DAYS, Overlap.INCREMENTAL])), placed, unread
    )


def shuffled_within_days(statement: Statement, order: list[int]) -> Statement:
    """The same statement as another export might order it: days stay in order, rows of a day do not."""
    pairs = sorted(
        zip(order, statement.lines, strict=True), key=lambda pair: (pair[1].booked_on, pair[0], fingerprint(pair[1]))
    )
    lines = tuple(structs.replace(line, record=n, row=n + 1) for n, (_, line) in enumerate(pairs, start=1))
    return replace(statement, lines=lines)
