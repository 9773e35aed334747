"""A report without whole account numbers, for the terminal and for pages that leave the house."""

from __future__ import annotations

from dataclasses import replace

from importer.model import Reason
from importer.reports.printable import mask_iban, mask_text
from importer.reports.rows import Report, Row


def masked(report: Report) -> Report:
    """The same report with every account number shortened; offsets of evidence stay true."""
    rows = tuple(_masked_row(row) for row in report.rows)
    balances = tuple(
        replace(check, file=replace(check.file, account=mask_iban(check.file.account))) for check in report.balances
    )
    return replace(report, rows=rows, balances=balances)


def _masked_row(row: Row) -> Row:
    return replace(
        row,
        text=mask_text(row.text),
        counterparty=mask_text(row.counterparty),
        iban=mask_iban(row.iban),
        reference=mask_text(row.reference),
        bank_reference=mask_text(row.bank_reference),
        payments=tuple(
            replace(payment, description=mask_text(payment.description), comment=mask_text(payment.comment))
            for payment in row.payments
        ),
        changes=tuple(replace(change, old=mask_text(change.old), new=mask_text(change.new)) for change in row.changes),
        reasons=tuple(_masked_reason(reason) for reason in row.reasons),
        candidates=tuple(replace(candidate, why=mask_text(candidate.why)) for candidate in row.candidates),
    )


def _masked_reason(reason: Reason) -> Reason:
    evidence = tuple(replace(found, value=mask_text(found.value)) for found in reason.evidence)
    return replace(reason, message=mask_text(reason.message), evidence=evidence)
