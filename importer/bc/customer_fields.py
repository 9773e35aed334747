"""What a customer consists of in each dialect: property names, types, lengths, what may be written. Data, not code.

A name with a dot is a property of a nested object. Source: business-central-api.md §3.3 and §8, the published 2017 page.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from importer.master import Access, CustomerField, Fields, Kind


def _table(*fields: CustomerField) -> Fields:
    return MappingProxyType({each.name: each for each in fields})


def _texts(**lengths: int) -> Iterable[CustomerField]:
    return (CustomerField(name, Kind.TEXT, length) for name, length in lengths.items())


def _codes(**lengths: int) -> Iterable[CustomerField]:
    return (CustomerField(name, Kind.CODE, length) for name, length in lengths.items())


def _ids(**tables: str) -> Iterable[CustomerField]:
    return (CustomerField(name, Kind.GUID, table=table) for name, table in tables.items())


def _code(name: str, length: int, table: str) -> CustomerField:
    return CustomerField(name, Kind.CODE, length, table=table)


def _read_only(kind: Kind, *names: str) -> Iterable[CustomerField]:
    return (CustomerField(name, kind, access=Access.READ) for name in names)


_COMMON = (
    *_read_only(Kind.GUID, "id"),
    *_codes(number=20),
    *_texts(displayName=100),
    CustomerField("phoneNumber", Kind.PHONE, 30),
    CustomerField("type", Kind.OPTION, options=("Company", "Person")),
    CustomerField("email", Kind.EMAIL, 80),
    CustomerField("taxLiable", Kind.BOOLEAN),
    *_ids(taxAreaId="taxAreas"),
    *_read_only(Kind.TEXT, "taxAreaDisplayName", "lastModifiedDateTime"),
    *_codes(taxRegistrationNumber=20),
    _code("currencyCode", 10, "currencies"),
    CustomerField("blocked", Kind.OPTION, options=("", "Ship", "Invoice", "All")),
)
_ADDRESS = (
    CustomerField("address.street", Kind.TEXT, 151, lengths=(100, 50)),
    CustomerField("address.city", Kind.TEXT, 30),
    CustomerField("address.state", Kind.TEXT, 30),
    _code("address.countryLetterCode", 10, "countriesRegions"),
    CustomerField("address.postalCode", Kind.CODE, 20),
)
_TERMS = tuple(
    _ids(
        currencyId="currencies",
        paymentTermsId="paymentTerms",
        shipmentMethodId="shipmentMethods",
        paymentMethodId="paymentMethods",
    )
)

FLAT: Fields = _table(
    *_COMMON,
    *_TERMS,
    *_texts(addressLine1=100, addressLine2=50, city=30, state=30, website=255),
    *_codes(postalCode=20, salespersonCode=20),
    _code("country", 10, "countriesRegions"),
    CustomerField("creditLimit", Kind.DECIMAL),
    *_read_only(Kind.DECIMAL, "balanceDue"),
)
NESTED: Fields = _table(*_COMMON, *_TERMS, *_ADDRESS, *_texts(website=80))
# The 2017 service and Graph: terms and methods as objects; balances on the customer itself.
OLDEST: Fields = _table(
    *_COMMON,
    *_TERMS,
    *_ADDRESS,
    *_texts(website=80),
    _code("paymentTerms.code", 10, "paymentTerms"),
    _code("paymentMethod.code", 10, "paymentMethods"),
    _code("shipmentMethod.code", 10, "shipmentMethods"),
    *_read_only(Kind.TEXT, "paymentTerms.description", "paymentMethod.description", "shipmentMethod.description"),
    *_read_only(Kind.DECIMAL, "balance", "overdueAmount", "totalSalesExcludingTax"),
)
