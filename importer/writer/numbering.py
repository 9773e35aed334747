"""Document numbers for journals without a number series: Business Central leaves them blank and could not post the lines.

The key of the bank line becomes the number: 20 characters, unique. Once one line of a journal is numbered so, the next ones
are sent with their number: Business Central would count the last key on, and a key that ends in 9 grows too long for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importer.outcome import Stopped
from importer.plan import FieldChange, LinePatch
from importer.states import IN_JOURNAL, Intent, Move, State
from importer.writer.changes import send_changes
from importer.writer.reading import Reading, read_journal
from importer.writer.session import Session
from importer.writer.verify import observe


def number_documents(session: Session) -> Stopped | None:
    """Give every line of ours that stands without a document number its key as one; says why it stopped early."""
    blank = session.ports.ledger.unnumbered(session.company_id, session.journal_id)
    if not blank:
        return None
    seen = observe(session, blank, read_journal(session.ports, {intent.key for intent in blank}))
    patches = [
        (intent.key, LinePatch(line.id, line.line_number, line.etag, (FieldChange("documentNumber", "", intent.key),)))
        for intent in seen
        if intent.state in IN_JOURNAL and (line := intent.line) is not None and not line.document_number
    ]
    return send_changes(session, session.ports.ledger.add_patches(session.run, patches)) if patches else None


def numbered_like_the_journal(session: Session, intents: Sequence[Intent], reading: Reading) -> tuple[Intent, ...]:
    """The intents to send, with their document numbers when the journal's lines of ours carry their keys as numbers."""
    ours = (row for rows in reading.by_key.values() for row in rows)
    if not any(row.document_number == row.external_document_number for row in ours):
        return tuple(intents)
    return session.record(
        [
            Move(intent, State.PLANNED, intent.reason, payment=replace(intent.payment, document_number=intent.key))
            for intent in intents
        ]
    )
