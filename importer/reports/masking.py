"""A report without whole account numbers, for the terminal and for pages that leave the house."""

from __future__ import annotations

from dataclasses import replace

from importer.model import Evidence, Reason
from importer.plan import FileFacts
from importer.reports.printable import mask_iban, mask_text
from importer.reports.rows import Report, Row


def masked(report: Report) -> Report:
    """The same report with every account number shortened; offsets of evidence stay true."""
    return replace(
        report,
        rows=tuple(_masked_row(row) for row in report.rows),
        balances=tuple(replace(check, file=_masked_file(check.file)) for check in report.balances),
        notices=tuple(replace(notice, text=mask_text(notice.text)) for notice in report.notices),
    )


def _masked_file(file: FileFacts) -> FileFacts:
    # Its warnings are among the notices.
    return replace(file, name=mask_text(file.name), account=mask_iban(file.account), warnings=())


def _masked_row(row: Row) -> Row:
    return replace(
        row,
        file=mask_text(row.file),
        text=mask_text(row.text),
        counterparty=mask_text(row.counterparty),
        iban=mask_iban(row.iban),
        reference=mask_text(row.reference),
        bank_reference=mask_text(row.bank_reference),
        payments=tuple(
            replace(payment, description=mask_text(payment.description), comment=mask_text(payment.comment))
            for payment in row.payments
        ),
        results=tuple(map(mask_text, row.results)),
        changes=tuple(replace(change, old=mask_text(change.old), new=mask_text(change.new)) for change in row.changes),
        reasons=tuple(_masked_reason(reason, mask_iban(row.iban)) for reason in row.reasons),
        candidates=tuple(replace(candidate, why=mask_text(candidate.why)) for candidate in row.candidates),
    )


def _masked_reason(reason: Reason, iban: str) -> Reason:
    evidence = tuple(_masked_evidence(found, iban) for found in reason.evidence)
    return replace(reason, message=mask_text(reason.message), evidence=evidence)


def _masked_evidence(found: Evidence, iban: str) -> Evidence:
    """`iban` is the shortened account number: whatever was found in the whole one, all of the short one is marked."""
    if found.field == "iban":
        return replace(found, value=iban, start=0, end=len(iban))
    return replace(found, value=mask_text(found.value))
