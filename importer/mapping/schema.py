"""What may stand in a mapping file. mappings/README.md explains every key with an example.

A simple bank needs title, overlap, [file], [table] header, [columns], [dates], [numbers]: about 25 lines.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from importer.cells import SERIALS, DateFormat, NumberFormat
from importer.mapping.columns import Columns, ColumnText, Pattern, Strict, Texts
from importer.mapping.consistent import faults
from importer.mapping.layout import FileRules, Outside, Table, one_for_all
from importer.mapping.values import THOUSANDS, Dates, Numbers
from importer.model import Overlap

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Evidence(StrEnum):
    """What a mapping was made from."""

    SPECIFICATION = "specification"  # the layout is defined by us or by a published specification
    SAMPLE_FILE = "sample_file"  # a file of the bank was read
    CODE = "code"  # another program's source that reads such files
    MAPPING = "mapping"  # another program's configuration
    TEXT_INDEX = "text_index"  # the header was found in several places
    DRAFT = "draft"  # proposed by `importer mapping new`, to be confirmed


class Order(StrEnum):
    """Which booking comes first in the file."""

    OLDEST_FIRST = "oldest_first"
    NEWEST_FIRST = "newest_first"
    ANY = "any"  # as the dates of the file say


class Fields(Strict):
    """Which column holds what. `booked_on` and an amount are always needed."""

    booked_on: ColumnText
    value_on: ColumnText | None = None
    amount: ColumnText | None = None
    debit: ColumnText | None = None
    credit: ColumnText | None = None
    indicator: ColumnText | None = None
    fee: ColumnText | None = None
    currency: ColumnText | None = None
    debit_currency: ColumnText | None = None
    credit_currency: ColumnText | None = None
    balance: ColumnText | None = None
    balance_indicator: ColumnText | None = None
    account: ColumnText | None = None
    text: Columns = ()
    detail: Columns = ()
    counterparty: Columns = ()
    iban: ColumnText | None = None
    reference: Columns = ()
    bank_reference: ColumnText | None = None

    def named(self) -> dict[str, tuple[ColumnText, ...]]:
        """The columns that are mapped, by field."""
        columns = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value if isinstance(value, tuple) else (value,) for name, value in columns.items() if value}


class AmountModel(StrEnum):
    """How the amount says whether money came or went."""

    SIGNED = "signed"  # one column, negative = paid out
    INVERTED = "inverted"  # one column, positive = paid out (cards)
    DEBIT_CREDIT = "debit_credit"  # two columns, both without sign
    DEBIT_CREDIT_SIGNED = "debit_credit_signed"  # two columns, debits already negative
    INDICATOR = "indicator"  # one column and a word in another; or two columns, of which the word chooses one
    WORD_IN_CELL = "word_in_cell"  # one column, the word beside the number


class Side(StrEnum):
    """Whether money went or came."""

    DEBIT = "debit"
    CREDIT = "credit"


class Continuation(StrEnum):
    """Which rows carry more text of the booking before them: further lines of text, or parts of a collective booking."""

    NONE = "none"
    UNDATED = "undated"  # rows without date and amount
    WITHOUT_AMOUNT = "without_amount"  # rows without amount


class Amounts(Strict):
    """The amount model and its words. `neutral` words mark rows that are neither; they are left out and told.

    With `notices` a zero amount marks such a row too. Where the amount has its sign already, the words must agree with it; a
    balance may have them beside it with every model.
    A fee is money paid beside the amount, of every booking or of those on one side; `signed_fees` are negative when paid.
    A `net_amount` is what is left after the fee, so the booking is both together.
    """

    model: AmountModel = AmountModel.SIGNED
    debit: Texts = ()
    credit: Texts = ()
    neutral: Texts = ()
    credit_pattern: Pattern | None = None
    otherwise: Side | None = None
    reversals: bool = False
    notices: bool = False
    fee_text: str = "Fee"
    fee_on: Side | None = None
    signed_fees: bool = False
    net_amount: bool = False


class Running(StrEnum):
    """What the balance column shows, and whether the arithmetic of whole files has proven it."""

    AFTER = "after"
    ROUNDED = (
        "rounded"  # after, but the bank adds up foreign amounts before it rounds them: off by one unit now and then
    )
    BEFORE = "before"
    UNPROVEN = "unproven"


class RowRule(Strict):
    """Rows that are not bookings: `column` equals one of the words, matches a pattern, or is blank.

    `bookings` are the words that bookings have there; a row with any other is an error, not a booking.
    """

    column: ColumnText
    equals: Texts = ()
    pattern: Pattern | None = None
    blank: bool = False
    bookings: Texts = ()
    because: str


class Extract(Strict):
    """Named groups of a pattern in the text fill other fields that are blank; a group "text" replaces the text itself."""

    pattern: Pattern

    @field_validator("pattern")
    @classmethod
    def _fields(cls, pattern: str) -> str:
        known = {"counterparty", "iban", "reference", "bank_reference", "text"}
        if not (groups := set(re.compile(pattern).groupindex)) or groups - known:
            raise ValueError(f"the pattern needs named groups, of {', '.join(sorted(known))}")
        return pattern


class Mapping(Strict):
    """One layout of a bank's export. `id` is its path below the mappings folder, without ".toml"."""

    id: str
    title: str
    banks: Texts = ()
    country: str = ""
    evidence: Evidence
    last_seen: str = ""
    notes: str = ""
    overlap: Overlap
    order: Order = Order.ANY
    currency: Currency | None = None
    currency_words: dict[str, Currency] = Field(default_factory=dict)
    small_currencies: bool = False  # "eur" stands for EUR
    several_accounts: bool = False
    running: Running = Running.UNPROVEN
    continuation: Continuation = Continuation.NONE
    repeated_header: bool = False
    text_separator: str = " "
    file: Annotated[FileRules, AfterValidator(one_for_all)] = FileRules()
    table: Table
    columns: Fields
    dates: Dates
    numbers: Numbers
    amounts: Amounts = Amounts()
    outside: Outside = Outside()
    leave_out: tuple[RowRule, ...] = ()
    keep_only: tuple[RowRule, ...] = ()
    extract: tuple[Extract, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found = [*filter(None, (_amount_fault(self), _table_fault(self), _date_fault(self))), *faults(self)]
        if found:
            raise ValueError("\n".join(found))
        return self

    @cached_property
    def number_format(self) -> NumberFormat:
        """How numbers are written, ready to parse; only where the decimal mark is declared."""
        return self.numbers.format()

    def declaring(self, decimal: str) -> Mapping:
        """The same layout with the decimal mark that a file has proven."""
        return self.model_copy(update={"numbers": self.numbers.declaring(decimal)})

    @property
    def declarations(self) -> tuple[Mapping, ...]:
        """The layout with each decimal mark that a file may prove; only itself where it declares one."""
        return tuple(map(self.declaring, THOUSANDS)) if self.numbers.is_proven else (self,)

    @cached_property
    def date_format(self) -> DateFormat:
        """How booking dates are written, ready to parse."""
        return DateFormat(self.dates.formats, self.dates.language, self.dates.pivot)

    @cached_property
    def stated_date_format(self) -> DateFormat:
        """How dates outside the table are written, ready to parse; a month without a day stands for its first day."""
        return DateFormat(self.dates.stated_formats or self.dates.formats, self.dates.language, self.dates.pivot)

    @cached_property
    def value_date_format(self) -> DateFormat:
        """How value dates are written, ready to parse."""
        return DateFormat(self.dates.value_formats or self.dates.formats, self.dates.language, self.dates.pivot)


_AMOUNT_COLUMNS = {
    AmountModel.SIGNED: ("amount",),
    AmountModel.INVERTED: ("amount",),
    AmountModel.DEBIT_CREDIT: ("debit", "credit"),
    AmountModel.DEBIT_CREDIT_SIGNED: ("debit", "credit"),
    AmountModel.INDICATOR: ("amount", "indicator"),
    AmountModel.WORD_IN_CELL: ("amount",),
}


def _amount_fault(mapping: Mapping) -> str:
    model, amounts = mapping.amounts.model, mapping.amounts
    wanted = _AMOUNT_COLUMNS[model]
    if model is AmountModel.INDICATOR and mapping.columns.amount is None:
        wanted = ("debit", "credit", "indicator")
    missing = [name for name in wanted if getattr(mapping.columns, name) is None]
    if missing:
        return f"amounts.model = {model} needs columns.{' and columns.'.join(missing)}"
    if model in {AmountModel.INDICATOR, AmountModel.WORD_IN_CELL} and not (
        amounts.debit or amounts.credit or amounts.credit_pattern
    ):
        return f"amounts.model = {model} needs the words amounts.debit and amounts.credit"
    return ""


def _table_fault(mapping: Mapping) -> str:
    table = mapping.table
    if not table.header and not table.widths:
        return "table.header is missing; a table without a header needs table.width and columns by position"
    if (table.end is None) == (table.footer == "pattern"):
        return 'table.end and table.footer = "pattern" belong together'
    return ""


def _date_fault(mapping: Mapping) -> str:
    formats = (*mapping.dates.formats, *mapping.dates.value_formats)
    yearless = any(text not in SERIALS and "%y" not in text.casefold() for text in formats)
    if yearless and mapping.outside.ends_on is None:
        return "a date format has no year; outside.ends_on must say where the file states its last day"
    return ""
