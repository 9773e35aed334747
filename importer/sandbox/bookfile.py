"""Reading one company of a file of invented books: records with API names become rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from importer.sandbox import entities
from importer.sandbox.bookjson import Record, UnusableBooks, list_of, names_of, records_of, text_of
from importer.sandbox.papers import Document, Entry, Journal, Series
from importer.sandbox.refusals import Refusal
from importer.sandbox.rows import BLANK_DATE, NULL_ID, Account, BankAccount, Code, Company, Customer, Row, changed
from importer.sandbox.schema import Entity, Json, Property, Value, to_value
from importer.sandbox.store import made_id

_CODE_TABLES = ("countriesRegions", "paymentTerms", "paymentMethods", "shipmentMethods")


@dataclass(frozen=True)
class CompanyBooks:
    """One company at the start. `accounts_of` holds customers' IBANs by customer number; no API serves them."""

    company: Company
    rows: tuple[Row, ...]
    accounts_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def customers(self) -> tuple[Customer, ...]:
        """The customers, in the order of the file."""
        return tuple(row for row in self.rows if isinstance(row, Customer))

    @property
    def invoices(self) -> tuple[Document, ...]:
        """Posted sales invoices and drafts, in the order of the file."""
        return tuple(row for row in self.rows if isinstance(row, Document) and row.kind == "invoice")

    @property
    def journals(self) -> tuple[Journal, ...]:
        """All general journal batches."""
        return tuple(row for row in self.rows if isinstance(row, Journal))


class CompanyReading:
    """One company while its records are read; later records look up earlier ones."""

    def __init__(self, record: Record) -> None:
        self._record = record
        name = text_of(record, "name")
        currency = text_of(record, "currency")
        if not name or not currency:
            raise UnusableBooks(f"A company needs a name and a currency: {record.get('name')!r}")
        self.company = Company(
            id=text_of(record, "id") or made_id(name),
            name=name,
            display_name=text_of(record, "displayName") or name,
            currency=currency,
            posting_from=date.fromisoformat(text_of(record, "postingFrom") or BLANK_DATE.isoformat()),
        )
        self._codes: dict[tuple[str, str], Code] = {}
        self._accounts: dict[str, Account] = {}
        self._customers: dict[str, Customer] = {}
        self._accounts_of: dict[str, tuple[str, ...]] = {}
        self._entries = 0

    def company_books(self) -> CompanyBooks:
        """The whole company.

        Raises:
            UnusableBooks: a record that Business Central could not hold.
        """
        rows: list[Row] = [*self._read_codes(), *self._read_accounts()]
        rows.extend(self._read_series())
        rows.extend(self._read_journals())
        rows.extend(self._read_customers())
        rows.extend(self._read_documents("invoice", "salesInvoices", entities.SALES_INVOICES))
        rows.extend(self._read_documents("credit memo", "salesCreditMemos", entities.SALES_CREDIT_MEMOS))
        return CompanyBooks(self.company, tuple(rows), self._accounts_of)

    def _read_codes(self) -> Iterator[Code]:
        for kind in _CODE_TABLES:
            for code, name in names_of(self._record, kind).items():
                yield self._code(kind, code, str(name))
        for record in records_of(self._record, "currencies"):
            currency = self._code("currencies", text_of(record, "code"), text_of(record, "displayName"))
            yield replace(currency, rate_from=date.fromisoformat(text_of(record, "rateFrom") or BLANK_DATE.isoformat()))

    def _code(self, kind: str, code: str, name: str) -> Code:
        row = Code(id=self._id(kind, code), company_id=self.company.id, kind=kind, code=code, display_name=name)
        self._codes[kind, code] = row
        return row

    def _read_accounts(self) -> Iterator[Account | BankAccount]:
        for record in records_of(self._record, "accounts"):
            number = text_of(record, "number")
            blank = Account(id=self._id("account", number), company_id=self.company.id, number="", display_name="")
            self._accounts[number] = changed(blank, **self._values(entities.ACCOUNTS, record))
            yield self._accounts[number]
        for record in records_of(self._record, "bankAccounts"):
            bank = BankAccount(
                id=self._id("bank", text_of(record, "number")), company_id=self.company.id, number="", display_name=""
            )
            yield changed(bank, **self._values(entities.BANK_ACCOUNTS, record))

    def _read_series(self) -> Iterator[Series]:
        for record in records_of(self._record, "numberSeries"):
            code = text_of(record, "code")
            yield Series(
                id=self._id("series", code),
                company_id=self.company.id,
                code=code,
                last_used=text_of(record, "lastUsed"),
                manual=record.get("manual", True) is True,
            )

    def _read_journals(self) -> Iterator[Journal]:
        for record in records_of(self._record, "journals"):
            account = self._accounts.get(text_of(record, "balancingAccountNumber"))
            yield Journal(
                id=text_of(record, "id") or self._id("journal", text_of(record, "code")),
                company_id=self.company.id,
                code=text_of(record, "code"),
                display_name=text_of(record, "displayName"),
                template=text_of(record, "template") or "CASHRCPT",
                balancing_account_id=account.id if account else NULL_ID,
                balancing_account_number=account.number if account else "",
                number_series=text_of(record, "numberSeries"),
                posting_series=text_of(record, "postingSeries"),
                increment_batch_name=record.get("incrementBatchName") is True,
            )

    def _read_customers(self) -> Iterator[Customer]:
        for record in records_of(self._record, "customers"):
            number = text_of(record, "number")
            code = text_of(record, "currencyCode") or self.company.currency
            currency = self._codes.get(("currencies", code))
            terms = self._codes.get(("paymentTerms", text_of(record, "paymentTerms")))
            blank = Customer(
                id=self._id("customer", number),
                company_id=self.company.id,
                number=number,
                display_name="",
                contact_id=self._id("contact", number),
                currency_id=currency.id if currency and code != self.company.currency else NULL_ID,
                currency_code=code,
                payment_terms_id=terms.id if terms else NULL_ID,
                privacy_blocked=record.get("privacyBlocked") is True,
            )
            left_out = ("currencyCode", "paymentTerms", "privacyBlocked", "bankAccounts")
            customer = changed(blank, **self._values(entities.CUSTOMERS, record, left_out))
            self._accounts_of[number] = tuple(str(iban) for iban in list_of(record, "bankAccounts"))
            self._customers[number] = customer
            yield customer

    def _read_documents(self, kind: str, name: str, entity: Entity) -> Iterator[Document | Entry]:
        for record in records_of(self._record, name):
            document = self._document(kind, entity, record)
            if document.draft:
                yield document
                continue
            self._entries += 1
            yield replace(document, entry_number=self._entries)
            yield self._entry(document)
            if "paidOn" in record:
                self._entries += 1
                yield self._payment(document, date.fromisoformat(text_of(record, "paidOn")))

    def _document(self, kind: str, entity: Entity, record: Record) -> Document:
        number = text_of(record, "number")
        customer = self._customers.get(text_of(record, "customerNumber"))
        payer = self._customers.get(text_of(record, "billToCustomerNumber")) or customer
        if customer is None or payer is None:
            raise UnusableBooks(f"{self.company.name}, {kind} {number}: no such customer")
        code = text_of(record, "currencyCode") or customer.currency_code
        currency = self._codes.get(("currencies", code))
        left_out = ("currencyCode", "draft", "paidOn", "remainingAmount")
        values = self._values(entity, record, left_out)
        if "remainingAmount" in record:
            # The books know what is left of a credit memo too, although its entity does not show it.
            item = entities.SALES_INVOICES.by_name["remainingAmount"]
            values[item.field] = self._value(item, record["remainingAmount"], record)
        document = Document(
            id=self._id(kind, number, str(record.get("draft"))),
            company_id=self.company.id,
            kind=kind,
            number=number,
            draft=record.get("draft") is True,
            customer_id=customer.id,
            customer_name=customer.display_name,
            bill_to_customer_id=payer.id,
            bill_to_customer_number=payer.number,
            bill_to_name=payer.display_name,
            contact_id=customer.contact_id,
            currency_id=currency.id if currency and code != self.company.currency else NULL_ID,
            currency_code=code,
            payment_terms_id=customer.payment_terms_id,
        )
        return _completed(changed(document, **values), values)

    def _entry(self, document: Document) -> Entry:
        sign = 1 if document.kind == "invoice" else -1
        return Entry(
            id=self._id("entry", str(self._entries)),
            modified_at=document.modified_at,
            company_id=self.company.id,
            entry_number=self._entries,
            document_type="Invoice" if document.kind == "invoice" else "Credit Memo",
            document_number=document.number,
            external_document_number=document.external_document_number,
            posting_date=document.posting_date,
            due_date=document.due_date,
            customer_number=document.bill_to_customer_number,
            description=f"{'Invoice' if sign == 1 else 'Credit Memo'} {document.number}",
            currency_code=document.currency_code,
            your_reference=document.purchase_order_reference,
            amount=sign * document.total_including_tax,
            remaining_amount=sign * document.remaining_amount,
            open=document.remaining_amount != 0,
        )

    def _payment(self, document: Document, paid_on: date) -> Entry:
        return Entry(
            id=self._id("entry", str(self._entries)),
            modified_at=_morning(paid_on),
            company_id=self.company.id,
            entry_number=self._entries,
            document_type="Payment",
            document_number=f"P{self._entries:05d}",
            posting_date=paid_on,
            due_date=paid_on,
            customer_number=document.bill_to_customer_number,
            description=document.bill_to_name,
            currency_code=document.currency_code,
            amount=-(document.total_including_tax - document.remaining_amount),
            open=False,
        )

    def _values(self, entity: Entity, record: Record, left_out: tuple[str, ...] = ()) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, given in record.items():
            if name in left_out:
                continue
            item = entity.by_name.get(name)
            if item is None:
                raise UnusableBooks(f"{self.company.name}: {entity.single} {record.get('number')} has no '{name}'")
            values[item.field] = self._value(item, given, record)
        return values

    def _value(self, item: Property, given: Json, record: Record) -> Value:
        try:
            return to_value(item, given)
        except Refusal as refusal:
            text = f"{self.company.name}, {record.get('number')}, {item.name}: {refusal.message}"
            raise UnusableBooks(text) from None

    def _id(self, *parts: str) -> str:
        return made_id(self.company.name, *parts)


def _completed(document: Document, given: dict[str, Value]) -> Document:
    """The document with what follows from the rest: posting date, net amount, remaining amount, time of change."""
    is_open = document.status in {"Open", "Draft", "In Review"}
    full = document.total_including_tax
    posting_date = document.document_date if "posting_date" not in given else document.posting_date
    return replace(
        document,
        posting_date=posting_date,
        due_date=document.due_date if "due_date" in given else posting_date,
        total_excluding_tax=full - document.total_tax
        if "total_excluding_tax" not in given
        else document.total_excluding_tax,
        remaining_amount=document.remaining_amount
        if "remaining_amount" in given
        else (full if is_open else Decimal(0)),
        modified_at=document.modified_at if "modified_at" in given else _morning(posting_date),
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), UTC)
