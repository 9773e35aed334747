"""Killed while a report is written, old data is removed, a file is put away, a file is read (K43, K52 to K54)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.faults.cases import Case, dies, points
from tests.faults.deadly import Shift, Trap
from tests.faults.scene import DONE, KILLED, Scene
from tests.flow.fleet import aged

YEAR = Shift(365 * 86_400.0)


def report(trap: Trap) -> Callable[[Scene], None]:
    """Killed while the report is written: there is none, or a whole one; the next process writes its own."""

    def happens(scene: Scene) -> None:
        scene.arguments = ("import", "bank.csv", "--yes", "--format", "xlsx", "-o", "report.xlsx")
        scene.killed(trap)
        path = scene.folder / "report.xlsx"
        if path.exists():
            load_workbook(path).close()
        assert (path.exists(), scene.states, scene.again()) == (trap.when == "after", {"created": 3}, (DONE, 0))
        load_workbook(path).close()

    return happens


def purge(trap: Trap, cleared: int) -> Callable[[Scene], None]:
    """Killed while old data is removed: all of it is still there or none, and the keys stay in any case."""

    def happens(scene: Scene) -> None:
        to_import = scene.arguments
        assert scene.again() == (DONE, 3)
        scene.arguments = ("purge", "--older-than", "180d", "--yes")
        assert scene.run(trap, YEAR) == KILLED, scene.said
        seen = len(scene.asked(NAMELESS))
        assert (seen, scene.run(shift=YEAR), len(scene.asked(NAMELESS))) == (cleared, DONE, 3)
        scene.arguments = to_import
        assert scene.again() == (DONE, 0)

    return happens


NAMELESS = """SELECT key FROM intent WHERE payment LIKE '%"customer":""%'"""


def put_away(trap: Trap, names: int) -> Callable[[Scene], None]:
    """Killed while the file is moved; `names` is how many it has then. The move is finished, the lines are not sent again."""

    def happens(scene: Scene) -> None:
        scene.arguments = ("nightly",)
        aged((scene.folder / "bank.csv").rename(scene.folder / "inbox" / "bank.csv"))
        scene.killed(trap)
        seen = len(statements(scene))
        assert (seen, scene.again(), len(statements(scene))) == (names, (DONE, 0), 1)
        assert not (scene.folder / "inbox" / "bank.csv").exists()

    return happens


def statements(scene: Scene) -> list[Path]:
    return list((scene.folder / "inbox").rglob("bank.csv"))


def workbook_too_large(scene: Scene) -> None:
    """Killed by the system for the memory that a workbook takes."""
    rows = list(csv.reader((scene.folder / "bank.csv").read_text(encoding="utf-8").splitlines()))
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    workbook.save(scene.folder / "bank.xlsx")
    scene.arguments = ("import", "bank.xlsx", "--yes")
    dies(Trap("call", "python_calamine:CalamineWorkbook.get_sheet_by_name"), {}, writes=3)(scene)


def no_memory(scene: Scene) -> None:
    """There is no more memory, and it is not killed for it: it ends with an error, and nothing was sent."""
    assert scene.run(Trap("call", "csv:reader", nth=2, when="after", fate="has no memory")) not in (DONE, KILLED)
    assert (scene.writes, scene.states, scene.again()) == (0, {}, (DONE, 3))


POINTS: Mapping[str, Case] = {
    "K43": Case(report(Trap("call", "pathlib:Path.replace"))),
    "K43 written": Case(report(Trap("call", "pathlib:Path.replace", when="after"))),
    "K52": Case(purge(Trap("statement", "UPDATE intent", when="after"), 0)),
    "K52 cleared": Case(purge(Trap("commit", "UPDATE intent", when="after"), 3)),
    "K53": Case(put_away(Trap("call", "pathlib:Path.hardlink_to"), 1)),
    "K53 with two names": Case(put_away(Trap("call", "pathlib:Path.hardlink_to", when="after"), 2)),
    "K54": Case(workbook_too_large),
    "K54 not killed": Case(no_memory),
}


@pytest.mark.parametrize("point", points(POINTS))
def test_no_file_is_half_written_lost_or_done_twice(tmp_path: Path, point: str) -> None:
    with POINTS[point].played(tmp_path) as scene:
        assert scene.created == scene.truth
