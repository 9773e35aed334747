"""The ledger: the durable memory of what was sent to Business Central, so that nothing is sent twice (reliability.md §4.1).

    open_ledger ─▶ SqlLedger ─▶ intents.py · history.py · runs.py · payers.py ─▶ audit.py, all in one transaction
                      └─▶ database.py: SQLite by path, PostgreSQL by URL; locks.py: one run per company

SQLAlchemy is imported when a ledger is opened, not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from importer.ports import Now, Uptime, no_uptime

if TYPE_CHECKING:
    from importer.ledger.cache import SqlCache
    from importer.ledger.sql_ledger import SqlLedger

__all__ = ["open_cache", "open_ledger"]


@contextmanager
def open_ledger(state: str, now: Now, uptime: Uptime = no_uptime) -> Iterator[SqlLedger]:
    """The ledger at `state`: a path for SQLite, "postgresql://…" for PostgreSQL. It is created when it does not exist.

    Raises:
        LedgerError: it cannot be opened, is damaged, is no ledger, or was made by a newer program.
        ConfigurationError: `state` cannot hold a ledger safely (a network drive, an unknown kind of URL).
    """
    from importer.ledger.database import open_database
    from importer.ledger.sql_ledger import SqlLedger

    database = open_database(state)
    try:
        yield SqlLedger(database, now, uptime)
    finally:
        database.close()


@contextmanager
def open_cache(state: str) -> Iterator[SqlCache]:
    """What is remembered of Business Central's books beside the ledger at `state`; never raises."""
    from importer.ledger import cache

    with cache.open_cache(state) as opened:
        yield opened
