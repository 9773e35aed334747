"""The world of one schedule: a small company, its server, the wire to it, the disk, people, clocks, and the program in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random

from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.config import Company
from importer.ledger import database, open_cache, open_ledger
from importer.mapping import Mapping as BankMapping
from importer.mapping.load import parse_mapping
from importer.model import Overlap
from importer.office import Office
from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import Record, make_books
from importer.states import Ticks
from tests.faults.clock import Clock, Processes
from tests.faults.disk import Disk
from tests.faults.people import People
from tests.faults.places import FilePlace, Place, PlaceOf
from tests.faults.power import Power
from tests.faults.settings import Settings
from tests.faults.truth import ACCOUNT, BALANCE_HEADER, HEADER, PAYERS, files_of, invented
from tests.faults.wire import HOST, LOGIN, Wire

SECRET = "canary-of-a-secret"  # noqa: S105 - it must never be seen anywhere
HORIZON_S = 21 * 60.0
COMPANY = Company(
    name="cronus",
    base_url=f"https://{HOST}{BASE}",
    company="CRONUS",
    journal="BANK",
    currency="EUR",
    accounts=(ACCOUNT,),
    approve="medium",
    auth={
        "kind": "client-secret",
        "tenant": "t",
        "client_id": "c",
        "client_secret": "env:FAULTS_SECRET",
        "authority": f"http://{LOGIN}:1",
    },
)
os.environ.setdefault("FAULTS_SECRET", SECRET)


def _mapping(overlap: Overlap) -> BankMapping:
    header, balance = (BALANCE_HEADER, 'balance = "balance"') if overlap is Overlap.BALANCE else (HEADER, "")
    text = f"""
title = "Bank that hands out {overlap}"
evidence = "specification"
overlap = "{overlap}"
order = "oldest_first"
{'running = "after"' if balance else ""}
[table]
header = {list(header)}
[columns]
account = "account"
booked_on = "booking_date"
value_on = "value_date"
amount = "amount"
currency = "currency"
counterparty = "counterparty_name"
iban = "counterparty_iban"
reference = "reference"
text = "text"
bank_reference = "bank_reference"
{balance}
[dates]
formats = ["%Y-%m-%d"]
[numbers]
decimal = "."
"""
    return parse_mapping(text, str(overlap), source="tests")


MAPPINGS: Mapping[Overlap, BankMapping] = {overlap: _mapping(overlap) for overlap in Overlap}


@dataclass
class World:
    """Everything of one schedule, drawn from its seed.

    `skew` is how far this machine's clock is ahead of the true time, `starts` how often the machine was started.
    """

    folder: Path
    settings: Settings
    random: Random
    place: PlaceOf = FilePlace
    clock: Clock = field(default_factory=Clock)
    skew: timedelta = timedelta(0)
    starts: int = 1

    def __post_init__(self) -> None:
        draw, settings = self.random, self.settings
        self.processes = Processes(self.clock, draw)
        self.overlap = settings.overlap or draw.choice(tuple(Overlap))
        self.truth = invented(draw, settings.most)
        self.files = files_of(self.truth, self.overlap, draw)
        self.sandbox = Sandbox(
            make_books({"companies": [self._company()]}),
            behaviour=self._behaviour(),
            now=self.clock.now,
            sleep=self.processes.pause,
        )
        self.people = People(
            self.sandbox, draw, settings.manners, settings.busyness, expected=self.numbers_on_their_way
        )
        self.power = Power(draw, settings.frailty, self._power_goes)
        # Where the power never goes, seeds draw what they have always drawn.
        self.disk = Disk(draw, self.power.may_go if settings.frailty else bool)
        self.wire = Wire(
            self.sandbox, draw, self.processes, self.committed, self.people.maybe, calmness=settings.calmness
        )
        if settings.faults is not None:
            self.wire.faults = settings.faults
        settings.adjust(self)

    @cached_property
    def ledgers(self) -> tuple[Place, ...]:
        """Where the ledgers lie; each host that has none in common with others has its own."""
        return tuple(self.place(self.folder, host) for host in range(self.settings.ledgers))

    def now(self) -> datetime:
        """What the clock of this machine says."""
        return self.clock.time + self.skew

    def uptime(self) -> Ticks:
        """How long this machine truly runs since it was started."""
        return Ticks(f"start {self.starts}", self.clock.time.timestamp())

    @contextmanager
    def office(self, host: int = 0) -> Iterator[Office]:
        """The program on one host, in a process of its own."""
        connection = Connection(
            flavour=COMPANY.api,
            base_url=COMPANY.base_url,
            company=COMPANY.company,
            journal=COMPANY.journal,
            currency=COMPANY.currency,
            auth=COMPANY.auth,
            page_size=self.sandbox.behaviour.page_size,
            transport=self.wire,
            now=self.now,
            sleep=self.processes.pause,
            chance=self.random.random,
        )
        database._FOUND_WHOLE.clear()  # noqa: SLF001 - a new process has looked at no ledger yet
        with ExitStack() as stack:
            stack.enter_context(self.disk.in_use())
            stack.enter_context(self.power.supplied())
            ledger = stack.enter_context(open_ledger(self.ledgers[host].state, self.now, self.uptime))
            cache = stack.enter_context(open_cache(self.ledgers[host].state))
            client = stack.enter_context(Client(replace(connection, cache=cache)))
            stack.push(self.power.go_with)
            yield Office(
                company=COMPANY,
                business_central=client,
                ledger=ledger,
                register=ledger,
                rehearsing=client,
                remembering=client,
                mappings=tuple(MAPPINGS.values()),
                now=self.now,
                sleep=self.processes.pause,
                progress=lambda *_: None,
                uptime=self.uptime,
            )

    def committed(self) -> set[tuple[str, int]]:
        """Key and line number of every intent that some ledger has as being sent, as anybody else may read it."""
        query = "SELECT key, line_number FROM intent WHERE state = 'sending'"
        return {(row["key"], row["line_number"]) for ledger in self.ledgers for row in ledger.rows(query)}

    def numbers_on_their_way(self) -> list[int]:
        """The line numbers of the requests that may be on the wire."""
        return sorted(number for _, number in self.committed())

    def _power_goes(self) -> None:
        self.starts += 1
        self.wire.seen["power cut"] += 1

    def _company(self) -> Record:
        journal: Record = {"code": "BANK", "displayName": "Bank", "balancingAccountNumber": "2920"}
        numbered: Record = {"numberSeries": "CASH"} if self.random.random() < 0.6 else {}
        return {
            "name": "CRONUS",
            "currency": "EUR",
            "accounts": [{"number": "2920", "displayName": "Bank"}],
            "numberSeries": [{"code": "CASH", "lastUsed": "R00000"}],
            "journals": [{**journal, **numbered}],
            "customers": [{"number": number, "displayName": name} for number, name in PAYERS.items()],
            "salesInvoices": [
                {
                    "number": number,
                    "customerNumber": customer,
                    "invoiceDate": "2026-01-10",
                    "totalAmountIncludingTax": amount,
                    "status": "Open",
                }
                for number, (customer, amount) in self.truth.invoices.items()
            ],
        }

    def _behaviour(self) -> Behaviour:
        draw = self.random
        return Behaviour(
            duplicate_status=draw.choice((400, 409)),
            stale_status=draw.choice((409, 412)),
            batch=draw.choice(("supported", "supported", "supported", "absent")),
            batch_limit=draw.choice((100, 100, 4)),
            oversized_batch_status=draw.choice((400, 500)),
            posted_lookup="reportsFinance" if self.settings.look_up else draw.choice(("denied", "absent")),
            line_after_posting=draw.choice(("blank line 10000", "none")),
            line_numbers=self.settings.line_numbers,
            page_size=draw.choice((20_000, 20_000, 3)),
            token_requests=draw.choice((None, None, 9, 25)),
            replica_lag=timedelta(seconds=draw.choice((0, 0, 30, 600))),
            replica_reads=self.settings.replica_reads,
        )
