"""After the writing: one fresh look at the journal, and the certificate for the person who posts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from importer.money import Money
from importer.outcome import Certificate, ControlTotal, control_total
from importer.states import IN_JOURNAL, MOVES, UNSETTLED, Intent, Move, State
from importer.writer.absence import may_still_go
from importer.writer.doubles import posted_besides
from importer.writer.judge import ask_a_person, carries_key, seen
from importer.writer.reading import Posted, Reading, doubled, read_journal, siblings
from importer.writer.session import Policy, Ports, Session

_OPEN = UNSETTLED | {State.DELETING}


def observe(session: Session, intents: Sequence[Intent], reading: Reading) -> tuple[Intent, ...]:
    """Record what became of lines that stood in the journal, and of those not settled that are found in it."""
    parts = siblings(session, intents, reading)
    observations = (_observation(session, one, parts.get(one.key, (one,)), reading) for one in intents)
    moves = [move for move in observations if move is not None and _is_news(move)]
    after = {(one.key, one.part): one for one in session.record(moves)}
    return tuple(after.get((intent.key, intent.part), intent) for intent in intents)


def certify(run: str, company_id: str, journal_id: str, ports: Ports, policy: Policy) -> Certificate:
    """What the journal holds of a run now, and whether it may be posted; needs the company's lock.

    Nothing is sent; states that the fresh reading shows are recorded.
    """
    session = Session(company_id, journal_id, run, ports, policy)
    intents = ports.ledger.intents_of(run)
    # Also of those in the journal: one that stands there and in the entries was paid twice (reliability.md §6, RR1, RR2).
    reading = read_journal(ports, {intent.key for intent in intents})
    return certificate_of(session, observe(session, intents, reading), reading)


def certificate_of(session: Session, intents: Sequence[Intent], reading: Reading) -> Certificate:
    """The certificate for these intents of the session's run, as the reading shows them."""
    unfinished = session.ports.ledger.unfinished(session.company_id, session.journal_id)
    here = {(intent.key, intent.part) for intent in intents}
    elsewhere = [one for one in unfinished if (one.key, one.part) not in here]
    currency = intents[0].payment.amount.currency if intents else ""
    states: Mapping[State, ControlTotal] = {
        state: control_total((one for one in intents if one.state is state), currency)
        for state in State
        if any(one.state is state for one in intents)
    }
    return Certificate(
        run=session.run,
        planned=control_total(intents, currency),
        states=states,
        journal=_in_journal(intents, reading, currency),
        reasons=(
            *doubled(reading, intents),
            *posted_besides(reading, [*chain(*siblings(session, intents, reading).values())]),
            *(_why_open(one) for one in (*intents, *elsewhere) if one.state in _OPEN),
            *(_why_wrong(one) for one in intents if one.state is State.MISMATCH),
            *_lingering(session, reading),
            *_unnumbered(session),
        ),
    )


def _lingering(session: Session, reading: Reading) -> Iterator[str]:
    """What was sent twice, because somebody said that nobody posts: the first request could still come, once it is posted."""
    horizon = session.policy.horizon
    found = session.ports.ledger.lingering(session.company_id, session.journal_id, reading.began - horizon)
    for intent, left_at in found:
        yield (
            f"line {intent.payment.line_number} ({intent.key}) was sent again although its first request may still be carried "
            f"out until {left_at + horizon:%Y-%m-%d %H:%M:%S} UTC. Post after that."
        )


def _unnumbered(session: Session) -> Iterator[str]:
    """Lines without a document number, where the journal has no number series: Business Central refuses to post them."""
    if blank := session.ports.ledger.unnumbered(session.company_id, session.journal_id):
        yield f"{len(blank)} lines have no document number yet. Run `importer run settle` before posting."


def _is_news(move: Move) -> bool:
    intent = move.intent
    return move.to in MOVES[intent.state] and (move.to is not intent.state or move.line != intent.line)


def _observation(session: Session, intent: Intent, parts: Sequence[Intent], reading: Reading) -> Move | None:
    row = reading.row_of(intent)
    if row is not None:
        return None if may_still_go(session, intent, row, reading) else seen(intent, row)
    match reading.posted_part(intent, parts):
        case Posted.YES:
            return Move(intent, State.POSTED, "found in the posted entries")
        case Posted.UNCLEAR if intent.state is State.PLANNED:
            return Move(intent, State.DOUBTFUL, ask_a_person(intent))
    if intent.state in IN_JOURNAL:
        return Move(intent, State.GONE, "no longer in the journal: posted or deleted")
    # Seen missing before, long enough ago that no reading can be that stale, and not posted: somebody deleted it.
    old = intent.changed_at + session.policy.settle_after <= reading.began
    gone = intent.state is State.GONE and old and not_posted(intent, parts, reading)
    return Move(intent, State.DELETED, "deleted from the journal") if gone else None


def not_posted(intent: Intent, parts: Sequence[Intent], reading: Reading) -> bool:
    """Whether the posted entries tell of a line that left the journal that it was not posted.

    They tell nothing of a line whose key somebody took away, nor which of several equal payments of a bank line they are.
    """
    has_key = intent.line is None or carries_key(intent, intent.line)
    return reading.posted is not None and has_key and reading.posted_part(intent, parts) is Posted.NO


def _in_journal(intents: Sequence[Intent], reading: Reading, currency: str) -> ControlTotal:
    rows = [row for intent in intents if (row := reading.row_of(intent)) is not None]
    return ControlTotal(len(rows), Money.sum((Money(row.amount, currency) for row in rows), currency))


def _why_open(intent: Intent) -> str:
    what = f"line {intent.payment.line_number} ({intent.key}) is {intent.state.value}: {intent.reason}"
    return what if intent.state is State.DOUBTFUL else f"{what}. Run `importer run settle` before posting."


def _why_wrong(intent: Intent) -> str:
    number = intent.payment.line_number
    return (
        f"line {number} ({intent.key}) stands otherwise than it was sent: {intent.reason}. Correct or delete it first."
    )
