"""The audit trail: one row per transaction, each with the hash of the one before, written in the transaction it records.

It shows accidental change and clumsy tampering; who owns the file can rebuild it (reliability.md §11.9).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, bindparam, insert, select

from importer.ledger.tables import audit

_START = "0" * 64
# Built once: every transaction asks for them, and building them takes longer than carrying them out.
_LAST = (
    select(audit.c.number, audit.c.hash)
    .where(audit.c.company_id == bindparam("company"))
    .order_by(audit.c.number.desc())
    .limit(1)
)
_ADD = insert(audit)
_COLUMNS = audit.c.keys()


def add_entry(
    connection: Connection, company_id: str, *, at: datetime, run: str, event: str, body: Sequence[object]
) -> None:
    """Append one entry to the company's trail."""
    last = connection.execute(_LAST, {"company": company_id}).first()
    number, previous = (last.number + 1, last.hash) if last else (1, _START)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    entry = (company_id, number, at.isoformat(), run, event, text, previous)
    connection.execute(_ADD, dict(zip(_COLUMNS, (*entry, _hash(entry)), strict=True)))


def first_broken(connection: Connection, company_id: str) -> int | None:
    """The number of the first entry that does not follow from the one before it; None when the trail is whole."""
    previous = _START
    rows = connection.execute(select(audit).where(audit.c.company_id == company_id).order_by(audit.c.number))
    for expected, row in enumerate(rows, start=1):
        entry = tuple(row)[:-1]
        if row.number != expected or row.previous != previous or row.hash != _hash(entry):
            return expected
        previous = row.hash
    return None


def head(connection: Connection, company_id: str) -> str:
    """The hash of the last entry; it stands for the whole trail."""
    last = connection.execute(_LAST, {"company": company_id}).first()
    return last.hash if last else _START


def _hash(entry: Sequence[object]) -> str:
    return sha256(json.dumps(list(entry), ensure_ascii=False).encode()).hexdigest()
