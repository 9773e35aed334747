"""The rows of the sandbox's books: what Business Central keeps in its tables, as frozen values.

Every row has a `key`: its primary key, whose first element names the group it is listed in (a company's customers, a
journal's lines) and whose other elements, a text and a number, order the group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

NULL_ID = "00000000-0000-0000-0000-000000000000"
BLANK_DATE = date.min  # Business Central writes a blank date as 0001-01-01
LONG_AGO = datetime(2026, 1, 1, 6, tzinfo=UTC)
ZERO = Decimal(0)

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every table has: the SystemId, the time of the last change and a counter that every change raises."""

    id: str
    modified_at: datetime = LONG_AGO
    version: int = 0

    @property
    def key(self) -> Key:
        """Primary key: the group of rows and the place in it."""
        return ("", self.id, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company(Row):
    """A company; `currency` is its local currency (LCY)."""

    name: str
    display_name: str
    currency: str
    system_version: str = "29.0.0.0"
    business_profile_id: str = ""
    posting_from: date = BLANK_DATE
    posting_to: date = date.max

    @property
    def key(self) -> Key:
        """By name."""
        return ("", self.name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Row):
    """One row of a small table: payment terms, currencies, countries. `kind` is the name of its entity set."""

    company_id: str
    kind: str
    code: str
    display_name: str
    rate_from: date = BLANK_DATE  # currencies: first day with an exchange rate; blank = none

    @property
    def key(self) -> Key:
        """By code within the table."""
        return (f"{self.company_id}/{self.kind}", self.code, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Row):
    """A general ledger account."""

    company_id: str
    number: str
    display_name: str
    account_type: str = "Posting"
    direct_posting: bool = True
    blocked: bool = False

    @property
    def key(self) -> Key:
        """By number."""
        return (self.company_id, self.number, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount(Row):
    """A bank account of the company itself (customers' accounts are exposed by no API)."""

    company_id: str
    number: str
    display_name: str
    bank_account_number: str = ""
    iban: str = ""
    currency_code: str = ""
    blocked: bool = False

    @property
    def key(self) -> Key:
        """By number."""
        return (self.company_id, self.number, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Row):
    """A customer. `currency_code` is the code shown, also for the local currency; `currency_id` is blank for that one."""

    company_id: str
    number: str
    display_name: str
    type: str = "Company"
    contact_id: str = ""
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    postal_code: str = ""
    phone_number: str = ""
    email: str = ""
    website: str = ""
    salesperson_code: str = ""
    balance: Decimal = ZERO  # of open entries, in local currency
    balance_due: Decimal = ZERO
    total_sales: Decimal = ZERO
    credit_limit: Decimal = ZERO
    tax_liable: bool = False
    tax_area_id: str = NULL_ID
    tax_area_display_name: str = ""
    tax_registration_number: str = ""
    currency_id: str = NULL_ID
    currency_code: str = ""
    payment_terms_id: str = NULL_ID
    shipment_method_id: str = NULL_ID
    payment_method_id: str = NULL_ID
    blocked: str = ""
    privacy_blocked: bool = False
    # What only the oldest API shows of other tables; filled when a customer is read.
    payment_terms_code: str = ""
    payment_terms_name: str = ""
    shipment_method_code: str = ""
    shipment_method_name: str = ""
    payment_method_code: str = ""
    payment_method_name: str = ""

    @property
    def key(self) -> Key:
        """By number."""
        return (self.company_id, self.number, 0)

    @property
    def street(self) -> str:
        """Both address lines, as the nested address of older APIs has them."""
        return "\n".join(line for line in (self.address_line1, self.address_line2) if line)


R = TypeVar("R", bound=Row)


def changed(row: R, **fields: object) -> R:
    """The row with some fields replaced by name."""
    return replace(row, **fields)  # type: ignore[arg-type]  # the schema has converted each value to its field's type
