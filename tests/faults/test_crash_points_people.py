"""Killed, and a person does something before it is started again (reliability.md §8, K33 to K37)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faults.cases import Case, points
from tests.faults.deadly import Trap
from tests.faults.scene import CONFIGURATION, DONE, REVIEW, Scene

SENDING = {"sending": 3}


def posted(scene: Scene) -> None:
    """Everything was created, nobody heard of it, and the journal was posted."""
    scene.killed_at("POST $batch", "after")
    scene.sandbox.post("BANK")
    seen = scene.states
    assert (seen, scene.again(), scene.states) == (SENDING, (DONE, 0), {"posted": 3})


def deleted_before_it_was_known(scene: Scene) -> None:
    """The same, and one line was deleted: it comes back once, because nobody could know of it (RR5)."""
    scene.killed_at("POST $batch", "after")
    first = scene.journal[0]
    scene.sandbox.delete("BANK", first.line_number)
    scene.pass_horizon()
    assert (scene.again(), scene.again()) == ((DONE, 1), (DONE, 0))
    once_more = Counter([(first.customer_number, first.invoice_number, first.amount)])
    assert scene.created - once_more == scene.truth
    assert len(scene.journal) == 3


def deleted_when_it_was_known(scene: Scene) -> None:
    """Killed when all is recorded as created; then a person deletes a line. It never comes back."""
    scene.killed(Trap("commit", "UPDATE intent.*'created'", when="after"))
    scene.sandbox.delete("BANK", scene.journal[0].line_number)
    seen = scene.states
    assert (seen, scene.again(), scene.again(), len(scene.journal)) == ({"created": 3}, (DONE, 0), (DONE, 0), 2)


def renamed(scene: Scene) -> None:
    """Killed with a plan, and the journal is no longer called so: nothing is written until a person puts it right."""
    scene.killed(Trap("commit", "INSERT INTO intent", when="after"))
    scene.sandbox.rename("BANK", "BANK2")
    assert (scene.again(), scene.states) == ((CONFIGURATION, 0), {"planned": 3})
    scene.sandbox.rename("BANK2", "BANK")
    assert scene.again() == (DONE, 3)


def renamed_while_sent(scene: Scene) -> None:
    """The same with lines on their way."""
    scene.killed_at("POST $batch", "after")
    scene.sandbox.rename("BANK", "BANK2")
    assert scene.again() == (CONFIGURATION, 0)
    scene.sandbox.rename("BANK2", "BANK")
    assert scene.again() == (DONE, 0)


def sent_for_approval(scene: Scene) -> None:
    """Killed between two batches, and the journal is sent for approval: the rest is refused until it is approved."""
    scene.killed(Trap("commit", "UPDATE intent.*'created'", when="after"))
    scene.sandbox.request_approval("BANK")
    code, _ = scene.again()
    seen = scene.states
    [why] = {reason for (reason,) in scene.asked("SELECT reason FROM intent WHERE state = 'rejected'")}
    scene.sandbox.approve("BANK")
    assert (code, seen, "approval" in why) == (REVIEW, {"created": 100, "rejected": 5}, True)
    assert scene.again() == (DONE, 5)


POINTS: Mapping[str, Case] = {
    "K33": Case(posted),
    "K35": Case(deleted_when_it_was_known),
    "K36": Case(renamed),
    "K36 with lines on their way": Case(renamed_while_sent),
    "K37": Case(sent_for_approval, lines=105),
}
DELETED: Mapping[str, Case] = {"K34": Case(deleted_before_it_was_known)}


@pytest.mark.parametrize("point", points(POINTS))
def test_what_people_did_meanwhile_doubles_and_loses_nothing(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth


@pytest.mark.parametrize("point", points(DELETED))
def test_a_line_deleted_before_it_was_known_comes_back_once(tmp_path: Path, point: str) -> None:
    with DELETED[point].played(tmp_path) as scene:
        assert len(scene.journal) == len(scene.lines)
