"""The customer payments page: entering and changing properties one by one, each with its checks.

Source: business-central-api.md, sections 4.2 (stage A) and 4.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from importer.sandbox.desk import Desk, check_apply_date, check_blocked, check_exchange_rate, entered, is_blank
from importer.sandbox.lines import (
    check_no_approval,
    check_posting_date,
    check_scheduled,
    insert_line,
    journal_of,
    stored_amount,
    with_customer,
    without_customer,
)
from importer.sandbox.papers import PAYMENT_TEMPLATE, Document, Journal, Line
from importer.sandbox.refusals import Refusal, dialog, no_related
from importer.sandbox.rows import NULL_ID, Customer, changed
from importer.sandbox.schema import Entity, Json, Value

_NO_JOURNAL = "You must specify a journal batch ID or a journal ID to get a journal line."
_NOT_POSTED = 'The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.'


def create_payment(desk: Desk, entity: Entity, journal: Journal | None, body: dict[str, Json]) -> Line:
    """Add a line to the journal of the URL, or to the one the body names.

    Raises:
        Refusal: the first property, in the order of the body, that is not acceptable; or the insertion fails.
    """
    blank = Line(id="", company_id=desk.company.id, journal_id=NULL_ID, journal_code="")
    if journal is not None:
        blank = replace(blank, journal_id=journal.id, journal_code=journal.code)
    page = _NewPayment(desk, blank)
    for item, value in entered(body, entity, desk.behaviour):
        page.enter(item.field, value)
    return insert_line(desk, page.journal(), page.line)


def patch_payment(desk: Desk, entity: Entity, line: Line, body: dict[str, Json]) -> Line:
    """Change the sent properties of a line, in the order of the body.

    Raises:
        Refusal: a property that is not acceptable, or a line that may not be changed.
    """
    check_scheduled(line)
    check_no_approval(journal_of(desk, line.journal_id), "modify")
    page = _OldPayment(desk, line)
    for item, value in entered(body, entity, desk.behaviour):
        page.enter(item.field, value)
    return desk.store.lines.put(page.line)


def delete_payment(desk: Desk, line: Line) -> None:
    """Remove a line from its journal.

    Raises:
        Refusal: it is scheduled for posting or waits for approval.
    """
    check_scheduled(line)
    check_no_approval(journal_of(desk, line.journal_id), "delete")
    desk.store.lines.remove(line)


class _Page:
    """A payment on the page, with the customer and invoice that were chosen by id so far."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self.desk = desk
        self.line = line
        self.customer: Customer | None = None
        self.invoice: Document | None = None

    def enter(self, field: str, value: Value) -> None:
        """One property of the body."""
        trigger = self.triggers().get(field)
        if trigger is None:
            self.line = changed(self.line, **{field: value})
            return
        trigger(value)

    def triggers(self) -> Mapping[str, Callable[[Value], None]]:
        """The fields that do more than take a value."""
        return {
            "journal_id": self.enter_journal_id,
            "journal_code": self.enter_journal_code,
            "customer_id": self.enter_customer_id,
            "customer_number": self.enter_customer_number,
            "invoice_id": self.enter_invoice_id,
            "invoice_number": self.enter_invoice_number,
            "posting_date": self.enter_posting_date,
            "amount": self.enter_amount,
        }

    def enter_journal_id(self, value: Value) -> None:
        if value != self.line.journal_id:
            raise dialog("The Journal Id cannot be changed.")

    def enter_journal_code(self, value: Value) -> None:
        if value != self.line.journal_code:
            raise dialog("The Journal Batch Display Name cannot be changed.")

    def enter_customer_id(self, value: Value) -> None:
        if is_blank(str(value)):
            self.line = without_customer(self.line)
            return
        self.customer = self.desk.customer(str(value))
        if self.customer is None:
            raise no_related("Customer Id", str(value), "Customer")
        self.line = replace(self.line, customer_id=self.customer.id, customer_number=self.customer.number)

    def enter_customer_number(self, value: Value) -> None:
        if value == "":
            self.line = without_customer(self.line)
            return
        customer = self.desk.customer_by_number(str(value))
        if customer is None:
            raise no_related("Account No.", str(value), "Customer")
        if self.customer is not None and self.customer.number != customer.number:
            raise dialog("The customer values do not match to a specific Customer.")
        check_blocked(customer, "Payment")
        self.take_customer(customer)

    def take_customer(self, customer: Customer) -> None:
        self.line = replace(self.line, customer_id=customer.id, customer_number=customer.number)

    def enter_invoice_id(self, value: Value) -> None:
        if is_blank(str(value)):
            self.clear_invoice_id()
            return
        self.invoice = self.desk.posted_invoice(str(value))
        if self.invoice is None:
            raise dialog(_NOT_POSTED)
        self.take_invoice(self.invoice)

    def enter_invoice_number(self, value: Value) -> None:
        if self.invoice is not None and self.invoice.number != value:
            raise dialog("The Applies To Invoice values do not match to the same Invoice.")
        invoice = self.desk.posted_invoice_by_number(str(value))
        if invoice is None:
            self.line = replace(self.line, invoice_id=NULL_ID, invoice_number=str(value))
            return
        self.take_invoice(invoice)

    def take_invoice(self, invoice: Document) -> None:
        self.line = replace(self.line, invoice_id=invoice.id, invoice_number=invoice.number)
        if not self.line.customer_number:
            number = invoice.bill_to_customer_number or invoice.customer_number
            customer = self.desk.customer_by_number(number)
            if customer is not None:
                self.line = replace(self.line, customer_id=customer.id, customer_number=number)

    def clear_invoice_id(self) -> None:
        self.line = replace(self.line, invoice_id=NULL_ID, invoice_number="")

    def enter_posting_date(self, value: Value) -> None:
        if isinstance(value, date):
            self.line = replace(self.line, posting_date=value)
        check_posting_date(self.line)

    def enter_amount(self, value: Value) -> None:
        if isinstance(value, Decimal):
            self.line = replace(self.line, amount=value)


class _NewPayment(_Page):
    """A payment that is being created."""

    def enter_journal_id(self, value: Value) -> None:
        if not is_blank(self.line.journal_id):
            super().enter_journal_id(value)
            return
        journal = journal_of(self.desk, str(value))
        if self.line.journal_code not in {"", journal.code}:
            raise dialog("The Journal Id and Journal Display Name do not match.")
        self.line = replace(self.line, journal_id=journal.id, journal_code=journal.code)

    def enter_journal_code(self, value: Value) -> None:
        if not self.line.journal_code:
            self.line = replace(self.line, journal_code=str(value))
            return
        if value != self.line.journal_code:
            raise dialog("The Journal Id and Journal Display Name do not match.")

    def journal(self) -> Journal:
        """The payment journal the line goes to: only its name counts, the template is always the cash receipt one."""
        if not self.line.journal_code:
            raise dialog(_NO_JOURNAL)
        group = f"{self.desk.company.id}/{PAYMENT_TEMPLATE}"
        journal = self.desk.store.journals.find(group, self.line.journal_code)
        if journal is None:
            raise no_related("Journal Batch Name", self.line.journal_code, "Gen. Journal Batch")
        return journal


class _OldPayment(_Page):
    """A payment that is being changed."""

    def take_customer(self, customer: Customer) -> None:
        old = self.desk.customer_by_number(self.line.customer_number)
        untouched = self.line.description in {"", old.display_name if old else ""}
        self.line = with_customer(self.line, customer, customer.display_name if untouched else self.line.description)
        check_apply_date(self.line, self.desk.posted_invoice(self.line.invoice_id))

    def clear_invoice_id(self) -> None:
        # Only the id goes: the page writes the number back because it is not blank.
        self.line = replace(self.line, invoice_id=NULL_ID)

    def enter_posting_date(self, value: Value) -> None:
        super().enter_posting_date(value)
        check_exchange_rate(self.desk, self.line)
        check_apply_date(self.line, self.desk.posted_invoice(self.line.invoice_id))

    def enter_amount(self, value: Value) -> None:
        if isinstance(value, Decimal):
            amount = stored_amount(self.desk, value, self.line.currency_code)
            self.line = replace(self.line, amount=amount)


def outside_a_journal() -> Refusal:
    """The refusal of a list of lines without a journal."""
    return dialog(_NO_JOURNAL)
