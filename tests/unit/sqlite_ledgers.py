"""A small import into a ledger on SQLite, and an ear on what the ledger asks of its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from importer.ledger import open_ledger
from importer.plan_json import to_json
from importer.states import Move, State
from tests.unit.journal_in_memory import COMPANY_ID, Clock, Server
from tests.unit.small_imports import bank_line, make, statement

FILE = statement("a.csv", [bank_line(1, "10.00"), bank_line(2, "20.00")])


def import_once(path: Path) -> None:
    """Plan, send and create, as the writer does it."""
    clock = Clock()
    with open_ledger(str(path), clock.now) as ledger, ledger.lock(COMPANY_ID):
        plan = make(Server(clock), ledger, clock.now, [FILE])
        run = ledger.start(plan, to_json(plan))
        sending = ledger.record(run, [Move(intent, State.SENDING) for intent in ledger.intents_of(run)])
        ledger.record(run, [Move(intent, State.CREATED) for intent in sending])
        ledger.finish(run, 0)


@contextmanager
def listening(target: type, name: str, listener: Callable[..., None]) -> Iterator[None]:
    """The listener hears the events of this name inside the block, and none afterwards."""
    event.listen(target, name, listener)
    try:
        yield
    finally:
        event.remove(target, name, listener)
