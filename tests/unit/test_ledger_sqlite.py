"""What the ledger promises on SQLite: durable, private, local, and one at a time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.pool import Pool

from importer.errors import Busy, ConfigurationError, LedgerError
from importer.ledger import open_cache, open_ledger
from importer.ledger.database import raise_if_network_drive
from importer.ledger.locks import lock_path
from tests.unit.journal_in_memory import COMPANY_ID, Clock
from tests.unit.sqlite_ledgers import import_once, listening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "importer.db"


def test_a_commit_survives_a_power_cut(path: Path) -> None:
    import_once(path)
    seen: list[tuple[str, int]] = []

    def ask(connection: sqlite3.Connection, *_: object) -> None:
        names = ("journal_mode", "synchronous", "foreign_keys", "fullfsync")
        seen.extend((name, connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)

    with listening(Pool, "checkout", ask):
        import_once(path.with_name("other.db"))
    assert set(seen) == {("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("fullfsync", 1)}


def test_a_new_ledger_may_be_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    together = 6

    def open_it(folder: Path, everybody: Barrier) -> None:
        everybody.wait()
        with open_ledger(str(folder / "state" / "importer.db"), Clock().now):
            pass

    with ThreadPoolExecutor(together) as workers:
        for number in range(20):
            everybody = Barrier(together)
            opened = [workers.submit(open_it, tmp_path / str(number), everybody) for _ in range(together)]
            assert [one.exception() for one in opened] == [None] * together


def test_a_folder_that_somebody_makes_in_the_same_moment_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir(mode=0o700)
    looks = iter([False])  # it was not there yet when one looked first
    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_dir", lambda _: next(looks, True))
        with open_ledger(str(path), Clock().now):
            pass
    assert path.is_file()


def test_ledger_and_what_is_remembered_lie_where_state_says_whatever_the_path_is_made_of(tmp_path: Path) -> None:
    folder = tmp_path / "who? 50% of a@b & c=d#e"
    path = folder / "importer.db?mode=memory"
    import_once(path)
    with open_cache(str(path)) as cache:
        cache.forget("f00")
    with closing(sqlite3.connect(path)) as ledger, closing(sqlite3.connect(f"{path}.cache")) as remembered:
        assert ledger.execute("SELECT count(*) FROM run").fetchone() == (1,)
        assert remembered.execute("SELECT count(*) FROM cache_row_1").fetchone() == (0,)
    assert [found for found in tmp_path.rglob("*.db*") if not found.name.startswith(path.name)] == []


class TurnedByAnother(sqlite3.Connection):
    """A connection that is told twice, as SQLite does it, that another one is just turning the file to WAL."""

    refusals = 2

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:  # as the driver has it
        if statement == "PRAGMA journal_mode = WAL" and self.refusals:
            self.refusals -= 1
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise locked
        return super().execute(statement, *values)


def test_the_write_ahead_log_is_waited_for_while_another_one_makes_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3.dbapi2, "connect", partial(sqlite3.connect, factory=TurnedByAnother))
    import_once(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_folder_and_files_are_for_the_owner_only(path: Path) -> None:
    import_once(path)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in [path.parent, *path.parent.iterdir()]}
    assert modes == {"state": "0o700", path.name: "0o600", lock_path(path, COMPANY_ID).name: "0o600"}


def test_a_folder_that_everybody_may_write_to_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(LedgerError, match="chmod o-w"), open_ledger(str(path), Clock().now):
        pass


def test_a_network_drive_is_refused_and_a_local_one_inside_it_is_not() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/export /mnt/share nfs4 rw 0 0\n/dev/sdb1 /mnt/share/local xfs rw 0 0\n"
    raise_if_network_drive(Path("/var/importer.db"), mounts)
    raise_if_network_drive(Path("/mnt/share/local/importer.db"), mounts)
    with pytest.raises(ConfigurationError, match=r"network drive \(nfs4\)"):
        raise_if_network_drive(Path("/mnt/share/importer.db"), mounts)


def test_an_unknown_kind_of_url_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"mysql://…"), open_ledger("mysql://host/base", Clock().now):
        pass


def test_somebody_elses_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(LedgerError, match="not a ledger"), open_ledger(str(path), Clock().now):
        pass
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


HOLDER = """
import sys
from importer.ledger import open_ledger
from tests.unit.journal_in_memory import COMPANY_ID, Clock
with open_ledger(sys.argv[1], Clock().now) as ledger, ledger.lock(COMPANY_ID):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_process_leaves_no_lock_behind(path: Path) -> None:
    import_once(path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Busy), open_ledger(str(path), Clock().now) as ledger, ledger.lock(COMPANY_ID):
            pass
        process.kill()
    with open_ledger(str(path), Clock().now) as ledger, ledger.lock(COMPANY_ID):
        pass


def test_the_database_is_loaded_only_when_a_ledger_is_opened() -> None:
    probe = "import sys, importer.ledger, importer.writer; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
