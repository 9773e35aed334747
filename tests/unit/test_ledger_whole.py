"""A ledger on SQLite is whole: of an older importer, damaged, forged or on a full disk, it is brought up, refused or kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importer.errors import LedgerError
from importer.ledger import open_ledger
from tests.unit.journal_in_memory import COMPANY_ID, Clock
from tests.unit.sqlite_ledgers import import_once, listening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "importer.db"


def test_a_ledger_of_a_newer_importer_is_refused(path: Path) -> None:
    import_once(path)
    make_newer(path)
    with pytest.raises(LedgerError, match="Install the newer importer"), open_ledger(str(path), Clock().now):
        pass


def make_newer(path: Path) -> None:
    """The ledger of an importer that does not exist yet."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")


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


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not show which files are open")
def test_a_ledger_that_cannot_be_opened_is_not_kept_open(path: Path) -> None:
    import_once(path)
    make_newer(path)
    with pytest.raises(LedgerError) as held, open_ledger(str(path), Clock().now):
        pass
    # Whoever holds the error holds what the opening had in its hands.
    assert ("Install the newer importer" in str(held.value), open_files(path.parent)) == (True, [])


def open_files(folder: Path) -> list[str]:
    """The files of a folder that this process has open."""
    targets = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [target.name for target in targets if target.is_relative_to(folder)]


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
