"""The ledger on PostgreSQL: for several hosts, or a cluster. The lock is a session's, the epoch fences off who lost it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import NoSuchModuleError

from importer.errors import Busy, ConfigurationError
from importer.ledger.database import disk_errors, let_go_when_it_fails, migrate, postgres_url
from importer.ledger.locks import busy_text

_MIGRATION_LOCK = 0x42534931  # "BSI1"
_COMPANY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('bank-statement-importer ' || :company, 0))"


class PostgresDatabase:
    """A PostgreSQL database that holds the ledgers of companies."""

    def __init__(self, state: str) -> None:
        try:
            self._engine = create_engine(postgres_url(state), pool_pre_ping=True)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise ConfigurationError(
                "state names PostgreSQL, but its driver is not installed. Install the importer with its extra `cluster`."
            ) from error
        self._where = self._engine.url.render_as_string(hide_password=True)
        with let_go_when_it_fails(self._engine), self.writing() as connection:
            self._migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger."""
        with disk_errors(self._where), self._engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction whose commit is on disk when it ends; writers of one company wait for each other at its row."""
        with disk_errors(self._where), self._engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = on"))
            yield connection

    @contextmanager
    def exclusive(self, company_id: str) -> Iterator[None]:
        """Hold the company's advisory lock; PostgreSQL frees it when this process or its connection dies."""
        with disk_errors(self._where):
            session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with disk_errors(self._where):
                free = session.scalar(text(_COMPANY_LOCK), {"company": company_id})
            if not free:
                raise Busy(busy_text(f"company {company_id}"))
            yield
        finally:
            # Not back into the pool: the lock belongs to the session and ends with it.
            session.invalidate()
            session.close()

    def survives_power_cuts(self) -> bool:
        """Whether the server has its disk keep what was committed; its administrator may have turned that off."""
        with self.reading() as connection:
            return bool(connection.scalar(text("SHOW fsync")) == "on")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _migrate(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
        connection.execute(text("CREATE TABLE IF NOT EXISTS ledger_version (version integer NOT NULL)"))
        version = connection.scalar(text("SELECT max(version) FROM ledger_version")) or 0
        newest = migrate(connection, version, self._where)
        if newest != version:
            connection.execute(text("INSERT INTO ledger_version VALUES (:version)"), {"version": newest})
