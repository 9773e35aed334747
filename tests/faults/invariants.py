"""The invariants of reliability.md §6.1 that can be seen from what the program says and keeps; the judge sees the others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from importer.money import Money
from importer.outcome import Certificate
from importer.pipeline import Imported
from importer.plan import incoming
from importer.sandbox.app import Sandbox
from importer.sandbox.papers import Line
from tests.faults.places import Place, Row

# Beside runs and the audit trail everything stays as it is when nothing is new.
KEPT = ("intent", "line", "file", "attempt", "patch", "payer")
_EXISTED = ("created", "mismatch", "edited", "posted", "gone", "deleted", "deleting", "undone")


def check_import(imported: Imported) -> list[str]:
    """I2 and I3: every record has one decision, and the money adds up."""
    plan, found = imported.preview.plan, []
    records = Counter((d.source.file, d.source.line.record) for d in plan.decisions)
    if records.total() != len(records) or records.total() != sum(file.lines for file in plan.files):
        found.append(f"I2: {records.total()} decisions for {sum(file.lines for file in plan.files)} records")
    received = Money.sum(filter(None, (incoming(d) for d in plan.decisions)), plan.currency)
    if received != Money.sum((total.amount for total in plan.totals().values()), plan.currency):
        found.append(f"I3: {received} came in, the totals say {plan.totals()}")
    if imported.certificate is not None:
        found += _balanced(imported.certificate)
    return found


def _balanced(certificate: Certificate) -> list[str]:
    lines = sum(total.lines for total in certificate.states.values())
    currency = certificate.planned.amount.currency
    amount = Money.sum((total.amount for total in certificate.states.values()), currency)
    is_whole = (lines, amount) == (certificate.planned.lines, certificate.planned.amount)
    return [] if is_whole or not lines else [f"I3: the certificate does not add up: {certificate}"]


def check_ledgers(ledgers: Sequence[Place], sandbox: Sandbox, hidden: Collection[int]) -> list[str]:
    """I7: what the ledger says was created, the server had; what it says was refused, the server never had.

    Args:
        hidden: line numbers that a person hid from the API: the importer could not know of them (reliability.md RR4).
    """
    created = {
        (event.after.external_document_number, event.after.line_number)
        for event in sandbox.history
        if event.action == "create" and isinstance(event.after, Line)
    }
    found = []
    for ledger in ledgers:
        for row in dump(ledger)["intent"]:
            place = (row["key"], row["line_number"])
            # A server that numbers lines itself has the key all the same.
            if row["state"] in _EXISTED and row["key"] not in {key for key, _ in created}:
                found.append(f"I7: the ledger has {place} as {row['state']}, the server never had it")
            # Of two hosts one may be refused what the other created.
            if row["state"] == "rejected" and place in created and len(ledgers) == 1 and place[1] not in hidden:
                found.append(f"I7: the ledger has {place} as refused, the server had it")
        found += _secrets(ledger)
    return found


def _secrets(ledger: Place) -> list[str]:
    """I14: no secret and no token is kept."""
    content = ledger.content()
    return [f"I14: {word!r} stands in the ledger" for word in (b"canary-of-a-secret", b"sandbox-") if word in content]


def dump(ledger: Place) -> Mapping[str, list[Row]]:
    """The rows of the tables that only change when something happens; none where there is no ledger."""
    return {table: sorted(ledger.rows(f"SELECT * FROM {table}"), key=json.dumps) for table in KEPT}  # noqa: S608
