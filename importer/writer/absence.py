"""Whether a line that was not found is certainly absent, so that it may be sent again (reliability.md §4.6, §4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from importer.model import JournalLine
from importer.states import IN_JOURNAL, Intent, State, elapsed
from importer.writer.invoices import ABSENT, Conclusion, Since, Verdict, by_invoices
from importer.writer.judge import ask_a_person
from importer.writer.reading import Posted, Reading, Strays, siblings, strays
from importer.writer.session import Session, Settling

_STOOD = IN_JOURNAL | {State.POSTED, State.GONE}  # a line that is, or was, in the journal


def conclusions(session: Session, missing: Sequence[Intent], reading: Reading) -> Mapping[tuple[str, int], Conclusion]:
    """What may be concluded of each intent, by key and part.

    Where posted entries cannot be read, or do not say which part of a bank line they are, the invoice tells: one on which
    nothing was ever paid was not paid by this line.
    """
    stray = strays(session, missing, reading)
    found = {
        (intent.key, intent.part): _at_first(session, intent, stray.get(intent.key), reading) for intent in missing
    }
    doubtful = [
        intent
        for intent in missing
        if found[intent.key, intent.part] is ABSENT and not _is_absent(session, intent, reading)
    ]
    return {**found, **by_invoices(session, doubtful, lambda intent: _since(session, intent, reading))}


def _at_first(session: Session, intent: Intent, stray: Strays | None, reading: Reading) -> Conclusion:
    if stray is not None:
        numbers = ", ".join(str(row.line_number) for row in stray.rows)
        return Conclusion(Verdict.OPEN, f"the journal holds line {numbers} for its bank line; {ask_a_person(intent)}")
    why = obstacle(session, intent, reading)
    return Conclusion(Verdict.WAITING, why) if why else ABSENT


def obstacle(session: Session, intent: Intent, reading: Reading) -> str:
    """Why it proves nothing yet that the intent's line was not found; "" when the reading may be relied on.

    Source: reliability.md §4.7. A request may still be carried out for a while after it was sent (F21), and the reading may
    come from a replica that lags (F18).
    """
    left = _time_left(session, intent, reading)
    if session.policy.settling is Settling.STRICT and left > timedelta(0):
        return f"the request may still be carried out until {reading.began + left:%Y-%m-%d %H:%M:%S} UTC"
    if intent.key in reading.moving:
        return "the journal was posted while it was read"
    return _stale(session, intent, reading)


def may_still_go(session: Session, intent: Intent, row: JournalLine, reading: Reading) -> bool:
    """Whether a line that is found may be deleted yet, by a request of ours of which nothing came back.

    It is carried out only on the version that it was sent for, and within the same time as any other request (F21).
    """
    is_asked = intent.state is State.DELETING and intent.line is not None and row.etag == intent.line.etag
    return is_asked and _time_left(session, intent, reading) > timedelta(0)


def _time_left(session: Session, intent: Intent, reading: Reading) -> timedelta:
    """How long after the reading began the intent's last request may still be carried out."""
    if intent.sent_at is None:
        return timedelta(0)
    return session.policy.horizon - elapsed((intent.sent_at, intent.sent_ticks), (reading.began, reading.ticks))


def _stale(session: Session, intent: Intent, reading: Reading) -> str:
    """Why the reading itself is in doubt: a line known to have been created is not in it either."""
    canary = session.ports.ledger.newest(session.company_id, session.journal_id)
    if canary is None or reading.row_of(canary) is not None or reading.is_posted(canary.key):
        return ""
    name = f"line {canary.payment.line_number} ({canary.key}), known to have been created"
    if canary.state is State.GONE and _long_gone(canary, intent, session.policy.settle_after, reading):
        return ""
    return f"{name}, is not in the journal either: the reading may be stale, or the journal was posted"


def _long_gone(canary: Intent, intent: Intent, wait: timedelta, reading: Reading) -> bool:
    """The canary was missed so long ago that no reading can be that stale.

    Or it was missed before the intent was sent, and that is long ago: a clock that was ahead and was set back since would let
    the first never come true.
    """
    if canary.changed_at + wait <= reading.began:
        return True
    if intent.sent_at is None or intent.sent_at < canary.changed_at:
        return False
    return elapsed((intent.sent_at, intent.sent_ticks), (reading.began, reading.ticks)) >= wait


def _is_absent(session: Session, intent: Intent, reading: Reading) -> bool:
    """True when the reading alone proves that the line was never created or never posted."""
    if reading.posted is None:
        return _was_refused(intent)
    parts = siblings(session, [intent], reading).get(intent.key, (intent,))
    return reading.posted_part(intent, parts) is Posted.NO


def _was_refused(intent: Intent) -> bool:
    """Its only request was answered: the line number was taken. So whatever left the journal since was not this line."""
    return intent.state is State.HIDDEN and intent.attempt == 1


def _since(session: Session, intent: Intent, reading: Reading) -> Since:
    """Whether the journal was posted since the intent was sent: an older line of ours stands in it, or one left it."""
    if reading.is_posted(intent.key):
        return Since.WAS_POSTED
    ledger, sent_at = session.ports.ledger, intent.sent_at
    if sent_at is None:
        return Since.STANDS
    if any(reading.row_of(one) is not None for one in ledger.stood_before(intent, list(reading.by_key))):
        return Since.STANDS
    gone = ledger.intents(session.company_id, session.journal_id, {State.GONE})
    left = [one for one in gone if one.changed_at > sent_at]
    left += [one for one in ledger.intents_of(intent.seen.run) if one.state in _STOOD]
    # One that is seen again was hidden for a while, not posted.
    emptied = any(reading.row_of(one) is None for one in left)
    if emptied:
        return Since.WAS_EMPTIED
    # Whoever settles at once answers for it that nobody posts.
    return Since.STANDS if session.policy.settling is Settling.FAST else Since.UNKNOWN
