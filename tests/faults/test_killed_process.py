"""kill -9 of the real program at any request and any moment, over real HTTP; afterwards it is only started again.

The moments that have a name are in the tables of crash points.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.deadly import Trap
from tests.faults.scene import DONE, KILLED, TEMPORARY, UNKNOWN, Scene, scene_at

# With as many lines a batch is not enough, and settling has to look twice.
TWO_BATCHES = 120
READS = ["GET companies", "GET customers", "GET salesInvoices", "GET customerPayments", "GET customerLedgerEntries"]
AT_A_READ = [(request, moment, nth) for request in READS for moment in ("before", "after") for nth in (1, 2, 3)]
AT_THE_BATCH = [("POST $batch", moment, nth) for moment in ("before", "after") for nth in (1, 2)]
SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.bench) for seed in range(2, 30))]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scene_at(tmp_path, lines=TWO_BATCHES) as scene:
        yield scene


@pytest.mark.parametrize(
    ("request_", "moment", "nth"),
    [AT_THE_BATCH[1], *(pytest.param(*point, marks=pytest.mark.bench) for point in (*AT_THE_BATCH, *AT_A_READ))],
)
def test_a_program_killed_at_a_request_only_has_to_be_started_again(
    scene: Scene, request_: str, moment: str, nth: int
) -> None:
    # Some questions are asked less often, and then the program comes to its end.
    assert scene.struck_at(request_, moment, nth) in (KILLED, DONE)
    assert (scene.settle()[-1], scene.created) == (DONE, scene.truth)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_killed_at_any_moment_only_has_to_be_started_again(scene: Scene, seed: int) -> None:
    scene.killed_at_any_moment(seed)
    assert (scene.settle()[-1], scene.created) == (DONE, scene.truth)


def asked_to_end(scene: Scene) -> int:
    """Run the program, ask it to end as soon as it sends its first batch, and let it; its exit code."""

    def ask(request: str) -> None:
        if request == "POST $batch" and scene.process is not None:
            scene.process.send_signal(signal.SIGTERM)

    scene.sandbox.before = ask
    code = scene.run()
    scene.sandbox.before = str
    return code


def test_a_program_asked_to_end_finishes_what_is_on_its_way_and_the_next_one_goes_on(scene: Scene) -> None:
    assert (asked_to_end(scene), scene.states) == (TEMPORARY, {"created": 100, "planned": 20})
    assert (scene.again(), scene.created) == ((DONE, 20), scene.truth)


def test_an_undo_asked_to_end_finishes_what_is_on_its_way_and_the_next_one_goes_on(scene: Scene) -> None:
    assert scene.run() == DONE
    [(run,)] = scene.asked("SELECT id FROM run")
    scene.arguments = ("run", "undo", run)
    assert (asked_to_end(scene), scene.states) == (TEMPORARY, {"undone": 100, "created": 20})
    assert (scene.run(), scene.states, scene.sandbox.journal_lines("BANK")) == (DONE, {"undone": 120}, ())


def test_a_settling_asked_to_end_finishes_what_is_on_its_way_and_the_next_one_goes_on(scene: Scene) -> None:
    scene.killed(Trap("commit", "UPDATE intent.*'sending'", when="after"))
    scene.pass_horizon()
    scene.arguments = ("run", "settle")
    assert (asked_to_end(scene), scene.states) == (UNKNOWN, {"created": 10, "unknown": 90, "planned": 20})
    scene.arguments = ("import", "bank.csv", "--yes")
    assert (scene.settle()[-1], scene.created) == (DONE, scene.truth)
