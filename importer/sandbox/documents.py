"""The sales document pages: what may still be changed of an invoice or a credit memo.

Source: business-central-api.md, section 3.4. Drafts are made in the books' file or by people, not through the sandbox.
"""

from __future__ import annotations

from importer.sandbox.desk import Desk, entered
from importer.sandbox.papers import Document
from importer.sandbox.refusals import dialog
from importer.sandbox.rows import changed
from importer.sandbox.schema import Entity, Json

_WHEN_POSTED = frozenset({"promised_pay_date", "dispute_status", "dispute_status_id"})


def patch_document(desk: Desk, entity: Entity, document: Document, body: dict[str, Json]) -> Document:
    """Change the sent properties: of a draft all that are not read-only, of a posted document the three that stay open.

    Raises:
        Refusal: a property is not acceptable.
    """
    new = document
    for item, value in entered(body, entity, desk.behaviour):
        if document.draft == (item.field in _WHEN_POSTED):
            state = "a draft" if document.draft else "posted"
            raise dialog(f"The {item.name} of {document.number} cannot be changed because the document is {state}.")
        new = changed(new, **{item.field: value})
    return desk.store.documents.put(new)
