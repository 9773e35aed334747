"""The crash points once more with the ledger on PostgreSQL, as far as they are not about a file on a disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import (
    test_crash_points_clock,
    test_crash_points_planning,
    test_crash_points_sending,
    test_crash_points_settling,
    test_crash_points_together,
)
from tests.faults.cases import Case, dies, points
from tests.faults.deadly import Trap
from tests.faults.places import DatabasePlace
from tests.faults.scene import DONE, scene_at
from tests.faults.test_killed_process import TWO_BATCHES
from tests.unit.ledger_places import POSTGRES

_LOCK = "pg_try_advisory_lock"
POINTS = {
    **test_crash_points_planning.POINTS,
    **test_crash_points_sending.POINTS,
    **test_crash_points_settling.POINTS,
    **test_crash_points_clock.POINTS,
    **test_crash_points_together.POINTS,
    "K1": Case(dies(Trap("statement", _LOCK), {}, writes=3)),
    "K2": Case(dies(Trap("statement", _LOCK, when="after"), {}, writes=3)),
}
# Its lock is a file that somebody removes.
del POINTS["K46 without its lock"]


@pytest.fixture
def database() -> Iterator[DatabasePlace]:
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no server")
    with closing(DatabasePlace(server)) as database:
        yield database


@pytest.mark.parametrize("point", points(POINTS))
def test_what_died_is_started_again(tmp_path: Path, database: DatabasePlace, point: str) -> None:
    with POINTS[point].played(tmp_path, database) as scene:
        assert scene.created == scene.truth


@pytest.mark.parametrize("seed", range(2))
def test_a_program_killed_at_any_moment_only_has_to_be_started_again(
    tmp_path: Path, database: DatabasePlace, seed: int
) -> None:
    with scene_at(tmp_path, TWO_BATCHES, database=database) as scene:
        scene.killed_at_any_moment(seed)
        assert (scene.settle()[-1], scene.created) == (DONE, scene.truth)
