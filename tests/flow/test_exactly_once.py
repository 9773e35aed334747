"""The whole program but its command line, against the sandbox over a wire that fails: client, writer, ledger together.

The judge reads the sandbox's own history and the truth that the statement was cut from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import httpx
import pytest

from importer.bc.auth import Token
from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.config import Company
from importer.errors import Exit, ImporterError
from importer.ledger import open_cache, open_ledger
from importer.mapping import load_mappings
from importer.office import Office
from importer.pipeline import Imported, import_files
from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.books import demo_books
from importer.sandbox.faults import Fault, Faults, FaultyTransport, Kind, Rule
from importer.sandbox.papers import Line
from importer.shipped import shipped
from tests.flow.statements import ACCOUNT, Booking, month, write_generic_csv

URL = f"https://bc.example.com{BASE}"
MINUTE = 60.0
# A wire that fails every third time or so.
ODDS = {
    Fault(Kind.NO_CONNECTION): 0.02,
    Fault(Kind.RESET_BEFORE): 0.03,
    Fault(Kind.RESET_AFTER): 0.04,
    Fault(Kind.TIMEOUT_AFTER): 0.03,
    Fault(Kind.LATE, seconds=15 * MINUTE): 0.04,
    Fault(Kind.STATUS_BEFORE, status=429, retry_after="7"): 0.03,
    Fault(Kind.STATUS_BEFORE, status=503): 0.02,
    Fault(Kind.STATUS_AFTER, status=504): 0.04,
    Fault(Kind.CUT): 0.03,
    Fault(Kind.MALFORMED): 0.02,
    Fault(Kind.SHUFFLED): 0.04,
    Fault(Kind.MISSING_PART): 0.04,
    Fault(Kind.DOUBLED_ID): 0.02,
    Fault(Kind.LOGIN_PAGE): 0.01,
}


@dataclass
class Time:
    """A clock that moves only when somebody waits."""

    time: datetime = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Deadly(httpx.BaseTransport):
    """A transport in a process that may die before or after any request."""

    inner: httpx.BaseTransport
    random: Random
    odds: float
    deaths: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fate = self.random.random()
        if fate < self.odds:
            self.deaths += 1
            raise Killed
        response = self.inner.handle_request(request)
        if fate > 1 - self.odds:
            self.deaths += 1
            raise Killed
        return response


@dataclass
class World:
    """A statement, a folder, the sandbox and the wire to it."""

    folder: Path
    faults: Faults = field(default_factory=Faults)
    deadly: float = 0.0
    clock: Time = field(default_factory=Time)
    bookings: list[Booking] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(demo_books(), now=self.clock.now, sleep=self.clock.sleep)
        self.bookings = self.bookings or list(month(self.sandbox))[:40]
        self.random = Random(self.faults.seed)  # noqa: S311 - schedules, not secrets
        inner = httpx.WSGITransport(app=self.sandbox)
        self.faulty = FaultyTransport(inner, self.faults, self.random, self.clock)
        self.wire = Deadly(self.faulty, self.random, self.deadly)
        self.path = write_generic_csv(self.folder / "bank.csv", self.bookings)

    @contextmanager
    def office(self) -> Iterator[Office]:
        company = Company(
            name="cronus",
            base_url=URL,
            company="CRONUS International Ltd.",
            journal="BANK",
            currency="EUR",
            accounts=(ACCOUNT,),
            auth={"kind": "token", "token": "env:BC_TOKEN"},
        )
        state = str(self.folder / "state" / "importer.db")
        connection = Connection(
            flavour="v2.0",
            base_url=URL,
            company=company.company,
            journal=company.journal,
            currency="EUR",
            auth=Token("env:BC_TOKEN"),
            transport=self.wire,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )
        with (
            open_ledger(state, self.clock.now) as ledger,
            open_cache(state) as cache,
            Client(replace(connection, cache=cache)) as client,
        ):
            mappings = load_mappings([shipped("mappings")])
            yield Office(
                company=company,
                business_central=client,
                ledger=ledger,
                register=ledger,
                rehearsing=client,
                remembering=client,
                mappings=mappings,
                now=self.clock.now,
                sleep=self.clock.sleep,
                progress=lambda *_: None,
            )

    def run(self) -> Imported | None:
        """One import in a process of its own; None when it died or gave up."""
        try:
            with self.office() as office:
                return import_files([self.path], office)
        except (Killed, ImporterError):
            return None

    def calm(self) -> None:
        """No more faults, and enough time for what is still on its way."""
        self.faulty.run_late(self.clock.time + timedelta(hours=1))
        self.wire = Deadly(httpx.WSGITransport(app=self.sandbox), self.random, 0.0)
        self.clock.sleep(21 * MINUTE)

    @property
    def truth(self) -> Counter[tuple[str, str, Decimal]]:
        """What the payers paid, as journal lines."""
        return Counter((b.customer, invoice, -amount) for b in self.bookings for invoice, amount in b.pays)

    @property
    def created(self) -> Counter[tuple[str, str, Decimal]]:
        """Every journal line that was ever created through the API, whatever became of it."""
        made = (e.after for e in self.sandbox.history if e.action == "create" and e.by == "api")
        return Counter((m.customer_number, m.invoice_number, m.amount) for m in made if isinstance(m, Line))


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BC_TOKEN", "sandbox")


@pytest.mark.parametrize("seed", range(4))
def test_over_a_wire_that_fails_and_with_deaths_every_payment_is_created_once(seed: int, tmp_path: Path) -> None:
    world = World(tmp_path, Faults(odds=ODDS, burst=3, seed=seed), deadly=0.03)
    for _ in range(6):
        world.run()
        world.clock.sleep(world.random.choice((1.0, 5 * MINUTE, 21 * MINUTE)))
    world.calm()
    world.run()
    world.clock.sleep(21 * MINUTE)
    last = world.run()
    assert last is not None
    assert (last.settled.exit_code, last.preview.plan.creates) == (Exit.DONE, ())
    assert world.created == world.truth
    world.sandbox.post("BANK")


def test_without_faults_a_run_costs_few_requests_more_than_its_batches(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    served = [f"{r.method} {r.path.rpartition('/')[2]}" for r in world.sandbox.requests]
    assert served.count("POST $batch") == 1
    assert len(served) <= 15


def test_a_late_envelope_arrives_beside_its_successor_and_doubles_nothing(tmp_path: Path) -> None:
    late = Rule(Fault(Kind.LATE, seconds=19 * MINUTE), method="POST", path="$batch")
    world = World(tmp_path, Faults(rules=(late,)))
    first = world.run()
    assert first is not None
    assert first.outcome.exit_code is Exit.UNKNOWN_OUTCOME
    for _ in range(5):
        world.clock.sleep(5 * MINUTE)
        world.run()
    assert world.created == world.truth


def test_a_journal_posted_while_the_answer_was_lost_is_not_filled_again(tmp_path: Path) -> None:
    lost = Rule(Fault(Kind.RESET_AFTER), method="POST", path="$batch")
    blind = Rule(Fault(Kind.STATUS_BEFORE, status=503), method="GET", path="customerPayments", skip=2, times=99)
    world = World(tmp_path, Faults(rules=(lost, blind)))
    world.run()
    world.sandbox.post("BANK")
    world.calm()
    again = world.run()
    assert again is not None
    assert again.outcome.exit_code is Exit.DONE
    assert world.created == world.truth
    assert world.sandbox.journal_lines("BANK") == ()


def test_a_statement_that_grows_day_by_day_brings_each_line_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    everything, days = world.bookings, sorted({booking.day for booking in world.bookings})
    for until in days:
        write_generic_csv(world.path, [booking for booking in everything if booking.day <= until])
        world.run()
    assert world.created == world.truth


def test_people_edits_survive_another_import(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    first, second, *_ = world.sandbox.journal_lines("BANK")
    world.sandbox.edit("BANK", first.line_number, comment="checked with the customer")
    world.sandbox.edit("BANK", second.line_number, posting_date=date(2026, 11, 20))
    before = world.sandbox.journal_lines("BANK")
    world.run()
    assert world.sandbox.journal_lines("BANK") == before
