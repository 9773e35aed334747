"""The queue's tables: made when they are missing, and brought along when a newer Procrastinate is installed."""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

_LOCK = 0x42534932  # "BSI2"
_VERSIONS = "CREATE TABLE IF NOT EXISTS importer_queue_version (migration text PRIMARY KEY)"


def bring_up_to_date(state: str) -> None:
    """Create or migrate the queue's tables, each step in a transaction of its own; many may call it at once.

    A queue that somebody else made, without our list of migrations, is taken to be as new as the installed library.
    """
    with psycopg.connect(state, autocommit=True) as connection:
        # The session's lock: some steps, such as a new value of an enumeration, must be committed before the next one.
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(_VERSIONS)
        steps = {path.name: path for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")}
        known = {name for (name,) in connection.execute("SELECT migration FROM importer_queue_version")}
        if not known:
            _create(connection, sorted(steps))
            return
        for name in sorted(steps.keys() - known):
            with connection.transaction():
                connection.execute(steps[name].read_bytes())
                _note(connection, [name])


def _create(connection: psycopg.Connection, steps: list[str]) -> None:
    with connection.transaction():
        row = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
        if row is None or row[0] is None:
            connection.execute(SchemaManager.get_schema())
        _note(connection, steps)


def _note(connection: psycopg.Connection, steps: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO importer_queue_version VALUES (%s)", [(name,) for name in steps])
