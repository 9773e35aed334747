"""The journal pages: creating, renaming and deleting general journal batches.

Source: business-central-api.md, section 3.1.
"""

from __future__ import annotations

from dataclasses import replace

from importer.sandbox.desk import Desk, entered, is_blank
from importer.sandbox.lines import check_no_approval
from importer.sandbox.papers import Journal
from importer.sandbox.refusals import dialog, must_have_value
from importer.sandbox.rows import NULL_ID, changed
from importer.sandbox.schema import Entity, Json, Value


def create_journal(desk: Desk, entity: Entity, template: str, body: dict[str, Json]) -> Journal:
    """Add a batch to a template; it takes no number series and no balancing account from the template.

    Raises:
        Refusal: a property is not acceptable, or the code is taken.
    """
    journal = Journal(id=desk.store.new_id(), company_id=desk.company.id, code="", template=template)
    for item, value in entered(body, entity, desk.behaviour):
        journal = _with(desk, journal, item.field, value)
    if not journal.code:
        raise must_have_value("Name", f"Gen. Journal Batch: Journal Template Name={template}, Name=")
    return desk.store.journals.put(journal)


def patch_journal(desk: Desk, entity: Entity, journal: Journal, body: dict[str, Json]) -> Journal:
    """Change a batch; another code renames it and all its lines.

    Raises:
        Refusal: a property is not acceptable, or the code is taken.
    """
    new = journal
    for item, value in entered(body, entity, desk.behaviour):
        new = _with(desk, new, item.field, value)
    return rename_journal(desk, new)


def rename_journal(desk: Desk, journal: Journal) -> Journal:
    """Store a batch whose code may have changed; its lines carry the new code."""
    stored = desk.store.journals.put(journal)
    for line in list(desk.store.lines.scan(journal.id)):
        if line.journal_code != stored.code:
            desk.store.lines.put(replace(line, journal_code=stored.code))
    return stored


def delete_journal(desk: Desk, journal: Journal) -> None:
    """Remove a batch and all its lines.

    Raises:
        Refusal: it waits for approval.
    """
    check_no_approval(journal, "delete")
    for line in list(desk.store.lines.scan(journal.id)):
        desk.store.lines.remove(line)
    desk.store.journals.remove(journal)


def _with(desk: Desk, journal: Journal, field: str, value: Value) -> Journal:
    if field == "code" and not value:
        raise must_have_value("Name", f"Gen. Journal Batch: Journal Template Name={journal.template}, Name=")
    if field != "balancing_account_id":
        return changed(journal, **{field: value})
    if is_blank(str(value)):
        return replace(journal, balancing_account_id=NULL_ID, balancing_account_number="")
    account = desk.store.accounts.get(str(value))
    if account is None or account.company_id != desk.company.id:
        raise dialog('The "balancingAccountNumber" does not match to a G/L Account.')
    if account.blocked or not account.direct_posting or account.account_type != "Posting":
        raise must_have_value("Direct Posting", f"G/L Account: No.={account.number}")
    return replace(journal, balancing_account_id=account.id, balancing_account_number=account.number)
