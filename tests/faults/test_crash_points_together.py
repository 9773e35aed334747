"""The owner of the lock is killed, or two processes start at once (reliability.md §8, K45 and K50)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from tests.faults.cases import Case, points
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, TEMPORARY, Scene

EPOCH = "SELECT epoch FROM company"


def owner_killed(scene: Scene) -> None:
    """Killed with the lock: the system frees it, and the next process has it at once, with an epoch of its own."""
    scene.killed(Trap("commit", "INSERT INTO intent", when="after"))
    before = scene.asked(EPOCH)
    assert (before, scene.again(), scene.asked(EPOCH)) == ([(1,)], (DONE, 3), [(2,)])


def both_at_once(scene: Scene) -> None:
    """Two processes start together: while one of them works the other one ends with 75 and has done nothing."""
    one_ended = Event()
    scene.sandbox.before = lambda request: request == "POST $batch" and one_ended.wait(60)
    both = [scene.start(), scene.start()]
    while all(process.poll() is None for process in both):
        one_ended.wait(0.02)
    one_ended.set()
    assert (sorted(process.wait(60) for process in both), scene.writes) == ([DONE, TEMPORARY], 3)


POINTS: Mapping[str, Case] = {"K45": Case(owner_killed), "K50": Case(both_at_once)}


@pytest.mark.parametrize("point", points(POINTS))
def test_one_process_works_at_a_time(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
