"""A person at the terminal, when the answer to a request is lost: wait for it, send again at once, or leave it."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.books import demo_books
from importer.sandbox.faults import Fault, Faults, Kind, Rule
from importer.sandbox.faulty import faulty_app
from importer.sandbox.server import Server
from importer.shipped import shipped
from tests.flow.conftest import SETTINGS, Desk

DEMO = shipped("samples") / "demo" / "bank.csv"
LOST = Faults(rules=(Rule(Fault(Kind.RESET_BEFORE), method="POST", path="$batch"),))
SETTLE_AFTER_S = 5


class Keyboard(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose first write is lost on its way."""
    sandbox = Sandbox(demo_books())
    with Server(faulty_app(sandbox, LOST), 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings = SETTINGS.format(url=server.url + BASE).replace(
            "accounts =", f'settle_after = "{SETTLE_AFTER_S}s"\naccounts ='
        )
        (tmp_path / "importer.toml").write_text(settings, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("BC_TOKEN", sandbox.token)
        yield Desk(tmp_path, sandbox, server.url + BASE, capsys, monkeypatch)
        server.shutdown()
        thread.join()


def typed(desk: Desk, *answers: str) -> tuple[int, str, int]:
    """Import with these answers: the exit code, what was said on stderr, and how many lines stand in the journal."""
    desk.monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{answer}\n" for answer in answers)))
    desk.monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = desk.importer("import", DEMO, "--no-progress")
    return ran.code, ran.err, len(desk.sandbox.journal_lines("BANK"))


def test_who_leaves_it_is_told_how_to_go_on(desk: Desk) -> None:
    code, err, lines = typed(desk, "y", "l")
    assert (code, lines) == (5, 0)
    assert "Of 6 lines it is not known whether Business Central carries them out" in err
    assert "leave it to the next import or `importer run settle`" in err


def test_who_waits_has_everything_in_the_journal_afterwards(desk: Desk) -> None:
    began = time.monotonic()
    code, err, lines = typed(desk, "y", "w")
    assert (code, lines, "Waiting until" in err) == (3, 6, True)
    assert time.monotonic() - began > SETTLE_AFTER_S


def test_who_sends_again_at_once_is_told_until_when_not_to_post(desk: Desk) -> None:
    code, err, lines = typed(desk, "y", "n")
    assert (code, lines) == (3, 6)
    assert "only if nobody posts or deletes lines of journal BANK before" in err
    said = " ".join(desk.ran[-1].out.split())
    assert said.count("was sent again although its first request may still be carried out until") == 6
    time.sleep(SETTLE_AFTER_S + 1)
    run = desk.importer("run", "list").out.splitlines()[-1].split("\t")[0]
    assert desk.importer("run", "certify", run).out.endswith("Safe to post.\n")


def test_nobody_is_asked_who_said_yes_beforehand(desk: Desk) -> None:
    desk.monkeypatch.setattr(sys, "stdin", Keyboard(""))
    desk.monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert desk.importer("import", DEMO, "--no-progress", "--yes").code == 5


def test_what_is_shown_beside_the_question_does_not_stand_in_the_result(desk: Desk) -> None:
    desk.monkeypatch.setattr(sys, "stdin", Keyboard("y\nl\n"))
    desk.monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = desk.importer("import", DEMO, "--no-progress", "--format", "json")
    assert (ran.code, len(ran.document["outcome"]["lines"])) == (5, 6)
    assert "journal batch BANK" in ran.err
