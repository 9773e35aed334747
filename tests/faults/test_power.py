"""What is there when the power comes back: the ledger has SQLite ask the disk before a commit returns."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from importer.ledger.database import open_database
from tests.faults.mutants import MUTANTS, weakened
from tests.faults.power import Power
from tests.faults.unsynced import can_lose_power
from tests.faults.wire import Killed

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


def test_what_the_disk_was_not_asked_to_keep_may_be_gone(tmp_path: Path) -> None:
    with weakened(UNSYNCED):
        found = [left(tmp_path / f"{seed}.db", seed, NAMES) for seed in SEEDS]

    assert any(names != NAMES for names in found)
    assert all(names == NAMES[: len(names)] for names in found)
