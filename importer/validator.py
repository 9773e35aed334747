"""The field rules: what the documents demand of a customer payment, and what Business Central would only say at posting.

One rule is one function from a payment and the books to a message, None when the rule holds. Its name is the rule's name
in reports, its docstring names the source ("seed" is the published customerPayment page).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.model import Blocked, Document, DocumentKind, DocumentStatus, JournalLine, Problem, Snapshot
from importer.money import Money, decimals_of
from importer.plan import LinePatch, Payment
from importer.texts import utf16_length

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NULL_GUID = "00000000-0000-0000-0000-000000000000"
_LARGEST = Decimal("999999999999999.99")
_READ_ONLY = frozenset({"id", "lastModifiedDateTime"})
# Changing these renames the line or moves it; the key of a bank line must stay readable (reliability.md F5, §5).
_FIXED = frozenset({"lineNumber", "journalId", "journalDisplayName", "externalDocumentNumber"})


@dataclass(frozen=True, slots=True)
class FieldLimits:
    """Maximum lengths in UTF-16 units. The documented ones apply to every server, although some accept more."""

    number: int = 20
    description: int = 50
    comment: int = 250


Rule = Callable[[Payment, Snapshot, FieldLimits], str | None]


def customer_number_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, customerNumber, maximum size 20."""
    return _too_long("Customer No.", payment.customer, limits.number)


def document_number_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, documentNumber, maximum size 20."""
    return _too_long("Document No.", payment.document_number, limits.number)


def external_document_number_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, externalDocumentNumber, maximum size 20."""
    return _too_long("External Document No.", payment.external_document_number, limits.number)


def applies_to_number_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, appliesToInvoiceNumber, maximum size 20."""
    return _too_long("Applies-to Doc. No.", payment.invoice, limits.number)


def description_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, description, maximum size 50."""
    return _too_long("Description", payment.description, limits.description)


def comment_length(payment: Payment, _: Snapshot, limits: FieldLimits) -> str | None:
    """Source: seed, comment, maximum size 250."""
    return _too_long("Comment", payment.comment, limits.comment)


def customer_id_is_guid(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: seed, customerId is a GUID; the null GUID would blank the customer (business-central-api.md §4.2)."""
    return _not_guid("customer id", payment.customer_id)


def invoice_id_is_guid(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: seed, appliesToInvoiceId is a GUID; the null GUID would blank the invoice."""
    return _not_guid("invoice id", payment.invoice_id) if payment.invoice else None


def line_number_in_range(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: seed, lineNumber is an integer; 0 makes the server choose one, twice on a retry (reliability.md F4)."""
    if 0 < payment.line_number < 2**31:
        return None
    return f"line number {payment.line_number} is outside 1 to 2147483647"


def posting_date_in_range(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: seed, postingDate is a date; the server's range starts 1753-01-01 (reliability.md F28)."""
    if payment.posting_date >= date(1753, 1, 1):
        return None
    return f"Posting Date {payment.posting_date} is before 1753-01-01, the first date of Business Central"


def amount_is_exact(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: seed, amount is a decimal; the server would round it to the currency silently (§4.3) or refuse it (F28)."""
    money = payment.amount
    if abs(money.amount) > _LARGEST:
        return f"amount {money} is larger than Business Central can hold"
    if money.amount != round(money.amount, decimals_of(money.currency)):
        return f"amount {money.amount} has more decimals than {money.currency} has"
    return None


def amount_is_credit(payment: Payment, _: Snapshot, __: FieldLimits) -> str | None:
    """Source: business-central-api.md §9, posting says "Amount must be negative" and stops the whole batch."""
    if payment.amount.amount < 0:
        return None
    return f"amount {payment.amount} must be negative: a received payment is a credit"


def customer_exists(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: seed, "a Customer (customerId) must exist in the Customers table"."""
    customer = books.customers_by_number.get(payment.customer)
    if customer is None:
        return f"customer {payment.customer} does not exist in {books.company}"
    if customer.id != payment.customer_id:
        return f"customer {payment.customer} has another id than the plan says; make the plan again"
    return None


def customer_not_blocked(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: business-central-api.md §4.4, "… when Customer N is blocked with type All"; Ship and Invoice may pay."""
    customer = books.customers_by_number.get(payment.customer)
    if customer is None or customer.blocked is not Blocked.ALL:
        return None
    return f"customer {payment.customer} {customer.name} is blocked (All); unblock the customer or enter the payment by hand"


def invoice_exists(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: seed, "an Invoice (appliesToInvoiceId) must exist"; the server does not check the number (§4.2)."""
    if not payment.invoice or _invoice(payment, books):
        return None
    return f"there is no posted sales invoice {payment.invoice}"


def invoice_is_open(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: business-central-api.md §7, posting looks for an open entry and stops when there is none."""
    invoice = _invoice(payment, books)
    if invoice is None or invoice.is_open:
        return None
    status = invoice.status if invoice.status is not DocumentStatus.OPEN else "without a remaining amount"
    return f"invoice {invoice.number} is {status}; there is nothing to settle"


def invoice_is_the_customers(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: business-central-api.md §4.2, a foreign invoice is accepted when written and fails at posting."""
    invoice = _invoice(payment, books)
    if invoice is None or invoice.customer == payment.customer:
        return None
    return f"invoice {invoice.number} belongs to customer {invoice.customer}, not to {payment.customer}"


def not_before_invoice(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: business-central-api.md §4.4, "… apply and post an entry to an entry with an earlier posting date"."""
    invoice = _invoice(payment, books)
    if invoice is None or payment.posting_date >= invoice.posting_date:
        return None
    return f"posting date {payment.posting_date} is before invoice {invoice.number} of {invoice.posting_date}"


def currency_fits(payment: Payment, books: Snapshot, _: FieldLimits) -> str | None:
    """Source: business-central-api.md §3.2, a line has no currency field: it takes the customer's, else the local one."""
    currency = payment.amount.currency
    if currency != books.currency:
        return f"the payment is in {currency}, the journal can only hold {books.currency}"
    customer, invoice = books.customers_by_number.get(payment.customer), _invoice(payment, books)
    if customer and customer.currency not in ("", currency):
        return (
            f"customer {customer.number} trades in {customer.currency}, Business Central would read {currency} as that"
        )
    if invoice and invoice.remaining.currency != currency:
        return f"invoice {invoice.number} is in {invoice.remaining.currency}, the payment in {currency}"
    return None


RULES: tuple[Rule, ...] = (
    customer_number_length,
    document_number_length,
    external_document_number_length,
    applies_to_number_length,
    description_length,
    comment_length,
    customer_id_is_guid,
    invoice_id_is_guid,
    line_number_in_range,
    posting_date_in_range,
    amount_is_exact,
    amount_is_credit,
    customer_exists,
    customer_not_blocked,
    invoice_exists,
    invoice_is_open,
    invoice_is_the_customers,
    not_before_invoice,
    currency_fits,
)


def check(
    payments: Sequence[Payment], replaced: Collection[str], *, books: Snapshot, limits: FieldLimits | None = None
) -> tuple[tuple[Problem, ...], ...]:
    """What is wrong with each payment of a run, in the same order; () where nothing is.

    `books` must hold the journal's lines: what they settle is no longer available, except the lines with the `replaced`
    keys, which some of the payments take the place of.
    """
    used_up = _used_up(payments, books, replaced)
    return tuple(
        (*_broken(payment, books, limits or FieldLimits()), *used_up.get(payment.invoice, ())) for payment in payments
    )


def check_patch(patch: LinePatch) -> tuple[Problem, ...]:
    """Fields of a change that must not be sent.

    Source: seed, id is non-editable and lastModifiedDateTime read-only; reliability.md §5 for the others.
    """
    return tuple(
        Problem("field_is_writable", f"{change.field} cannot be changed", value=change.new)
        for change in patch.changes
        if change.field in _READ_ONLY | _FIXED
    )


def _broken(payment: Payment, books: Snapshot, limits: FieldLimits) -> Iterable[Problem]:
    for rule in RULES:
        if message := rule(payment, books, limits):
            yield Problem(rule.__name__, message)


def _used_up(
    payments: Sequence[Payment], books: Snapshot, replaced: Collection[str]
) -> Mapping[str, tuple[Problem, ...]]:
    """Invoices of which this run and the journal together settle more than remains; posting would stop at the second line.

    Source: peers.md §1.1, posting finds the entry with Open = true only.
    """
    settled: dict[str, Money] = {}
    for number, amount in (*_in_journal(books, replaced), *((p.invoice, p.amount) for p in payments if p.invoice)):
        if amount.currency == books.currency:
            settled[number] = settled.get(number, Money.of(0, books.currency)) - amount
    problems = {}
    for number in {payment.invoice for payment in payments} & settled.keys():
        invoice = next((d for d in books.documents_by_number.get(number, ()) if d.kind is DocumentKind.INVOICE), None)
        if (
            invoice
            and invoice.remaining.currency == books.currency
            and settled[number].amount > invoice.remaining.amount
        ):
            text = (
                f"invoice {number} has {invoice.remaining} remaining, this run and the journal settle {settled[number]}"
                f"{_share_of_journal(number, books, replaced)}"
            )
            problems[number] = (Problem("remaining_amount_used_once", text),)
    return problems


def _in_journal(books: Snapshot, replaced: Collection[str]) -> Iterable[tuple[str, Money]]:
    return ((line.invoice, Money(line.amount, books.currency)) for line in _standing(books, replaced))


def _share_of_journal(number: str, books: Snapshot, replaced: Collection[str]) -> str:
    lines = [line for line in _standing(books, replaced) if line.invoice == number]
    numbers = ", ".join(str(line.line_number) for line in lines)
    total = Money(-sum((line.amount for line in lines), start=Decimal(0)), books.currency)
    return f", of it {total} in journal line {numbers}" if lines else ""


def _standing(books: Snapshot, replaced: Collection[str]) -> Iterable[JournalLine]:
    return (
        line for line in books.journal_lines if line.invoice and line.external_document_number.upper() not in replaced
    )


def _invoice(payment: Payment, books: Snapshot) -> Document | None:
    for document in books.documents_by_number.get(payment.invoice, ()):
        if (
            document.kind is DocumentKind.INVOICE
            and document.id == payment.invoice_id
            and document.status not in _UNPOSTED
        ):
            return document
    return None


_UNPOSTED = (DocumentStatus.DRAFT, DocumentStatus.IN_REVIEW)


def _too_long(caption: str, text: str, limit: int) -> str | None:
    length = utf16_length(text)
    return f'{caption} "{text}" has {length} characters, at most {limit} are allowed' if length > limit else None


def _not_guid(caption: str, text: str) -> str | None:
    return None if _GUID.fullmatch(text) and text != _NULL_GUID else f'{caption} "{text}" is not a GUID'
