"""Opening a ledger again and again in one process costs more than all else; here its engines share what they compiled."""

from __future__ import annotations

import sqlite3
from functools import cache

import sqlalchemy
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import QueuePool

from importer.ledger import database


def share_compiled_statements() -> None:
    """From now on all SQLite ledgers of this process speak one dialect object, to which compiled statements belong."""
    setattr(database, "create_engine", sharing_engine)  # noqa: B010 - it is imported there, not exported


@cache
def _first() -> Engine:
    engine = sqlalchemy.create_engine("sqlite://")
    engine.connect().close()
    return engine


def sharing_engine(url: URL) -> Engine:
    """An engine for a SQLite file, in place of SQLAlchemy's own."""
    path, first = url.database or "", _first()
    pool = QueuePool(lambda: sqlite3.connect(path, check_same_thread=False))  # type: ignore[arg-type]  # a DBAPI connection
    engine = Engine(pool, first.dialect, url)
    engine._compiled_cache = first._compiled_cache  # noqa: SLF001 - there is no public way to share it
    return engine
