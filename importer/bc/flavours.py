"""The dialects of the API as data: how a URL is spelt, which fields there are, what is missing and how that is said.

A dialect is a value, not a class: the client reads it and never asks for its name.
Source: business-central-api.md §1, §3, §11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from importer.bc.customer_fields import FLAT, NESTED, OLDEST
from importer.errors import ConfigurationError
from importer.master import Fields
from importer.validator import FieldLimits


class Keys(StrEnum):
    """Where the key of a record stands in a URL."""

    PARENTHESES = "customers(key)"
    SEGMENT = "customers/key"
    QUOTED = "customers('key')"


class CustomerShape(StrEnum):
    """Whether a customer's address is beside the other fields or an object of its own."""

    FLAT = "flat"
    NESTED = "nested"


# The published pages spell the first name the second way in two places; some servers were built from those pages.
JOURNALS = "customerPaymentJournals"
MISSPELT_JOURNALS = "customerPaymentsJournals"

_INVOICE_FIELDS = (
    "id",
    "number",
    "externalDocumentNumber",
    "invoiceDate",
    "postingDate",
    "dueDate",
    "customerNumber",
    "billToCustomerNumber",
    "currencyCode",
    "totalAmountIncludingTax",
    "remainingAmount",
    "status",
    "lastModifiedDateTime",
)
_CREDIT_MEMO_FIELDS = (
    "id",
    "number",
    "externalDocumentNumber",
    "creditMemoDate",
    "postingDate",
    "dueDate",
    "customerNumber",
    "billToCustomerNumber",
    "currencyCode",
    "totalAmountIncludingTax",
    "status",
    "lastModifiedDateTime",
)


@dataclass(frozen=True, slots=True)
class Flavour:
    """One dialect.

    `folder` stands between the base URL and the companies. `batch` is how many requests one `$batch` may carry; 0 where
    there is none and every line is a request of its own. Empty field lists mean that the server is not asked to leave
    fields out. `posted` is the query of posted customer ledger entries, relative to the `api` folder; "" where there is none.
    `blank_option` is how an option without a value is written. `scope` is what a token is asked for when the configuration
    says nothing. `other_keys` are spellings that documents also give, tried when a server does not understand `keys`.
    `unsupported` says in a sentence what a user misses, by the name of the ability.
    """

    name: str
    keys: Keys
    customer: CustomerShape
    batch: int
    posted: str
    scope: str
    folder: str = ""
    other_keys: tuple[Keys, ...] = ()
    journals: str = JOURNALS
    credit_memos: str = ""
    customer_fields: tuple[str, ...] = ()
    invoice_fields: tuple[str, ...] = ()
    credit_memo_fields: tuple[str, ...] = ()
    own_line_fields: tuple[str, ...] = ()
    customer_properties: Fields = field(default_factory=lambda: FLAT)
    blank_option: str = "_x0020_"
    limits: FieldLimits = field(default_factory=FieldLimits)
    unsupported: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def all_companies(self) -> str:
        """Path of the companies, relative to the base URL; so are all the others."""
        return f"{self.folder}/companies" if self.folder else "companies"

    def company(self, company: str) -> str:
        """Path of one company."""
        return self._one(self.all_companies(), company)

    def customers(self, company: str) -> str:
        """Path of a company's customers."""
        return f"{self.company(company)}/customers"

    def one_customer(self, company: str, customer: str) -> str:
        """Path of one customer."""
        return self._one(self.customers(company), customer)

    def invoices(self, company: str) -> str:
        """Path of a company's sales invoices, drafts and posted ones."""
        return f"{self.company(company)}/salesInvoices"

    def memos(self, company: str) -> str:
        """Path of a company's sales credit memos; only where `credit_memos` names them."""
        return f"{self.company(company)}/{self.credit_memos}"

    def all_journals(self, company: str) -> str:
        """Path of a company's customer payment journals."""
        return f"{self.company(company)}/{self.journals}"

    def lines(self, company: str, journal: str) -> str:
        """Path of a journal's lines; the lines are reached under their journal only (§4.1)."""
        return f"{self._one(self.all_journals(company), journal)}/customerPayments"

    def line(self, company: str, journal: str, line: str) -> str:
        """Path of one journal line."""
        return self._one(self.lines(company, journal), line)

    def _one(self, collection: str, key: str) -> str:
        match self.keys:
            case Keys.PARENTHESES:
                return f"{collection}({key})"
            case Keys.SEGMENT:
                return f"{collection}/{key}"
            case Keys.QUOTED:
                return f"{collection}('{key}')"

    def spellings(self) -> tuple[Flavour, ...]:
        """The dialect in every spelling that documents give, its own first."""
        keys = (self.keys, *self.other_keys)
        names = dict.fromkeys((self.journals, JOURNALS, MISSPELT_JOURNALS))
        return tuple(replace(self, keys=key, journals=name) for key in keys for name in names)


_BC_SCOPE = "https://api.businesscentral.dynamics.com/.default"
_NO_BATCH = "this API has no $batch: every journal line is a request of its own, which is slower"
_NO_POSTED = "posted entries cannot be looked up: what left the journal is known from the ledger only"
_NO_REMAINING = "where invoices do not say what is left to pay, an open one counts in full, also after a part payment"
_NO_ROLLBACK = "the server cannot check a plan without keeping it, because that needs a $batch"

V2 = Flavour(
    name="v2.0",
    keys=Keys.PARENTHESES,
    customer=CustomerShape.FLAT,
    batch=100,
    posted="microsoft/reportsFinance/beta",
    scope=_BC_SCOPE,
    credit_memos="salesCreditMemos",
    customer_fields=("id", "number", "displayName", "blocked", "currencyCode", "city", "lastModifiedDateTime"),
    invoice_fields=_INVOICE_FIELDS,
    credit_memo_fields=_CREDIT_MEMO_FIELDS,
    own_line_fields=("journalId", "journalDisplayName"),
)
V1 = replace(
    V2,
    name="v1.0",
    customer=CustomerShape.NESTED,
    customer_fields=("id", "number", "displayName", "blocked", "currencyCode", "address", "lastModifiedDateTime"),
    own_line_fields=("contactId", "dimensions"),
    customer_properties=NESTED,
    blank_option=" ",
)
GRAPH = Flavour(
    name="graph-beta",
    keys=Keys.SEGMENT,
    customer=CustomerShape.NESTED,
    batch=0,
    posted="",
    scope="https://graph.microsoft.com/.default",
    folder="financials",
    other_keys=(Keys.PARENTHESES, Keys.QUOTED),
    own_line_fields=("contactId", "journalDisplayName"),
    customer_properties=OLDEST,
    blank_option=" ",
    unsupported=MappingProxyType(
        {"batch": _NO_BATCH, "posted": _NO_POSTED, "ask-server": _NO_ROLLBACK, "remaining amount": _NO_REMAINING}
    ),
)
FINANCIALS = replace(
    GRAPH,
    name="financials-beta",
    keys=Keys.PARENTHESES,
    other_keys=(Keys.SEGMENT, Keys.QUOTED),
    folder="",
    scope="https://api.financials.dynamics.com/.default",
    own_line_fields=("contactId",),
)

FLAVOURS: Mapping[str, Flavour] = MappingProxyType({each.name: each for each in (V2, V1, GRAPH, FINANCIALS)})


def flavour(name: str, journals: str = "") -> Flavour:
    """The dialect of that name, with the journals spelt as told; "" spells them as the dialect does.

    Raises:
        ConfigurationError: for an unknown dialect or an unknown spelling.
    """
    found = FLAVOURS.get(name)
    if found is None:
        nearest = get_close_matches(name, FLAVOURS, n=1, cutoff=0.3)
        hint = f' Did you mean "{nearest[0]}"?' if nearest else ""
        raise ConfigurationError(f'There is no API flavour "{name}"; there are {", ".join(FLAVOURS)}.{hint}')
    if journals not in ("", JOURNALS, MISSPELT_JOURNALS):
        raise ConfigurationError(
            f'Customer payment journals are called "{JOURNALS}" or "{MISSPELT_JOURNALS}", not "{journals}". '
            "`importer company check` finds out which of them the server has."
        )
    return replace(found, journals=journals or found.journals)
