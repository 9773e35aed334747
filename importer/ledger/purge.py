"""Retention: personal data leaves the ledger, keys and states stay, because without them everything could be imported twice.

Cleared are the plans (they quote the bank), what was sent and stored, values of changes, reasons and names of files. Kept are
key, amount, currency, day, line number, state and the audit trail. What is not settled is never touched. Source:
reliability.md §11.8.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, Update, and_, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from importer.ledger.audit import add_entry
from importer.ledger.cache import clear_cache
from importer.ledger.database import Database, disk_errors, open_database
from importer.ledger.intents import in_pieces
from importer.ledger.tables import attempt, company, file, intent, patch, preview, run
from importer.states import UNSETTLED, PatchState, State

_OPEN = sorted(state.value for state in UNSETTLED | {State.PLANNED, State.DELETING})
_OPEN_CHANGES = (PatchState.PLANNED.value, PatchState.SENDING.value, PatchState.UNKNOWN.value)
_KEPT = frozenset({"amount", "currency", "posting_date", "external_document_number", "line_number"})
_PURGED, _SHOWN = "purged", 12
_CLEARED = '"customer":""'
_NO_CHANGES = '{"line_id":"","etag":"","changes":[]}'


@dataclass(frozen=True, slots=True)
class Purge:
    """How much of the ledger holds, or held, personal data of that age."""

    plans: int = 0
    lines: int = 0
    changes: int = 0
    names: int = 0

    def __add__(self, other: Purge) -> Purge:
        return Purge(
            self.plans + other.plans, self.lines + other.lines, self.changes + other.changes, self.names + other.names
        )


def personal(state: str, before: datetime) -> Purge:
    """What `purge` would clear.

    Args:
        before: only what did not change since then, in UTC.
    """
    with closing(open_database(state)) as database:
        with database.reading() as connection:
            shown = connection.scalar(select(func.count()).select_from(preview).where(_previews(before))) or 0
        found = Purge(plans=shown)
        for company_id in _companies(database):
            with database.reading() as connection:
                found += _counted(connection, company_id, before)
    return found


def purge(state: str, before: datetime, at: datetime) -> Purge:
    """Clear personal data that did not change since `before`, company by company, and say how much it was.

    What is remembered of customers and documents goes as a whole: it can be read again.

    Raises:
        Busy: a run is at work on a company; the companies before it are done.
    """
    with closing(open_database(state)) as database:
        with database.writing() as connection:
            cleared = Purge(plans=connection.execute(delete(preview).where(_previews(before))).rowcount)
        for company_id in _companies(database):
            with database.exclusive(company_id), database.writing() as connection:
                counted = _counted(connection, company_id, before)
                if counted != Purge():
                    _clear(connection, company_id, before)
                    body = [before.isoformat(), counted.plans, counted.lines, counted.changes, counted.names]
                    add_entry(connection, company_id, at=at, run="", event="purge", body=body)
                cleared += counted
    clear_cache(state)
    if "://" not in state:
        _overwrite(state)
    return cleared


def _companies(database: Database) -> tuple[str, ...]:
    with database.reading() as connection:
        return tuple(connection.scalars(select(company.c.id).order_by(company.c.id)))


def _plans(company_id: str, before: datetime) -> ColumnElement[bool]:
    return and_(run.c.company_id == company_id, run.c.started < before.isoformat(), run.c.document != "")


def _previews(before: datetime) -> ColumnElement[bool]:
    # Nothing was ever sent for them, so they are no business of a company's lock and audit trail.
    return preview.c.made_at < before.isoformat()


def _lines(company_id: str, before: datetime) -> ColumnElement[bool]:
    settled = and_(intent.c.state.not_in(_OPEN), intent.c.changed_at < before.isoformat())
    # Only a payment that was cleared names no customer.
    return and_(intent.c.company_id == company_id, settled, ~intent.c.payment.contains(_CLEARED, autoescape=True))


def _changes(company_id: str, before: datetime) -> ColumnElement[bool]:
    settled = and_(patch.c.state.not_in(_OPEN_CHANGES), patch.c.changed_at < before.isoformat())
    return and_(patch.c.company_id == company_id, settled, or_(patch.c.patch != _NO_CHANGES, patch.c.reason != ""))


def _names(company_id: str, before: datetime) -> ColumnElement[bool]:
    old = select(run.c.id).where(run.c.company_id == company_id, run.c.started < before.isoformat())
    return and_(file.c.company_id == company_id, file.c.run.in_(old), ~file.c.name.startswith(_PURGED))


def _counted(connection: Connection, company_id: str, before: datetime) -> Purge:
    def count(table: Table, condition: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(condition)) or 0

    return Purge(
        plans=count(run, _plans(company_id, before)),
        lines=count(intent, _lines(company_id, before)),
        changes=count(patch, _changes(company_id, before)),
        names=count(file, _names(company_id, before)),
    )


def _clear(connection: Connection, company_id: str, before: datetime) -> None:
    condition = _lines(company_id, before)
    rows = connection.execute(select(intent.c.key, intent.c.part, intent.c.payment).where(condition)).all()
    cleared = [{"at_key": key, "at_part": part, "payment": _without_person(text)} for key, part, text in rows]
    for some in in_pieces(cleared):
        connection.execute(_clearing(company_id), some)
    for statement in _clearings(company_id, before):
        connection.execute(statement)


def _clearing(company_id: str) -> Update:
    here = (
        intent.c.company_id == company_id,
        intent.c.key == bindparam("at_key"),
        intent.c.part == bindparam("at_part"),
    )
    return update(intent).where(*here).values(payment=bindparam("payment"), stored=None, reason="", file=_PURGED)


def _clearings(company_id: str, before: datetime) -> Iterator[Update]:
    yield update(run).where(_plans(company_id, before)).values(document="")
    # A name may say whose statement it is; the hash still tells the files apart.
    name = literal(f"{_PURGED} ") + func.substr(file.c.sha256, 1, _SHOWN)
    yield update(file).where(_names(company_id, before)).values(name=name)
    yield update(patch).where(_changes(company_id, before)).values(patch=_NO_CHANGES, reason="")
    ended = and_(attempt.c.company_id == company_id, attempt.c.ended_at < before.isoformat())
    yield update(attempt).where(ended, attempt.c.reason.is_not(None)).values(reason=None)


def _without_person(text: str) -> str:
    """The payment with what keeps it from being made twice, and nothing that says whose it is."""
    kept = {name: value for name, value in json.loads(text).items() if name in _KEPT}
    return json.dumps({**kept, "customer": "", "customer_id": ""}, separators=(",", ":"))


def _overwrite(state: str) -> None:
    """Rewrite the file: SQLite leaves old bytes in free pages and in its write-ahead log."""
    with disk_errors(state), closing(sqlite3.connect(state, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
