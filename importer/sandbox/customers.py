"""The customer page: creating, changing and deleting customers.

Source: business-central-api.md, sections 3.3 and 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from importer.sandbox.desk import Desk, entered, is_blank
from importer.sandbox.lines import incremented
from importer.sandbox.papers import Document, Line, Series
from importer.sandbox.refusals import Refusal, dialog, no_related, too_long
from importer.sandbox.rows import NULL_ID, ZERO, Code, Customer, changed
from importer.sandbox.schema import Entity, Json, Value

_EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,.]+")
_NUMBER_SERIES = "CUST"

# Fields that hold the id of another table, with the set of that table and the texts of a refusal.
_RELATED = {
    "payment_terms_id": ("paymentTerms", "paymentTermsId", "Payment Terms"),
    "shipment_method_id": ("shipmentMethods", "shipmentMethodId", "Shipment Method"),
    "payment_method_id": ("paymentMethods", "paymentMethodId", "Payment Method"),
}


_BY_CODE = {
    "payment_terms_code": "payment_terms_id",
    "shipment_method_code": "shipment_method_id",
    "payment_method_code": "payment_method_id",
}


def create_customer(desk: Desk, entity: Entity, body: dict[str, Json]) -> Customer:
    """Add a customer; without a number the number series gives one.

    Raises:
        Refusal: a property is not acceptable, there is no name, or the number is taken.
    """
    blank = Customer(id=desk.store.new_id(), company_id=desk.company.id, number="", display_name="")
    page = _Page(desk, replace(blank, currency_code=desk.company.currency))
    for item, value in entered(body, entity, desk.behaviour):
        page.enter(item.field, value)
    if not page.customer.display_name:
        raise dialog('A "displayName" must be provided.')
    if not page.customer.number:
        page.customer = replace(page.customer, number=_next_number(desk))
    return desk.store.customers.put(page.customer)


def patch_customer(desk: Desk, entity: Entity, customer: Customer, body: dict[str, Json]) -> Customer:
    """Change the sent properties of a customer; another number renames it.

    Raises:
        Refusal: a property is not acceptable, or the number is taken.
    """
    page = _Page(desk, customer)
    for item, value in entered(body, entity, desk.behaviour):
        page.enter(item.field, value)
    stored = desk.store.customers.put(page.customer)
    if stored.number != customer.number:
        _rename(desk, customer, stored)
    return stored


def delete_customer(desk: Desk, customer: Customer) -> None:
    """Remove a customer that has neither documents nor journal lines.

    Raises:
        Refusal: there are documents or lines.
    """
    used = any(document.bill_to_customer_number == customer.number for document in _documents(desk))
    if used or any(line.customer_id == customer.id for line in _lines(desk)):
        raise dialog(f"You cannot delete Customer {customer.number} because there are entries or documents for it.")
    desk.store.customers.remove(customer)


def as_shown(desk: Desk, customers: Iterator[Customer]) -> Iterator[Customer]:
    """The customers with what is computed or looked up when it is read: what they owe, and names from other tables."""
    owed: dict[str, Decimal] = {}
    due: dict[str, Decimal] = {}
    sales: dict[str, Decimal] = {}
    for entry in desk.store.entries.scan(desk.company.id):
        number = entry.customer_number
        owed[number] = owed.get(number, ZERO) + entry.remaining_amount
        if entry.open and entry.due_date <= desk.today:
            due[number] = due.get(number, ZERO) + entry.remaining_amount
    for document in _documents(desk):
        if not document.draft:
            net = document.total_excluding_tax if document.kind == "invoice" else -document.total_excluding_tax
            sales[document.customer_number] = sales.get(document.customer_number, ZERO) + net
    for each in customers:
        number = each.number
        terms, shipment, payment = (_code(desk, getattr(each, field)) for field in _RELATED)
        yield replace(
            each,
            balance=owed.get(number, ZERO),
            balance_due=due.get(number, ZERO),
            total_sales=sales.get(number, ZERO),
            payment_terms_code=terms[0],
            payment_terms_name=terms[1],
            shipment_method_code=shipment[0],
            shipment_method_name=shipment[1],
            payment_method_code=payment[0],
            payment_method_name=payment[1],
        )


class _Page:
    """A customer on the page."""

    def __init__(self, desk: Desk, customer: Customer) -> None:
        self.desk = desk
        self.customer = customer
        self._currency: Code | None = None

    def enter(self, field: str, value: Value) -> None:
        """One property of the body."""
        if field in _BY_CODE:
            self._enter_related_code(_BY_CODE[field], str(value))
            return
        if field in _RELATED:
            self._check_related(field, str(value))
        trigger = self._triggers().get(field)
        if trigger is not None:
            trigger(str(value))
            return
        self.customer = changed(self.customer, **{field: value})

    def _triggers(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "number": self._enter_number,
            "street": self._enter_street,
            "display_name": self._enter_name,
            "phone_number": self._enter_phone,
            "email": self._enter_email,
            "country": self._enter_country,
            "blocked": self._enter_blocked,
            "currency_id": self._enter_currency_id,
            "currency_code": self._enter_currency_code,
            "tax_registration_number": self._enter_tax_number,
        }

    def _enter_number(self, value: str) -> None:
        if not value and self.customer.number:
            raise dialog("No. must have a value in Customer. It cannot be zero or empty.")
        self.customer = replace(self.customer, number=value)

    def _enter_name(self, value: str) -> None:
        if not value:
            raise dialog('The blank "displayName" is not allowed.')
        self.customer = replace(self.customer, display_name=value)

    def _enter_street(self, value: str) -> None:
        first, _, second = value.replace("\r\n", "\n").partition("\n")
        if len(second) > 50:
            raise too_long(second, len(second), 50)
        self.customer = replace(self.customer, address_line1=first, address_line2=second)

    def _enter_phone(self, value: str) -> None:
        if any(char.isalpha() for char in value):
            raise Refusal(
                400,
                "Application_DialogException",
                f"Phone No. must not contain letters in Customer No.='{self.customer.number}'.",
            )
        self.customer = replace(self.customer, phone_number=value)

    def _enter_email(self, value: str) -> None:
        if any(not _EMAIL.fullmatch(each.strip()) for each in value.split(";") if each.strip()):
            raise dialog(f'The email address "{value}" is not valid.')
        self.customer = replace(self.customer, email=value)

    def _enter_country(self, value: str) -> None:
        if value and self.desk.store.codes.find(f"{self.desk.company.id}/countriesRegions", value) is None:
            raise no_related("Country/Region Code", value, "Country/Region", "Customer")
        self.customer = replace(self.customer, country=value)

    def _enter_blocked(self, value: str) -> None:
        if self.customer.privacy_blocked and value != self.customer.blocked:
            raise dialog("You cannot change the Blocked field of a customer that is blocked for privacy.")
        self.customer = replace(self.customer, blocked=value)

    def _enter_tax_number(self, value: str) -> None:
        self.customer = replace(self.customer, tax_registration_number=value.upper())

    def _enter_currency_id(self, value: str) -> None:
        if is_blank(value):
            code = self.desk.company.currency
            self.customer = replace(self.customer, currency_id=NULL_ID, currency_code=code)
            return
        self._currency = self.desk.code("currencies", value)
        if self._currency is None:
            raise dialog('The "currencyId" does not match to a Currency.')
        self.customer = replace(self.customer, currency_id=self._currency.id, currency_code=self._currency.code)

    def _enter_currency_code(self, value: str) -> None:
        if self._currency is not None and self._currency.code != value:
            raise dialog("The currency values do not match to a specific Currency.")
        local = self.desk.company.currency
        if value in {"", local}:
            self.customer = replace(self.customer, currency_id=NULL_ID, currency_code=local)
            return
        currency = self.desk.store.codes.find(f"{self.desk.company.id}/currencies", value)
        if currency is None:
            raise dialog('The "currencyCode" does not match to a Currency.')
        self.customer = replace(self.customer, currency_id=currency.id, currency_code=currency.code)

    def _check_related(self, field: str, value: str) -> None:
        table, name, caption = _RELATED[field]
        if not is_blank(value) and self.desk.code(table, value) is None:
            raise dialog(f'The "{name}" does not match to a {caption}.')

    def _enter_related_code(self, field: str, value: str) -> None:
        table, _, caption = _RELATED[field]
        row = self.desk.store.codes.find(f"{self.desk.company.id}/{table}", value) if value else None
        if value and row is None:
            raise no_related(caption, value, caption, "Customer")
        self.customer = changed(self.customer, **{field: row.id if row else NULL_ID})


def _code(desk: Desk, row_id: str) -> tuple[str, str]:
    row = desk.store.codes.get(row_id)
    return (row.code, row.display_name) if row else ("", "")


def _next_number(desk: Desk) -> str:
    series = desk.store.series.find(desk.company.id, _NUMBER_SERIES)
    if series is None:
        series = Series(id=desk.store.new_id(), company_id=desk.company.id, code=_NUMBER_SERIES, last_used="C00000")
    number = incremented(series.last_used)
    while desk.customer_by_number(number) is not None:
        number = incremented(number)
    desk.store.series.put(replace(series, last_used=number))
    return number


def _rename(desk: Desk, old: Customer, new: Customer) -> None:
    for document in list(_documents(desk)):
        sell_to = new.number if document.customer_number == old.number else document.customer_number
        payer = document.bill_to_customer_number
        bill_to = new.number if payer == old.number else payer
        if (sell_to, bill_to) != (document.customer_number, payer):
            desk.store.documents.put(replace(document, customer_number=sell_to, bill_to_customer_number=bill_to))
    for line in list(_lines(desk)):
        if line.customer_number == old.number:
            desk.store.lines.put(replace(line, customer_number=new.number))
    for entry in list(desk.store.entries.scan(desk.company.id)):
        if entry.customer_number == old.number:
            desk.store.entries.put(replace(entry, customer_number=new.number))


def _documents(desk: Desk) -> Iterator[Document]:
    yield from desk.store.documents.scan(f"{desk.company.id}/invoice")
    yield from desk.store.documents.scan(f"{desk.company.id}/credit memo")


def _lines(desk: Desk) -> Iterator[Line]:
    for template in desk.store.journals.groups(desk.company.id):
        for journal in desk.store.journals.scan(template):
            yield from desk.store.lines.scan(journal.id)
