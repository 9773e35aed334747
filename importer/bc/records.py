"""Rows of the API as the values of model.py. Tolerant of what dialects leave out, strict about what money depends on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from importer.bc.json_text import Json
from importer.model import Blocked, Customer, Document, DocumentKind, DocumentStatus, Journal, JournalLine
from importer.money import Money
from importer.texts import unescaped

Row = Mapping[str, Json]

NULL_GUID = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# A header value that httpx would refuse, or that could carry a second header, is no ETag.
_ETAG = re.compile(r"[\x21-\x7e]+")


class Malformed(ValueError):
    """A row lacks a field that matters, or the field is of another type."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company of the service."""

    id: str
    name: str
    display_name: str = ""


def is_guid(value: str) -> bool:
    """True for a GUID that names something; the null GUID does not."""
    return _GUID.fullmatch(value) is not None and value != NULL_GUID


def company(row: Row) -> Company:
    """A row of `companies`."""
    return Company(key(row), text(row, "name"), text(row, "displayName"))


def journal(row: Row) -> Journal:
    """A row of `customerPaymentJournals`. A balancing bank account shows its number only (§3.1)."""
    account = text(row, "balancingAccountNumber") or guid(row, "balancingAccountId")
    return Journal(key(row), required_text(row, "code"), text(row, "displayName"), account)


def customer(row: Row) -> Customer:
    """A row of `customers`, flat or with a nested address."""
    address = row.get("address")
    city = text(address, "city") if isinstance(address, Mapping) else text(row, "city")
    return Customer(
        id=key(row),
        number=required_text(row, "number"),
        name=text(row, "displayName"),
        blocked=_blocked(enum(row, "blocked")),
        currency=text(row, "currencyCode"),
        city=city,
    )


def invoice(row: Row, local_currency: str) -> Document:
    """A row of `salesInvoices`. The receivable lies on the bill-to customer (§3.4).

    The oldest dialects do not say what is left of an invoice. There an open one counts in full, and its total is left out:
    nobody may conclude from the two being equal that nothing was ever paid on it.
    """
    total = _money(row, "totalAmountIncludingTax", local_currency)
    status = _status(enum(row, "status"))
    told = "remainingAmount" in row
    is_open = status is DocumentStatus.OPEN
    rest = total if is_open else Money.of(0, total.currency)
    return Document(
        number=required_text(row, "number"),
        customer=text(row, "billToCustomerNumber") or text(row, "customerNumber"),
        remaining=_money(row, "remainingAmount", local_currency) if told else rest,
        posting_date=_first_day(row, "postingDate", "invoiceDate"),
        id=key(row),
        kind=DocumentKind.INVOICE,
        status=status,
        due_date=day(row, "dueDate"),
        total=total if told or not is_open else None,
        external_number=text(row, "externalDocumentNumber"),
    )


def credit_memo(row: Row, local_currency: str) -> Document:
    """A row of `salesCreditMemos`, its amounts negative. The API has no remaining amount: an open memo counts in full."""
    total = -_money(row, "totalAmountIncludingTax", local_currency)
    status = _status(enum(row, "status"))
    nothing = Money.of(0, total.currency)
    return Document(
        number=required_text(row, "number"),
        customer=text(row, "billToCustomerNumber") or text(row, "customerNumber"),
        remaining=total if status is DocumentStatus.OPEN else nothing,
        posting_date=_first_day(row, "postingDate", "creditMemoDate"),
        id=key(row),
        kind=DocumentKind.CREDIT_MEMO,
        status=status,
        due_date=day(row, "dueDate"),
        total=total,
        external_number=text(row, "externalDocumentNumber"),
    )


def journal_line(row: Row) -> JournalLine:
    """A row of `customerPayments`. Null GUIDs become "", and so does an ETag that cannot be sent back."""
    return JournalLine(
        id=key(row),
        etag=etag(row),
        line_number=integer(row, "lineNumber"),
        customer=required_text(row, "customerNumber"),
        customer_id=guid(row, "customerId"),
        posting_date=_first_day(row, "postingDate"),
        document_number=text(row, "documentNumber"),
        external_document_number=required_text(row, "externalDocumentNumber"),
        amount=number(row, "amount"),
        invoice=text(row, "appliesToInvoiceNumber"),
        invoice_id=guid(row, "appliesToInvoiceId"),
        description=text(row, "description"),
        comment=text(row, "comment"),
        modified_at=moment(row, "lastModifiedDateTime"),
    )


def key(row: Row) -> str:
    """The id of a row: a GUID, because it becomes part of a URL."""
    value = text(row, "id").lower()
    if not is_guid(value):
        raise Malformed(f'id "{value}" is not a GUID')
    return value


def etag(row: Row) -> str:
    """The version of a row, verbatim; "" when there is none that a header may carry."""
    value = text(row, "@odata.etag")
    return value if is_version(value) else ""


def is_version(etag: str) -> bool:
    """True for an ETag that names one version; `*` would overwrite whatever is there (F24)."""
    return etag != "*" and _ETAG.fullmatch(etag) is not None


def text(row: Row, name: str) -> str:
    """A text field; absent and null are "", as the server itself never sends null (§2)."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a text")
    # A lone surrogate is legal JSON, but no file, terminal or database takes it.
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def required_text(row: Row, name: str) -> str:
    """A text field that must be there; it may be ""."""
    if name not in row:
        raise Malformed(f"{name} is missing")
    return text(row, name)


def enum(row: Row, name: str) -> str:
    """An option value with its escapes undone: "In_x0020_Review" is "In Review", a blank is ""."""
    return unescaped(text(row, name))


def guid(row: Row, name: str) -> str:
    """A GUID field in lower case; "" for the null GUID, for an absent one and for a text that is none."""
    value = text(row, name).lower()
    return value if is_guid(value) else ""


def number(row: Row, name: str) -> Decimal:
    """A number field, exact."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Malformed(f"{name} is not a number")
    return Decimal(value)


def integer(row: Row, name: str) -> int:
    """A whole number, also when it is written as 10000.0."""
    value = number(row, name)
    if value != value.to_integral_value():
        raise Malformed(f"{name} is not a whole number")
    return int(value)


def day(row: Row, name: str) -> date | None:
    """A date field; absent and the server's blank date 0001-01-01 are None."""
    value = text(row, name)[:10]
    if not value:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise Malformed(f'{name} "{value}" is not a date') from error
    return None if found == date.min else found


def _first_day(row: Row, *names: str) -> date:
    found = next(filter(None, (day(row, name) for name in names)), None)
    if found is None and not any(name in row for name in names):
        raise Malformed(f"{names[0]} is missing")
    return found or date.min


def _money(row: Row, name: str, local_currency: str) -> Money:
    return Money(number(row, name), text(row, "currencyCode") or local_currency)


def moment(row: Row, name: str) -> datetime | None:
    """A time field, aware; None when it says none."""
    value = text(row, name)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        # It only says when; nothing is decided by it.
        return None
    return found if found.tzinfo and found.year > 1 else None


def _blocked(value: str) -> Blocked:
    # An option that we do not know stops payments: a person shall look.
    return Blocked(value) if value in _BLOCKED else Blocked.ALL


def _status(value: str) -> DocumentStatus:
    # A blank or unknown status is no proof that the document is posted.
    return DocumentStatus(value) if value in _STATUSES else DocumentStatus.DRAFT


_BLOCKED = frozenset(Blocked)
_STATUSES = frozenset(DocumentStatus)
