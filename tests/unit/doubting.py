"""Files of banks that repeat a booking, and a person who says whether it is one more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from importer.choices import Accept, Choice, Choices, Entry, Ignore
from importer.model import Overlap, Statement
from importer.plan import Plan, Review
from importer.plan_json import to_json
from importer.planner import Ground, Reviewed, asked_anew, contradictions, name_lines, rekeyed, reviewed_plan
from importer.writer import Policy, Ports, write
from tests.unit.journal_in_memory import COMPANY_ID
from tests.unit.small_imports import Done, bank_line, statement
from tests.unit.writer_desk import Desk

NEVER, FULL = Overlap.INCREMENTAL, Overlap.FULL_DAYS
Say = Callable[[str, Entry], Choice]


def bank(name: str, words: str, overlap: Overlap = NEVER, *, saved: int = 1) -> Statement:
    """ "a10 b20" are two lines with these texts and amounts; the bytes are others each time the file is saved."""
    lines = [bank_line(record, f"{word[1:]}.00", word[0]) for record, word in enumerate(words.split(), start=1)]
    return replace(statement(name, lines, overlap), sha256=sha256(f"{name} {saved}".encode()).hexdigest())


def told(done: Done | Plan) -> list[str]:
    """What becomes of each line, and why."""
    plan = done.plan if isinstance(done, Done) else done
    reasons = [next((reason.rule for reason in one.finding.reasons), "") for one in plan.decisions]
    return [f"{type(one).__name__} {why}".rstrip() for one, why in zip(plan.decisions, reasons, strict=True)]


def accept(key: str, entry: Entry) -> Choice:
    return Accept(key, entry)


def leave_out(key: str, entry: Entry) -> Choice:
    return Ignore(key, entry)


def say(desk: Desk, plan: Plan, word: Say) -> Plan:
    """A person says so of every line in review; it is carried out."""
    reviewed = decide(desk, plan, word)
    assert reviewed.problems == ()
    return reviewed.plan


def decide(desk: Desk, plan: Plan, word: Say) -> Reviewed:
    """The same, as far as it still holds."""
    choices = tuple(
        word(one.source.key, Entry("To review", row, "", "Eva"))
        for row, one in enumerate(plan.decisions)
        if isinstance(one, Review)
    )

    def work(ports: Ports) -> Reviewed:
        books, history = desk.server.snapshot(), ports.ledger.history(COMPANY_ID)
        reviewed = reviewed_plan(
            rekeyed(Choices(plan, choices, (), {}), history),
            asked_anew(plan, Ground(books, history)),
            lambda payments, _: [() for _ in payments],
            ports.now(),
        )
        write(reviewed.plan, ports.ledger.start(reviewed.plan, to_json(reviewed.plan)), ports, Policy())
        return reviewed

    return desk.with_ledger(work)


def ask_again(desk: Desk, *files: Statement) -> int:
    def work(ports: Ports) -> int:
        history = ports.ledger.history(COMPANY_ID, [file.sha256 for file in files])
        named = name_lines(files, COMPANY_ID, history, contradictions(files, history))
        return ports.ledger.again(COMPANY_ID, {one.key for one in named}, {file.sha256 for file in files})

    return desk.with_ledger(work)
