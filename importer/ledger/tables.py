"""The tables of the ledger, and the steps that bring an older ledger to them.

Times are ISO texts in UTC, dates ISO texts, amounts texts with the decimals of their currency: the same in SQLite and
PostgreSQL, readable in both.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
)

METADATA = MetaData()


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=False, autoincrement=False)


company = Table("company", METADATA, _text("id", key=True), _number("epoch"))

run = Table(
    "run",
    METADATA,
    _text("id", key=True),
    Column("company_id", ForeignKey(company.c.id), nullable=False),
    *map(_text, ("company", "journal_id", "journal", "kind", "started")),
    Column("ended", Text),
    Column("exit_code", Integer),
    *map(_number, ("epoch", "process", "lines")),
    *map(_text, ("host", "version", "plan", "document")),
)

file = Table(
    "file",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _text("sha256", key=True),
    *map(_text, ("name", "mapping", "account", "overlap")),
    _number("lines"),
    *(Column(name, Text) for name in ("first_date", "last_date", "opening", "closing")),
    Column("run", ForeignKey(run.c.id), nullable=False),
    Column("number", Text),
)

line = Table(
    "line",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _text("sha256", key=True),
    _number("record", key=True),
    *map(_text, ("key", "fingerprint", "booked_on", "amount", "currency", "action")),
    Column("run", ForeignKey(run.c.id), nullable=False),
    Index("line_by_key", "company_id", "key"),
    Index("line_by_day", "company_id", "booked_on"),
)

intent = Table(
    "intent",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _text("key", key=True),
    _number("part", key=True),
    _text("journal_id"),
    *map(_number, ("line_number", "probe")),
    _text("state"),
    *map(_number, ("attempt", "epoch")),
    Column("sent_at", Text),
    *map(_text, ("changed_at", "booked_on", "payment")),
    Column("stored", Text),
    *map(_text, ("reason", "file")),
    _number("record"),
    Column("run", ForeignKey(run.c.id), nullable=False),
    _text("planned_at"),
    # The server's primary key, once more: two lines can never be on their way to one place.
    UniqueConstraint("company_id", "journal_id", "line_number"),
    Index("intent_by_state", "company_id", "journal_id", "state"),
    Index("intent_by_run", "run"),
    Index("intent_by_day", "company_id", "booked_on"),
)

attempt = Table(
    "attempt",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _text("key", key=True),
    _number("part", key=True),
    _number("number", key=True),
    _text("sent_at", key=True),
    _text("run"),
    _number("line_number"),
    *(Column(name, Text) for name in ("ended_at", "outcome", "reason")),
)

patch = Table(
    "patch",
    METADATA,
    Column("run", ForeignKey(run.c.id), primary_key=True),
    _number("number", key=True),
    Column("company_id", ForeignKey(company.c.id), nullable=False),
    *map(_text, ("journal_id", "key")),
    _number("line_number"),
    _text("state"),
    _number("attempt"),
    *map(_text, ("patch", "reason", "changed_at")),
    Index("patch_by_state", "company_id", "journal_id", "state"),
)

payer = Table(
    "payer",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _text("kind", key=True),
    _text("value", key=True),
    _text("customer", key=True),
    *map(_text, ("account", "name", "source", "author", "recorded_at")),
    *map(_number, ("count", "disabled")),
)

# Plans that somebody was shown. A company may have been previewed before anything was ever written for it.
preview = Table(
    "preview",
    METADATA,
    _text("company_id", key=True),
    _text("digest", key=True),
    *map(_text, ("made_at", "document")),
)

audit = Table(
    "audit",
    METADATA,
    Column("company_id", ForeignKey(company.c.id), primary_key=True),
    _number("number", key=True),
    *map(_text, ("at", "run", "event", "body", "previous", "hash")),
)

_TRAIL_IS_KEPT = "the audit trail is only ever added to"
_FUNCTION = (
    "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{_TRAIL_IS_KEPT}'; END $$"
)
_TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit BEGIN SELECT RAISE(ABORT, '{_TRAIL_IS_KEPT}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        _FUNCTION,
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept()",
    ),
}


def _first(connection: Connection) -> None:
    METADATA.create_all(connection)
    for trigger in _TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(trigger)


def _number_of_statements(connection: Connection) -> None:
    # A ledger that is made now has the column from the first step.
    if "number" not in {column["name"] for column in inspect(connection).get_columns("file")}:
        connection.exec_driver_sql("ALTER TABLE file ADD COLUMN number TEXT")


def _shown_plans(connection: Connection) -> None:
    # A new ledger has the table from the first step on.
    preview.create(connection, checkfirst=True)


# The n-th step brings version n to version n + 1; a published step is never changed.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first, _number_of_statements, _shown_plans)
