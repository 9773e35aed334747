"""The program with a trap in it: at one very moment it dies, stands still, or finds its disk full. Everything else is real.

`tests.faults.scene` starts it in place of `importer`, with the trap and the shift of its clocks in the environment.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib import import_module
from random import Random
from typing import Any, Literal

from tests.faults.unsynced import disk, write_beside

VARIABLE = "IMPORTER_TEST_TRAP"
CLOCK = "IMPORTER_TEST_CLOCK"


@dataclass(frozen=True)
class Trap:
    """What happens to the program, and when.

    `at` a statement to the ledger, a commit of a transaction that held it, a call of "module:name" (`what` is the statement,
    a regular expression over its text and values, or the name); or on the wire of a request that holds `what`: when it
    connects for it, sends its first byte, has sent half of it, has received a part of the answer.
    """

    at: Literal["statement", "commit", "call", "connect", "first byte", "half sent", "part received"]
    what: str
    nth: int = 1
    when: Literal["before", "after"] = "before"
    fate: Literal["dies", "loses power", "stands still", "has no room", "has no memory"] = "dies"

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: json.dumps(asdict(self))}

    def strike(self) -> None:
        """It happens. Nothing of the program runs any more, or it finds another world when it goes on."""
        match self.fate:
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "loses power":
                write_beside(disk().left(Random(0)))  # noqa: S311 - which writes survive, not a secret
                os.kill(os.getpid(), signal.SIGKILL)
            case "stands still":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "has no room":
                resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            case "has no memory":
                resource.setrlimit(resource.RLIMIT_AS, (1, resource.RLIM_INFINITY))


@dataclass(frozen=True)
class Shift:
    """How the program's clocks differ from the true ones: seconds of the wall clock; whether the machine was restarted."""

    seconds: float = 0.0
    restarted: bool = False

    @property
    def environment(self) -> dict[str, str]:
        return {CLOCK: json.dumps(asdict(self))}


class _Counted:
    """Says when the nth time has come."""

    def __init__(self, trap: Trap) -> None:
        self._left = trap.nth
        self._trap = trap

    def happens(self, when: str) -> None:
        """Called before and after what the trap waits for."""
        if when == "before":
            self._left -= 1
        if self._left == 0 and when == self._trap.when:
            self._trap.strike()


def main() -> None:
    """What `importer` does, until the trap snaps."""
    with ExitStack() as stack:
        if text := os.environ.get(VARIABLE):
            trap = Trap(**json.loads(text))
            _set(trap)
            if trap.fate == "loses power":
                stack.enter_context(disk().in_use())
        if text := os.environ.get(CLOCK):
            _shift(Shift(**json.loads(text)))
        from importer.cli import main as importer

        importer()


def _set(trap: Trap) -> None:
    match trap.at:
        case "statement" | "commit":
            _in_the_ledger(trap)
        case "call":
            module, _, name = trap.what.partition(":")
            *owner, last = name.split(".")
            place: Any = import_module(module)
            for part in owner:
                place = getattr(place, part)
            setattr(place, last, _around(getattr(place, last), _Counted(trap).happens))
        case _:
            _on_the_wire(trap)


def _around(function: Callable[..., Any], happens: Callable[[str], None]) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        happens("before")
        found = function(*arguments, **named)
        happens("after")
        return found

    return wrapped


def _in_the_ledger(trap: Trap) -> None:
    from sqlalchemy import Engine, event
    from sqlalchemy.engine.default import DefaultDialect

    wanted, counted = re.compile(trap.what, re.DOTALL), _Counted(trap)
    held = False

    def is_wanted(text: str, values: object) -> bool:
        return wanted.search(f"{text} {values}") is not None

    def before(_: object, __: object, text: str, values: object, ___: object, ____: object) -> None:
        nonlocal held
        if is_wanted(text, values):
            held = True
            if trap.at == "statement":
                counted.happens("before")

    def after(_: object, __: object, text: str, values: object, ___: object, ____: object) -> None:
        if trap.at == "statement" and is_wanted(text, values):
            counted.happens("after")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    commit: Callable[..., None] = DefaultDialect.do_commit

    def committed(self: DefaultDialect, connection: Any) -> None:
        nonlocal held
        mine, held = held and trap.at == "commit", False
        if mine:
            counted.happens("before")
        commit(self, connection)
        if mine:
            counted.happens("after")

    setattr(DefaultDialect, "do_commit", committed)  # noqa: B010 - mypy forbids to assign a method


def _on_the_wire(trap: Trap) -> None:
    """Requests leave in two writes, head and body, so the head says for which the trap is meant."""
    socket_class: Any = socket.socket
    connect, send, receive = socket_class.connect, socket_class.send, socket_class.recv
    counted = _Counted(trap)
    stage = "waiting"

    def connecting(self: Any, address: object) -> object:
        if trap.at == "connect":
            counted.happens("before")
        return connect(self, address)

    def sending(self: Any, content: bytes, *flags: int) -> object:
        nonlocal stage
        if stage == "waiting" and trap.what.encode() in bytes(content[:2000]):
            stage = "head"
            if trap.at == "first byte":
                counted.happens("before")
        elif stage == "head":
            stage = "body"
            if trap.at == "half sent":
                send(self, content[: len(content) // 2], *flags)
                counted.happens("before")
        return send(self, content, *flags)

    def receiving(self: Any, size: int, *flags: int) -> object:
        if stage != "body" or trap.at != "part received":
            return receive(self, size, *flags)
        found = receive(self, 700, *flags)
        counted.happens("before")
        return found

    socket_class.connect, socket_class.send, socket_class.recv = connecting, sending, receiving


def _shift(shift: Shift) -> None:
    from importer import office
    from importer.states import Ticks

    office.utc_now = lambda: datetime.now(UTC) + timedelta(seconds=shift.seconds)
    if shift.restarted:
        office.machine_uptime = lambda: Ticks("another start of the machine", time.monotonic())
