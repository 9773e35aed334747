"""What a page of Business Central works on: the books, one company, today's date; and how it takes a body apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.papers import Document, Line
from importer.sandbox.refusals import Refusal, bad_request, dialog
from importer.sandbox.rows import NULL_ID, Code, Company, Customer
from importer.sandbox.schema import Access, Entity, Json, Property, Value, to_value
from importer.sandbox.store import Store

# Amount rounding precision of currencies that have no cents, or thousandths.
_PRECISION = {"JPY": Decimal(1), "ISK": Decimal(1), "KRW": Decimal(1), "KWD": Decimal("0.001"), "BHD": Decimal("0.001")}


@dataclass(frozen=True, slots=True)
class Desk:
    """One company's books for the time of one request; `today` is the server's work date."""

    store: Store
    behaviour: Behaviour
    company: Company
    today: date

    def customer(self, customer_id: str) -> Customer | None:
        """The customer of this company with that id."""
        found = self.store.customers.get(customer_id)
        return found if found is not None and found.company_id == self.company.id else None

    def customer_by_number(self, number: str) -> Customer | None:
        """The customer of this company with that number."""
        return self.store.customers.find(self.company.id, number)

    def posted_invoice(self, invoice_id: str) -> Document | None:
        """The posted sales invoice of this company with that id."""
        found = self.store.documents.get(invoice_id)
        if found is None or (found.company_id, found.kind, found.draft) != (self.company.id, "invoice", False):
            return None
        return found

    def posted_invoice_by_number(self, number: str) -> Document | None:
        """The posted sales invoice of this company with that number."""
        return self.store.documents.find(f"{self.company.id}/invoice", number, 0)

    def code(self, kind: str, row_id: str) -> Code | None:
        """The row of a small table of this company with that id."""
        found = self.store.codes.get(row_id)
        return found if found is not None and (found.company_id, found.kind) == (self.company.id, kind) else None

    def rounded(self, amount: Decimal, currency: str) -> Decimal:
        """The amount in the precision of its currency; halves go away from zero."""
        precision = _PRECISION.get(currency or self.company.currency, Decimal("0.01"))
        return amount.quantize(precision, ROUND_HALF_UP)


def entered(body: dict[str, Json], entity: Entity, behaviour: Behaviour) -> Iterator[tuple[Property, Value]]:
    """The properties of a body one by one in the order they were sent, so that the first wrong one decides.

    Raises:
        Refusal: an unknown or read-only property, or a value that does not fit.
    """
    for name, given in _flat(body, entity, behaviour):
        item = entity.by_name.get(name)
        if item is None:
            raise _unknown(name, entity, behaviour)
        if item.access is Access.READ_ONLY:
            raise Refusal(400, behaviour.read_only_code, f"Control '{name}' is read-only.")
        if item.access is Access.NOT_EDITABLE:
            raise dialog("The Journal Batch Display Name isn't editable.")
        yield item, to_value(item, given, null=behaviour.null_values)


def check_blocked(customer: Customer, document_type: str) -> None:
    """Refuse a line for a blocked customer: All always, Invoice unless it is a payment, Ship never.

    Source: business-central-api.md, section 4.4.
    """
    text = f"You cannot create this type of document when Customer {customer.number} is blocked"
    if customer.privacy_blocked:
        raise dialog(f"{text} for privacy.")
    if customer.blocked == "All" or (customer.blocked == "Invoice" and document_type != "Payment"):
        raise dialog(f"{text} with type {customer.blocked}")


def check_apply_date(line: Line, invoice: Document | None) -> None:
    """Refuse a payment that is dated before the open invoice it settles."""
    if invoice is not None and invoice.is_open and line.posting_date < invoice.posting_date:
        raise dialog(
            "You are not allowed to apply and post an entry to an entry with an earlier posting date. "
            f"Instead, post the document of type Invoice with the number {invoice.number} "
            "and then apply it to the document of type Payment."
        )


def check_exchange_rate(desk: Desk, line: Line) -> None:
    """Refuse a line in a currency that has no exchange rate on its posting date."""
    if not line.currency_code or line.currency_code == desk.company.currency:
        return
    currency = desk.store.codes.find(f"{desk.company.id}/currencies", line.currency_code)
    if currency is None or currency.rate_from.year == 1 or currency.rate_from > line.posting_date:
        raise Refusal(
            400,
            "Internal_DataNotFoundFilter",
            f"There is no Currency Exchange Rate within the filter. Filters: Currency Code: {line.currency_code}, "
            f"Starting Date: ..{line.posting_date.isoformat()}",
        )


def is_blank(row_id: str) -> bool:
    """True for the blank GUID."""
    return row_id in {"", NULL_ID}


def _flat(body: dict[str, Json], entity: Entity, behaviour: Behaviour) -> Iterator[tuple[str, Json]]:
    nested = {name.partition(".")[0] for name in entity.by_name if "." in name}
    for name, given in body.items():
        if name.startswith("@"):
            continue
        if name not in nested or not isinstance(given, dict):
            yield name, given
            continue
        missing = [inner for inner in entity.whole.get(name, ()) if inner not in given]
        if missing and behaviour.nested_objects == "whole":
            raise dialog(f'The "{missing[0]}" of "{name}" must be provided.')
        yield from ((f"{name}.{inner}", value) for inner, value in given.items())


def _unknown(name: str, entity: Entity, behaviour: Behaviour) -> Refusal:
    if behaviour.unknown_property == "no such property":
        return bad_request(f"The property '{name}' does not exist on type 'Microsoft.NAV.{entity.single}'.")
    return bad_request("Invalid Request Body")
