"""Runs that change customers, in the ledger. Their changes are kept like those of journal lines, but belong to no journal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select, update

from importer.customer_ports import NO_JOURNAL
from importer.ledger.intents import Page, patches_where
from importer.ledger.runs import add_patches, add_run
from importer.ledger.tables import patch, run
from importer.plan import LinePatch
from importer.states import PatchIntent, PatchState

_KIND = "customers"


def add_customer_run(
    page: Page, company: str, *, digest: str, document: str, patches: Sequence[tuple[str, LinePatch]]
) -> None:
    """Insert the run of this page with its plan and its changes, each with the number of its customer."""
    add_run(page, _KIND, journal_id=NO_JOURNAL, document=document)
    facts = {"company": company, "plan": digest, "lines": len(patches)}
    page.connection.execute(update(run).where(run.c.id == page.run).values(facts))
    add_patches(page, NO_JOURNAL, patches)


def untold_conflicts(connection: Connection, company_id: str) -> tuple[PatchIntent, ...]:
    """Conflicts that no report can have named yet: a run names them at its end, and the run that found them was killed."""
    last = select(func.coalesce(func.max(run.c.ended), "")).where(run.c.company_id == company_id, run.c.kind == _KIND)
    here = and_(patch.c.company_id == company_id, patch.c.journal_id == NO_JOURNAL)
    since = patch.c.changed_at > last.scalar_subquery()
    return patches_where(connection, and_(here, patch.c.state == PatchState.CONFLICT.value, since))
