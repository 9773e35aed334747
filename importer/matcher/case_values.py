"""The format of a case file, checked at the door (matching.md §9). Names are camel case, those of a line underscored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal  # JSON, not checked yet

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from importer.matcher.schemes import SCHEMES
from importer.matcher.settings import MatchingSettings, QrrLayout, TextMapping
from importer.model import Confidence, DocumentKind


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, given: Any) -> Any:
        """Null is as good as missing."""
        return (
            {key: value for key, value in given.items() if value is not None} if isinstance(given, Mapping) else given
        )


class CaseCustomer(_Part):
    """A customer with what the payer register knows of it."""

    number: str
    name: str = ""
    city: str = ""
    bank_accounts: tuple[str, ...] = ()
    parent_customer_number: str = ""


class CaseDiscount(_Part):
    """A payment discount."""

    amount: Decimal
    until: date = Field(alias="date")
    tolerance_date: date | None = None


class CaseCollection(_Part):
    """The direct debit that was sent for a document."""

    transaction_id: str
    status: str = ""
    collection_status: str = ""


class CaseDocument(_Part):
    """A document, open unless it says otherwise."""

    number: str
    customer_number: str
    remaining_amount: Decimal
    posting_date: date
    due_date: date | None = None
    payment_reference: str = ""
    external_document_number: str = ""
    direct_debit: CaseCollection | None = None
    open: bool = True
    discount: CaseDiscount | None = None
    type: DocumentKind = DocumentKind.INVOICE
    currency: str = ""
    applies_to_id: str = ""


class CaseLine(_Part):
    """A bank line; unlike the rest its names have underscores."""

    model_config = ConfigDict(alias_generator=None)

    booked_on: date = Field(alias="date")
    amount: Decimal
    text: str = ""
    reference: str = ""
    additional_text: str = ""
    remittance: tuple[str, ...] = ()
    account: str = ""
    counterparty_account: str = ""
    counterparty_name: str = ""
    counterparty_address: str = ""
    counterparty_city: str = ""
    transaction_id: str = Field(default="", alias="transactionId")
    already_imported: bool = Field(default=False, alias="alreadyImported")


class CaseMapping(_Part):
    """A text-to-account mapping."""

    text: str
    account_type: Literal["G/L Account", "Customer", "Vendor", "Bank Account"] = "G/L Account"
    account_no: str = ""


class CaseQrrLayout(_Part):
    """Where the document number stands in a Swiss reference."""

    invoice_start: int
    invoice_length: int


class CaseSettings(_Part):
    """The settings of a case; names as in importer.toml, but in camel case."""

    tolerance_type: Literal["Amount", "Percentage"] = "Amount"
    tolerance_value: Decimal = Decimal(0)
    match_customers: bool = True
    name_matching: Literal["tokens", "exact-permutations", "disabled"] = "tokens"
    text_mappings: tuple[CaseMapping, ...] = ()
    payment_tolerance_pct: Decimal = Decimal(0)
    max_payment_tolerance_amount: Decimal = Decimal(0)
    payment_tolerance_warning: bool = True
    accept_payment_tolerance: bool = True
    discount_tolerance_warning: bool = True
    accept_discount_tolerance: bool = True
    reference_schemes: tuple[str, ...] = ()
    currency: str = ""
    bank_currency: str = ""
    lcy: str = ""
    qrr_layout: CaseQrrLayout | str = ""
    kid_layout: str = ""
    fi_layout: str = ""
    rounding_limit: Decimal = Decimal(0)
    accept_stated_bank_charges: bool = False
    invoice_patterns: tuple[str, ...] = ()
    layouts: Mapping[str, str] = {}
    whole_balance: bool = True
    single_item: bool = True
    omitted_prefix: bool = True
    range_without_payer: bool = True
    customer_number_and_amount: bool = True

    @property
    def local(self) -> str:
        """The company's local currency."""
        return self.lcy or self.currency or "EUR"

    def matching(self) -> MatchingSettings:
        """The settings of the matcher. Schemes that do not exist ("any") are left out: nothing is ever guessed."""
        qrr = self.qrr_layout
        return MatchingSettings(
            references=tuple(scheme for scheme in self.reference_schemes if scheme in SCHEMES),
            tolerance_type=self.tolerance_type,
            tolerance_value=self.tolerance_value,
            match_customers=self.match_customers,
            name_matching=self.name_matching,
            text_mappings=tuple(TextMapping(m.text, m.account_type, m.account_no) for m in self.text_mappings),
            payment_tolerance_pct=self.payment_tolerance_pct,
            max_payment_tolerance_amount=self.max_payment_tolerance_amount,
            payment_tolerance_warning=self.payment_tolerance_warning,
            accept_payment_tolerance=self.accept_payment_tolerance,
            discount_tolerance_warning=self.discount_tolerance_warning,
            accept_discount_tolerance=self.accept_discount_tolerance,
            qrr_layout=QrrLayout(qrr.invoice_start, qrr.invoice_length) if isinstance(qrr, CaseQrrLayout) else qrr,
            kid_layout=self.kid_layout,
            fi_layout=self.fi_layout,
            rounding_limit=self.rounding_limit,
            accept_stated_bank_charges=self.accept_stated_bank_charges,
            invoice_patterns=self.invoice_patterns,
            layouts=self.layouts,
            whole_balance=self.whole_balance,
            single_item=self.single_item,
            omitted_prefix=self.omitted_prefix,
            range_without_payer=self.range_without_payer,
            customer_number_and_amount=self.customer_number_and_amount,
        )


class ExpectedInvoice(_Part):
    """The part of a document that is settled, discount and charges included."""

    number: str
    amount: Decimal


class ExpectedSplit(_Part):
    """One customer's share of a line that pays for several."""

    customer_number: str
    amount: Decimal
    invoices: tuple[str, ...]


class Expected(_Part):
    """What a careful person would conclude."""

    customer_number: str | None = None
    invoices: tuple[ExpectedInvoice, ...] = ()
    confidence: Confidence
    discount_taken: Decimal = Decimal(0)
    tolerance_taken: Decimal = Decimal(0)
    fee_taken: Decimal = Decimal(0)
    unapplied: Decimal = Decimal(0)
    split: tuple[ExpectedSplit, ...] = ()


class LabelledCase(_Part):
    """One case of a case file."""

    id: str
    customers: tuple[CaseCustomer, ...]
    open_invoices: tuple[CaseDocument, ...] = Field(default=(), alias="open_invoices")
    statement_line: CaseLine = Field(alias="statement_line")
    other_statement_lines: tuple[CaseLine, ...] = Field(default=(), alias="other_statement_lines")
    settings: CaseSettings = CaseSettings()
    tags: tuple[str, ...] = ()
    expected: Expected
