"""The database under the ledger: SQLite by path, PostgreSQL by URL, opened so that a commit survives a power cut.

SQLite runs in WAL mode with synchronous=FULL: with NORMAL a power cut may take back the intent of a request that is
already on the wire (reliability.md §4.1).
"""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from importer.errors import Busy, ConfigurationError, LedgerError
from importer.ledger.locks import busy_text, file_lock, lock_path
from importer.ledger.tables import MIGRATIONS

APPLICATION_ID = 0x42534931  # "BSI1"
_BUSY_MS = 15_000
_SETTINGS = (
    "synchronous = FULL",
    "fullfsync = ON",
    "foreign_keys = ON",
    f"busy_timeout = {_BUSY_MS}",
    # Keys are scattered like hashes: with the small default cache each chunk would read the whole ledger from the disk.
    "cache_size = -131072",
    "wal_autocheckpoint = 10000",
)
# The files this process has read from end to end and found whole, by path, device and inode. A night opens the ledger once for
# every company: reading all of it each time would make every company slower, and larger in memory, than the one before.
_FOUND_WHOLE: set[tuple[Path, int, int]] = set()
# Who writes to which file in this process. SQLite has others look again and again with growing pauses, in which nobody writes
# and nothing is sent; among threads of one process the next one is told at once.
_WRITERS: defaultdict[Path, Lock] = defaultdict(Lock)
_NETWORK_DRIVES = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "afs",
    "ceph",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "glusterfs",
    "lustre",
)


class Database(Protocol):
    """A database that holds ledgers of companies."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the ledger."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that nobody else writes beside; it is durable when it ends, or nothing of it happened."""

    def exclusive(self, company_id: str) -> AbstractContextManager[None]:
        """Hold the company's lock; raises Busy at once."""

    def survives_power_cuts(self) -> bool:
        """Whether what was committed is on the disk for certain."""

    def close(self) -> None:
        """Let go of the database."""


def open_database(state: str) -> Database:
    """The database at a path or a URL, brought to the newest version of the tables."""
    if "://" not in state:
        return _SqliteDatabase(Path(state))
    if state.startswith(("postgresql://", "postgres://")):
        from importer.ledger.postgres import PostgresDatabase

        return PostgresDatabase(state)
    kind = state.partition("://")[0]
    raise ConfigurationError(
        f'state = "{kind}://…" is no ledger that the importer knows. Use a path for SQLite or postgresql://… for PostgreSQL.'
    )


@contextmanager
def disk_errors(where: str) -> Iterator[None]:
    """Turn what the disk or the database says into the error tree."""
    try:
        yield
    except OperationalError as error:
        if "database is locked" in str(error.orig):
            raise Busy(busy_text(where)) from error
        raise LedgerError(_failed(where, error.orig)) from error
    except SQLAlchemyError as error:
        raise LedgerError(_failed(where, getattr(error, "orig", None) or error)) from error
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(_failed(where, error)) from error


@contextmanager
def let_go_when_it_fails(engine: Engine) -> Iterator[None]:
    """A database that cannot be opened is left as one that was closed: no file and no session stays behind."""
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _failed(where: str, error: object) -> str:
    return (
        f"The ledger {where} failed: {error}. Nothing more is sent. What was sent is recorded as such; "
        "mend the disk, the database or `state` in importer.toml and start again."
    )


def migrate(connection: Connection, version: int, where: str) -> int:
    """Bring the tables from `version` to the newest, within the connection's transaction; returns the newest."""
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"The ledger {where} has version {version}, this importer knows up to {len(MIGRATIONS)}. "
            "Install the newer importer."
        )
    for step in MIGRATIONS[version:]:
        step(connection)
    return len(MIGRATIONS)


class _SqliteDatabase:
    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._where = path.name
        with disk_errors(self._where):
            raise_if_network_drive(self._path)
            _make_private(self._path)
            self._engine = _sqlite_engine(self._path)
            with let_go_when_it_fails(self._engine):
                self._check()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with disk_errors(self._where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with disk_errors(self._where), _alone(self._path), self._engine.connect() as connection:
            connection.execution_options(begins="IMMEDIATE")
            with connection.begin():
                yield connection

    def exclusive(self, company_id: str) -> AbstractContextManager[None]:
        return file_lock(lock_path(self._path, company_id))

    def survives_power_cuts(self) -> bool:
        return True  # _SETTINGS see to that

    def close(self) -> None:
        self._engine.dispose()

    def _check(self) -> None:
        with self.writing() as connection:
            owner = connection.scalar(text("PRAGMA application_id"))
            version = int(connection.scalar(text("PRAGMA user_version")) or 0)
            tables = connection.scalar(text("SELECT count(*) FROM sqlite_master"))
            if owner != APPLICATION_ID and tables:
                raise LedgerError(f"{self._path} is a database, but not a ledger of the importer. Set another `state`.")
            if version == len(MIGRATIONS):
                self._raise_if_damaged(connection)
                return
            newest = migrate(connection, version, self._where)
            connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
            connection.execute(text(f"PRAGMA user_version = {newest}"))

    def _raise_if_damaged(self, connection: Connection) -> None:
        facts = self._path.stat()
        this_file = (self._path, facts.st_dev, facts.st_ino)
        if this_file in _FOUND_WHOLE:
            return
        found = connection.scalar(text("PRAGMA quick_check(1)"))
        if found != "ok":
            raise LedgerError(
                f"The ledger {self._path} is damaged: {found}. Nothing was sent. Restore it from a backup; "
                "what was created since is recognised in the journal by its key."
            )
        _FOUND_WHOLE.add(this_file)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    writer = _WRITERS[path]
    if not writer.acquire(timeout=_BUSY_MS / 1000):
        raise Busy(busy_text(path.name))
    try:
        yield
    finally:
        writer.release()


def _sqlite_engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions begin where this module says, not where the driver guesses
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        mode = write_ahead(connection)
        if mode != "wal":
            raise LedgerError(
                f"SQLite cannot keep a write-ahead log at {path} (mode {mode}). Use a local disk or PostgreSQL."
            )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begins', 'DEFERRED')}")

    return engine


def write_ahead(connection: sqlite3.Connection) -> str:
    """Ask for the write-ahead log until the answer comes; returns the mode that the file is in.

    A new file is turned to it once, by whoever comes first. SQLite tells the others at once that the file is locked,
    whatever busy_timeout says, so the waiting is done here.
    """
    give_up = monotonic() + _BUSY_MS / 1000
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(0.01)


def _make_private(path: Path) -> None:
    """Folder and file for the owner only: the ledger holds names and accounts of payers."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # several companies may begin at once
    if os.name == "posix" and path.parent.stat().st_mode & 0o002 and not path.parent.stat().st_mode & 0o1000:
        raise LedgerError(
            f"Everybody may write to {path.parent}; the ledger must not lie there. Run: chmod o-w {path.parent}"
        )
    path.touch(mode=0o600)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def raise_if_network_drive(path: Path, mounts: str | None = None) -> None:
    """Refuse a drive whose locks SQLite cannot trust.

    Args:
        mounts: the text of /proc/self/mounts; read from there when not given.

    Raises:
        ConfigurationError: with what to use instead.
    """
    kind = "network path" if str(path).startswith(("\\\\", "//")) else _drive_kind(path, mounts)
    if kind == "network path" or kind.startswith(_NETWORK_DRIVES):
        raise ConfigurationError(
            f"The ledger {path} would lie on a network drive ({kind}), where two hosts cannot lock it safely. "
            'Set `state` to a local path, or to "postgresql://…" when several hosts share the work.'
        )


def _drive_kind(path: Path, mounts: str | None) -> str:
    table = Path("/proc/self/mounts")
    if mounts is None:
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.exists() else ""
    whole, fields = path.resolve(), [line.split(" ") for line in mounts.splitlines()]
    above = [(len(entry[1]), entry[2]) for entry in fields if len(entry) > 2 and whole.is_relative_to(entry[1])]
    return max(above, default=(0, ""))[1]


def postgres_url(state: str) -> str:
    """The URL with the driver that the importer installs."""
    return make_url(state).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
