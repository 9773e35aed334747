"""What the user allows the matcher to conclude. Every default is the careful one; nothing here is guessed from the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

_NOTHING = Decimal(0)


class PayerKind(StrEnum):
    """How a payer belongs to a customer."""

    OWN = "own"  # the customer's own account or name
    PAYER = "payer"  # somebody who pays for the customer: parent, factor, relative
    CONFIRMED = "confirmed"  # learned: a person confirmed it in a review


@dataclass(frozen=True, slots=True)
class Payer:
    """One entry of the payer register: this account or this name pays for this customer."""

    customer: str
    account: str = ""
    name: str = ""
    kind: PayerKind = PayerKind.OWN


@dataclass(frozen=True, slots=True)
class Payers:
    """The payer register of a company. Entries that a later decision contradicted are not in it."""

    entries: tuple[Payer, ...] = ()


@dataclass(frozen=True, slots=True)
class TextMapping:
    """A text-to-account mapping of Business Central: a line that holds the text belongs to this account."""

    text: str
    account_type: Literal["G/L Account", "Customer", "Vendor", "Bank Account"] = "G/L Account"
    account_no: str = ""


@dataclass(frozen=True, slots=True)
class QrrLayout:
    """Where the document number stands in a 27-digit Swiss reference; `invoice_start` counts from 1."""

    invoice_start: int
    invoice_length: int


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """How careful to be. Amounts are in the currency of the bank account.

    Args:
        references: schemes of the payment references that we print on invoices; never guessed.
        own_accounts: the company's bank accounts; money from them is no payment of a customer.
        invoice_patterns: further regular expressions for document numbers; the first group, else all of it, is the number.
        tolerance: a difference up to this amount is a rounding difference; the larger of it and `rounding_limit` counts.
        tolerance_type, tolerance_value: the match tolerance of the bank account card; never more than half of the money.
        payment_tolerance_pct, max_payment_tolerance_amount: payment tolerance as in General Ledger Setup; the lower counts.
        payment_tolerance_warning: a person confirms payment tolerance.
        accept_payment_tolerance: payment tolerance may be proposed at all.
        accept_discount_tolerance: a discount taken within its grace period may be proposed. It always waits for a person,
            so discount_tolerance_warning, as Business Central calls that, is taken for granted.
        accept_stated_bank_charges: bank charges that the line states with their amount may be deducted without asking.
        fi_layout …: what the digits of a reference mean, from the left, e.g. "customer5+document"; "" is "document".
        layouts: the same for any scheme, by its name.
        whole_balance, single_item: a known payer's money without any number may settle the whole balance, or the one item.
        omitted_prefix: the end of a document number counts when it is unique and payer and amount agree.
        range_without_payer: three or more documents of a range of one customer and the exact sum need no known payer.
        customer_number_and_amount: a customer number with the amount of exactly one open item needs no other proof.
    """

    references: tuple[str, ...] = ()
    own_accounts: tuple[str, ...] = ()
    invoice_patterns: tuple[str, ...] = ()
    tolerance: Decimal = _NOTHING
    rounding_limit: Decimal = _NOTHING
    tolerance_type: Literal["Amount", "Percentage"] = "Amount"
    tolerance_value: Decimal = _NOTHING
    payment_tolerance_pct: Decimal = _NOTHING
    max_payment_tolerance_amount: Decimal = _NOTHING
    payment_tolerance_warning: bool = True
    accept_payment_tolerance: bool = True
    accept_discount_tolerance: bool = True
    discount_tolerance_warning: bool = True
    accept_stated_bank_charges: bool = False
    match_customers: bool = True
    name_matching: Literal["tokens", "exact-permutations", "disabled"] = "tokens"
    text_mappings: tuple[TextMapping, ...] = ()
    fi_layout: str = ""
    kid_layout: str = ""
    qrr_layout: QrrLayout | str = ""
    layouts: Mapping[str, str] = field(default_factory=dict)
    whole_balance: bool = True
    single_item: bool = True
    omitted_prefix: bool = True
    range_without_payer: bool = True
    customer_number_and_amount: bool = True
