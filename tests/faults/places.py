"""Where the ledgers of schedules lie: a file for each host, or a database of a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from tests.faults.disk import back_up, lose, put_back

Row = dict[str, Any]


class Place(Protocol):
    """The place of one host's ledger."""

    @property
    def state(self) -> str:
        """What importer.toml would say."""

    def rows(self, query: str) -> list[Row]:
        """What the ledger holds, as anybody else may read it; nothing where there is none, or no such table."""

    def content(self) -> bytes:
        """All that is kept."""

    def lose(self) -> None:
        """The ledger is gone with everything beside it."""

    def back_up(self) -> None:
        """Keep a copy of the ledger as it is now, if there is one."""

    def put_back(self) -> bool:
        """The ledger as it was when it was backed up; False where there is no copy."""

    def close(self) -> None:
        """The schedule is over."""


PlaceOf = Callable[[Path, int], Place]


class FilePlace:
    """A file of SQLite in a folder of its own, and a copy beside that."""

    def __init__(self, folder: Path, host: int) -> None:
        self._ledger = folder / f"state-{host}" / "importer.db"
        self._copy = folder / f"backup-state-{host}.db"

    @property
    def state(self) -> str:
        return str(self._ledger)

    def rows(self, query: str) -> list[Row]:
        if not self._ledger.exists():
            return []
        with closing(sqlite3.connect(self._ledger)) as connection, suppress(sqlite3.OperationalError):
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
        return []

    def content(self) -> bytes:
        folder = self._ledger.parent
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file()) if folder.is_dir() else b""

    def lose(self) -> None:
        lose(self._ledger)

    def back_up(self) -> None:
        if self._ledger.exists():
            back_up(self._ledger, self._copy)

    def put_back(self) -> bool:
        if self._copy.exists():
            put_back(self._copy, self._ledger)
        return self._copy.exists()

    def close(self) -> None:
        """The folder of the schedule is removed as a whole."""


class DatabasePlace:
    """A database of its own on a PostgreSQL server."""

    def __init__(self, server: str) -> None:
        import psycopg

        self._name = f"schedule_{uuid4().hex}"
        self._server = psycopg.connect(server, autocommit=True)
        self._server.execute(f"CREATE DATABASE {self._name}".encode())
        self._state = f"{server.rsplit('/', 1)[0]}/{self._name}"
        self._connection = psycopg.connect(self._state, autocommit=True, row_factory=psycopg.rows.dict_row)
        self._copy: Mapping[str, Sequence[Row]] | None = None

    @classmethod
    def on(cls, server: str) -> PlaceOf:
        """Places on this server, one for each host."""
        return lambda *_: cls(server)

    @property
    def state(self) -> str:
        return self._state

    def rows(self, query: str) -> list[Row]:
        import psycopg

        with suppress(psycopg.errors.UndefinedTable):
            return self._connection.execute(query.encode()).fetchall()
        return []

    def content(self) -> bytes:
        return repr(self._all()).encode()

    def lose(self) -> None:
        self._connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")

    def back_up(self) -> None:
        self._copy = self._all() or None

    def put_back(self) -> bool:
        if self._copy is None:
            return False
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")  # rows in any order
            for table in self._tables():
                self._connection.execute(f"TRUNCATE {table} CASCADE".encode())
            for table, rows in self._copy.items():
                for row in rows:
                    values = ", ".join(["%s"] * len(row))
                    query = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608
                    self._connection.execute(query.encode(), list(row.values()))
        return True

    def close(self) -> None:
        self._connection.close()
        self._server.execute(f"DROP DATABASE {self._name} WITH (FORCE)".encode())
        self._server.close()

    def _all(self) -> dict[str, list[Row]]:
        return {table: self.rows(f"SELECT * FROM {table}") for table in self._tables()}  # noqa: S608

    def _tables(self) -> list[str]:
        found = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return sorted(row["tablename"] for row in found)
