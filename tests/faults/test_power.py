"""What is there when the power comes back: the ledger has SQLite ask the disk before a commit returns."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from importer.ledger.database import open_database
from tests.faults.mutants import MUTANTS, weakened
from tests.faults.power import Power
from tests.faults.unsynced import can_lose_power
from tests.faults.wire import Killed
from tests.unit.sqlite_ledgers import listening

SEEDS = range(30)
NAMES = ["first", "second", "third"]
ADD, ALL = "INSERT INTO company VALUES (?, 1)", "SELECT id FROM company ORDER BY rowid"
UNSYNCED = next(mutant for mutant in MUTANTS if mutant.name.startswith("M9"))

pytestmark = pytest.mark.skipif(
    not can_lose_power() and "CI" not in os.environ, reason="this Python hides SQLite's functions"
)


def left(ledger: Path, seed: int, names: Iterable[str]) -> list[str]:
    """Which names a ledger has: each was committed, and then the power went in the middle of one more transaction."""
    power = Power(Random(seed), 1.0, lambda: None)  # noqa: S311 - which writes survive, not a secret
    with power.supplied(), closing(open_database(str(ledger))) as database:
        for name in names:
            with database.writing() as connection:
                connection.exec_driver_sql(ADD, (name,))
        with database.writing() as connection:
            connection.exec_driver_sql(ADD, ("unfinished",))
            power.go_with(Killed)
    with closing(open_database(str(ledger))) as database, database.reading() as connection:
        return list(connection.exec_driver_sql(ALL).scalars())


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_committed_is_there_when_the_power_comes_back_and_nothing_else(tmp_path: Path, seed: int) -> None:
    ledger = tmp_path / "importer.db"

    assert left(ledger, seed, NAMES) == NAMES
    assert left(ledger, seed, ["fourth"]) == [*NAMES, "fourth"]


def opened_until(ledger: Path, seed: int, event: str, nth: int) -> bool:
    """Open a ledger that is new; the power goes at the nth event of its opening. False when there are fewer."""
    power = Power(Random(seed), 1.0, lambda: None)  # noqa: S311 - which writes survive, not a secret
    moments = iter(range(1, nth))

    def strike(*_: object) -> None:
        if next(moments, None) is None:
            power.go_with(Killed)
            raise Killed

    try:
        with power.supplied(), listening(Engine, event, strike), closing(open_database(str(ledger))):
            return False
    except Killed:
        return True


@pytest.mark.parametrize("event", ["before_cursor_execute", "commit"])
def test_a_ledger_that_is_opened_for_the_first_time_is_made_anew_when_the_power_comes_back(
    tmp_path: Path, event: str
) -> None:
    nth = 1
    while opened_until(tmp_path / f"{nth}.db", nth, event, nth):
        assert left(tmp_path / f"{nth}.db", nth, NAMES) == NAMES
        nth += 1
    assert nth > {"before_cursor_execute": 20, "commit": 1}[event]


def test_what_the_disk_was_not_asked_to_keep_may_be_gone(tmp_path: Path) -> None:
    with weakened(UNSYNCED):
        found = [left(tmp_path / f"{seed}.db", seed, NAMES) for seed in SEEDS]

    assert any(names != NAMES for names in found)
    assert all(names == NAMES[: len(names)] for names in found)
