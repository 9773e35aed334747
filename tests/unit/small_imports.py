"""Bank lines, plans and the writer's world for tests: invented statements, the real planner, the real ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate, chain, tee

from msgspec import structs

from importer.model import Application, BankLine, Confidence, Match, Overlap, Statement
from importer.money import Money
from importer.outcome import Outcome
from importer.plan import Payment, Plan
from importer.plan_json import to_json
from importer.planner import Ground, contradictions, file_facts, make_plan, name_lines, near_duplicates, open_lines
from importer.ports import BusinessCentral, Ledger, Now
from importer.writer import Policy, Ports, settle, write
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL

ACCOUNT = "DE02120300000000202051"
DAY = date(2026, 2, 27)


def bank_line(record: int, amount: str, text: str = "", *, day: date = DAY, customer: str = "10000") -> BankLine:
    return BankLine(
        record=record,
        row=record + 1,
        booked_on=day,
        amount=Money.of(amount, "EUR"),
        text=text or f"payment {record}",
        counterparty=customer,
        account=ACCOUNT,
    )


def statement(name: str, lines: Sequence[BankLine], overlap: Overlap = Overlap.FULL_DAYS) -> Statement:
    content = "".join(f"{line.record}:{line.amount.text()}:{line.text};" for line in lines)
    return Statement(name, sha256(f"{name} {content}".encode()).hexdigest(), "generic", ACCOUNT, overlap, tuple(lines))


def with_balances(plain: Statement, opening: int) -> Statement:
    """A statement that opens with this balance and states the one after every line."""
    first = Money.of(opening, "EUR")
    before, after = tee(accumulate((line.amount for line in plain.lines), initial=first))
    next(after)
    lines = [structs.replace(line, balance=balance) for line, balance in zip(plain.lines, after, strict=True)]
    return replace(plain, lines=tuple(lines), opening=first, closing=[*before][-1])


def match(line: BankLine) -> Match:
    """What a matcher would say: the counterparty pays, "INV1+INV2=10" settles INV2 with 10 and INV1 with the rest."""
    named = [word.partition("=") for word in line.text.split("+") if word.startswith("INV")]
    open_ones = sum(not amount for _, _, amount in named)
    rest = line.amount.amount - sum(Decimal(amount) for _, _, amount in named if amount)
    applications = tuple(
        Application(line.counterparty, invoice, Money(Decimal(amount) if amount else rest / open_ones, "EUR"))
        for invoice, _, amount in named
    )
    return Match(Confidence.HIGH, line.counterparty, applications)


def make(server: BusinessCentral, ledger: Ledger, now: Now, statements: Sequence[Statement]) -> Plan:
    books = server.snapshot()
    days = [line.booked_on for statement in statements for line in statement.lines]
    files = [statement.sha256 for statement in statements]
    history = ledger.history(COMPANY_ID, files, first=min(days, default=None), last=max(days, default=None))
    ground = Ground(books, history, contradicted=contradictions(statements, history))
    named = name_lines(statements, COMPANY_ID, history, ground.contradicted)
    facts = [file_facts(s, history) for s in statements]
    ground = replace(ground, reworded=near_duplicates(named, ground, facts))
    waiting = chain(*open_lines(named, ground))
    matches = {source.key: match(source.line) for source in waiting if isinstance(source.line, BankLine)}

    def fine(payments: Sequence[Payment], *_: object) -> list[tuple[()]]:
        return [() for _ in payments]

    return make_plan(named, matches, ground=ground, files=facts, check=fine, made_at=now())


@dataclass(frozen=True)
class Done:
    """One import: what was settled first, the plan, what came of it."""

    settled: Outcome
    plan: Plan
    outcome: Outcome


def run_import(ports: Ports, statements: Sequence[Statement], policy: Policy | None = None) -> Done:
    """What the pipeline does for `importer import`: lock, settle, plan, write."""
    policy, ledger = policy or Policy(), ports.ledger
    with ledger.lock(COMPANY_ID):
        settled = settle(COMPANY_ID, JOURNAL.id, ports, policy)
        plan = make(ports.business_central, ledger, ports.now, statements)
        run = ledger.start(plan, to_json(plan))
        outcome = write(plan, run, ports, policy)
        ledger.finish(run, outcome.exit_code)
    return Done(settled, plan, outcome)


def days_before(count: int) -> date:
    return DAY - timedelta(days=count)
