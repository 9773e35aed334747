"""What is remembered between runs: for the owner only, thrown away when it is damaged, and never a reason to stop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from importer.cache_ports import Kept
from importer.ledger import open_cache
from importer.ledger.cache import cache_path, clear_cache, is_remembered
from tests.unit.ledger_places import place_on

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
KEPT = Kept(AT - timedelta(hours=1), AT, {"a": '{"number":"1"}', "b": '{"number":"2"}'})


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place_on(request.param, tmp_path) as place:
        yield place.state


def test_what_is_kept_comes_back_in_the_next_run(state: str) -> None:
    with open_cache(state) as cache:
        assert cache.recall("f00", "customers") is None
        cache.replace("f00", "customers", KEPT)
    with open_cache(state) as cache:
        assert cache.recall("f00", "customers") == KEPT
        assert [cache.recall("f00", "salesInvoices"), cache.recall("bad", "customers")] == [None, None]


def test_many_companies_may_open_a_new_file_at_the_same_moment_and_all_are_remembered(tmp_path: Path) -> None:
    together = 6

    def keep(state: str, place: str, everybody: Barrier) -> None:
        everybody.wait()
        with open_cache(state) as cache:
            cache.replace(place, "customers", KEPT)

    with ThreadPoolExecutor(together) as workers:
        for number in range(20):
            state, everybody = str(tmp_path / str(number) / "ledger.db"), Barrier(together)
            list(workers.map(lambda place, s=state, e=everybody: keep(s, str(place), e), range(together)))
            with open_cache(state) as cache:
                assert [cache.recall(str(place), "customers") for place in range(together)] == [KEPT] * together


def test_a_file_that_cannot_be_opened_just_now_is_left_to_those_who_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = str(tmp_path / "ledger.db")
    with open_cache(state) as cache:
        cache.replace("f00", "customers", KEPT)
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3.dbapi2, "connect", locked)
        with open_cache(state) as cache:
            assert cache.recall("f00", "customers") is None
    with open_cache(state) as cache:
        assert cache.recall("f00", "customers") == KEPT


def locked(*_: object, **__: object) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise error


def test_changed_rows_take_the_place_of_the_old_ones_and_gone_ones_go(state: str) -> None:
    later = AT + timedelta(days=1)
    with open_cache(state) as cache:
        cache.replace("f00", "customers", KEPT)
        cache.replace("bad", "customers", KEPT)
        cache.update("f00", "customers", since=later, changed={"b": "{}", "c": '{"x":1}'}, gone=["a", "unknown"])
        assert cache.recall("f00", "customers") == Kept(later, AT, {"b": "{}", "c": '{"x":1}'})
        assert cache.recall("bad", "customers") == KEPT


def test_a_collection_is_kept_anew_as_a_whole(state: str) -> None:
    with open_cache(state) as cache:
        cache.replace("f00", "customers", KEPT)
        cache.replace("f00", "customers", Kept(None, AT, {}))
        assert cache.recall("f00", "customers") == Kept(None, AT, {})


def test_a_place_is_forgotten_without_the_others_and_everything_when_it_is_cleared(state: str) -> None:
    with open_cache(state) as cache:
        for place in ("f00", "bad"):
            cache.replace(place, "customers", KEPT)
        cache.forget("f00")
        assert [cache.recall(place, "customers") for place in ("f00", "bad")] == [None, KEPT]
    assert is_remembered(state)
    clear_cache(state)
    assert not is_remembered(state)
    with open_cache(state) as cache:
        assert cache.recall("bad", "customers") is None


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "importer.db")


def file_of(ledger: str) -> Path:
    path = cache_path(ledger)
    assert path is not None
    return path


def test_the_file_is_for_its_owner_only(ledger: str) -> None:
    with open_cache(ledger) as cache:
        cache.replace("f00", "customers", KEPT)
        modes = {path.suffix: oct(path.stat().st_mode & 0o777) for path in file_of(ledger).parent.iterdir()}
    assert set(modes.values()) == {"0o600"}


@pytest.mark.parametrize(
    "content", [b"this is no database at all, but something else", b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_file_is_thrown_away(ledger: str, content: bytes) -> None:
    path = file_of(ledger)
    path.parent.mkdir()
    path.write_bytes(content)
    with open_cache(ledger) as cache:
        assert cache.recall("f00", "customers") is None
        cache.replace("f00", "customers", KEPT)
        assert cache.recall("f00", "customers") == KEPT


def test_a_file_that_breaks_under_way_only_loses_what_was_remembered(ledger: str) -> None:
    with open_cache(ledger) as cache:
        cache.replace("f00", "customers", KEPT)
        with sqlite3.connect(file_of(ledger)) as connection:
            connection.execute("DROP TABLE cache_row_1")
        assert cache.recall("f00", "customers") is None
        cache.update("f00", "customers", since=AT, changed={"a": "{}"}, gone=[])
        cache.forget("f00")


def test_a_name_that_is_no_file_remembers_nothing(ledger: str) -> None:
    file_of(ledger).mkdir(parents=True)
    with open_cache(ledger) as cache:
        cache.replace("f00", "customers", KEPT)
        assert cache.recall("f00", "customers") is None
