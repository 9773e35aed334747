"""The queue's tables: made when they are missing, and brought along when a newer Procrastinate is installed."""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

_LOCK = 0x42534932  # "BSI2"
_VERSIONS = "CREATE TABLE IF NOT EXISTS importer_queue_version (migration text PRIMARY KEY)"


def bring_up_to_date(state: str) -> None:
    """Create or migrate the queue's tables in one transaction; many may call it at once.

    A queue that somebody else made, without our list of migrations, is taken to be as new as the installed library.
    """
    with psycopg.connect(state) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_VERSIONS)
        steps = {path.name: path for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")}
        known = {name for (name,) in connection.execute("SELECT migration FROM importer_queue_version")}
        if not known:
            if not _exists(connection):
                connection.execute(SchemaManager.get_schema())
        else:
            for name in sorted(steps.keys() - known):
                connection.execute(steps[name].read_bytes())
        for name in sorted(steps.keys() - known):
            connection.execute("INSERT INTO importer_queue_version VALUES (%s)", (name,))


def _exists(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
    return row is not None and row[0] is not None
