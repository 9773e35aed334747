"""What a ledger has forgotten: the journal holds lines with keys of ours that it does not know.

It was lost or put back from a backup, or another machine with a ledger of its own writes to the same journal. Then what is not
in the journal may have been posted, and requests that nobody remembers may still be carried out (reliability.md §6.2, §8 K41).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from importer.errors import Exit
from importer.model import JournalLine
from importer.outcome import Stopped
from importer.states import Intent, Move, State
from importer.writer.invoices import Since, Verdict, by_invoices
from importer.writer.judge import ask_a_person
from importer.writer.reading import Reading
from importer.writer.session import Session


def forgotten(session: Session, reading: Reading) -> tuple[JournalLine, ...]:
    """The rows with a key of ours that the ledger does not know."""
    known = {intent.key for intent in session.ports.ledger.intents_for(session.company_id, list(reading.by_key))}
    return tuple(row for key, rows in reading.by_key.items() if key not in known for row in rows)


def too_soon(session: Session, rows: Sequence[JournalLine], reading: Reading) -> Stopped | None:
    """Why nothing may be sent yet: what this ledger does not know of was created just now, and more may be on its way."""
    latest = max((row.modified_at for row in rows if row.modified_at is not None), default=None)
    # The server tells when a line was changed by its own clock, which need not be that of this machine.
    ahead = session.ports.business_central.clock_ahead or timedelta(0)
    until = latest + ahead + session.policy.horizon if latest else None
    if until is None or until <= reading.began:
        return None
    return Stopped(
        Exit.TEMPORARY,
        f"the journal holds lines of the importer that this ledger does not know, the latest of {latest:%H:%M:%S} UTC. What "
        f"another ledger has sent may still be carried out until {until:%Y-%m-%d %H:%M:%S} UTC. Import again after that, "
        "and let all machines that work on one journal share one ledger",
    )


def certain(session: Session, planned: Sequence[Intent], reading: Reading) -> tuple[Intent, ...]:
    """The planned intents that were surely never created; of the others a person is asked.

    Where posted entries can be read nothing is in doubt: they were asked for every key.
    """
    if reading.posted is not None or not planned:
        return tuple(planned)
    conclusions = by_invoices(session, planned, lambda _: Since.FORGOTTEN)
    doubtful = [one for one in planned if conclusions[one.key, one.part].verdict is not Verdict.ABSENT]
    session.record([Move(intent, State.DOUBTFUL, ask_a_person(intent)) for intent in doubtful])
    waiting = {(intent.key, intent.part) for intent in doubtful}
    return tuple(intent for intent in planned if (intent.key, intent.part) not in waiting)
