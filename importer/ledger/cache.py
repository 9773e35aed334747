"""Where customers and documents are remembered between runs: a file beside the ledger, or tables in its PostgreSQL.

Not in the ledger's own file: that one is small, precious and synced to disk with every chunk; this one is large and may be
thrown away at any time. It holds personal data, so it is for the owner only, and `purge` clears it. Trouble with it never
stops a run; then everything is read from Business Central again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.elements import ColumnElement

from importer.cache_ports import Kept
from importer.errors import Busy
from importer.ledger.database import let_go_when_it_fails, postgres_url, write_ahead
from importer.ledger.locks import file_lock

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_TABLES = MetaData()
# The number is the version of what is kept; another program reads everything once and keeps its own.
_MARK = Table(
    "cache_mark_1",
    _TABLES,
    Column("place", Text, primary_key=True),
    Column("collection", Text, primary_key=True),
    Column("since", Text),
    Column("full_at", Text, nullable=False),
)
_ROW = Table(
    "cache_row_1",
    _TABLES,
    Column("place", Text, primary_key=True),
    Column("collection", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("row", Text, nullable=False),
)
_BOTH = (_ROW, _MARK)
_TROUBLE = (SQLAlchemyError, sqlite3.Error, OSError)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def cache_path(state: str) -> Path | None:
    """The file that remembers beside an SQLite ledger; None for a ledger that lies elsewhere."""
    return None if "://" in state else Path(f"{state}.cache")


@contextmanager
def open_cache(state: str) -> Iterator[SqlCache]:
    """What is remembered beside the ledger at `state`; a damaged file is thrown away, and what cannot be opened is empty."""
    engine = _opened(state)
    try:
        yield SqlCache(engine)
    finally:
        if engine is not None:
            engine.dispose()


def is_remembered(state: str) -> bool:
    """Whether anything is remembered beside this ledger."""
    path = cache_path(state)
    if path is not None:
        return path.exists()
    with open_cache(state) as cache:
        return not cache.is_empty()


def clear_cache(state: str) -> None:
    """Forget everything that is remembered beside this ledger."""
    path = cache_path(state)
    if path is not None:
        _remove(path)
        return
    with open_cache(state) as cache:
        cache.clear()


class SqlCache:
    """A `Cache` in tables; without an engine it keeps nothing."""

    def __init__(self, engine: Engine | None) -> None:
        self._engine = engine

    def recall(self, place: str, collection: str) -> Kept | None:
        """What is kept of a collection."""
        return self._try(lambda connection: _recalled(connection, place, collection))

    def replace(self, place: str, collection: str, kept: Kept) -> None:
        """Keep this instead of what there was."""
        self._try(lambda connection: _replace(connection, place, collection, kept))

    def update(
        self, place: str, collection: str, *, since: datetime, changed: Mapping[str, str], gone: Collection[str]
    ) -> None:
        """Keep these rows beside the others, let go of those that are gone, and ask for changes from that time on."""

        def bring_up_to_date(connection: Connection) -> None:
            here = _here(_MARK, place, collection)
            connection.execute(update(_MARK).where(*here).values(since=since.isoformat()))
            one = delete(_ROW).where(*_here(_ROW, place, collection), _ROW.c.id == bindparam("gone"))
            if left := [{"gone": name} for name in {*changed, *gone}]:
                connection.execute(one, left)
            _add(connection, place, collection, changed)

        self._try(bring_up_to_date)

    def forget(self, place: str) -> None:
        """Let go of everything of a place."""
        self._try(lambda connection: [connection.execute(delete(each).where(each.c.place == place)) for each in _BOTH])

    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._try(lambda connection: connection.scalar(select(func.count()).select_from(_MARK)))

    def clear(self) -> None:
        """Let go of everything."""
        self._try(lambda connection: [connection.execute(delete(each)) for each in _BOTH])

    def _try(self, work: Callable[[Connection], T]) -> T | None:
        """The work in one transaction; None where there is nothing to keep anything in, or where that failed."""
        if self._engine is None:
            return None
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except _TROUBLE as error:
            self._engine = None
            _LOG.warning("what is remembered of the books cannot be used: %s", type(error).__name__)
            return None


def _recalled(connection: Connection, place: str, collection: str) -> Kept | None:
    mark = connection.execute(select(_MARK).where(*_here(_MARK, place, collection))).mappings().first()
    if mark is None:
        return None
    found = connection.execute(select(_ROW.c.id, _ROW.c.row).where(*_here(_ROW, place, collection)))
    rows = {name: str(text) for name, text in found}
    since = datetime.fromisoformat(mark["since"]) if mark["since"] else None
    return Kept(since, datetime.fromisoformat(mark["full_at"]), rows)


def _replace(connection: Connection, place: str, collection: str, kept: Kept) -> None:
    for table in _BOTH:
        connection.execute(delete(table).where(*_here(table, place, collection)))
    since = kept.since.isoformat() if kept.since else None
    mark = {"place": place, "collection": collection, "since": since, "full_at": kept.full_at.isoformat()}
    connection.execute(insert(_MARK), mark)
    _add(connection, place, collection, kept.rows)


def _here(table: Table, place: str, collection: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.place == place, table.c.collection == collection


def _add(connection: Connection, place: str, collection: str, rows: Mapping[str, str]) -> None:
    values = [{"place": place, "collection": collection, "id": name, "row": text} for name, text in rows.items()]
    if values:
        connection.execute(insert(_ROW), values)


def _opened(state: str) -> Engine | None:
    path = cache_path(state)
    try:
        return _with_tables(create_engine(postgres_url(state))) if path is None else _whole(path)
    except (*_TROUBLE, Busy) as error:
        _LOG.warning("nothing can be remembered beside the ledger: %s", type(error).__name__)
        return None


def _whole(path: Path) -> Engine:
    """The file, made anew when it is damaged. Only then: other companies may have it open, and would lose it."""
    try:
        return _sqlite(path)
    except _TROUBLE as error:
        if not _is_damaged(error):
            raise
    with file_lock(path.with_name(f"{path.name}.lock")):
        try:
            return _sqlite(path)  # somebody else may have made it anew meanwhile
        except _TROUBLE as error:
            if not _is_damaged(error):
                raise
            _remove(path)
            return _sqlite(path)


def _is_damaged(error: Exception) -> bool:
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", None) in _DAMAGED


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        # Deleted rows are overwritten; a power cut may cost the last changes, which are read again then.
        for setting in ("synchronous = NORMAL", "secure_delete = ON", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {setting}")
        write_ahead(connection)

    return _with_tables(engine)


def _with_tables(engine: Engine) -> Engine:
    with let_go_when_it_fails(engine), engine.begin() as connection:
        for table in _BOTH:
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)
