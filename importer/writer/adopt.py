"""Adopting: journal lines with a key of ours that this ledger does not know, or knows as a plan only.

It was lost, or put back from a backup, or another machine wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from importer.identity import line_number
from importer.model import BankLine, JournalLine
from importer.money import Money
from importer.plan import Payment, Seen, Skip, Source
from importer.states import Intent, State
from importer.writer.judge import seen
from importer.writer.reading import Reading
from importer.writer.session import Session

_PROBES = 4
_NOT_CREATED = (State.PLANNED, State.REJECTED)


def adopt(session: Session, skipped: Sequence[Skip], reading: Reading) -> tuple[Intent, ...]:
    """Remember the journal lines of these bank lines as created, unless the ledger knows that already."""
    sources = {decision.source.key: decision.source for decision in skipped if _is_whole(decision.source, reading)}
    known = session.ports.ledger.intents_for(session.company_id, list(sources))
    keys = {intent.key for intent in known}
    found = [
        intent
        for key, source in sources.items()
        if key not in keys
        for intent in _intents(session, source, reading.by_key[key])
    ]
    # In a ledger from a backup they may still be planned: were they left so, they would be sent again once they are posted.
    moves = [seen(one, row) for one in known if one.state in _NOT_CREATED and (row := reading.row_of(one)) is not None]
    return (*session.record(moves), *session.ports.ledger.adopt(session.run, found))


def _is_whole(source: Source, reading: Reading) -> bool:
    """The journal holds all of the bank line's money; of one that stands there in part the rest must not be forgotten."""
    rows = reading.by_key.get(source.key, ())
    whole = isinstance(source.line, BankLine) and -sum(row.amount for row in rows) == source.line.amount.amount
    return bool(rows) and whole


def _intents(session: Session, source: Source, rows: Sequence[JournalLine]) -> list[Intent]:
    parts = _parts(source.key, rows)
    currency = source.line.amount.currency if isinstance(source.line, BankLine) else ""
    at = session.now()
    return [
        Intent(
            company_id=session.company_id,
            journal_id=session.journal_id,
            part=part,
            payment=_payment(source.key, row, currency),
            state=State.CREATED,
            seen=Seen(source.file, source.line.record, session.run, at),
            changed_at=at,
            line=row,
            reason="found in the journal",
        )
        for part, row in zip(parts, rows, strict=True)
    ]


def _parts(key: str, rows: Sequence[JournalLine]) -> list[int]:
    """Which part of its bank line each row is: its line number says so; else the next part that is free."""
    named = [_part(key, row, len(rows)) for row in rows]
    used = {part for part in named if part is not None}
    free = (part for part in count() if part not in used)
    parts: list[int] = []
    for part in named:
        parts.append(next(free) if part is None or part in parts else part)
    return parts


def _part(key: str, row: JournalLine, parts: int) -> int | None:
    places = ((part, probe) for part in range(parts + 1) for probe in range(_PROBES))
    return next(
        (part for part, probe in places if line_number(key, row.posting_date, part, probe) == row.line_number), None
    )


def _payment(key: str, row: JournalLine, currency: str) -> Payment:
    return Payment(
        customer=row.customer,
        customer_id=row.customer_id,
        posting_date=row.posting_date,
        amount=Money(row.amount, currency),
        external_document_number=key,
        line_number=row.line_number,
        invoice=row.invoice,
        invoice_id=row.invoice_id,
        document_number=row.document_number,
        description=row.description,
        comment=row.comment,
    )
