"""Inserting a journal line: what the server fills in from the lines beside it, and the order in which it validates.

Source: business-central-api.md, sections 4.2 (stage B) and 4.3.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from importer.sandbox.desk import Desk, check_apply_date, check_blocked, check_exchange_rate, is_blank
from importer.sandbox.papers import Journal, Line
from importer.sandbox.refusals import Refusal, dialog, must_have_value, no_related
from importer.sandbox.rows import BLANK_DATE, NULL_ID, Customer

STEP = 10_000
_DIGITS = re.compile(r"\d+(?=\D*$)")


def insert_line(desk: Desk, journal: Journal, wanted: Line) -> Line:
    """Store a new line of a journal and return it as stored.

    Args:
        wanted: what was entered; blank fields are filled as Business Central fills them.

    Raises:
        Refusal: a validation of stage B fails, or the line number is taken.
    """
    check_no_approval(journal, "insert")
    fresh = _fresh_line(desk, journal, wanted)
    line = _with_customer(desk, fresh, wanted)
    line = replace(
        line,
        posting_date=wanted.posting_date if wanted.posting_date != BLANK_DATE else line.posting_date,
        document_type="Payment",
        document_number=wanted.document_number or line.document_number,
        external_document_number=wanted.external_document_number,
        invoice_number=wanted.invoice_number,
        invoice_id=wanted.invoice_id,
        description=wanted.description or line.description,
        comment=wanted.comment,
        contact_id=wanted.contact_id,
        dimensions=wanted.dimensions,
    )
    check_exchange_rate(desk, line)
    line = replace(line, amount=stored_amount(desk, wanted.amount, line.currency_code))
    if journal.balancing_account_number:
        line = replace(line, balancing_account=journal.balancing_account_number)
        check_apply_date(line, desk.posted_invoice(line.invoice_id))
    return desk.store.lines.put(line)


def stored_amount(desk: Desk, amount: Decimal, currency: str) -> Decimal:
    """The amount as the server keeps it: rounded, its sign as the server's settings have it."""
    if amount > 0 and desk.behaviour.positive_amounts == "refused":
        raise dialog('The "amount" should be a negative number.')
    if amount > 0 and desk.behaviour.positive_amounts == "negated":
        amount = -amount
    return desk.rounded(amount, currency)


def check_no_approval(journal: Journal, verb: str) -> None:
    """Refuse to change a journal that waits for approval."""
    if journal.approval_open:
        raise dialog(f"You cannot {verb} a record of the journal batch {journal.code}: it is pending approval.")


def check_posting_date(line: Line) -> None:
    """Refuse a blank posting date."""
    if line.posting_date == BLANK_DATE:
        raise must_have_value("Posting Date", where(line))


def where(line: Line) -> str:
    """A line as error texts name it."""
    return (
        "Gen. Journal Line: Journal Template Name=CASHRCPT, "
        f"Journal Batch Name={line.journal_code}, Line No.={line.line_number}"
    )


def incremented(number: str) -> str:
    """The number behind a number: its last run of digits plus one; a number without digits stays."""
    match = _DIGITS.search(number)
    if match is None:
        return number
    digits = match[0]
    return number[: match.start()] + str(int(digits) + 1).zfill(len(digits)) + number[match.end() :]


def _fresh_line(desk: Desk, journal: Journal, wanted: Line) -> Line:
    last = desk.store.lines.last(journal.id)
    number = 0 if desk.behaviour.line_numbers == "assigned" else wanted.line_number
    if number == 0:
        number = last.line_number + STEP if last else STEP
    fresh = Line(
        id=desk.store.new_id(),
        company_id=desk.company.id,
        journal_id=journal.id,
        journal_code=journal.code,
        line_number=number,
    )
    if last is None:
        first = _next_in_series(desk, journal)
        return replace(fresh, document_type="", posting_date=desk.today, document_number=first)
    beside = desk.store.lines.next_above(journal.id, ("", number)) or last
    return replace(
        fresh,
        document_type=beside.document_type,
        posting_date=beside.posting_date if beside.posting_date != BLANK_DATE else desk.today,
        document_number=_neighbour_number(desk, beside, last, fresh, wanted),
    )


def _neighbour_number(desk: Desk, beside: Line, last: Line, fresh: Line, wanted: Line) -> str:
    number = beside.document_number
    is_empty = last.customer_number == "" and last.amount == 0
    if fresh.line_number > last.line_number and desk.store.lines.balance(last.journal_id) == 0 and not is_empty:
        number = incremented(number)
    if number == last.document_number and wanted.external_document_number != last.external_document_number:
        number = incremented(number)
    return number


def _next_in_series(desk: Desk, journal: Journal) -> str:
    # The number is looked up, not taken: only posting uses it up.
    series = desk.store.series.find(desk.company.id, journal.number_series) if journal.number_series else None
    return incremented(series.last_used) if series else ""


def _with_customer(desk: Desk, fresh: Line, wanted: Line) -> Line:
    if not wanted.customer_number:
        return fresh
    customer = desk.customer_by_number(wanted.customer_number)
    if customer is None:
        raise no_related("Account No.", wanted.customer_number, "Customer")
    # The type is still that of the line beside it, blank in an empty journal: the quirk of a customer blocked for Invoice.
    check_blocked(customer, fresh.document_type)
    return with_customer(fresh, customer, customer.display_name)


def with_customer(line: Line, customer: Customer, description: str) -> Line:
    """The line for this customer, in the customer's currency."""
    return replace(
        line,
        customer_id=customer.id,
        customer_number=customer.number,
        currency_code=customer.currency_code,
        description=description,
    )


def without_customer(line: Line) -> Line:
    """The line for nobody."""
    return replace(line, customer_id=NULL_ID, customer_number="", currency_code="")


def check_scheduled(line: Line) -> None:
    """Refuse to touch a line that a job queue is about to post."""
    if line.scheduled:
        raise dialog("Journal line cannot be modified because it has been scheduled for posting.")


def journal_of(desk: Desk, journal_id: str) -> Journal:
    """The journal with that id.

    Raises:
        Refusal: there is none in this company.
    """
    journal = desk.store.journals.get(journal_id)
    if journal is None or journal.company_id != desk.company.id or is_blank(journal_id):
        raise Refusal(404, "Internal_RecordNotFound", f"The Gen. Journal Batch does not exist. Id='{journal_id}'")
    return journal
