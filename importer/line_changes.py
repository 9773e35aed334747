"""A journal line as the fields of the API, and how it differs from a payment that is wanted instead."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from importer.model import JournalLine
from importer.plan import FieldChange, LinePatch, Payment

# Ids and numbers go together: Business Central puts the old applies-to values back when only one of them is sent.
_TEXTS: Mapping[str, str] = {
    "customerId": "customer_id",
    "customerNumber": "customer",
    "documentNumber": "document_number",
    "appliesToInvoiceId": "invoice_id",
    "appliesToInvoiceNumber": "invoice",
    "description": "description",
    "comment": "comment",
}
_PAIRS = ({"customerId", "customerNumber"}, {"appliesToInvoiceId", "appliesToInvoiceNumber"})
NULL_ID = "00000000-0000-0000-0000-000000000000"


def line_fields(line: JournalLine) -> Mapping[str, str]:
    """The fields of a journal line that a payment decides, as text, by their name in the API."""
    texts = {field: getattr(line, own) for field, own in _TEXTS.items()}
    return texts | {"postingDate": line.posting_date.isoformat(), "amount": f"{line.amount}"}


def payment_fields(payment: Payment) -> Mapping[str, str]:
    """The same fields of a payment; those that Business Central fills itself when they are blank are left out."""
    texts = {field: getattr(payment, own) for field, own in _TEXTS.items()}
    filled = {field for field in ("documentNumber", "description") if not texts[field]}
    kept = {field: text for field, text in texts.items() if field not in filled}
    return kept | {"postingDate": payment.posting_date.isoformat(), "amount": payment.amount.text()}


def is_as_sent(line: JournalLine, sent: Payment) -> bool:
    """Nobody changed a field that we sent."""
    theirs = line_fields(line)
    return all(same(field, theirs[field], text) for field, text in payment_fields(sent).items())


def patch_to(line: JournalLine, wanted: Payment) -> LinePatch | None:
    """The changes that make the line the wanted payment; None when there is nothing to change."""
    theirs, ours = line_fields(line), payment_fields(wanted)
    differing = {field for field, text in ours.items() if not same(field, theirs[field], text)}
    for pair in _PAIRS:
        if differing & pair:
            differing |= pair
    changes = tuple(FieldChange(field, theirs[field], ours[field]) for field in ours if field in differing)
    return LinePatch(line.id, line.line_number, line.etag, changes) if changes else None


def same(field: str, one: str, other: str) -> bool:
    """Equal as Business Central stores it: amounts by value, codes and ids in any case, a blank id as the null id."""
    if field == "amount":
        return Decimal(one) == Decimal(other)
    if field.endswith("Id"):
        return (one or NULL_ID).lower() == (other or NULL_ID).lower()
    return one.strip().upper() == other.strip().upper() if field.endswith("Number") else one == other
