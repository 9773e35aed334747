"""What the single requests tell of the intents that they were sent for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, and_, or_, select

from importer.ledger.intents import in_pieces
from importer.ledger.rows import read_intent
from importer.ledger.tables import attempt, intent, run
from importer.states import IN_JOURNAL, Intent, State, elapsed

_OF_INTENT = and_(
    attempt.c.company_id == intent.c.company_id, attempt.c.key == intent.c.key, attempt.c.part == intent.c.part
)
_LAST_WAS_ANSWERED = and_(_OF_INTENT, attempt.c.number == intent.c.attempt, attempt.c.outcome == State.CREATED.value)


def lingering(
    connection: Connection, company_id: str, journal_id: str, since: datetime
) -> tuple[tuple[Intent, datetime], ...]:
    """Intents that were sent again after a request of which nothing came back and which left since then, and when it did."""
    again = and_(_OF_INTENT, attempt.c.number < intent.c.attempt)
    silent = or_(attempt.c.outcome.is_(None), attempt.c.outcome == State.UNKNOWN.value)
    here = (intent.c.company_id == company_id, intent.c.journal_id == journal_id)
    query = select(intent, attempt.c.sent_at.label("left_at")).join_from(intent, attempt, again)
    rows = connection.execute(query.where(*here, silent, attempt.c.sent_at >= since.isoformat())).mappings()
    return tuple((read_intent(row), datetime.fromisoformat(row["left_at"])) for row in rows)


def answered(connection: Connection, run: str) -> frozenset[tuple[str, int]]:
    """Key and part of the intents of a run whose last request was answered with the line that it created."""
    query = select(intent.c.key, intent.c.part).join_from(intent, attempt, _LAST_WAS_ANSWERED)
    rows = connection.execute(query.where(intent.c.run == run))
    return frozenset((row.key, row.part) for row in rows)


def stood_before(connection: Connection, sent: Intent, keys: Collection[str]) -> tuple[Intent, ...]:
    """The intents of these bank lines that were known to stand in the journal before the last request for `sent` left.

    By epochs, because clocks are set back: known is what an earlier epoch was answered, or saw in the journal. Requests of one
    epoch leave one after the other, so what left before was answered before.
    """
    place = (attempt.c.company_id == sent.company_id, attempt.c.key == sent.key, attempt.c.part == sent.part)
    of_sent = select(run.c.epoch).join_from(attempt, run, attempt.c.run == run.c.id).where(*place)
    epoch = connection.scalar(of_sent.where(attempt.c.number == sent.attempt))
    if epoch is None:
        return ()
    answered_by = attempt.outerjoin(run, attempt.c.run == run.c.id)
    from_ = intent.outerjoin(answered_by, _LAST_WAS_ANSWERED)
    query = select(intent, run.c.epoch.label("answered_in")).select_from(from_)
    here = intent.c.company_id == sent.company_id
    rows = [
        row
        for some in in_pieces(keys)
        for row in connection.execute(query.where(here, intent.c.key.in_(some))).mappings()
    ]
    return tuple(read_intent(row) for row in rows if _stood(row, sent, epoch))


def _stood(row: RowMapping, sent: Intent, epoch: int) -> bool:
    one, answered_in = read_intent(row), row["answered_in"]
    if answered_in == epoch and one.sent_at and sent.sent_at:
        return elapsed((one.sent_at, one.sent_ticks), (sent.sent_at, sent.sent_ticks)) > timedelta(0)
    return (answered_in is not None and answered_in < epoch) or (one.state in IN_JOURNAL and row["epoch"] < epoch)
