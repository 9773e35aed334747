"""Lines that are open in another journal: it was replaced by one of the same name, or importer.toml names another one now.

Nothing is sent there any more. What the posted entries and this journal tell is recorded; of the rest a person says what became
of it, and until then it stays open and is told every time. Source: reliability.md §3 (I2), §8 (K36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from importer.identity import line_number
from importer.states import Intent, Move, State
from importer.writer.reading import Posted, read_journal, siblings
from importer.writer.session import Session, Word


def brought_here(session: Session, intents: Sequence[Intent]) -> tuple[Intent, ...]:
    """Those of the intents that a person calls absent, in this journal from now on, where they are settled like all others."""
    absent = [one for one in intents if _word(session, one) is Word.ABSENT]
    taken = set(session.ports.ledger.taken(session.company_id, session.journal_id)) if absent else set()
    here = []
    for intent in absent:
        here.append(_renumbered(replace(intent, journal_id=session.journal_id), taken))
        taken.add(here[-1].payment.line_number)
    return session.ports.ledger.bring(session.run, here)


def look_elsewhere(session: Session, intents: Sequence[Intent]) -> tuple[Intent, ...]:
    """Record what entries and a person tell of intents of other journals; returns them as they are now, with what to do."""
    if not intents:
        return ()
    reading = read_journal(session.ports, {intent.key for intent in intents})
    parts = siblings(session, intents, reading)
    moves = []
    for intent in intents:
        if reading.posted_part(intent, parts.get(intent.key, (intent,))) is Posted.YES:
            moves.append(Move(intent, State.POSTED, "found in the posted entries"))
        elif _word(session, intent) is Word.FOUND:
            moves.append(Move(intent, State.CREATED, "a person found it in Business Central"))
    after = {(one.key, one.part): one for one in session.record(moves)}
    return tuple(after.get((intent.key, intent.part)) or _told(intent) for intent in intents)


def _word(session: Session, intent: Intent) -> Word | None:
    return session.policy.words.get(intent.payment.line_number)


def _renumbered(intent: Intent, taken: set[int]) -> Intent:
    """The intent with a line number that is not given away in its journal."""
    payment, probe = intent.payment, intent.probe
    numbers = ((n, line_number(intent.key, payment.posting_date, intent.part, n)) for n in count(probe + 1))
    while payment.line_number in taken:
        probe, number = next(numbers)
        payment = replace(payment, line_number=number)
    return replace(intent, payment=payment, probe=probe)


def _told(intent: Intent) -> Intent:
    number, payment = intent.payment.line_number, intent.payment
    return replace(
        intent,
        reason=(
            "it was sent to another journal than the one of today. If that one still exists, name it in importer.toml and "
            f"settle; else look in the ledger entries of customer {payment.customer} for {payment.amount}, external document "
            f"number {intent.key}, and say `importer run settle --found {number}`, or `--absent {number}` to send it to this "
            "journal"
        ),
    )
