"""The entities of the older API flavours, as differences from v2.0 (business-central-api.md, sections 3, 8 and 11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from importer.sandbox.entities import (
    BLOCKED_PLAIN,
    COMPANIES,
    CUSTOMER_PAYMENTS,
    CUSTOMERS,
    JOURNALS,
    SALES_CREDIT_MEMOS,
    SALES_INVOICES,
    STATUS_PLAIN,
    V2,
    code,
    decimal,
    text,
)
from importer.sandbox.schema import Access, Entity, Kind, Property

_W = Access.WRITE

OLDER_COMPANIES = replace(
    COMPANIES,
    properties=tuple(
        item
        for item in COMPANIES.properties
        if item.name in {"id", "systemVersion", "name", "displayName", "businessProfileId"}
    ),
)

_ADDRESS = (
    text("address.street", "street", 151, _W),
    text("address.city", "city", 30, _W),
    text("address.state", "state", 30, _W),
    code("address.countryLetterCode", "country", 10, _W),
    code("address.postalCode", "postal_code", 20, _W),
)
_WHOLE_ADDRESS = {"address": ("street", "city", "countryLetterCode", "postalCode")}
_FLAT_ADDRESS = {"addressLine1", "addressLine2", "city", "state", "country", "postalCode"}
_CONTACT = text("contactId", "contact_id", 250, _W)
_DIMENSIONS = Property("dimensions", "dimensions", Kind.LIST, access=_W)


def _plain(item: Property) -> Property:
    """The property with enumerations as captions, blanks and all."""
    if item.name == "blocked":
        return replace(item, choices=BLOCKED_PLAIN)
    if item.name == "status":
        return replace(item, choices=STATUS_PLAIN)
    return item


def _without(entity: Entity, names: Collection[str]) -> tuple[Property, ...]:
    return tuple(_plain(item) for item in entity.properties if item.name not in names)


def _after(properties: tuple[Property, ...], name: str, added: tuple[Property, ...]) -> tuple[Property, ...]:
    at = [item.name for item in properties].index(name) + 1
    return (*properties[:at], *added, *properties[at:])


_NESTED = _after(
    _without(CUSTOMERS, {*_FLAT_ADDRESS, "salespersonCode", "balanceDue", "creditLimit"}), "type", _ADDRESS
)
CUSTOMERS_V1 = replace(CUSTOMERS, properties=_NESTED, whole=_WHOLE_ADDRESS)


def _method(name: str, field: str) -> tuple[Property, ...]:
    return (
        code(f"{name}.code", f"{field}_code", 10, _W),
        text(f"{name}.description", f"{field}_name", 100),
    )


CUSTOMERS_2017 = replace(
    CUSTOMERS,
    properties=(
        *(
            item
            for item in _NESTED
            if item.name
            not in {
                "currencyId",
                "paymentTermsId",
                "shipmentMethodId",
                "paymentMethodId",
                "blocked",
                "lastModifiedDateTime",
            }
        ),
        *_method("paymentTerms", "payment_terms"),
        *_method("shipmentMethod", "shipment_method"),
        *_method("paymentMethod", "payment_method"),
        *(item for item in _NESTED if item.name == "blocked"),
        decimal("balance", "balance"),
        decimal("overdueAmount", "balance_due"),
        decimal("totalSalesExcludingTax", "total_sales"),
        *(item for item in _NESTED if item.name == "lastModifiedDateTime"),
    ),
    whole=_WHOLE_ADDRESS,
    nullable=frozenset({"paymentTerms", "shipmentMethod", "paymentMethod"}),
)

_NEW_IN_V2 = {"promisedPayDate", "disputeStatus", "disputeStatusId"}
INVOICES_V1 = replace(
    SALES_INVOICES, properties=_after(_without(SALES_INVOICES, _NEW_IN_V2), "customerId", (_CONTACT,))
)
# Neither Graph nor the API of 2017 documents what is left of an invoice, nor its posting date.
INVOICES_BETA = replace(
    INVOICES_V1,
    properties=tuple(item for item in INVOICES_V1.properties if item.name not in {"remainingAmount", "postingDate"}),
)
CREDIT_MEMOS_V1 = replace(
    SALES_CREDIT_MEMOS, properties=_after(_without(SALES_CREDIT_MEMOS, ()), "customerId", (_CONTACT,))
)

_OLD_LINE = _after(_without(CUSTOMER_PAYMENTS, {"journalId"}), "customerNumber", (_CONTACT,))
_FIXED_NAME = tuple(
    replace(item, access=Access.NOT_EDITABLE) if item.name == "journalDisplayName" else item for item in _OLD_LINE
)
PAYMENTS_V1 = replace(CUSTOMER_PAYMENTS, properties=_after(_FIXED_NAME, "comment", (_DIMENSIONS,)))
PAYMENTS_GRAPH = replace(CUSTOMER_PAYMENTS, properties=_FIXED_NAME)
PAYMENTS_2017 = replace(
    CUSTOMER_PAYMENTS, properties=tuple(item for item in _OLD_LINE if item.name != "journalDisplayName")
)


def _with(*changed: Entity, of: Mapping[str, Entity]) -> Mapping[str, Entity]:
    return {**of, **{entity.name: entity for entity in changed}}


V1 = _with(CUSTOMERS_V1, INVOICES_V1, CREDIT_MEMOS_V1, PAYMENTS_V1, of=V2)
GRAPH = _with(
    CUSTOMERS_V1,
    INVOICES_BETA,
    PAYMENTS_GRAPH,
    of={name: entity for name, entity in V2.items() if name not in {SALES_CREDIT_MEMOS.name, JOURNALS.name}},
)
FINANCIALS = _with(CUSTOMERS_2017, PAYMENTS_2017, of=GRAPH)
