"""The disk fails, or the ledger is lost, old, damaged or half renewed (reliability.md §8, K38 to K42, K44, K51)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from importer.sandbox.behaviour import Behaviour
from tests.faults.cases import Case, points
from tests.faults.deadly import Trap
from tests.faults.disk import back_up, put_back
from tests.faults.scene import DONE, LEDGER, REVIEW, Scene

SENDING = {"sending": 3}
VERSION = "PRAGMA user_version"
RENEWED = "PRAGMA user_version ="


def power_cut(trap: Trap, states: Mapping[str, int], *, writes: int) -> Callable[[Scene], None]:
    """The power goes there, with this left in the ledger; the next process sends so many lines."""

    def happens(scene: Scene) -> None:
        scene.cut_off(trap)
        seen = scene.states
        if seen == SENDING:
            scene.pass_horizon()
        assert (seen, scene.again()) == (states, (DONE, writes))

    return happens


def no_room_for_intents(scene: Scene) -> None:
    """The disk is full when the intents are written: nothing is sent."""
    assert scene.run(Trap("statement", "UPDATE intent.*'sending'", fate="has no room")) == LEDGER
    assert (scene.writes, scene.states, scene.again()) == (0, {"planned": 3}, (DONE, 3))


def no_room_for_results(scene: Scene) -> None:
    """The disk is full when the first answers are written: nothing more is sent, and what was sent is found later."""
    assert scene.run(Trap("statement", "UPDATE intent.*'created'", fate="has no room")) == LEDGER
    seen = scene.writes, scene.states
    assert (seen, scene.again()) == ((100, {"sending": 100, "planned": 5}), (DONE, 5))


def lost(scene: Scene) -> None:
    """Killed, and the ledger is lost with what it knew of the lines on their way."""
    scene.killed_at("POST $batch", "after")
    scene.forget()
    assert (scene.again(), scene.states) == ((DONE, 0), {"created": 3})


def put_back_from_a_backup(scene: Scene) -> None:
    """Killed, and the ledger is one from before anything was sent."""
    scene.killed(Trap("commit", "INSERT INTO intent", when="after"))
    back_up(scene.ledger, scene.folder / "backup.db")
    scene.killed(Trap("commit", "UPDATE intent.*'created'", when="after"))
    put_back(scene.folder / "backup.db", scene.ledger)
    assert (scene.states, scene.again(), scene.states) == ({"planned": 3}, (DONE, 0), {"created": 3})
    scene.sandbox.post("BANK")
    assert scene.again() == (DONE, 0)


def lost_and_posted(scene: Scene) -> None:
    """Killed, posted, and the ledger is lost: the posted entries carry the keys of the lines."""
    scene.killed_at("POST $batch", "after")
    scene.sandbox.post("BANK")
    scene.forget()
    assert scene.again() == (DONE, 0)


def lost_and_posted_where_nobody_can_look(scene: Scene) -> None:
    """The same where posted entries cannot be read: the invoices are settled, so the lines wait for a person (exit 3)."""
    scene.killed_at("POST $batch", "after")
    scene.sandbox.post("BANK")
    scene.forget()
    assert scene.again() == (REVIEW, 0)


def damaged(scene: Scene) -> None:
    """The file is damaged: nothing is done until it is put back, and then everything is recognised by its key."""
    scene.killed(Trap("commit", "INSERT INTO intent", when="after"))
    back_up(scene.ledger, scene.folder / "backup.db")
    scene.killed_at("POST $batch", "after")
    with closing(sqlite3.connect(scene.ledger)) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = scene.ledger.read_bytes()
    scene.ledger.write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    asked = len(scene.sandbox.requests)
    assert (scene.run(), len(scene.sandbox.requests)) == (LEDGER, asked)
    assert "damaged" in scene.said or "malformed" in scene.said
    put_back(scene.folder / "backup.db", scene.ledger)
    assert scene.again() == (DONE, 0)


def change_without_trail(scene: Scene) -> None:
    """Killed between a change and its entry in the audit trail: neither is there."""
    scene.killed(Trap("statement", "INSERT INTO audit.*\\bcreated\\b"))
    events = scene.asked("SELECT event, count(*) FROM audit WHERE body LIKE '%created%' GROUP BY event")
    assert (scene.states, events, scene.again()) == (SENDING, [], (DONE, 0))


def first_opened(trap: Trap) -> Callable[[Scene], None]:
    """The power goes while a ledger is made: nothing has left yet, and the next process makes it."""

    def happens(scene: Scene) -> None:
        scene.cut_off(trap)
        assert (scene.writes, scene.again(), scene.asked(VERSION)) == (0, (DONE, 3), [(4,)])

    return happens


def renewing(trap: Trap, version: int, ends: Callable[[Scene, Trap], None] = Scene.killed) -> Callable[[Scene], None]:
    """The process ends while the tables of an older ledger are brought up; `version` is what the file says then."""

    def happens(scene: Scene) -> None:
        assert scene.again() == (DONE, 3)
        with closing(sqlite3.connect(scene.ledger)) as older, older:
            older.execute("ALTER TABLE file DROP COLUMN number")
            older.execute("DROP TABLE preview")
            older.execute("ALTER TABLE intent DROP COLUMN sent_ticks")
            older.execute("PRAGMA user_version = 1")
        ends(scene, trap)
        tables = [name for (name,) in scene.asked("SELECT name FROM sqlite_master WHERE name = 'preview'")]
        assert (scene.asked(VERSION), bool(tables)) == ([(version,)], version > 1)
        assert (scene.again(), scene.asked(VERSION)) == ((DONE, 0), [(4,)])

    return happens


NO_LOOK_UP = Behaviour(posted_lookup="absent")
POINTS: Mapping[str, Case] = {
    "K38": Case(power_cut(Trap("commit", "UPDATE intent.*'sending'", when="after"), SENDING, writes=3)),
    "K38 in the commit": Case(power_cut(Trap("commit", "UPDATE intent.*'sending'"), {"planned": 3}, writes=3)),
    "K38 answered": Case(power_cut(Trap("commit", "UPDATE intent.*'created'", when="after"), {"created": 3}, writes=0)),
    "K38 in a new file": Case(first_opened(Trap("call", "importer.ledger.database:write_ahead", when="after"))),
    "K38 among new tables": Case(first_opened(Trap("statement", "CREATE TABLE", nth=5))),
    "K38 in the commit of new tables": Case(first_opened(Trap("commit", RENEWED))),
    "K38 after new tables": Case(first_opened(Trap("commit", RENEWED, when="after"))),
    "K39": Case(no_room_for_intents),
    "K40": Case(no_room_for_results, lines=105),
    "K41": Case(lost),
    "K41 put back": Case(put_back_from_a_backup),
    "K41 put back without look-up": Case(put_back_from_a_backup, behaviour=NO_LOOK_UP),
    "K41 posted": Case(lost_and_posted),
    "K41 posted without look-up": Case(lost_and_posted_where_nobody_can_look, behaviour=NO_LOOK_UP),
    "K42": Case(damaged),
    "K44": Case(change_without_trail),
    "K51": Case(renewing(Trap("statement", RENEWED), 1)),
    "K51 renewed": Case(renewing(Trap("commit", RENEWED, when="after"), 4)),
    "K51 without power": Case(renewing(Trap("commit", RENEWED), 1, Scene.cut_off)),
    "K51 renewed without power": Case(renewing(Trap("commit", RENEWED, when="after"), 4, Scene.cut_off)),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_no_disk_makes_a_payment_twice_or_loses_it(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
