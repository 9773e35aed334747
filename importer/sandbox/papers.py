"""The rows that move money: documents, number series, journals with their lines, posted entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.sandbox.rows import BLANK_DATE, NULL_ID, ZERO, Key, Row

PAYMENT_TEMPLATE = "CASHRCPT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Row):
    """A sales invoice or sales credit memo, draft or posted. `kind` is "invoice" or "credit memo".

    `remaining_amount` and `status` are those of its ledger entry once it is posted; `entry_number` is 0 for a draft.
    """

    company_id: str
    kind: str
    number: str
    draft: bool = False
    entry_number: int = 0
    external_document_number: str = ""
    purchase_order_reference: str = ""
    document_date: date = BLANK_DATE
    posting_date: date = BLANK_DATE
    due_date: date = BLANK_DATE
    promised_pay_date: date = BLANK_DATE
    customer_id: str = NULL_ID
    customer_number: str = ""
    customer_name: str = ""
    bill_to_customer_id: str = NULL_ID
    bill_to_customer_number: str = ""
    bill_to_name: str = ""
    contact_id: str = ""
    currency_id: str = NULL_ID
    currency_code: str = ""
    order_id: str = NULL_ID
    order_number: str = ""
    payment_terms_id: str = NULL_ID
    shipment_method_id: str = NULL_ID
    salesperson: str = ""
    prices_include_tax: bool = False
    discount_amount: Decimal = ZERO
    discount_applied_before_tax: bool = True
    total_excluding_tax: Decimal = ZERO
    total_tax: Decimal = ZERO
    total_including_tax: Decimal = ZERO
    remaining_amount: Decimal = ZERO
    status: str = "Draft"
    dispute_status: str = ""
    dispute_status_id: str = NULL_ID
    corrects_id: str = NULL_ID
    corrects_number: str = ""
    phone_number: str = ""
    email: str = ""

    @property
    def key(self) -> Key:
        """Posted documents by number; a draft's number may equal that of a posted one."""
        return (f"{self.company_id}/{self.kind}", self.number, 1 if self.draft else 0)

    @property
    def is_open(self) -> bool:
        """True for a posted document whose ledger entry is open."""
        return not self.draft and self.status in {"Open", "Corrective"} and self.remaining_amount != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Row):
    """A number series: `last_used` is the number given out last."""

    company_id: str
    code: str
    last_used: str
    manual: bool = True

    @property
    def key(self) -> Key:
        """By code."""
        return (self.company_id, self.code, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal(Row):
    """A general journal batch. Those of the cash receipt template are the customer payment journals."""

    company_id: str
    code: str
    display_name: str = ""
    template: str = PAYMENT_TEMPLATE
    balancing_account_id: str = NULL_ID
    balancing_account_number: str = ""
    number_series: str = ""
    posting_series: str = ""
    increment_batch_name: bool = False
    approval_open: bool = False

    @property
    def key(self) -> Key:
        """By code within the template."""
        return (f"{self.company_id}/{self.template}", self.code, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Row):
    """A line of a journal. A blank `applies_to_type`, or another document type, hides it from the payments page."""

    company_id: str
    journal_id: str
    journal_code: str
    line_number: int = 0
    document_type: str = "Payment"
    account_type: str = "Customer"
    applies_to_type: str = "Invoice"
    customer_id: str = NULL_ID
    customer_number: str = ""
    contact_id: str = ""
    posting_date: date = BLANK_DATE
    document_number: str = ""
    external_document_number: str = ""
    amount: Decimal = ZERO
    currency_code: str = ""
    invoice_id: str = NULL_ID
    invoice_number: str = ""
    description: str = ""
    comment: str = ""
    dimensions: str = "[]"
    balancing_account: str = ""
    scheduled: bool = False

    @property
    def key(self) -> Key:
        """By line number within the journal."""
        return (self.journal_id, "", self.line_number)

    @property
    def is_visible(self) -> bool:
        """True for the lines that the customer payments page shows."""
        return (self.document_type, self.account_type, self.applies_to_type) == ("Payment", "Customer", "Invoice")

    @property
    def unbalanced(self) -> Decimal:
        """What the line adds to the balance of its journal."""
        return ZERO if self.balancing_account else self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Row):
    """A posted customer ledger entry."""

    company_id: str
    entry_number: int
    document_type: str
    document_number: str
    external_document_number: str = ""
    posting_date: date = BLANK_DATE
    due_date: date = BLANK_DATE
    customer_number: str = ""
    description: str = ""
    currency_code: str = ""
    your_reference: str = ""
    amount: Decimal = ZERO
    remaining_amount: Decimal = ZERO
    open: bool = True
    balancing_account_type: str = "G/L Account"
    balancing_account_number: str = ""
    journal_code: str = ""

    @property
    def key(self) -> Key:
        """By entry number."""
        return (self.company_id, "", self.entry_number)
