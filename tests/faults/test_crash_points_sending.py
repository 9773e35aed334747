"""Killed while a batch leaves, is carried out or is answered (reliability.md §8, K11 to K22, K47)."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.cases import Case, dies, hold, login, points
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, TEMPORARY, UNKNOWN, Scene

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SENDING = {"sending": 3}
COMMITTED = Trap("commit", "UPDATE intent.*'sending'", when="after")


def no_connection_yet(scene: Scene) -> None:
    """Killed between the intent and the connection: the server ends each one, so that the batch needs its own."""
    scene.sandbox.keeps_connections = False
    connections_before = 8
    dies(Trap("connect", "", nth=connections_before + 1), SENDING, writes=3)(scene)


def connected(scene: Scene) -> None:
    """Killed with a connection of the batch's own, before its first byte."""
    scene.sandbox.keeps_connections = False
    dies(Trap("first byte", "$batch"), SENDING, writes=3)(scene)


def late(scene: Scene) -> None:
    """Killed while the request waits at the server, which carries it out when the next process has already looked."""
    with hold(scene) as held:
        early = scene.again()
        held.carry_out()
    assert (early, scene.states, scene.again()) == ((UNKNOWN, 0), {"unknown": 3}, (DONE, 0))


def at_part_37(scene: Scene) -> None:
    """Killed, and the server with it, at part 37 of 100."""

    def cut(environ: WSGIEnvironment, _: StartResponse) -> None:
        if environ["PATH_INFO"].endswith("$batch"):
            batch = json.loads(environ["wsgi.input"].read())
            body = json.dumps({"requests": batch["requests"][:37]}).encode()
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))

    scene.sandbox.instead = cut
    scene.killed_at("POST $batch", "after")
    scene.sandbox.instead = lambda _, __: None
    scene.pass_horizon()
    assert (scene.states, scene.created.total(), scene.again()) == ({"sending": 100}, 37, (DONE, 63))


def answer_not_begun(scene: Scene) -> None:
    """Killed after the server carried out everything."""
    scene.killed_at("POST $batch", "after")
    assert (scene.states, scene.again()) == (SENDING, (DONE, 0))


def told_to_wait(scene: Scene) -> None:
    """Killed while it waits as long as a 429 asks. It waits with its intent committed, so the line counts as being sent."""

    def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        if not environ["PATH_INFO"].endswith("$batch"):
            return None
        start_response("429 Too Many Requests", [("Content-Length", "0"), ("Retry-After", "600")])
        return [b""]

    scene.sandbox.instead = refuse
    scene.killed(Trap("call", "time:sleep"))
    scene.sandbox.instead = lambda _, __: None
    scene.pass_horizon()
    assert (scene.states, scene.again()) == (SENDING, (DONE, 3))


def new_token(scene: Scene) -> None:
    """Killed while it fetches a new token, because the batch was refused with the old one."""
    tokens = login(scene)

    def strike(request: str) -> None:
        if request == "POST $batch":
            scene.sandbox.renew_token()
        elif request == "POST token" and tokens:
            scene.kill()

    scene.sandbox.before = strike
    assert scene.run() == -signal.SIGKILL
    scene.sandbox.before = str
    scene.pass_horizon()
    assert (scene.states, scene.again(), len(tokens)) == (SENDING, (DONE, 3), 3)


def told_to_end(scene: Scene, *, last: signal.Signals, code: int) -> None:
    """Told to end while the server works on the batch, and once more while it waits for the answer."""

    def tell(request: str) -> None:
        if request == "POST $batch" and scene.process is not None:
            scene.process.send_signal(signal.SIGTERM)
            while "Once more" not in scene.said:
                time.sleep(0.02)
            scene.process.send_signal(last)
            scene.process.wait()

    scene.sandbox.before = tell
    assert scene.run() == code
    scene.sandbox.before = str
    # The server goes on with what it has, whoever has gone.
    scene.pass_horizon()
    assert (scene.states, scene.created.total(), scene.again()) == (SENDING, 3, (DONE, 0))


def killed_in_grace(scene: Scene) -> None:
    """SIGTERM, then SIGKILL."""
    told_to_end(scene, last=signal.SIGKILL, code=-signal.SIGKILL)


def told_twice(scene: Scene) -> None:
    """SIGTERM, then SIGTERM: it leaves at once."""
    told_to_end(scene, last=signal.SIGTERM, code=TEMPORARY)


POINTS: Mapping[str, Case] = {
    "K11": Case(no_connection_yet),
    "K12": Case(connected),
    "K13": Case(dies(Trap("half sent", "$batch"), SENDING, writes=3)),
    "K14": Case(late, settle_after=60),
    "K15": Case(at_part_37, lines=100),
    "K16": Case(answer_not_begun),
    "K17": Case(dies(Trap("part received", "$batch"), SENDING, writes=0)),
    "K18": Case(dies(Trap("statement", "UPDATE intent.*'created'"), SENDING, writes=0)),
    "K19": Case(dies(Trap("statement", "UPDATE intent.*'created'", when="after"), SENDING, writes=0)),
    "K20": Case(
        dies(Trap("commit", "UPDATE intent.*'created'", when="after"), {"created": 100, "planned": 20}, writes=20),
        lines=120,
    ),
    "K21": Case(told_to_wait),
    "K22": Case(new_token),
    "K47": Case(killed_in_grace),
    "K47 by a second SIGTERM": Case(told_twice),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_what_died_while_sending_is_started_again(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
