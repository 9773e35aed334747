"""Two thousand schedules of the real program: nothing lost, nothing doubled, and everything that can go wrong did go wrong."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import pytest

from tests.faults.many import Figures, run_many
from tests.faults.moves import POSSIBLE, POSSIBLE_OF_CHANGES, RARE, RARE_CHANGES
from tests.faults.schedule import run_schedule
from tests.faults.settings import KINDS
from tests.faults.unsynced import can_lose_power
from tests.faults.wire import FAULTS, STORMS
from tests.unit.ledger_places import POSTGRES

FIRST_SEED, SCHEDULES, SCHEDULES_ON_A_SERVER = 1_000_000, 2_000, 60
DEATHS = {"killed before a request", "killed after a request", "killed at a statement", "killed at a commit"}
DEATHS |= {"power cut"} if can_lose_power() else set()
DISK = {"disk full", "disk I/O error", "ledger lost", "ledger restored"}
CLOCKS = {"clock set", "machine started anew"}
PEOPLE = {
    "posted",
    "deleted by hand",
    "edited by hand",
    "hidden by hand",
    "key removed by hand",
    "sent for approval",
    "journal renamed",
    "typed by hand",
    "undone",
}


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """What the schedules showed; of several workers of pytest the first one runs them for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    claim, result = shared / "schedules.claimed", shared / "schedules"
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return _awaited(result)
    found = run_many(FIRST_SEED, SCHEDULES, os.cpu_count() or 1)
    unfinished = shared / "schedules.part"
    unfinished.write_bytes(pickle.dumps(found))
    unfinished.rename(result)
    return found


def _awaited(result: Path) -> Figures:
    while not result.exists():
        time.sleep(0.2)
    found = pickle.loads(result.read_bytes())  # noqa: S301 - written by another worker of this test run
    assert isinstance(found, Figures)
    return found


def test_every_payment_is_created_exactly_once_and_nothing_stays_open(figures: Figures) -> None:
    assert (figures.schedules, figures.bad) == (SCHEDULES, [])


def test_a_ledger_on_postgresql_keeps_the_same_promise() -> None:
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no server")
    found = run_many(FIRST_SEED, SCHEDULES_ON_A_SERVER, os.cpu_count() or 1, server)
    assert (found.schedules, found.bad) == (SCHEDULES_ON_A_SERVER, [])


def test_every_kind_of_fault_occurs_in_the_schedules(figures: Figures) -> None:
    storms = {f"storm of {storm}" for storm in STORMS}
    assert (set(FAULTS) | storms | DEATHS | DISK | CLOCKS | PEOPLE) - set(figures.faults) == set()


def test_every_step_of_a_line_and_of_a_change_is_taken_in_the_schedules(figures: Figures) -> None:
    never = (POSSIBLE - RARE - set(figures.steps), POSSIBLE_OF_CHANGES - RARE_CHANGES - set(figures.changes))
    assert tuple(map(sorted, never)) == ([], [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_is_one_schedule_however_often_it_is_run(kind: str, tmp_path: Path) -> None:
    first, second = (run_schedule(7, tmp_path, KINDS[kind]) for _ in range(2))
    assert (first.seen, first.requests, str(first)) == (second.seen, second.requests, str(second))
