"""Undo: delete the journal lines that a run created and nobody touched since."""

from __future__ import annotations

from collections.abc import Sequence

from importer.errors import AccessDenied, Busy, ConfigurationError, Exit, ServerUnavailable, strongest
from importer.outcome import Outcome, Stopped
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from importer.states import Intent, Move, State
from importer.writer.reading import read_journal
from importer.writer.session import Policy, Ports, Session
from importer.writer.verify import observe

_UNSURE = (
    "its answer was lost, and whether somebody changed it before it was first seen cannot be known; "
    "look at it and delete it in Business Central"
)
_NOT_SENT = (AccessDenied, ServerUnavailable, Busy, ConfigurationError)


def undo(run: str, company_id: str, journal_id: str, ports: Ports, policy: Policy) -> Outcome:
    """Delete what `run` created, each line only while it is exactly as it was; needs the company's lock.

    Lines that were changed, posted or deleted stay as they are, and so do those of which nobody can know whether they were
    changed; the outcome's notes name them. An undone line is not imported again unless somebody asks for it (`Ledger.again`).
    """
    session = Session(company_id, journal_id, ports.ledger.begin(company_id, journal_id, "undo"), ports, policy)
    before = ports.ledger.intents_of(run)
    reading = read_journal(ports, {intent.key for intent in before})
    rows = {row.id: row for row in reading.lines}
    observed = observe(session, before, reading)
    known = {(intent.key, intent.part): intent.line for intent in before}
    untouched = [
        intent
        for intent in observed
        if intent.state is State.CREATED
        # What was only found in the journal another machine created, or a ledger that is lost.
        and intent.attempt
        and (was := known[intent.key, intent.part]) is not None
        and rows.get(was.id) == was
    ]
    answered = ports.ledger.answered(run)
    unsure = {one for one in untouched if (one.key, one.part) not in answered and not _is_as_sent(one)}
    stopped = _delete_all(session, [intent for intent in untouched if intent not in unsure])
    after = ports.ledger.intents_of(run)
    notes = tuple(
        _kept(one, _UNSURE if one in unsure else one.reason) for one in after if one.state is not State.UNDONE
    )
    outcome = Outcome(session.run, after, notes=notes, stopped=stopped)
    ports.ledger.finish(session.run, outcome.exit_code)
    return outcome


def _is_as_sent(intent: Intent) -> bool:
    """Whether all that the line shows is what was sent, for one whose answer was lost.

    Somebody may have changed it before it was first seen. A number that Business Central gives is not known before that.
    """
    line, payment = intent.line, intent.payment
    if line is None or line.document_number != payment.document_number:
        return False
    sent = ((payment.description, line.description), (payment.comment, line.comment))
    return all(stored == text or (stored and text.startswith(stored)) for text, stored in sent)


def _delete_all(session: Session, intents: Sequence[Intent]) -> Stopped | None:
    """Delete these lines; says why it ended early, or why lines were left."""
    size, left = session.policy.chunk, []
    for start in range(0, len(intents), size):
        if why := session.ports.stop():
            return Stopped(Exit.TEMPORARY, f"stopped: {why}; {len(intents) - start} lines were not deleted")
        session.ports.progress("undo", start, len(intents))
        replies = _delete(session, intents[start : start + size])
        left += [reply for reply in replies if isinstance(reply, Refused | NotApplied)]
        if all(isinstance(reply, NotApplied) for reply in replies):  # the next ones would fare no better
            break
    return _why_left(left)


def _why_left(left: Sequence[Refused | NotApplied]) -> Stopped | None:
    if not left:
        return None
    code = strongest(list(map(_exit_code, left)))
    return Stopped(code, f"{len(left)} lines were not deleted: {left[0].message}")


def _exit_code(reply: Refused | NotApplied) -> Exit:
    if isinstance(reply, Refused):
        return Exit.REVIEW
    return Exit.DENIED if reply.code.startswith(("Authentication", "Authorization")) else Exit.UNAVAILABLE


def _delete(session: Session, chunk: Sequence[Intent]) -> tuple[Reply, ...]:
    deleting = session.record([Move(intent, State.DELETING, "being deleted by undo") for intent in chunk])
    lines = [intent.line for intent in deleting if intent.line is not None]
    try:
        replies: tuple[Reply, ...] = session.ports.business_central.delete(lines)
    except _NOT_SENT as error:
        code = "Authentication_InvalidCredentials" if isinstance(error, AccessDenied) else "NotSent"
        replies = tuple(NotApplied(code, str(error)) for _ in deleting)
    pairs = zip(deleting, replies, strict=True)
    session.record([move for intent, reply in pairs if (move := _after_reply(intent, reply)) is not None])
    return replies


def _after_reply(intent: Intent, reply: Reply) -> Move | None:
    match reply:
        case Applied():
            return Move(intent, State.UNDONE, "deleted by undo")
        case Changed():
            return Move(intent, State.EDITED, "changed by somebody since it was created; not deleted")
        case Missing():
            return Move(intent, State.GONE, "no longer in the journal")
        case Refused(message=message) | NotApplied(message=message):
            return Move(intent, State.CREATED, f"not deleted: {message}")
        case SameKey() | Unknown():
            # It stays as being deleted; settling looks whether it is still there.
            return None


def _kept(intent: Intent, reason: str) -> str:
    why = f": {reason}" if reason else ""
    return f"Line {intent.payment.line_number} ({intent.key}) was not undone, it is {intent.state.value}{why}"
