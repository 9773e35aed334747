"""Posting a journal: lines become customer ledger entries, invoices are settled, the lines are deleted.

Source: business-central-api.md, section 7; reliability.md, F13 to F15.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from importer.sandbox.desk import Desk, check_apply_date, check_blocked
from importer.sandbox.journals import rename_journal
from importer.sandbox.lines import STEP, check_no_approval, check_posting_date, incremented, where
from importer.sandbox.papers import Document, Entry, Journal, Line, Series
from importer.sandbox.refusals import Refusal, dialog, must_have_value
from importer.sandbox.rows import ZERO


def post_journal(desk: Desk, journal: Journal) -> None:
    """Post every line of a journal, or none.

    Raises:
        Refusal: there is nothing to post, or a line may not be posted; the caller takes back what was changed.
    """
    check_no_approval(journal, "post")
    everything = list(desk.store.lines.scan(journal.id))
    lines = [line for line in everything if line.customer_number or line.amount]
    if not lines:
        raise dialog("There is nothing to post.")
    for line in lines:
        _check_line(desk, line)
    _check_balance(lines)
    numbered = _posting_numbers(desk, journal, _checked_numbers(desk, journal, lines))
    for line, number in zip(lines, numbered, strict=True):
        _post_line(desk, line, number)
    for line in everything:
        desk.store.lines.remove(line)
    _leave_empty_line(desk, journal, lines[-1])
    if journal.increment_batch_name:
        rename_journal(desk, replace(journal, code=incremented(journal.code)))


def _check_line(desk: Desk, line: Line) -> None:
    if not line.document_number:
        raise must_have_value("Document No.", where(line))
    check_posting_date(line)
    if not desk.company.posting_from <= line.posting_date <= desk.company.posting_to:
        raise dialog(f"Posting Date is not within your range of allowed posting dates in {where(line)}.")
    if not line.customer_number:
        raise must_have_value("Account No.", where(line))
    if line.amount == 0:
        raise must_have_value("Amount", where(line))
    if line.document_type == "Payment" and line.amount > 0:
        text = f"Amount must be negative in {where(line)}."
        raise Refusal(400, "Application_FieldValidationException", text)
    customer = desk.customer_by_number(line.customer_number)
    if customer is not None:
        check_blocked(customer, line.document_type)


def _check_balance(lines: Iterable[Line]) -> None:
    totals: dict[tuple[str, date], Decimal] = {}
    for line in lines:
        document = (line.document_number, line.posting_date)
        totals[document] = totals.get(document, ZERO) + line.unbalanced
    for (number, _), total in totals.items():
        if total:
            raise dialog(
                f"The lines in the journal are out of balance by {total}. Check that the Balance Account No. is filled "
                f"for document {number}, or add lines that balance it."
            )


def _checked_numbers(desk: Desk, journal: Journal, lines: list[Line]) -> list[str]:
    """The document numbers of the lines; each must be the next of the series unless manual ones are allowed."""
    series = desk.store.series.find(desk.company.id, journal.number_series)
    if series is None:
        return [line.document_number for line in lines]
    last = ""
    for line in lines:
        if line.document_number == last:
            continue
        last = line.document_number
        if last == incremented(series.last_used):
            series = desk.store.series.put(replace(series, last_used=last))
        elif not series.manual:
            text = "You may not enter numbers manually. If you want to enter numbers manually, please activate "
            raise dialog(
                f"{text}Manual Nos. in No. Series {series.code}. The next number is {incremented(series.last_used)}."
            )
    return [line.document_number for line in lines]


def _posting_numbers(desk: Desk, journal: Journal, numbers: list[str]) -> list[str]:
    """The numbers of the posted entries: those of the posting series when the journal has one."""
    series = desk.store.series.find(desk.company.id, journal.posting_series)
    if series is None:
        return numbers
    given: dict[str, str] = {}
    for number in numbers:
        if number not in given:
            series = _next_used(desk, series)
            given[number] = series.last_used
    return [given[number] for number in numbers]


def _next_used(desk: Desk, series: Series) -> Series:
    return desk.store.series.put(replace(series, last_used=incremented(series.last_used)))


def _post_line(desk: Desk, line: Line, number: str) -> None:
    remaining = line.amount
    if line.invoice_number and line.applies_to_type == "Invoice":
        remaining += _apply(desk, line, _open_invoice(desk, line))
    desk.store.entries.put(
        Entry(
            id=desk.store.new_id(),
            company_id=desk.company.id,
            entry_number=next_entry_number(desk),
            document_type=line.document_type,
            document_number=number,
            external_document_number=line.external_document_number,
            posting_date=line.posting_date,
            due_date=line.posting_date,
            customer_number=line.customer_number,
            description=line.description,
            currency_code=line.currency_code,
            amount=line.amount,
            remaining_amount=remaining,
            open=remaining != 0,
            balancing_account_number=line.balancing_account,
            journal_code=line.journal_code,
        )
    )


def _open_invoice(desk: Desk, line: Line) -> Document:
    invoice = desk.posted_invoice_by_number(line.invoice_number)
    if invoice is None or not invoice.is_open or invoice.bill_to_customer_number != line.customer_number:
        text = (
            "There is no Cust. Ledger Entry within the filter. Filters: Document Type: Invoice, "
            f"Document No.: {line.invoice_number}, Customer No.: {line.customer_number}, Open: Yes"
        )
        raise Refusal(400, "Internal_DataNotFoundFilter", text)
    if (line.amount > 0) == (invoice.remaining_amount > 0):
        raise dialog(f"The amount to apply to {invoice.number} must have the opposite sign in {where(line)}.")
    if line.currency_code != invoice.currency_code:
        raise dialog(f"The currency of {invoice.number} is {invoice.currency_code} and not {line.currency_code}.")
    check_apply_date(line, invoice)
    return invoice


def _apply(desk: Desk, line: Line, invoice: Document) -> Decimal:
    """Settle as much of the invoice as the payment covers; returns that amount."""
    applied = min(-line.amount, invoice.remaining_amount)
    remaining = invoice.remaining_amount - applied
    status = invoice.status if remaining else "Paid"
    settled = replace(invoice, remaining_amount=remaining, status=status)
    documents = desk.store.documents
    notices = desk.behaviour.settled_documents == "get a new time"
    (documents.put if notices else documents.put_unnoticed)(settled)
    entry = desk.store.entries.find(desk.company.id, "", invoice.entry_number)
    if entry is not None:
        desk.store.entries.put(replace(entry, remaining_amount=remaining, open=remaining != 0))
    return applied


def next_entry_number(desk: Desk) -> int:
    """The number of the next ledger entry."""
    last = desk.store.entries.last(desk.company.id)
    return last.entry_number + 1 if last else 1


def _leave_empty_line(desk: Desk, journal: Journal, last: Line) -> None:
    # A batch without number series keeps one empty line, so that the next number can be seen (F14).
    if journal.number_series or desk.behaviour.line_after_posting == "none":
        return
    desk.store.lines.put(
        Line(
            id=desk.store.new_id(),
            company_id=desk.company.id,
            journal_id=journal.id,
            journal_code=journal.code,
            line_number=STEP,
            applies_to_type="",
            posting_date=last.posting_date,
            document_number=incremented(last.document_number),
            balancing_account=journal.balancing_account_number,
        )
    )
