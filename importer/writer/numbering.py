"""Document numbers for journals without a number series: Business Central leaves them blank and could not post the lines."""

from __future__ import annotations

from collections.abc import Sequence

from importer.outcome import Stopped
from importer.plan import FieldChange, LinePatch
from importer.states import IN_JOURNAL, Intent
from importer.writer.changes import send_changes
from importer.writer.session import Session


def number_documents(session: Session, intents: Sequence[Intent]) -> Stopped | None:
    """Give every created line that has no document number its key as one; says why it stopped early."""
    patches = [
        (intent.key, LinePatch(line.id, line.line_number, line.etag, (FieldChange("documentNumber", "", intent.key),)))
        for intent in intents
        if intent.state in IN_JOURNAL and (line := intent.line) is not None and not line.document_number
    ]
    if not patches:
        return None
    return send_changes(session, session.ports.ledger.add_patches(session.run, patches))
