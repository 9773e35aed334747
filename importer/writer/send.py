"""Sending chunks: the intent is committed, the request leaves, the answer is committed; then the next chunk.

PLANNED | UNKNOWN ──commit──▶ SENDING ──create──▶ replies ──commit──▶ CREATED · REJECTED · PLANNED · UNKNOWN · HIDDEN
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from importer.errors import (
    AccessDenied,
    Busy,
    ConfigurationError,
    Exit,
    ImporterError,
    LedgerError,
    ServerUnavailable,
)
from importer.identity import line_number
from importer.outcome import Stopped
from importer.ports import NotApplied, Reply
from importer.states import Intent, Move, State, elapsed
from importer.writer.judge import after_reply, is_ours, seen
from importer.writer.reading import Posted, Reading, read_journal, siblings
from importer.writer.session import Session

_TRIES = 6
_FAILURES = 5
_LONGEST_PAUSE_S = 60.0
# Raised before the first byte of a request leaves: nothing happened.
_NOT_SENT = (AccessDenied, ServerUnavailable, Busy, ConfigurationError)
_DEFINITE = frozenset({State.CREATED, State.MISMATCH, State.REJECTED, State.HIDDEN})


@dataclass(frozen=True, slots=True)
class Sent:
    """A chunk after it was sent; `denied` says why the server let none of it in, "" when it did."""

    intents: tuple[Intent, ...]
    denied: str = ""


def chunks(intents: Iterable[Intent], size: int) -> Iterator[tuple[Intent, ...]]:
    """The intents in chunks of at most `size`, by line number; the parts of a bank line stay together if they fit.

    Ascending numbers append at the bottom of the journal, where Business Central numbers documents onwards.
    """
    bank_lines: dict[str, list[Intent]] = {}
    for intent in sorted(intents, key=lambda intent: intent.payment.line_number):
        bank_lines.setdefault(intent.key, []).append(intent)
    chunk: list[Intent] = []
    for parts in bank_lines.values():
        if chunk and len(chunk) + len(parts) > size:
            yield _ascending(chunk)
            chunk = []
        chunk += parts
        while len(chunk) > size:
            yield _ascending(chunk[:size])
            chunk = chunk[size:]
    if chunk:
        yield _ascending(chunk)


def _in_order(intents: Sequence[Intent], largest: int) -> list[tuple[Intent, ...]]:
    """Chunks of what was never sent first; what was sent without an answer goes in smaller ones, at last each line alone.

    A chunk may be too much for a server that does not say so, and one line may stand in the way of its neighbours.
    """
    sizes: defaultdict[int, list[Intent]] = defaultdict(list)
    for intent in intents:
        sizes[max(1, largest // 10**intent.attempt)].append(intent)
    return [chunk for size in sorted(sizes, reverse=True) for chunk in chunks(sizes[size], size)]


def send_all(session: Session, intents: Sequence[Intent]) -> Stopped | None:
    """Send intents until each has an answer or the run has to stop; says why it stopped, None when it did not."""
    waiting = _in_order(intents, session.policy.chunk)
    done, total, failures, tries = 0, len(intents), 0, 0
    while waiting:
        if why := session.ports.stop():
            return Stopped(Exit.TEMPORARY, f"stopped: {why}; {total - done} of {total} lines were not sent")
        session.ports.progress("write", done, total)
        sent = send_chunk(session, waiting.pop(0))
        if sent.denied:
            return Stopped(Exit.DENIED, sent.denied)
        again = tuple(intent for intent in sent.intents if intent.state is State.PLANNED)
        done += len(sent.intents) - len(again)
        answered = any(intent.state in _DEFINITE for intent in sent.intents)
        failures, tries = 0 if answered else failures + 1, tries + 1 if again else 0
        if failures >= _FAILURES or tries >= _TRIES:
            return Stopped(Exit.UNAVAILABLE, _no_answer(sent.intents))
        if again:
            waiting.insert(0, again)
        if again or not answered:
            session.ports.sleep(min(_LONGEST_PAUSE_S, 2.0 ** max(failures, tries)))
    session.ports.progress("write", total, total)
    return None


def send_chunk(session: Session, chunk: Sequence[Intent]) -> Sent:
    """Send one chunk and record what became of it; a line number that is taken is looked at before anything else is sent."""
    sending = _Sending(session, chunk)
    replies = _create(session, sending)
    after = session.record([after_reply(intent, reply) for intent, reply in zip(sending.intents, replies, strict=True)])
    hidden = [intent for intent in after if intent.state is State.HIDDEN]
    if hidden:
        resolved = {(one.key, one.part): one for one in resolve_taken(session, hidden)}
        after = tuple(resolved.get((intent.key, intent.part), intent) for intent in after)
    return Sent(after, _denied(replies))


def resolve_taken(session: Session, hidden: Sequence[Intent]) -> tuple[Intent, ...]:
    """Look at the rows whose line numbers were taken: ours is adopted, beside a foreign one the next number is planned."""
    try:
        reading = read_journal(session.ports, {intent.key for intent in hidden})
    except ImporterError:
        # They stay hidden; the next settling looks again.
        return tuple(hidden)
    return look_beside(session, hidden, reading)


def look_beside(session: Session, hidden: Sequence[Intent], reading: Reading) -> tuple[Intent, ...]:
    """What a reading shows on the line numbers that were taken; intents whose number shows no line come back unchanged."""
    taken = set(session.ports.ledger.taken(session.company_id, session.journal_id)) | set(reading.by_number)
    parts = siblings(session, hidden, reading)
    moves = []
    for intent in hidden:
        move = _resolve(intent, parts.get(intent.key, (intent,)), reading, taken)
        if move is not None:
            taken.add((move.payment or intent.payment).line_number)
            moves.append(move)
    after = {(one.key, one.part): one for one in session.record(moves)}
    return tuple(after.get((intent.key, intent.part), intent) for intent in hidden)


def _resolve(intent: Intent, parts: Sequence[Intent], reading: Reading, taken: set[int]) -> Move | None:
    own = reading.row_of(intent)
    if own is not None:
        return seen(intent, own)
    if reading.posted_part(intent, parts) is Posted.YES:
        return Move(intent, State.POSTED, "found in the posted entries")
    row = reading.by_number.get(intent.payment.line_number)
    if row is None or is_ours(intent, row):
        return None
    payment = intent.payment
    numbers = (
        (probe, line_number(intent.key, payment.posting_date, intent.part, probe)) for probe in count(intent.probe + 1)
    )
    probe, number = next((probe, number) for probe, number in numbers if number not in taken)
    reason = f"line {payment.line_number} holds another payment; next number {number}"
    return Move(intent, State.PLANNED, reason, payment=replace(payment, line_number=number), probe=probe)


class _Sending:
    """A chunk on its way: committed as being sent before its first request leaves, and again before each that leaves later.

    How long a request may still be carried out counts from what is committed. Before it leaves there may be a token to
    fetch, a pause the server asked for, a machine put to sleep; parts of a chunk may leave one after the other.
    """

    def __init__(self, session: Session, chunk: Sequence[Intent]) -> None:
        self._session = session
        self.intents = self._committed(chunk)

    def leaving(self) -> None:
        """Called when a request leaves."""
        for _ in range(_TRIES):
            if self._is_fresh():
                return
            self.intents = self._committed(self.intents)
        raise LedgerError(f"The ledger takes longer than {self._session.policy.fresh} to write. Nothing more was sent.")

    def _is_fresh(self) -> bool:
        return all(self._age(intent) <= self._session.policy.fresh for intent in self.intents)

    def _age(self, intent: Intent) -> timedelta:
        """How long ago the intent was committed, by the clock that says more: the one may have been set, the other slept."""
        now, ticks = self._session.now(), self._session.ports.uptime()
        at = intent.sent_at or datetime.min.replace(tzinfo=UTC)
        return max(abs(now - at), abs(elapsed((at, intent.sent_ticks), (now, ticks))))

    def _committed(self, chunk: Sequence[Intent]) -> tuple[Intent, ...]:
        return self._session.record([Move(intent, State.SENDING) for intent in chunk])


def _create(session: Session, sending: _Sending) -> tuple[Reply, ...]:
    try:
        payments = [intent.payment for intent in sending.intents]
        return session.ports.business_central.create(payments, sending.leaving)
    except _NOT_SENT as error:
        code = "Authentication_InvalidCredentials" if isinstance(error, AccessDenied) else "NotSent"
        return tuple(NotApplied(code, str(error)) for _ in sending.intents)
    except Exception as error:
        # Whatever went wrong, it went wrong after the request may have left.
        lost = f"the answer was lost: {error!r}"
        session.record([Move(intent, State.UNKNOWN, lost) for intent in sending.intents])
        raise


def _denied(replies: Sequence[Reply]) -> str:
    families = ("Authentication", "Authorization")
    denied = [reply.message for reply in replies if isinstance(reply, NotApplied) and reply.code.startswith(families)]
    return denied[0] if len(denied) == len(replies) else ""


def _no_answer(intents: Sequence[Intent]) -> str:
    said = next((intent.reason for intent in intents if intent.reason), "no answer")
    return f"Business Central gives no usable answer: {said}. The rest was not sent; the next import goes on."


def _ascending(chunk: Sequence[Intent]) -> tuple[Intent, ...]:
    return tuple(sorted(chunk, key=lambda intent: intent.payment.line_number))
