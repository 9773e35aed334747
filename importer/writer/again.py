"""What became of lines that somebody asks for again: only those that were deleted may come a second time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from importer.states import IN_JOURNAL, Intent, State
from importer.writer.reading import read_journal, siblings
from importer.writer.session import Policy, Ports, Session
from importer.writer.verify import not_posted, observe


@dataclass(frozen=True, slots=True)
class Gone:
    """Lines that left the journal and were posted or deleted; of those in `waiting` it is certain from `certain_at` on.

    Of those in `untold` it never is: posted entries cannot be read, the line had lost its key before, or the entries may be
    those of an equal payment of its bank line.
    """

    waiting: tuple[Intent, ...] = ()
    certain_at: datetime | None = None
    untold: tuple[Intent, ...] = ()


def look_for(company_id: str, journal_id: str, keys: Collection[str], ports: Ports, policy: Policy) -> Gone:
    """Look whether the lines of these bank lines still stand in the journal, and record it; needs the company's lock.

    A line is known to be deleted when it was missing twice, so long apart that no reading can be that stale, and is not in the
    posted entries. Nothing is sent.
    """
    known = ports.ledger.intents_for(company_id, keys)
    stood = [one for one in known if one.journal_id == journal_id and one.state in IN_JOURNAL | {State.GONE}]
    journal = read_journal(ports) if stood else None
    missing = [one for one in stood if journal and journal.row_of(one) is None]
    if not missing:
        return Gone()
    # The posted entries are asked for these few only, and after a reading of the journal of their own.
    reading = read_journal(ports, {one.key for one in missing})
    session = Session(company_id, journal_id, ports.ledger.begin(company_id, journal_id, "again"), ports, policy)
    after = observe(session, missing, reading)
    ports.ledger.finish(session.run, 0)
    gone = [one for one in after if one.state is State.GONE]
    parts = siblings(session, gone, reading)
    waiting = tuple(one for one in gone if not_posted(one, parts.get(one.key, (one,)), reading))
    latest = max((one.changed_at for one in waiting), default=None)
    untold = tuple(one for one in gone if one not in waiting)
    return Gone(waiting, latest + policy.settle_after if latest else None, untold)
