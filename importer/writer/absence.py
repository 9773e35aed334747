"""Whether a line that was not found is certainly absent, so that it may be sent again (reliability.md §4.6, §4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from importer.model import Document, DocumentKind
from importer.states import Intent, State
from importer.writer.reading import Posted, Reading, siblings
from importer.writer.session import Session, Settling


class Verdict(StrEnum):
    """What may be concluded of a line that was not found."""

    ABSENT = "absent"
    POSTED = "posted"
    OPEN = "open"  # nothing may be concluded


def verdicts(session: Session, missing: Sequence[Intent], reading: Reading) -> Mapping[tuple[str, int], Verdict]:
    """A verdict for each intent, by key and part.

    Where posted entries cannot be read, the invoice tells: one on which nothing was ever paid was not paid by this line.
    """
    free = [intent for intent in missing if not obstacle(session, intent, reading)]
    if reading.posted is not None or all(_was_refused(intent) for intent in free):
        return {(intent.key, intent.part): Verdict.ABSENT for intent in free}
    invoices = {
        document.number: document
        for document in session.ports.business_central.snapshot().documents
        if document.kind is DocumentKind.INVOICE
    }
    return {
        (intent.key, intent.part): _by_invoice(
            intent, invoices.get(intent.payment.invoice), _since(session, intent, reading)
        )
        for intent in free
    }


def _was_refused(intent: Intent) -> bool:
    """Its only request was answered: the line number was taken. So whatever left the journal since was not this line."""
    return intent.state is State.HIDDEN and intent.attempt == 1


class _Journal(StrEnum):
    STANDS = "stands"  # nothing shows that it was posted since
    WAS_EMPTIED = "was emptied"


def obstacle(session: Session, intent: Intent, reading: Reading) -> str:
    """Why it proves nothing that the intent's line was not found; "" when the line is certainly absent for good.

    Source: reliability.md §4.7. A request may still be carried out for a while after it was sent (F21), the reading may
    come from a replica that lags (F18), and a line may have been posted meanwhile.
    """
    wait = session.policy.settle_after
    if reading.is_posted(intent.key):
        parts = siblings(session, [intent], reading)[intent.key]
        if reading.posted_part(intent, parts) is not Posted.NO:
            return "posted entries hold lines of this bank line, and it is not known whether this is one of them"
    if intent.state is State.HIDDEN and intent.attempt > 1 and reading.posted is None:
        return "an earlier request may have created it; its line number was taken, and posted entries cannot be read"
    if (
        session.policy.settling is Settling.STRICT
        and intent.sent_at is not None
        and reading.began < intent.sent_at + wait
    ):
        return f"the request may still be carried out until {intent.sent_at + wait:%Y-%m-%d %H:%M:%S} UTC"
    return _stale(session, reading)


def _stale(session: Session, reading: Reading) -> str:
    """Why the reading itself is in doubt: a line known to have been created is not in it either."""
    wait = session.policy.settle_after
    canary = session.ports.ledger.newest(session.company_id, session.journal_id)
    if canary is None or reading.row_of(canary) is not None or reading.is_posted(canary.key):
        return ""
    name = f"line {canary.payment.line_number} ({canary.key}), known to have been created"
    if canary.state is not State.GONE or canary.changed_at + wait > reading.began:
        return f"{name}, is not in the journal either: the reading may be stale, or the journal was posted"
    return ""


def _since(session: Session, intent: Intent, reading: Reading) -> _Journal:
    """Whether the journal may have been posted since the intent was sent: a line of ours left it, and no older one stands."""
    ledger, sent_at = session.ports.ledger, intent.sent_at
    if sent_at is None:
        return _Journal.STANDS
    known = ledger.intents_for(session.company_id, list(reading.by_key))
    older = (one for one in known if one.sent_at is not None and one.sent_at <= sent_at)
    if any(reading.row_of(one) is not None for one in older):
        return _Journal.STANDS
    gone = ledger.intents(session.company_id, session.journal_id, {State.GONE})
    return _Journal.WAS_EMPTIED if any(one.changed_at > sent_at for one in gone) else _Journal.STANDS


def _by_invoice(intent: Intent, invoice: Document | None, journal: _Journal) -> Verdict:
    """A journal is posted as a whole: if others of its lines are gone, this one may have been posted with them."""
    emptied = journal is _Journal.WAS_EMPTIED
    if _was_refused(intent):
        return Verdict.ABSENT
    if invoice is not None and invoice.remaining == invoice.total:
        return Verdict.ABSENT
    if invoice is not None and invoice.remaining.amount < -intent.payment.amount.amount:
        return Verdict.POSTED if emptied else Verdict.OPEN
    return Verdict.OPEN if emptied else Verdict.ABSENT
