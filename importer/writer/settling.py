"""Settling: find out what became of lines whose outcome is unknown, by reading; send again what is proven absent."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from importer.errors import ImporterError
from importer.outcome import Outcome, Stopped
from importer.states import IN_JOURNAL, Intent, Move, PatchState, State
from importer.writer.absence import conclusions, may_still_go
from importer.writer.changes import send_changes
from importer.writer.doubles import posted_besides
from importer.writer.elsewhere import brought_here, look_elsewhere
from importer.writer.invoices import Conclusion, Verdict
from importer.writer.judge import seen
from importer.writer.numbering import number_documents
from importer.writer.paid import unpaid
from importer.writer.reading import Posted, Reading, Strays, doubled, read_journal, siblings, strays
from importer.writer.send import look_beside, send_all
from importer.writer.session import Policy, Ports, Session, Word

_DOUBTFUL = (State.UNKNOWN, State.HIDDEN, State.DOUBTFUL)
_OPEN_CHANGES = (PatchState.UNKNOWN, PatchState.PLANNED)


def settle(company_id: str, journal_id: str, ports: Ports, policy: Policy) -> Outcome:
    """Settle what earlier runs left open in a journal; needs the company's lock. Asks nothing when nothing is open.

    Returns:
        The lines and changes that were open, as they are now, those of other journals too; an empty run id when there were
        none.
    """
    intents = ports.ledger.unfinished(company_id, journal_id)
    elsewhere = ports.ledger.unfinished_elsewhere(company_id, journal_id)
    changes = ports.ledger.patches(company_id, journal_id, _OPEN_CHANGES)
    if not (intents or elsewhere or changes or ports.ledger.unnumbered(company_id, journal_id)):
        return Outcome("")
    run = ports.ledger.begin(company_id, journal_id, "settle")
    session = Session(company_id, journal_id, run, ports, policy)
    here = brought_here(session, elsewhere)
    intents = (*intents, *here)
    brought = {(intent.key, intent.part) for intent in here}
    away = look_elsewhere(session, [one for one in elsewhere if (one.key, one.part) not in brought])
    stopped, alarms = settle_intents(session, intents)
    stopped = stopped or send_changes(session, changes) or number_documents(session)
    keys = {(intent.key, intent.part) for intent in intents}
    after = ports.ledger.intents_for(company_id, {intent.key for intent in intents})
    numbers = {(change.run, change.number) for change in (*changes, *ports.ledger.patches_of(run))}
    outcome = Outcome(
        run,
        (*(intent for intent in after if (intent.key, intent.part) in keys), *away),
        tuple(
            change
            for run_id in sorted({change.run for change in changes} | {run})
            for change in ports.ledger.patches_of(run_id)
            if (change.run, change.number) in numbers
        ),
        alarms,
        stopped=stopped,
    )
    ports.ledger.finish(run, outcome.exit_code)
    return outcome


def settle_intents(session: Session, intents: Sequence[Intent]) -> tuple[Stopped | None, tuple[str, ...]]:
    """Read back, conclude, and send what has to be sent; says why it stopped early, and what alarms there are."""
    if not intents:
        return None, ()
    canary = session.ports.ledger.newest(session.company_id, session.journal_id)
    keys = {intent.key for intent in intents} | ({canary.key} if canary else set())
    reading = read_journal(session.ports, keys)
    found = conclude(session, intents, reading)
    hidden = look_beside(session, [intent for intent in found if intent.state is State.HIDDEN], reading)
    unknown = [intent for intent in found if intent.state in (State.UNKNOWN, State.DOUBTFUL)]
    planned = [intent for intent in (*found, *hidden) if intent.state is State.PLANNED]
    doubtful = [intent for intent in (*unknown, *hidden) if intent.state in _DOUBTFUL]
    absent = _concluded(session, doubtful, reading)
    note_missing(session, canary, reading)
    stopped = send_all(session, unpaid(session, [*planned, *absent], reading))
    known = session.ports.ledger.intents_for(session.company_id, {intent.key for intent in intents})
    second = {intent.key for intent in absent}
    again = _looked_again(session, second) if second else ()
    return stopped, (*doubled(reading, known), *again)


def _looked_again(session: Session, keys: Collection[str]) -> tuple[str, ...]:
    """What a fresh reading says against bank lines that were sent again; nothing when it cannot be had."""
    try:
        reading = read_journal(session.ports, keys)
    except ImporterError:
        return ()
    return tuple(posted_besides(reading, session.ports.ledger.intents_for(session.company_id, keys)))


def _concluded(session: Session, doubtful: Sequence[Intent], reading: Reading) -> list[Intent]:
    """Record what is concluded of lines that were not found; returns those that are certainly absent."""
    verdicts = conclusions(session, doubtful, reading)
    found = [(one, verdicts[one.key, one.part], session.policy.words.get(one.payment.line_number)) for one in doubtful]
    moves = (_after_all(intent, conclusion, word) for intent, conclusion, word in found)
    session.record([move for move in moves if move is not None])
    return [intent for intent, conclusion, word in found if _is_to_be_sent(conclusion, word)]


def _is_to_be_sent(conclusion: Conclusion, word: Word | None) -> bool:
    if conclusion.verdict is Verdict.OPEN:
        return word is Word.ABSENT
    return conclusion.verdict is Verdict.ABSENT and word is not Word.FOUND


def _after_all(intent: Intent, conclusion: Conclusion, word: Word | None) -> Move | None:
    """The step that a conclusion calls for, and what a person says; None when it may be sent or time will tell."""
    match conclusion.verdict, word:
        case Verdict.POSTED, _:
            return Move(intent, State.POSTED, conclusion.why)
        case _, Word.FOUND:
            return Move(intent, State.CREATED, "a person found it in Business Central")
        case Verdict.OPEN, None if intent.state is not State.DOUBTFUL:
            return Move(intent, State.DOUBTFUL, conclusion.why)
    return None


def conclude(session: Session, intents: Sequence[Intent], reading: Reading) -> tuple[Intent, ...]:
    """Record what the reading proves; intents of which it proves nothing come back unchanged."""
    parts, stray = siblings(session, intents, reading), strays(session, intents, reading)
    moves = [
        move
        for one in intents
        if (move := _conclusion(session, one, parts.get(one.key, (one,)), stray.get(one.key), reading)) is not None
    ]
    after = {(one.key, one.part): one for one in session.record(moves)}
    return tuple(after.get((intent.key, intent.part), intent) for intent in intents)


def _conclusion(
    session: Session, intent: Intent, parts: Sequence[Intent], stray: Strays | None, reading: Reading
) -> Move | None:
    row = reading.row_of(intent) or (stray.of(intent) if stray else None)
    if row is not None:
        return None if may_still_go(session, intent, row, reading) else seen(intent, row)
    posted = reading.posted_part(intent, parts)
    if posted is Posted.YES:
        return Move(intent, State.POSTED, "found in the posted entries")
    if intent.state is not State.DELETING:
        return None
    # Not undone for certain: somebody may have hidden it, and then it stands there again one day.
    return Move(intent, State.GONE, "no longer in the journal: deleted by undo, or posted or hidden before that")


def note_missing(session: Session, canary: Intent | None, reading: Reading) -> None:
    """Remember since when a line that was known to stand in the journal is no longer seen."""
    if canary is not None and canary.state in IN_JOURNAL and reading.row_of(canary) is None:
        posted = reading.is_posted(canary.key)
        session.record([Move(canary, State.POSTED if posted else State.GONE, "no longer in the journal")])
