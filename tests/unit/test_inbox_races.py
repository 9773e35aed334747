"""Another program replaces a file at the very moment at which it is put away: nothing of it is lost (importer/moving.py)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from importer.inbox import left_over, put_away, take
from tests.unit.test_inbox import written

Step = Callable[..., object]


def newer_file(path: Path, step: Step, *, first: bool) -> Step:
    """The step, right before or after which a newer file takes the place of `path`; once."""
    left = ["once"]

    def raced(*args: object) -> object:
        found = None if first else step(*args)
        if left and left.pop():
            written(path.with_name("upload"), text="newer").replace(path)
        return step(*args) if first else found

    return raced


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("step", "links"), [("hardlink_to", True), ("replace", True), ("replace", False)])
def test_a_newer_file_that_comes_while_the_old_one_is_put_away_is_neither_deleted_nor_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, first: bool, links: bool
) -> None:
    path, folder = written(tmp_path / "bank.csv"), tmp_path / "done"
    taken = take(path)
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(PermissionError("no links")))
    monkeypatch.setattr(Path, step, newer_file(path, getattr(Path, step), first=first))
    put_away(taken, folder)
    monkeypatch.undo()
    in_inbox = {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}
    assert in_inbox.get("bank.csv") == "newer"
    assert set(in_inbox.values()) == {"newer"}
    assert {file.read_text() for file in folder.iterdir()} <= {"one"}


def test_a_file_that_is_written_anew_while_it_is_put_away_stays_in_the_inbox_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = written(tmp_path / "bank.csv"), tmp_path / "done"
    taken, link = take(path), Path.hardlink_to

    def then_written(target: Path, source: Path) -> None:
        link(target, source)
        path.write_text("newer content")

    monkeypatch.setattr(Path, "hardlink_to", then_written)
    assert put_away(taken, folder) is None
    assert (path.read_text(), list(folder.iterdir()), left_over(take(path))) == ("newer content", [], None)


def test_a_file_that_goes_while_it_is_put_away_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = written(tmp_path / "bank.csv"), tmp_path / "done"
    taken, link = take(path), Path.hardlink_to

    def then_gone(target: Path, source: Path) -> None:
        link(target, source)
        path.unlink()

    monkeypatch.setattr(Path, "hardlink_to", then_gone)
    assert put_away(taken, folder) == folder / "bank.csv"
    assert [file.name for file in tmp_path.iterdir()] == ["done"]
