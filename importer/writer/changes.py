"""Changing journal lines: each change is based on a version, a person's edit always wins (reliability.md §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from importer.errors import AccessDenied, Busy, ConfigurationError, Exit, ServerUnavailable
from importer.line_changes import line_fields, same
from importer.model import JournalLine
from importer.money import Money
from importer.outcome import Stopped
from importer.plan import FieldChange, LinePatch, Payment
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from importer.states import IN_JOURNAL, PatchIntent, PatchMove, PatchState
from importer.writer.judge import seen
from importer.writer.reading import Reading, read_journal
from importer.writer.session import Session

_ROUNDS = 4
# What a line pays. Whoever changed one of these made another payment of it.
_PAYS = ("amount", "customerNumber", "appliesToInvoiceNumber", "postingDate")
_PUT_BACK = (
    "the answer was lost, and the line has changed since although its values are the old ones: somebody may have put them "
    "back. Change it in Business Central if it shall be changed"
)
_NOT_SENT = (AccessDenied, ServerUnavailable, Busy, ConfigurationError)


def send_changes(session: Session, changes: Sequence[PatchIntent]) -> Stopped | None:
    """Carry out changes until each is done, in conflict or refused; says why it stopped early."""
    waiting = list(changes)
    for round_ in range(_ROUNDS):
        if round_ or any(change.state is PatchState.UNKNOWN for change in waiting):
            waiting = _compared(session, waiting, read_journal(session.ports))
        # What had no answer goes in smaller chunks: together it may have been too much for the server.
        size = max(1, session.policy.chunk // 10**round_)
        for start in range(0, len(waiting), size):
            if why := session.ports.stop():
                return Stopped(Exit.TEMPORARY, f"stopped: {why}; changes of lines were not sent")
            if denied := _send(session, waiting[start : start + size]):
                return Stopped(Exit.DENIED, denied)
        waiting = [
            change for change in _again(session, waiting) if change.state in (PatchState.PLANNED, PatchState.UNKNOWN)
        ]
        if not waiting:
            return None
        session.ports.sleep(2.0**round_)
    return Stopped(Exit.UNAVAILABLE, f"{len(waiting)} changes of lines had no usable answer; the next import goes on.")


def _send(session: Session, chunk: Sequence[PatchIntent]) -> str:
    """Send one chunk of changes and record the answers; says why the server denied all of them, "" when it did not."""
    ledger = session.ports.ledger
    sending = ledger.record_patches(session.run, [PatchMove(change, PatchState.SENDING) for change in chunk])
    try:
        replies: tuple[Reply, ...] = session.ports.business_central.patch([change.patch for change in sending])
    except _NOT_SENT as error:
        code = "Authentication_InvalidCredentials" if isinstance(error, AccessDenied) else "NotSent"
        replies = tuple(NotApplied(code, str(error)) for _ in sending)
    except Exception as error:
        lost = f"the answer was lost: {error!r}"
        ledger.record_patches(session.run, [PatchMove(change, PatchState.UNKNOWN, lost) for change in sending])
        raise
    moves = [_after_reply(change, reply) for change, reply in zip(sending, replies, strict=True)]
    ledger.record_patches(session.run, moves)
    _remember(session, [(c, r.line) for c, r in zip(sending, replies, strict=True) if isinstance(r, Applied)])
    denied = [
        r.message
        for r in replies
        if isinstance(r, NotApplied) and r.code.startswith(("Authentication", "Authorization"))
    ]
    return denied[0] if denied and len(denied) == len(replies) else ""


def _after_reply(change: PatchIntent, reply: Reply) -> PatchMove:
    match reply:
        case Applied():
            return PatchMove(change, PatchState.PATCHED)
        case Refused(code=code, message=message):
            return PatchMove(change, PatchState.REJECTED, f"{message} ({code})" if code else message)
        case NotApplied(code=code, message=message):
            return PatchMove(change, PatchState.PLANNED, f"{message} ({code})" if code else message)
        case Changed(message=message):
            # It was not carried out; what stands there now decides.
            return PatchMove(change, PatchState.PLANNED, message)
        case SameKey(message=message) | Missing(message=message) | Unknown(message=message):
            return PatchMove(change, PatchState.UNKNOWN, message)


def _again(session: Session, changes: Sequence[PatchIntent]) -> list[PatchIntent]:
    wanted = {(change.run, change.number) for change in changes}
    runs = sorted({change.run for change in changes})
    return [now for run in runs for now in session.ports.ledger.patches_of(run) if (now.run, now.number) in wanted]


def _compared(session: Session, changes: Sequence[PatchIntent], reading: Reading) -> list[PatchIntent]:
    """Three-way comparison of each change with the line as it stands now; returns those that are to be sent."""
    by_id = {line.id: line for line in reading.lines}
    intents = session.ports.ledger.intents_for(session.company_id, {change.key for change in changes})
    before = {intent.line.id: intent.line for intent in intents if intent.line is not None}
    moves = [_compare(one, by_id.get(one.patch.line_id), before.get(one.patch.line_id)) for one in changes]
    after = session.ports.ledger.record_patches(session.run, moves)
    done = [change for change in after if change.state is PatchState.PATCHED]
    _remember(session, [(change, by_id[change.patch.line_id]) for change in done])
    return [change for change in after if change.state is PatchState.PLANNED]


def _compare(change: PatchIntent, theirs: JournalLine | None, before: JournalLine | None) -> PatchMove:
    if theirs is None:
        return PatchMove(change, PatchState.GONE, "the line is no longer in the journal")
    now = line_fields(theirs)
    if all(same(each.field, now[each.field], each.new) for each in change.patch.changes):
        return PatchMove(change, PatchState.PATCHED, "the line already has these values")
    if why := _by_others(change, now, before):
        return PatchMove(change, PatchState.CONFLICT, "; ".join(why))
    if change.state is PatchState.UNKNOWN and theirs.etag != change.patch.etag:
        return PatchMove(change, PatchState.CONFLICT, _PUT_BACK)
    # Somebody changed a text, or nothing happened at all: the change is based on what stands there now.
    return PatchMove(change, PatchState.PLANNED, change.reason, replace(change.patch, etag=theirs.etag))


def _by_others(change: PatchIntent, now: Mapping[str, str], before: JournalLine | None) -> list[str]:
    """What somebody else changed in the fields that are to be changed, or in what the line pays."""
    wanted = {each.field: each for each in change.patch.changes}
    found = [
        _conflict(each, now[each.field])
        for each in change.patch.changes
        if not any(same(each.field, now[each.field], value) for value in (each.old, each.new))
    ]
    known = line_fields(before) if before is not None else {}
    return found + [
        f'{field}: was "{known[field]}", somebody made it "{now[field]}"'
        for field in _PAYS
        if field in known and field not in wanted and not same(field, now[field], known[field])
    ]


def _conflict(change: FieldChange, theirs: str) -> str:
    return f'{change.field}: was "{change.old}", somebody made it "{theirs}", wanted "{change.new}"'


def _remember(session: Session, changed: Sequence[tuple[PatchIntent, JournalLine]]) -> None:
    """The intents of changed lines keep the newest version, so that a later look does not take it for a person's edit."""
    by_line = {line.id: (change.patch, line) for change, line in changed}
    moves = []
    for intent in session.ports.ledger.intents_for(session.company_id, {change.key for change, _ in changed}):
        if intent.line is not None and intent.line.id in by_line and intent.state in IN_JOURNAL:
            patch, line = by_line[intent.line.id]
            payment = with_changes(intent.payment, patch)
            now = seen(replace(intent, payment=payment, line=_as_changed(intent.line, patch)), line)
            moves.append(replace(now, intent=intent, payment=payment))
    session.record(moves)


def _as_changed(line: JournalLine, patch: LinePatch) -> JournalLine:
    """The line as it was seen before, with what we have changed since."""
    new = {change.field: change.new for change in patch.changes}
    return replace(
        line,
        document_number=new.get("documentNumber", line.document_number),
        description=new.get("description", line.description),
        comment=new.get("comment", line.comment),
    )


def with_changes(payment: Payment, patch: LinePatch) -> Payment:
    """The payment with the new values of a change."""
    new = {change.field: change.new for change in patch.changes}
    return replace(
        payment,
        customer=new.get("customerNumber", payment.customer),
        customer_id=new.get("customerId", payment.customer_id),
        posting_date=date.fromisoformat(new["postingDate"]) if "postingDate" in new else payment.posting_date,
        amount=Money.of(new["amount"], payment.amount.currency) if "amount" in new else payment.amount,
        invoice=new.get("appliesToInvoiceNumber", payment.invoice),
        invoice_id=new.get("appliesToInvoiceId", payment.invoice_id),
        document_number=new.get("documentNumber", payment.document_number),
        description=new.get("description", payment.description),
        comment=new.get("comment", payment.comment),
    )
