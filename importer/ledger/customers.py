"""Runs that change customers, in the ledger. Their changes are kept like those of journal lines, but belong to no journal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from importer.customer_ports import NO_JOURNAL
from importer.ledger.intents import Page
from importer.ledger.runs import add_patches, add_run
from importer.ledger.tables import run
from importer.plan import LinePatch


def add_customer_run(
    page: Page, company: str, *, digest: str, document: str, patches: Sequence[tuple[str, LinePatch]]
) -> None:
    """Insert the run of this page with its plan and its changes, each with the number of its customer."""
    add_run(page, "customers", journal_id=NO_JOURNAL, document=document)
    facts = {"company": company, "plan": digest, "lines": len(patches)}
    page.connection.execute(update(run).where(run.c.id == page.run).values(facts))
    add_patches(page, NO_JOURNAL, patches)
