"""Killed before anything leaves: the next process plans anew or goes on with the plan (reliability.md §8, K1 to K10)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from importer.sandbox.behaviour import Behaviour
from tests.faults.cases import Case, dies, login, points
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, Scene

PLANNED = {"planned": 3}


def half_read_journal(scene: Scene) -> None:
    """Killed at page 2 of 3 of the reading before sending; half a reading is never used."""
    for _ in range(5):
        scene.sandbox.insert("BANK", customer_number="10000", amount=Decimal(-7), document_number="H1")
    pages: list[str] = []

    def strike(request: str) -> None:
        pages.extend([request] if request == "GET customerPayments" else [])
        # The first three pages were read for the plan.
        if len(pages) == 5:
            scene.kill()

    scene.sandbox.before = strike
    assert scene.run() != DONE
    scene.sandbox.before = str
    assert (scene.states, scene.again(), len(scene.journal)) == (PLANNED, (DONE, 3), 8)


def half_adopted(scene: Scene) -> None:
    """Killed while it remembers what the journal holds and a lost ledger had forgotten: all of it or nothing is remembered."""
    assert scene.again() == (DONE, 3)
    scene.forget()
    scene.killed(Trap("statement", "INSERT INTO intent", when="after"))
    assert (scene.states, scene.again(), scene.states) == ({}, (DONE, 0), {"created": 3})


def half_settled(scene: Scene) -> None:
    """Killed while it records which of the lines without an answer it found in the journal."""
    scene.killed_at("POST $batch", "after")
    scene.killed(Trap("statement", "UPDATE intent.*'created'", when="after"))
    assert (scene.states, scene.again(), scene.states) == ({"unknown": 3}, (DONE, 0), {"created": 3})


def token_and_no_intent(scene: Scene) -> None:
    """Killed with a token in its hand; the next process asks for one of its own."""
    tokens = login(scene)
    scene.killed(Trap("statement", "UPDATE intent.*'sending'"))
    assert (scene.states, scene.again(), tokens) == (PLANNED, (DONE, 3), ["client_credentials"] * 2)


POINTS: Mapping[str, Case] = {
    "K1": Case(dies(Trap("call", "fcntl:flock"), {}, writes=3)),
    # There is no spool: the file is read where it lies, and nothing of it is kept before the plan.
    "K2": Case(dies(Trap("call", "fcntl:flock", when="after"), {}, writes=3)),
    "K3": Case(dies(Trap("statement", "INSERT INTO file"), {}, writes=3)),
    "K4": Case(dies(Trap("call", "csv:reader", nth=2, when="after"), {}, writes=3)),
    "K5": Case(dies(Trap("statement", "INSERT INTO intent", when="after"), {}, writes=3)),
    "K6": Case(dies(Trap("commit", "INSERT INTO intent", when="after"), PLANNED, writes=3)),
    "K7": Case(half_read_journal, behaviour=Behaviour(page_size=2)),
    "K8": Case(half_adopted),
    "K8 at settling": Case(half_settled),
    "K9": Case(token_and_no_intent),
    "K10": Case(dies(Trap("statement", "UPDATE intent.*'sending'", when="after"), PLANNED, writes=3)),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_what_died_before_anything_left_is_started_again(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
