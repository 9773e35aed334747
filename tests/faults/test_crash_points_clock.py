"""The process stands still, or its clocks are set, before what it sent can be settled (reliability.md §8, K46, K48, K49)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.cases import Case, hold, points
from tests.faults.deadly import Shift, Trap
from tests.faults.scene import DONE, TEMPORARY, UNKNOWN, Scene

HOUR, DAY = 3600.0, 86_400.0
COMMITTED = Trap("commit", "UPDATE intent.*'sending'", when="after")
STILL = Trap("commit", "UPDATE intent.*'sending'", when="after", fate="stands still")


def suspended(scene: Scene) -> None:
    """It stands still between the intent and the wire, longer than an intent may be old: it is recorded anew, then sent."""
    stand_still(scene)
    time.sleep(1.0)
    resumed = datetime.now(UTC)
    assert go_on(scene) == DONE
    sent = [datetime.fromisoformat(at) for (at,) in scene.asked("SELECT sent_at FROM intent")]
    assert (all(at >= resumed for at in sent), scene.writes) == (True, 3)


def overtaken(scene: Scene) -> None:
    """The same, and its lock is lost meanwhile: another process does the work, and this one sends nothing any more."""
    stand_still(scene)
    sleeping = scene.process
    for lock in scene.ledger.parent.glob("*.lock"):
        lock.unlink()
    scene.pass_horizon()
    assert scene.again() == (DONE, 3)
    scene.process = sleeping
    assert (go_on(scene), scene.writes) == (TEMPORARY, 3)


def stand_still(scene: Scene) -> None:
    process = scene.start(STILL)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


def go_on(scene: Scene) -> int:
    assert scene.process is not None
    scene.process.send_signal(signal.SIGCONT)
    return scene.process.wait(60)


def set_back(scene: Scene) -> None:
    """The clock is set back an hour: what the machine counts since its start decides, so nobody waits an hour longer."""
    scene.killed(COMMITTED)
    scene.pass_horizon()
    assert scene.run(shift=Shift(-HOUR)) == DONE


def set_back_and_restarted(scene: Scene) -> None:
    """The same after a restart of the machine: only the clock can tell, and the wait gets longer, never shorter."""
    scene.killed(COMMITTED)
    scene.pass_horizon()
    early = scene.run(shift=Shift(-HOUR, restarted=True)), scene.writes
    assert (early, scene.run(shift=Shift(restarted=True))) == ((UNKNOWN, 0), DONE)


def set_forward(scene: Scene) -> None:
    """The clock jumps a day forward while the request still waits at the server: nothing is sent before its time is over."""
    with hold(scene) as held:
        early = scene.run(shift=Shift(DAY)), scene.writes
        held.carry_out()
    assert (early, scene.states, scene.run(shift=Shift(DAY)), scene.writes) == ((UNKNOWN, 0), {"unknown": 3}, DONE, 3)


def set_forward_and_restarted(scene: Scene) -> None:
    """The same after a restart of the machine: it is sent too early, and its key refuses what would be the second line."""
    with hold(scene) as held:
        scene.sandbox.before = held.carried_out_at
        early = scene.run(shift=Shift(DAY, restarted=True)), scene.writes
    assert (early, scene.states) == ((DONE, 6), {"created": 3})


POINTS: Mapping[str, Case] = {
    "K46": Case(suspended),
    "K46 without its lock": Case(overtaken),
    "K48": Case(set_back),
    "K48 after a restart of the machine": Case(set_back_and_restarted),
    "K49": Case(set_forward, settle_after=60),
    "K49 after a restart of the machine": Case(set_forward_and_restarted, settle_after=60),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_no_clock_makes_a_payment_twice(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
