"""Carrying out a plan: look, send, number, change, look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importer.errors import AccessDenied, Exit, ImporterError, ServerContradiction, ServerUnavailable
from importer.outcome import Outcome, Stopped
from importer.plan import UNREMEMBERED, Plan, Skip
from importer.states import UNSETTLED, Intent, PatchIntent, State
from importer.writer.adopt import adopt
from importer.writer.changes import send_changes
from importer.writer.forgotten import certain, forgotten, too_soon
from importer.writer.numbering import number_documents, numbered_like_the_journal
from importer.writer.reading import Reading, doubled, read_journal
from importer.writer.send import send_all
from importer.writer.session import Policy, Ports, Session, Settling
from importer.writer.settling import note_missing, settle_intents
from importer.writer.verify import certificate_of, observe


def write(plan: Plan, run: str, ports: Ports, policy: Policy) -> Outcome:
    """Carry out a plan that the ledger began as `run`; needs the company's lock. Asks nothing when there is nothing to do.

    Raises:
        ServerContradiction: the journal holds a line of ours twice; nothing was sent.
        ServerUnavailable: the journal cannot be read; nothing was sent.
    """
    session = Session(plan.company_id, plan.journal_id, run, ports, policy)
    intents, changes = ports.ledger.intents_of(run), ports.ledger.patches_of(run)
    unremembered = [d for d in plan.decisions if isinstance(d, Skip) and _is_unremembered(d)]
    if not (intents or changes or unremembered):
        return Outcome(run)
    canary = ports.ledger.newest(plan.company_id, plan.journal_id)
    keys = {intent.key for intent in intents} | ({canary.key} if canary else set())
    reading = read_journal(ports, keys)
    _raise_if_doubled(session, reading)
    note_missing(session, canary, reading)
    rows = forgotten(session, reading)
    adopted = adopt(session, unremembered, reading)
    planned = [intent for intent in observe(session, intents, reading) if intent.state is State.PLANNED]
    stopped = too_soon(session, rows, reading) if planned else None
    if stopped is None:
        planned = list(certain(session, planned, reading) if rows else planned)
        stopped = _sent(session, numbered_like_the_journal(session, planned, reading), changes)
    return _looked_again(session, Outcome(run, stopped=stopped), adopted)


def _sent(session: Session, planned: Sequence[Intent], changes: Sequence[PatchIntent]) -> Stopped | None:
    """Send, number and change lines; says why it stopped early. Whatever the server answers, what was sent is told."""
    try:
        return send_all(session, planned) or number_documents(session) or send_changes(session, changes)
    except (AccessDenied, ServerContradiction, ServerUnavailable) as error:
        return Stopped(Exit(error.exit_code), str(error))


def _is_unremembered(decision: Skip) -> bool:
    return any(reason.rule == UNREMEMBERED for reason in decision.finding.reasons)


def _raise_if_doubled(session: Session, reading: Reading) -> None:
    known = session.ports.ledger.intents_for(session.company_id, list(reading.by_key))
    if alarms := doubled(reading, known):
        raise ServerContradiction(" ".join(alarms))


def _looked_again(session: Session, outcome: Outcome, adopted: Sequence[Intent]) -> Outcome:
    """The outcome after one fresh reading of the journal, which shows every line of the run or says why it does not."""
    ledger, run = session.ports.ledger, session.run
    try:
        outcome = _settled_fast(session, outcome)
        intents = ledger.intents_of(run)
        reading = read_journal(session.ports, {one.key for one in intents if one.state in UNSETTLED})
        intents = observe(session, intents, reading)
        # A line whose answer was lost may have been found only now.
        stopped = outcome.stopped or number_documents(session)
        alarms = dict.fromkeys((*outcome.alarms, *doubled(reading, intents)))
        certificate = certificate_of(session, intents, reading)
        outcome = replace(outcome, stopped=stopped, alarms=tuple(alarms), certificate=certificate)
    except ImporterError as error:
        intents = ledger.intents_of(run)
        unread = Stopped(Exit(error.exit_code), f"the journal could not be read after writing: {error}")
        outcome = replace(outcome, stopped=outcome.stopped or unread)
    notes = tuple(_gone(intent) for intent in intents if intent.state is State.GONE)
    known = {(intent.key, intent.part) for intent in intents}
    others = (intent for intent in adopted if (intent.key, intent.part) not in known)
    return replace(outcome, intents=(*intents, *others), patches=ledger.patches_of(run), notes=notes)


def _settled_fast(session: Session, outcome: Outcome) -> Outcome:
    """In fast mode what is unknown is settled at once, while nobody else touches the journal."""
    unknown = [one for one in session.ports.ledger.intents_of(session.run) if one.state is State.UNKNOWN]
    if not unknown or session.policy.settling is not Settling.FAST or outcome.stopped:
        return outcome
    stopped, alarms = settle_intents(session, unknown)
    return replace(outcome, stopped=stopped, alarms=alarms)


def _gone(intent: Intent) -> str:
    return (
        f"Line {intent.payment.line_number} ({intent.key}) was created and is no longer in the journal: somebody posted or "
        "deleted it. It is not created again."
    )
