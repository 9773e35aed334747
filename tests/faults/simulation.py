"""Seeded schedules of the real planner, writer and ledger against a server, a network, people and deaths; no real time passes.

One seed is one schedule. Each ends with a calm phase: no faults, enough time, the same files again; then everything must be in
the books exactly once and nothing may be left open.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from random import Random

from importer.errors import Exit, ImporterError, LedgerError
from importer.identity import line_key, line_number, number_equals
from importer.ledger.database import Database, open_database
from importer.ledger.sql_ledger import SqlLedger
from importer.model import BankLine, Overlap, Statement
from importer.outcome import Outcome
from importer.plan import Plan, Review
from importer.states import State
from importer.writer import Policy, Settling
from tests.faults.checker import Verdict, judge
from tests.faults.network import DyingLedger, Killed, Network
from tests.faults.office import bank_line, days_before, run_import, statement
from tests.faults.server import BLOCKED, COMPANY_ID, Clock, Server

FAULTS = {
    "none": 60,
    "lost before": 5,
    "lost after": 5,
    "late": 6,
    "partly": 4,
    "parts missing": 4,
    "throttled": 3,
    "unavailable": 2,
    "denied": 2,
    "bug": 2,
    "killed before": 3,
    "killed after": 4,
    "killed, late": 3,
}
CALM = {"none": 1} | {name: 0 for name in FAULTS if name != "none"}
HORIZON_S = 20 * 60 + 60


@dataclass(frozen=True)
class Settings:
    """What a schedule is allowed to contain."""

    settling: Settling = Settling.STRICT
    people: bool = True
    ledger_lost: float = 0.0
    look_up: bool | None = None
    shuffled: bool = False
    stale: bool = False
    overlap: Overlap | None = None
    faults: Mapping[str, int] | None = None
    reading_s: tuple[int, ...] = (0, 1, 5, 40, 150)


@dataclass
class Report:
    """What a schedule showed."""

    seed: int
    verdict: Verdict
    violations: list[str]
    unsettled: int
    alarms: int
    seen: Counter[str]
    told: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        """Nothing is wrong; a payment may be missing only where the importer itself says that nobody can know."""
        silent = replace(self.verdict, lost=tuple((Counter(self.verdict.lost) - self.told).elements()))
        return bool(silent) and not self.violations and not (self.unsettled and not self.told)

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.verdict}, violations {self.violations}, unsettled {self.unsettled}"


class Schedule:
    """One schedule, from its seed."""

    def __init__(self, seed: int, folder: Path, settings: Settings) -> None:
        self.seed, self.settings = seed, settings
        self.rng = Random(seed)  # noqa: S311 - schedules, not secrets
        self.clock = Clock()
        look_up = self.rng.random() < 0.7 if settings.look_up is None else settings.look_up
        self.server = Server(self.clock, series=self.rng.random() < 0.7, look_up=look_up)
        self.path = folder / f"ledger-{seed}" / "importer.db"
        weights = CALM | dict(settings.faults) if settings.faults else FAULTS | {"none": self.rng.choice((20, 60, 200))}
        self.network = Network(self.server, self.rng, self.path, self.clock, weights)
        self.network.shuffled, self.network.reading_s = settings.shuffled, settings.reading_s
        self.policy = Policy(settings.settling, chunk=self.rng.choice((2, 5, 100)))
        self.certain = True
        self.alarms = 0
        self.unsettled = 0
        self.told: Counter[str] = Counter()
        self.database: Database | None = None

    def run(self) -> Report:
        """Faults first, calm afterwards, judgement last."""
        if self.settings.stale:
            self._lag()
        self._foreign_lines()
        for step in range(self.rng.randint(2, 5)):
            self._import(self._some(step))
            self.clock.sleep(self.rng.choice((1, 30, 300, HORIZON_S - 180, HORIZON_S - 120, HORIZON_S)))
            self._people()
            self._lose_ledger()
        self.network.weights = CALM
        self.server.hidden.clear()
        for _ in range(3):
            self.clock.sleep(HORIZON_S)
            self._import(self.statements)
        verdict = judge(self.truth, self.server.history)
        report = Report(self.seed, verdict, self.network.violations, self.unsettled, self.alarms, self.network.seen)
        return replace(report, told=self.told)

    @cached_property
    def lines(self) -> Sequence[BankLine]:
        """What the payers really paid; some payments look alike, some customers are blocked, some pay two invoices."""
        rng, lines = self.rng, []
        for record in range(1, rng.randint(4, 16)):
            customer = BLOCKED if rng.random() < 0.05 else "10000"
            kind = rng.random()
            text = f"INV{record}A+INV{record}B" if kind < 0.25 else "same" if kind < 0.4 else f"payment {record}"
            amount = "30.00" if text == "same" else f"{2 * record}.00"
            lines.append(bank_line(record, amount, text, day=days_before(3 - record // 6), customer=customer))
        return lines

    @cached_property
    def statements(self) -> Sequence[Statement]:
        """The lines as the bank hands them out: whole days that overlap, or pieces that do not."""
        if (self.settings.overlap or self.rng.choice((Overlap.FULL_DAYS, Overlap.INCREMENTAL))) is Overlap.INCREMENTAL:
            cut = self.rng.randint(1, len(self.lines))
            pieces = [piece for piece in (self.lines[:cut], self.lines[cut:]) if piece]
            return [statement(f"{n}.csv", _recorded(piece), Overlap.INCREMENTAL) for n, piece in enumerate(pieces)]
        days = sorted({line.booked_on for line in self.lines})
        last = self.rng.choice(days)
        pieces = [[line for line in self.lines if line.booked_on <= last], self.lines]
        return [statement(f"{number}.csv", _recorded(piece)) for number, piece in enumerate(pieces)]

    @cached_property
    def truth(self) -> Counter[str]:
        """Every payment that should come to be, as the judge names it."""
        found: Counter[str] = Counter()
        for line in self.lines:
            invoices = [word for word in line.text.split("+") if word.startswith("INV")] or [""]
            share = Decimal(-line.amount.amount / len(invoices)).quantize(Decimal("0.01"))
            for invoice in invoices:
                found[f"{line.counterparty}/{invoice}/{share}/{line.text}"] += line.counterparty != BLOCKED
        return found

    def _some(self, step: int) -> Sequence[Statement]:
        # Pieces come in order, as a bank delivers them; earlier files come again.
        return (
            self.statements[: 1 + min(step, len(self.statements) - 1)]
            if self.rng.random() < 0.7
            else self.statements[:1]
        )

    def _import(self, statements: Sequence[Statement]) -> None:
        self.certain = False
        try:
            self._people_meanwhile()
            ledger = DyingLedger(SqlLedger(self._opened(), self.clock.now), self.network)
            done = run_import(self.network, ledger.proxy(), self.clock, statements, self.policy)
            self._note(done.settled, done.outcome)
            self.told += self._asked(done.plan)
        except Killed:
            self.network.seen["killed"] += 1
            self.close()
        except LedgerError:
            raise
        except (ImporterError, RuntimeError) as error:
            self.network.seen[type(error).__name__] += 1
            self.unsettled = 1

    def _note(self, *outcomes: Outcome) -> None:
        codes = [outcome.exit_code for outcome in outcomes]
        self.unsettled = 0 if all(code in (Exit.DONE, Exit.REVIEW) for code in codes) else 1
        # A line that was never seen and is deleted by a person comes back once (reliability.md RR5): nobody could know it.
        self.certain = not self.unsettled and not any(outcome.with_state(State.HIDDEN) for outcome in outcomes)
        self.alarms += Exit.INTEGRITY in codes
        # One of several lines of a bank payment was posted; the entries do not say which, so the importer asks a person.
        open_lines = [one for outcome in outcomes for one in outcome.with_state(State.UNKNOWN, State.HIDDEN)]
        posted = {line.external_document_number for line in self.server.entries}
        self.told = Counter(
            f"{one.payment.customer}/{one.payment.invoice}/{one.payment.amount.text()}/{one.payment.description}"
            for one in open_lines
            if one.key in posted and one.payment.invoice
        )

    def _asked(self, plan: Plan) -> Counter[str]:
        """Without its ledger the importer cannot finish a bank line that stands in the journal in part: a person is asked."""
        texts = {d.source.line.text for d in plan.decisions if isinstance(d, Review) and d.source.key}
        return Counter({name: count for name, count in self.truth.items() if name.rpartition("/")[2] in texts})

    def _opened(self) -> Database:
        # Opening costs more than all else here, so a process that lives on keeps its database.
        if self.database is None:
            self.database = open_database(str(self.path))
        return self.database

    def close(self) -> None:
        if self.database is not None:
            self.database.close()
            self.database = None

    def _people_meanwhile(self) -> None:
        """With a look-up of posted entries people may post at any moment, also while the importer is at work."""
        if self.settings.people and self.server.look_up and not self.settings.ledger_lost and self.rng.random() < 0.2:
            self.clock.later(self.rng.uniform(0, 60), self._post)

    def _people(self) -> None:
        """What people do between two runs; deleting and editing only once the importer has said that all is certain."""
        if not self.settings.people or not self.server.rows:
            return
        number = self.rng.choice(sorted(self.server.rows))
        deed = self.rng.random()
        if deed < 0.15 and (self.certain or (self.server.look_up and not self.settings.ledger_lost)):
            self._post()
        elif deed < 0.25 and self.certain and not self.settings.ledger_lost:
            self.server.delete_by_hand(number)
            self.network.seen["deleted by hand"] += 1
        elif deed < 0.35:
            self.server.edit(number, description=self.server.rows[number].description, comment="looked at")
            self.network.seen["edited by hand"] += 1
        elif deed < 0.4 and self.certain and not self.settings.ledger_lost:
            # Without its key a line whose answer was lost cannot be found once it is posted (reliability.md RR3).
            self.server.edit(number, external_document_number="")
            self.network.seen["key removed by hand"] += 1
        elif deed < 0.45 and not self.settings.ledger_lost:
            self.server.hidden.add(number)
            self.network.seen["hidden by hand"] += 1

    def _post(self) -> None:
        if self.settings.ledger_lost:
            self.clock.sleep(HORIZON_S)
        self.server.post()
        self.network.seen["posted"] += 1

    def _foreign_lines(self) -> None:
        """A person's line sits where the importer wants to create one, from the start or all of a sudden."""
        for line, occurrence in zip(self.lines, number_equals(self.lines), strict=True):
            if self.rng.random() < 0.05:
                number = line_number(line_key(COMPANY_ID, line, occurrence), line.booked_on, 0)
                self.clock.later(self.rng.choice((0, 20, 80)), partial(self._foreign_line, number))
        self.clock.sleep(1)

    def _foreign_line(self, number: int) -> None:
        if number not in self.server.rows:
            self.server.insert_by_hand(number)
            self.network.seen["foreign line"] += 1

    def _lose_ledger(self) -> None:
        if self.rng.random() < self.settings.ledger_lost:
            self.clock.sleep(HORIZON_S)
            self.close()
            shutil.rmtree(self.path.parent)
            self.network.seen["ledger lost"] += 1

    def _lag(self) -> None:
        """Reads show the journal as it was a while ago."""
        older: list[tuple[object, ...]] = [()]

        def stale(lines: tuple[object, ...]) -> tuple[object, ...]:
            older.append(lines)
            return self.rng.choice(older[-3:])

        self.network.stale = stale  # type: ignore[assignment]  # lines in, lines out


def _recorded(lines: Sequence[BankLine]) -> list[BankLine]:
    return [replace(line, record=number, row=number + 1) for number, line in enumerate(lines, start=1)]


def run_schedule(seed: int, folder: Path, settings: Settings | None = None) -> Report:
    """The report of one schedule; its files are removed."""
    schedule = Schedule(seed, folder, settings or Settings())
    try:
        return schedule.run()
    finally:
        schedule.close()
        shutil.rmtree(schedule.path.parent, ignore_errors=True)
