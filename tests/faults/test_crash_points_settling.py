"""Killed while it finds out what became of lines without an answer, or looks for another line number (K23 to K28)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.cases import Case, hold, points
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, Scene

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COMMITTED = Trap("commit", "UPDATE intent.*'sending'", when="after")
UNKNOWN_LINES = {"unknown": 3}
# On a loaded machine a process needs seconds to start: the second one has to come before the line may be sent again.
SETTLE_AFTER_S = 10
WAITS = timedelta(seconds=SETTLE_AFTER_S * 1.1 + 0.1)  # a tenth more for what was committed before its request left


def waiting(scene: Scene) -> None:
    """Killed in a run that found nothing and has to wait. Nobody waits in a process: only the remainder is left."""
    scene.killed(COMMITTED)
    [(sent,)] = scene.asked("SELECT DISTINCT sent_at FROM intent")
    scene.killed(Trap("statement", "UPDATE run SET ended"))
    [(still,)] = scene.asked("SELECT DISTINCT sent_at FROM intent")
    over = datetime.fromisoformat(sent) + WAITS
    time.sleep(max(0.0, (over - datetime.now(UTC)).total_seconds()))
    assert (sent, scene.states, scene.again()) == (still, UNKNOWN_LINES, (DONE, 3))


def reading_back(scene: Scene) -> None:
    """Killed while the journal is read."""
    scene.killed(COMMITTED)
    scene.pass_horizon()
    scene.killed_at("GET customerPayments", "after")
    assert (scene.states, scene.again()) == (UNKNOWN_LINES, (DONE, 3))


def known_to_be_absent(scene: Scene) -> None:
    """Killed when it has just found that nothing arrived; then it does arrive, and the next process has to look again."""
    with hold(scene) as held:
        scene.pass_horizon()
        scene.killed(Trap("statement", "UPDATE intent.*'sending'"))
        seen = scene.states
        held.carry_out()
    assert (seen, scene.again()) == (UNKNOWN_LINES, (DONE, 0))


def refused_by_its_own_key(scene: Scene) -> None:
    """Killed when it was told that its line numbers are taken, before it saw by whom: by what it had sent itself before."""
    with hold(scene) as held:
        scene.pass_horizon()
        scene.sandbox.before = held.carried_out_at
        scene.killed(Trap("commit", "UPDATE intent.*'hidden'", when="after"))
    assert (scene.states, scene.again()) == ({"hidden": 3}, (DONE, 0))


def refused_by_a_person(scene: Scene) -> None:
    """The same, and it was a line that a person typed."""
    taken = take_a_number(scene)
    scene.killed(Trap("commit", "UPDATE intent.*'hidden'", when="after"))
    assert (scene.states, scene.again()) == ({"created": 2, "hidden": 1}, (DONE, 1))
    assert (probes(scene), numbers(scene) & set(taken)) == ([0, 0, 1], set())


def next_number_planned(scene: Scene) -> None:
    """Killed when the next line number is committed and not sent."""
    taken = take_a_number(scene)
    scene.killed(Trap("commit", "UPDATE intent.*'planned'", when="after"))
    seen = scene.states, probes(scene)
    assert (seen, scene.again()) == (({"created": 2, "planned": 1}, [0, 0, 1]), (DONE, 1))
    assert numbers(scene) & set(taken) == set()


def forgotten_next_number(scene: Scene) -> None:
    """The ledger is lost after a line was created beside a foreign one: the number that the server has is taken over."""
    take_a_number(scene)
    scene.killed(Trap("commit", "UPDATE intent.*'created'", nth=2, when="after"))
    assert scene.states == {"created": 3}
    scene.forget()
    assert scene.again() == (DONE, 0)
    known = {number for (number,) in scene.asked("SELECT line_number FROM intent")}
    assert (scene.states, known) == ({"created": 3}, numbers(scene))


def take_a_number(scene: Scene) -> list[int]:
    """Just before the batch arrives a person types a line on the number of its first payment; the number."""
    taken: list[int] = []

    def typed(environ: WSGIEnvironment, _: StartResponse) -> None:
        if environ["PATH_INFO"].endswith("$batch") and not taken:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = BytesIO(body)
            taken.append(json.loads(body)["requests"][0]["body"]["lineNumber"])
            scene.sandbox.insert(
                "BANK", line_number=taken[0], customer_number="10000", amount=Decimal(-7), document_number="H1"
            )

    scene.sandbox.instead = typed
    return taken


def numbers(scene: Scene) -> set[int]:
    """The line numbers of what the program created."""
    return {line.line_number for line in scene.journal if line.external_document_number}


def probes(scene: Scene) -> list[int]:
    """How often the ledger says that each line's number was changed."""
    return sorted(probe for (probe,) in scene.asked("SELECT probe FROM intent"))


POINTS: Mapping[str, Case] = {
    "K23": Case(waiting, settle_after=SETTLE_AFTER_S),
    "K24": Case(reading_back),
    "K25": Case(known_to_be_absent),
    "K26": Case(refused_by_its_own_key),
    "K26 by a person": Case(refused_by_a_person),
    "K27": Case(next_number_planned),
    "K28": Case(forgotten_next_number),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_what_died_while_settling_is_started_again(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
