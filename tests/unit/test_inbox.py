from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from importer.errors import Busy, ConfigurationError, UnusableFile
from importer.inbox import (
    Entry,
    Standing,
    done_folder,
    folder_day,
    left_over,
    lock,
    look,
    put_away,
    reason_path,
    remove_finished_move,
    take,
)
from importer.moving import free_name

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Time that passes only while somebody sleeps; `meanwhile` happens then."""

    meanwhile: Callable[[], object] = lambda: None
    at: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        self.meanwhile()


def written(path: Path, age_s: float = 100, text: str = "one") -> Path:
    path.write_text(text, encoding="utf-8")
    moment = NOW.timestamp() - age_s
    os.utime(path, (moment, moment))
    return path


def standings(folder: Path, clock: Clock) -> dict[str, Standing]:
    return {entry.path.name: entry.standing for entry in look([folder], clock.now, clock.sleep)[folder]}


def test_a_file_that_is_old_and_still_is_settled(tmp_path: Path) -> None:
    clock = Clock()
    path = written(tmp_path / "bank.csv")
    assert look([tmp_path], clock.now, clock.sleep) == {tmp_path: (Entry(path, Standing.SETTLED),)}
    assert clock.slept == [0.25]


@pytest.mark.parametrize(("age_s", "waited"), [(0, 10.0), (4, 6.0), (9.9, 0.25), (-500, 10.0)])
def test_a_young_file_is_watched_until_it_is_ten_seconds_old_whatever_its_clock_says(
    tmp_path: Path, age_s: float, waited: float
) -> None:
    written(tmp_path / "bank.csv", age_s)
    clock = Clock()
    assert standings(tmp_path, clock) == {"bank.csv": Standing.SETTLED}
    assert clock.slept == pytest.approx([waited])


CHANGES: dict[str, Callable[[Path], object]] = {
    "more bytes": lambda path: written(path, text="one two"),
    "other bytes": lambda path: written(path, age_s=99),
    "another file": lambda path: written(path.with_name("new"), text="two").replace(path),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_file_that_changes_between_two_looks_is_growing(tmp_path: Path, change: Callable[[Path], object]) -> None:
    path = written(tmp_path / "bank.csv")
    clock = Clock(meanwhile=lambda: change(path))
    assert standings(tmp_path, clock) == {"bank.csv": Standing.GROWING}


def test_a_file_that_comes_between_two_looks_is_growing_and_one_that_goes_is_gone(tmp_path: Path) -> None:
    gone = written(tmp_path / "gone.csv")

    def meanwhile() -> None:
        gone.unlink(missing_ok=True)
        written(tmp_path / "new.csv")

    assert standings(tmp_path, Clock(meanwhile)) == {"new.csv": Standing.GROWING}


@pytest.mark.parametrize("name", [".hidden.csv", "~$bank.xlsx", "bank.csv.part", "bank.TMP", "x.crdownload", "bank~"])
def test_temporary_and_hidden_names_are_ignored_and_listed(tmp_path: Path, name: str) -> None:
    written(tmp_path / name, age_s=0)
    clock = Clock()
    assert standings(tmp_path, clock) == {name: Standing.IGNORED}
    assert clock.slept == []


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """One of everything that is no file, by what is said of it."""
    target = written(tmp_path / "elsewhere.csv")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "folder.csv").mkdir()
    (inbox / "link.csv").symlink_to(target)
    (inbox / "dangling.csv").symlink_to("nowhere.csv")
    os.mkfifo(inbox / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.fspath(inbox / "socket.csv"))
        yield {path.name: path for path in inbox.iterdir()}


def test_what_is_no_file_is_refused_without_waiting(odd: dict[str, Path]) -> None:
    clock = Clock()
    folder = odd["pipe.csv"].parent
    assert standings(folder, clock) == dict.fromkeys(sorted(odd), Standing.REFUSED)
    assert clock.slept == []


@pytest.mark.parametrize("name", ["folder.csv", "link.csv", "dangling.csv", "pipe.csv", "socket.csv"])
def test_what_is_no_file_is_not_read_either_when_it_took_the_place_of_one(odd: dict[str, Path], name: str) -> None:
    with pytest.raises(UnusableFile, match=f"{name}: "):
        take(odd[name])


def test_the_folders_of_the_importer_and_its_lock_are_not_listed(tmp_path: Path) -> None:
    for name in ("done", "failed"):
        (tmp_path / name).mkdir()
    with lock(tmp_path):
        assert standings(tmp_path, Clock()) == {}


def test_a_file_named_like_a_folder_of_the_importer_is_a_file(tmp_path: Path) -> None:
    written(tmp_path / "done")
    assert standings(tmp_path, Clock()) == {"done": Standing.SETTLED}


def test_an_inbox_that_is_not_there_has_no_entry_and_cannot_be_locked(tmp_path: Path) -> None:
    clock = Clock()
    assert look([tmp_path / "nowhere"], clock.now, clock.sleep) == {}
    with pytest.raises(ConfigurationError, match="Create the folder or mount the drive"):
        lock(tmp_path / "nowhere")


def test_two_nights_never_hold_one_inbox(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(Busy), lock(tmp_path):
        pytest.fail("both hold it")
    with lock(tmp_path):
        pass


def test_a_taken_file_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path / "bank.csv", text="Betrag;ä")
    assert take(path).sha256 == sha256(path.read_bytes()).hexdigest()


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bank\xff.csv"))
    path.write_bytes(b"x")
    with pytest.raises(UnusableFile, match="rename the file"):
        take(path)


def test_putting_away_moves_the_file_and_never_over_another(tmp_path: Path) -> None:
    folder = done_folder(tmp_path, date(2026, 11, 20))
    for content in ("first", "second", "third"):
        assert put_away(take(written(tmp_path / "bank.csv", text=content)), folder) is not None
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "bank.csv": "first",
        "bank-2.csv": "second",
        "bank-3.csv": "third",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["done"]


def test_without_hard_links_putting_away_is_as_careful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("no links on this drive")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    folder = tmp_path / "failed"
    folder.mkdir()
    written(folder / "bank.csv", text="other")
    target = put_away(take(written(tmp_path / "bank.csv")), folder)
    assert target == folder / "bank-2.csv"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"bank.csv": "other", "bank-2.csv": "one"}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_file_that_changed_since_it_was_taken_stays(tmp_path: Path, change: Callable[[Path], object]) -> None:
    path = written(tmp_path / "bank.csv")
    taken = take(path)
    change(path)
    assert put_away(taken, tmp_path / "done") is None
    assert path.exists()


def test_a_move_that_was_killed_halfway_is_recognised_and_finished(tmp_path: Path) -> None:
    path = written(tmp_path / "bank.csv")
    kept = done_folder(tmp_path, date(2026, 11, 18)) / "bank-2.csv"
    kept.parent.mkdir(parents=True)
    kept.hardlink_to(path)
    taken = take(path)
    assert left_over(taken) == kept
    remove_finished_move(taken)
    assert (path.exists(), kept.read_text()) == (False, "one")


def test_another_file_of_the_same_content_is_not_taken_for_a_killed_move(tmp_path: Path) -> None:
    folder = tmp_path / "failed"
    folder.mkdir()
    written(folder / "bank.csv")
    assert left_over(take(written(tmp_path / "bank.csv"))) is None


@pytest.mark.parametrize(
    "name",
    [
        "a" * 251 + ".csv",
        "ä" * 125 + ".csv",
        "€" * 85,
        "a." + "b" * 253,
        "no ending",
        ".csv",
        "-rf",
        "*.csv",
        "a\nb.csv",
    ],
)
def test_every_name_leaves_room_for_a_number_and_a_reason(tmp_path: Path, name: str) -> None:
    for _ in range(3):
        path = free_name(tmp_path, name)
        path.write_text("x")
        reason_path(path).write_text("why")
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize(("name", "day"), [("2026-11-20", date(2026, 11, 20)), ("2026-13-01", None), ("old", None)])
def test_a_day_folder_tells_its_day(name: str, day: date | None) -> None:
    assert folder_day(Path("done") / name) == day
