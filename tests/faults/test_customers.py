"""Changes of customers under seeded faults and busy people; judged from the server's own history, not from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import pytest

from importer.bc.auth import Token
from importer.config import Company
from importer.customer_pipeline import ImportedCustomers, import_customers, settle_unknown_customers
from importer.customers import Blanks
from importer.errors import Exit, ImporterError
from importer.ledger import open_ledger
from importer.office import CustomerOffice
from importer.sandbox.faults import Fault, Faults, FaultyTransport, Kind
from importer.sandbox.rows import Customer
from importer.states import PatchState
from tests.contract.service import BASE, HOST, Service, start

SEEDS = 24
RUNS = 3
BASES = {"v2.0": BASE, "v1.0": f"{HOST}/BC/api/v1.0", "graph-beta": f"{HOST}/beta"}
COLUMNS = {"v2.0": ("city", "phoneNumber"), "v1.0": ("address.city", "phoneNumber")}
COLUMNS["graph-beta"] = COLUMNS["v1.0"]
STORED = {"city": "city", "address.city": "city", "phoneNumber": "phone_number"}
CITIES = ("Leeds", "York", "Hull", "Oslo")
PHONES = ("+1", "+2", "+3")
KINDS = (
    Kind.NO_CONNECTION,
    Kind.RESET_BEFORE,
    Kind.TIMEOUT_BEFORE,
    Kind.STATUS_BEFORE,
    Kind.LATE,
    Kind.RESET_AFTER,
    Kind.TIMEOUT_AFTER,
    Kind.STATUS_AFTER,
    Kind.CUT,
    Kind.MALFORMED,
    Kind.SHUFFLED,
    Kind.MISSING_PART,
    Kind.DOUBLED_ID,
)


@dataclass
class People(httpx.BaseTransport):
    """Stands before the server and lets people work there just before a request arrives."""

    service: Service
    random: Random
    busy: bool = True
    inner: httpx.BaseTransport = field(init=False)

    def __post_init__(self) -> None:
        self.inner = httpx.WSGITransport(app=self.service.sandbox)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.busy and self.random.random() < 0.25:
            number = self.random.choice([each.number for each in self.service.sandbox.customers()])
            edit = self.random.choice(
                [
                    {"city": self.random.choice(CITIES)},
                    {"phone_number": self.random.choice(PHONES)},
                    {"postal_code": str(self.random.randrange(100))},
                ]
            )
            self.service.sandbox.edit_customer(number, None, **edit)
        return self.inner.handle_request(request)


@dataclass
class Schedule:
    """One seed: runs of random files with faults and people, then a calm time."""

    folder: Path
    service: Service
    flavour: str
    seed: int
    planned: set[tuple[str, str, str, str]] = field(default_factory=set)
    states: Counter[PatchState] = field(default_factory=Counter)
    unfounded: list[str] = field(default_factory=list)
    unplanned: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - chance for tests, repeatable
        self.people = People(self.service, self.random)
        odds = {Fault(kind): 0.03 for kind in KINDS}
        self.wire = FaultyTransport(self.people, Faults(odds=odds, burst=2), self.random, self.service)
        self.transport: httpx.BaseTransport = self.wire

    def go(self) -> None:
        for number in range(RUNS):
            mark = len(self.service.sandbox.history)
            done = self.imported(self.wishes(), f"run{number}.csv")
            if done is not None:
                self.check_states(done, mark)
        self.people.busy = False
        self.wire.run_late(self.service.now().replace(year=2100))
        self.transport = self.people
        self.calm_down(self.wishes())
        self.check_changes()

    def calm_down(self, wishes: dict[str, tuple[str, str]]) -> None:
        """Without faults and people one import fulfils every wish, and nothing is left open."""
        done = self.imported(wishes, "calm.csv")
        with self.office() as office:
            left = settle_unknown_customers(office)
        if done is None or done.outcome.exit_code is not Exit.DONE or left.patches or self.standing() != wishes:
            self.unsettled.append(f"seed {self.seed}: {done} {left}")

    def wishes(self) -> dict[str, tuple[str, str]]:
        return {
            each.number: (self.random.choice(CITIES), self.random.choice(PHONES))
            for each in self.service.sandbox.customers()
        }

    def standing(self) -> dict[str, tuple[str, str]]:
        return {each.number: (each.city, each.phone_number) for each in self.service.sandbox.customers()}

    def imported(self, wishes: dict[str, tuple[str, str]], name: str) -> ImportedCustomers | None:
        header = ",".join(("number", *COLUMNS[self.flavour]))
        path = self.folder / name
        path.write_text("\n".join([header, *(f"{n},{c},{p}" for n, (c, p) in wishes.items())]), encoding="utf-8")
        with self.office() as office:
            try:
                done = import_customers(path, office, Blanks.KEEP)
            except ImporterError:
                return None
        for change in done.plan.changes:
            for each in change.patch.changes:
                self.planned.add((change.patch.base.id, STORED[each.field], each.old, each.new))
        return done

    def check_states(self, done: ImportedCustomers, mark: int) -> None:
        """Done is only what truly stood there at some moment of the run."""
        for intent in done.outcome.patches:
            self.states[intent.state] += 1
            if intent.state is PatchState.PATCHED:
                wanted = {STORED[each.field]: each.new for each in intent.patch.changes}
                stood = [row for row in self.rows(mark) if row.id == intent.patch.line_id]
                if not any(all(getattr(row, name) == text for name, text in wanted.items()) for row in stood):
                    self.unfounded.append(f"seed {self.seed}: {intent}")

    def rows(self, mark: int) -> Iterator[Customer]:
        """Every version of every customer since that moment."""
        for executed in self.service.sandbox.history[mark:]:
            yield from (row for row in (executed.before, executed.after) if isinstance(row, Customer))

    def check_changes(self) -> None:
        """The program changes only what a plan showed, and only from the value it was shown with."""
        for executed in self.service.sandbox.history:
            before, after = executed.before, executed.after
            if executed.by != "api" or not isinstance(before, Customer) or not isinstance(after, Customer):
                continue
            for name in Customer.__dataclass_fields__:
                old, new = getattr(before, name), getattr(after, name)
                change = (before.id, name, old, new)
                if old != new and name not in ("version", "modified_at") and change not in self.planned:
                    self.unplanned.append(f"seed {self.seed}: {change}")

    @contextmanager
    def office(self) -> Iterator[CustomerOffice]:
        service = self.service
        company = Company(
            name="cronus",
            api=self.flavour,
            base_url=BASES[self.flavour],
            company="CRONUS",
            journal="BANK",
            currency="EUR",
            auth=Token("env:BC_TOKEN"),
        )
        settings = {"flavour": self.flavour, "base_url": BASES[self.flavour], "transport": self.transport}
        with (
            open_ledger(str(self.folder / "ledger.db"), service.now) as ledger,
            service.client(**settings) as client,
        ):
            yield CustomerOffice(company, client, ledger, service.now, service.sleep, lambda *_: None)


@pytest.fixture(scope="module")
def schedules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Schedule]]:
    with pytest.MonkeyPatch.context() as environment:
        ran = []
        for seed in range(SEEDS):
            flavour = list(BASES)[seed % len(BASES)]
            ran.append(Schedule(tmp_path_factory.mktemp("customers"), start(environment), flavour, seed))
            ran[-1].go()
        yield ran


def test_nothing_is_changed_but_what_a_plan_showed_from_the_value_it_showed(schedules: list[Schedule]) -> None:
    assert [each for schedule in schedules for each in schedule.unplanned] == []


def test_done_is_only_what_truly_stood_there(schedules: list[Schedule]) -> None:
    assert [each for schedule in schedules for each in schedule.unfounded] == []


def test_when_the_faults_end_one_import_fulfils_every_wish(schedules: list[Schedule]) -> None:
    assert [each for schedule in schedules for each in schedule.unsettled] == []


def test_every_fault_and_every_end_occurs_in_the_schedules(schedules: list[Schedule]) -> None:
    fired: Counter[Kind] = Counter()
    states: Counter[PatchState] = Counter()
    for schedule in schedules:
        fired += schedule.wire.fired
        states += schedule.states
    assert set(fired) == set(KINDS)
    assert {PatchState.PATCHED, PatchState.CONFLICT, PatchState.UNKNOWN} <= set(states)
