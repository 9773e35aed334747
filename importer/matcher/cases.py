"""Labelled cases: a bank line, the books around it, and what a careful person would conclude.

What is read here goes through the very matcher that imports use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importer.matcher.case_values import CaseDocument, CaseLine, LabelledCase
from importer.matcher.engine import match_lines
from importer.model import (
    BankLine,
    Confidence,
    Customer,
    Discount,
    Document,
    DocumentStatus,
    Journal,
    JournalLine,
    Match,
    Reason,
    Snapshot,
)
from importer.money import Money

_SENT = frozenset(("File Created", "Posted", "Closed"))


@dataclass(frozen=True, slots=True)
class Result:
    """What the matcher said to the statement line of a case."""

    case: LabelledCase
    match: Match


def run_case(case: LabelledCase) -> Result:
    """Match the statement line of a case together with its other lines."""
    if case.statement_line.already_imported:
        return Result(
            case, Match(Confidence.NONE, reasons=(Reason("already_imported", "This line was imported before."),))
        )
    return Result(case, match_lines(bank_lines(case), _snapshot(case), case.settings.matching())[0])


def bank_lines(case: LabelledCase) -> list[BankLine]:
    """The lines of a case that were not imported before; its own is the first."""
    lines = [line for line in (case.statement_line, *case.other_statement_lines) if not line.already_imported]
    currency = case.settings.bank_currency or case.settings.currency or case.settings.local
    return [_line(line, number, currency) for number, line in enumerate(lines, 1)]


def _line(line: CaseLine, record: int, currency: str) -> BankLine:
    texts = (line.text, line.additional_text, *line.remittance)
    return BankLine(
        record=record,
        row=record,
        booked_on=line.booked_on,
        amount=Money(line.amount, currency),
        text=" ".join(filter(None, texts)),
        counterparty=", ".join(
            filter(None, (line.counterparty_name, line.counterparty_address, line.counterparty_city))
        ),
        iban=line.counterparty_account,
        reference=line.reference,
        bank_reference=line.transaction_id,
        account=line.account,
    )


def _snapshot(case: LabelledCase) -> Snapshot:
    local = case.settings.local
    customers = tuple(
        Customer(
            id=c.number,
            number=c.number,
            name=c.name,
            city=c.city,
            accounts=c.bank_accounts,
            parent=c.parent_customer_number,
        )
        for c in case.customers
    )
    documents = tuple(_document(document, local) for document in case.open_invoices)
    journal = Journal(id="J", code="BANK")
    return Snapshot("C", "Case", local, journal, customers, documents, tuple(_held(case.open_invoices)))


def _document(document: CaseDocument, local: str) -> Document:
    currency = document.currency or local
    amount = Money(document.remaining_amount, currency)
    collection, discount = document.direct_debit, document.discount
    is_sent = collection is not None and {collection.status, collection.collection_status} <= _SENT
    sent = collection.transaction_id if collection is not None and is_sent else ""
    return Document(
        number=document.number,
        customer=document.customer_number,
        remaining=amount if document.open else Money.of(0, currency),
        posting_date=document.posting_date,
        kind=document.type,
        status=DocumentStatus.OPEN if document.open else DocumentStatus.PAID,
        due_date=document.due_date,
        total=amount,
        external_number=document.external_document_number,
        payment_reference=document.payment_reference or sent,
        discount=Discount(Money(discount.amount, currency), discount.until, discount.tolerance_date)
        if discount
        else None,
    )


def _held(documents: Sequence[CaseDocument]) -> list[JournalLine]:
    """Documents that another journal has marked for application are taken."""
    return [
        JournalLine(
            id=document.number,
            etag="",
            line_number=10000 * number,
            customer=document.customer_number,
            customer_id=document.customer_number,
            posting_date=document.posting_date,
            document_number=document.applies_to_id,
            external_document_number=document.applies_to_id,
            amount=-document.remaining_amount,
            invoice=document.number,
            invoice_id=document.number,
            description="",
            comment="",
        )
        for number, document in enumerate(documents, 1)
        if document.applies_to_id
    ]
