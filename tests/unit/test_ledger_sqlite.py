"""What the ledger promises on SQLite: durable, private, local, whole; and every failure of the disk is a LedgerError."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from importer.errors import Busy, ConfigurationError, LedgerError
from importer.ledger import open_ledger
from importer.ledger.database import raise_if_network_drive
from importer.ledger.locks import lock_path
from importer.plan_json import to_json
from importer.states import Move, State
from tests.unit.journal_in_memory import COMPANY_ID, Clock, Server
from tests.unit.small_imports import bank_line, make, statement

FILE = statement("a.csv", [bank_line(1, "10.00"), bank_line(2, "20.00")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "importer.db"


def import_once(path: Path) -> None:
    """Plan, send and create, as the writer does it."""
    clock = Clock()
    with open_ledger(str(path), clock.now) as ledger, ledger.lock(COMPANY_ID):
        plan = make(Server(clock), ledger, clock.now, [FILE])
        run = ledger.start(plan, to_json(plan))
        sending = ledger.record(run, [Move(intent, State.SENDING) for intent in ledger.intents_of(run)])
        ledger.record(run, [Move(intent, State.CREATED) for intent in sending])
        ledger.finish(run, 0)


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


def test_a_ledger_of_a_newer_importer_is_refused(path: Path) -> None:
    import_once(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="Install the newer importer"), open_ledger(str(path), Clock().now):
        pass


def make_older(path: Path) -> None:
    """The ledger as version 1 of the tables had it."""
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE file DROP COLUMN number")
        connection.execute("DROP TABLE preview")
        connection.execute("ALTER TABLE intent DROP COLUMN sent_ticks")
        connection.execute("PRAGMA user_version = 1")


def test_a_ledger_of_an_older_importer_is_brought_up_and_keeps_what_it_knows(path: Path) -> None:
    import_once(path)
    make_older(path)
    with open_ledger(str(path), Clock().now) as ledger:
        known = ledger.history(COMPANY_ID).known
        assert [found.done[0].amount.text() for found in known.values()] == ["-10.00", "-20.00"]
    import_once(path.with_name("other.db"))
    assert tables(path) == tables(path.with_name("other.db"))


def test_a_ledger_that_fails_while_it_is_brought_up_is_as_it_was(path: Path) -> None:
    import_once(path)
    make_older(path)
    before = tables(path)
    statements = 0
    while True:
        try:
            with listening(Engine, "before_cursor_execute", Full(statements)), open_ledger(str(path), Clock().now):
                break
        except LedgerError:
            assert tables(path) == before
        statements += 1
    assert statements > 3


def tables(path: Path) -> list[tuple[str, ...]]:
    """Version and columns of a ledger."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [sorted(str(row[1]) for row in connection.execute(f"PRAGMA table_info({name})")) for name in names]
        version = str(connection.execute("PRAGMA user_version").fetchone()[0])
    return sorted((version, name, *found) for name, found in zip(names, columns, strict=True))


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to be one" * 50, None])
def test_a_damaged_ledger_is_refused(path: Path, damage: bytes | None) -> None:
    import_once(path)
    whole = bytearray(path.read_bytes())
    whole[4096 : len(whole) - 4096] = b"\xff" * (len(whole) - 8192)
    path.write_bytes(damage or bytes(whole))
    with pytest.raises(LedgerError), open_ledger(str(path), Clock().now):
        pass


def test_a_ledger_is_read_from_end_to_end_once_in_a_process_and_again_when_it_was_replaced(path: Path) -> None:
    import_once(path)
    checks: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        checks.extend([statement] if "quick_check" in statement else [])

    with listening(Engine, "before_cursor_execute", note):
        for _ in range(3):
            import_once(path)
        assert len(checks) == 1
        backup = path.with_name("backup.db")
        backup.write_bytes(path.read_bytes())
        backup.replace(path)
        import_once(path)
    assert len(checks) == 2


def test_the_audit_trail_cannot_be_changed_in_passing_and_a_forced_change_is_found(path: Path) -> None:
    import_once(path)
    with sqlite3.connect(path) as connection:
        for change in ("UPDATE audit SET body = '[]'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                connection.execute(change)
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = replace(body, 'created', 'rejected') WHERE number = 5")
    with open_ledger(str(path), Clock().now) as ledger:
        assert ledger.broken_audit_entry(COMPANY_ID) == 5


def test_an_entry_taken_out_of_the_audit_trail_is_found(path: Path) -> None:
    import_once(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit WHERE number = 3")
    with open_ledger(str(path), Clock().now) as ledger:
        assert ledger.broken_audit_entry(COMPANY_ID) == 3


@contextmanager
def listening(target: type, name: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(target, name, listener)
    try:
        yield
    finally:
        event.remove(target, name, listener)


class Full:
    """A disk that is full from the n-th statement on."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise sqlite3.OperationalError("database or disk is full")


def test_a_full_disk_at_any_statement_is_a_ledger_error_and_half_a_transaction_is_never_kept(path: Path) -> None:
    statements, failed = 0, 0
    while True:
        fresh = path.with_name(f"{statements}.db")
        full = Full(statements)
        try:
            with listening(Engine, "before_cursor_execute", full):
                import_once(fresh)
        except LedgerError:
            failed += 1
            if not sent(fresh):
                import_once(fresh)
        else:
            break
        assert sent(fresh) in ({"sending"}, {"created"})
        statements += 7
    assert failed > 5


def sent(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'intent'").fetchall()
        states = {state for (state,) in connection.execute("SELECT DISTINCT state FROM intent")} if tables else set()
    assert len(states) <= 1, "a chunk is recorded as a whole"
    return states - {"planned"}


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
