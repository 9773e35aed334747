"""The payer register in the ledger. It is read and written as a whole: a few thousand entries at most."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from importer.ledger.intents import Page
from importer.ledger.tables import payer as table
from importer.matcher import Payer, PayerKind
from importer.payers import Registered, plain_account


def read_register(connection: Connection, company_id: str) -> tuple[Registered, ...]:
    """All entries of the company, also disabled ones, by customer."""
    query = (
        select(table).where(table.c.company_id == company_id).order_by(table.c.customer, table.c.value, table.c.kind)
    )
    return tuple(
        Registered(
            payer=Payer(row["customer"], row["account"], row["name"], PayerKind(row["kind"])),
            source=row["source"],
            author=row["author"],
            recorded_at=datetime.fromisoformat(row["recorded_at"]),
            count=row["count"],
            disabled=bool(row["disabled"]),
        )
        for row in connection.execute(query).mappings()
    )


def write_register(page: Page, register: Iterable[Registered]) -> None:
    """Replace the register of the page's company; the audit trail notes what changed, without names."""
    page.connection.execute(delete(table).where(table.c.company_id == page.company_id))
    rows = [_row(page.company_id, entry) for entry in register]
    if rows:
        page.connection.execute(insert(table), rows)
    page.note("payers", [len(rows), len([row for row in rows if row["disabled"]])])


def _row(company_id: str, entry: Registered) -> dict[str, str | int]:
    payer = entry.payer
    return {
        "company_id": company_id,
        "kind": payer.kind.value,
        "value": plain_account(payer.account) or payer.name.casefold(),
        "customer": payer.customer,
        "account": payer.account,
        "name": payer.name,
        "source": entry.source,
        "author": entry.author,
        "recorded_at": entry.recorded_at.isoformat(),
        "count": entry.count,
        "disabled": int(entry.disabled),
    }
