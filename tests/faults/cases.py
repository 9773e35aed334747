"""What may happen in a scene: the program runs into a trap, its request is held, a service gives out tokens."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from importer.sandbox.behaviour import Behaviour
from tests.faults.deadly import Trap
from tests.faults.places import DatabasePlace
from tests.faults.scene import DONE, KILLED, SETTLE_AFTER_S, Scene, scene_at

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LOGIN = """kind = "client-secret"
tenant = "tenant"
client_id = "importer"
client_secret = "env:BC_TOKEN"
authority = "{url}"
"""


class Held:
    """A request that waits at the server, and whose sender is dead."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._may_go_on = threading.Event()
        self._is_first = True

    def arrives(self, request: str) -> None:
        """Kill who sent the first batch, and let that one wait."""
        if request == "POST $batch" and self._is_first:
            self._is_first = False
            self._scene.kill()
            self._may_go_on.wait(60)

    def carried_out_at(self, request: str) -> None:
        """Let the server carry it out just before the next batch."""
        if request == "POST $batch":
            self.carry_out()

    def carry_out(self) -> None:
        """Let the server carry it out, and return when it has."""
        before = len(self._scene.sandbox.history)
        self._may_go_on.set()
        while len(self._scene.sandbox.history) < before + len(self._scene.lines):
            time.sleep(0.01)


@contextmanager
def hold(scene: Scene) -> Iterator[Held]:
    """Kill the program as soon as its batch has arrived, which the server carries out when it is told to."""
    held = Held(scene)
    scene.sandbox.before = held.arrives
    assert scene.run() == KILLED, scene.said
    yield held
    scene.sandbox.before = str


def login(scene: Scene) -> list[str]:
    """Let the scene's server give out tokens; the list grows with each that is asked for."""
    granted: list[str] = []

    def grant(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        if not environ["PATH_INFO"].endswith("/token"):
            return None
        form = parse_qs(environ["wsgi.input"].read().decode())
        granted.extend(form["grant_type"])
        body = json.dumps({"access_token": scene.sandbox.renew_token(), "expires_in": 3600}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    scene.sandbox.instead = grant
    scene.configure('kind = "token"\ntoken = "env:BC_TOKEN"', LOGIN.format(url=scene.url))
    return granted


@dataclass(frozen=True)
class Case:
    """What happens in a scene, and the scene: the number of payments, the kind of server, how long an outcome stays open."""

    happens: Callable[[Scene], None]
    lines: int = 3
    behaviour: Behaviour = field(default_factory=Behaviour)
    settle_after: float = SETTLE_AFTER_S

    @contextmanager
    def played(self, folder: Path, database: DatabasePlace | None = None) -> Iterator[Scene]:
        """The scene after everything has happened."""
        with scene_at(folder, self.lines, self.behaviour, self.settle_after, database) as scene:
            self.happens(scene)
            yield scene


def points(table: Mapping[str, Case]) -> list[ParameterSet]:
    """The cases of a table by name. Variants, named by a word behind their point, only play with `-m bench`."""
    return [pytest.param(name, marks=pytest.mark.bench if " " in name else ()) for name in table]


def dies(trap: Trap, states: Mapping[str, int], *, writes: int) -> Callable[[Scene], None]:
    """The program dies there, with this left in the ledger, and is started again when nothing can be on its way any more.

    Args:
        writes: how many lines the second process sends.
    """

    def happens(scene: Scene) -> None:
        scene.killed(trap)
        seen = scene.states
        if "sending" in seen:
            scene.pass_horizon()
        assert (seen, scene.again()) == (states, (DONE, writes))

    return happens
