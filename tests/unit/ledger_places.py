"""Where ledgers are tried: SQLite always, PostgreSQL where IMPORTER_TEST_POSTGRES names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from importer.ledger import open_ledger
from importer.ledger.sql_ledger import SqlLedger
from importer.model import JournalLine, Statement
from importer.plan import Plan
from importer.plan_json import to_json
from importer.states import Intent, Move, State
from tests.unit.journal_in_memory import COMPANY_ID, Clock, Server
from tests.unit.small_imports import bank_line, make, statement

POSTGRES = "IMPORTER_TEST_POSTGRES"


class Place:
    """A state in which ledgers can be opened again and again, and one clock."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.clock = Clock()
        self.server = Server(self.clock)

    @contextmanager
    def locked(self) -> Iterator[SqlLedger]:
        with open_ledger(self.state, self.clock.now) as ledger, ledger.lock(COMPANY_ID):
            yield ledger

    def plan(self, ledger: SqlLedger, *statements: Statement) -> Plan:
        return make(self.server, ledger, self.clock.now, statements)

    def start(self, ledger: SqlLedger, *statements: Statement) -> tuple[str, tuple[Intent, ...]]:
        plan = self.plan(ledger, *statements)
        run = ledger.start(plan, to_json(plan))
        return run, ledger.intents_of(run)


@contextmanager
def place_on(database: str, folder: Path) -> Iterator[Place]:
    """A place on "sqlite" or "postgresql"; skips where there is no server."""
    if database == "sqlite":
        yield Place(str(folder / "state" / "importer.db"))
        return
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no server")
    import psycopg

    name = f"ledger_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield Place(f"{server.rsplit('/', 1)[0]}/{name}")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


TWO = statement("a.csv", [bank_line(1, "10.00"), bank_line(2, "20.00", "INV1+INV2")])


def line_of(intent: Intent) -> JournalLine:
    payment = intent.payment
    return JournalLine(
        id=f"id-{payment.line_number}",
        etag='W/"1"',
        line_number=payment.line_number,
        customer=payment.customer,
        customer_id=payment.customer_id,
        posting_date=payment.posting_date,
        document_number="ZE0001",
        external_document_number=intent.key,
        amount=payment.amount.amount,
        invoice=payment.invoice,
        invoice_id=payment.invoice_id,
        description=payment.description,
        comment=payment.comment,
    )


def to(ledger: SqlLedger, run: str, intents: tuple[Intent, ...], *states: State) -> tuple[Intent, ...]:
    for state in states:
        intents = ledger.record(run, [Move(intent, state, f"now {state}", line_of(intent)) for intent in intents])
    return intents
