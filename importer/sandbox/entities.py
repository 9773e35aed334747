"""The entities of API v2.0, with the fields behind them (business-central-api.md, section 3)."""

from __future__ import annotations

from collections.abc import Mapping

from importer.sandbox.schema import Access, Backing, Entity, Kind, Property

_W = Access.WRITE
_PAGE = Backing.PAGE


def guid(name: str, field: str, access: Access = Access.READ_ONLY, backing: Backing = Backing.TABLE) -> Property:
    """A property that holds the id of a record."""
    return Property(name, field, Kind.GUID, access=access, backing=backing)


def code(name: str, field: str, limit: int, access: Access = Access.READ_ONLY) -> Property:
    """A property of type Code: upper-cased and trimmed."""
    return Property(name, field, Kind.CODE, limit, access)


def text(name: str, field: str, limit: int, access: Access = Access.READ_ONLY) -> Property:
    """A property of type Text."""
    return Property(name, field, Kind.TEXT, limit, access)


def day(name: str, field: str, access: Access = Access.READ_ONLY) -> Property:
    """A property that holds a date."""
    return Property(name, field, Kind.DATE, access=access)


def decimal(name: str, field: str, access: Access = Access.READ_ONLY, backing: Backing = Backing.TABLE) -> Property:
    """A property that holds an amount."""
    return Property(name, field, Kind.DECIMAL, access=access, backing=backing)


def flag(name: str, field: str, access: Access = Access.READ_ONLY) -> Property:
    """A property that is true or false."""
    return Property(name, field, Kind.BOOLEAN, access=access)


def choice(name: str, field: str, choices: Mapping[str, str], access: Access = Access.READ_ONLY) -> Property:
    """A property that holds one of a few names."""
    return Property(name, field, Kind.CHOICE, access=access, choices=choices)


ID = guid("id", "id")
MODIFIED = Property("lastModifiedDateTime", "modified_at", Kind.DATETIME)

# A blank option of an enumeration is escaped in v2.0 and written as it is in the older flavours.
BLOCKED = {"_x0020_": "", "Ship": "Ship", "Invoice": "Invoice", "All": "All"}
BLOCKED_PLAIN = {" ": "", "Ship": "Ship", "Invoice": "Invoice", "All": "All"}
STATUS = {
    "_x0020_": "",
    "Draft": "Draft",
    "In_x0020_Review": "In Review",
    "Open": "Open",
    "Paid": "Paid",
    "Canceled": "Canceled",
    "Corrective": "Corrective",
}
STATUS_PLAIN = {stored or " ": stored for stored in STATUS.values()}
CUSTOMER_TYPE = {"Company": "Company", "Person": "Person"}

COMPANIES = Entity(
    "companies",
    "company",
    (
        ID,
        text("systemVersion", "system_version", 250),
        Property("timestamp", "version", Kind.INTEGER),
        text("name", "name", 30),
        text("displayName", "display_name", 250),
        text("businessProfileId", "business_profile_id", 250),
        Property("systemCreatedAt", "modified_at", Kind.DATETIME),
        Property("systemModifiedAt", "modified_at", Kind.DATETIME),
    ),
)

CUSTOMERS = Entity(
    "customers",
    "customer",
    (
        ID,
        code("number", "number", 20, _W),
        text("displayName", "display_name", 100, _W),
        choice("type", "type", CUSTOMER_TYPE, _W),
        text("addressLine1", "address_line1", 100, _W),
        text("addressLine2", "address_line2", 50, _W),
        text("city", "city", 30, _W),
        text("state", "state", 30, _W),
        code("country", "country", 10, _W),
        code("postalCode", "postal_code", 20, _W),
        text("phoneNumber", "phone_number", 30, _W),
        text("email", "email", 80, _W),
        text("website", "website", 255, _W),
        code("salespersonCode", "salesperson_code", 20, _W),
        decimal("balanceDue", "balance_due", backing=_PAGE),
        decimal("creditLimit", "credit_limit", _W),
        flag("taxLiable", "tax_liable", _W),
        guid("taxAreaId", "tax_area_id", _W),
        text("taxAreaDisplayName", "tax_area_display_name", 100),
        text("taxRegistrationNumber", "tax_registration_number", 20, _W),
        guid("currencyId", "currency_id", _W),
        Property("currencyCode", "currency_code", Kind.CODE, 10, _W, _PAGE),
        guid("paymentTermsId", "payment_terms_id", _W),
        guid("shipmentMethodId", "shipment_method_id", _W),
        guid("paymentMethodId", "payment_method_id", _W),
        choice("blocked", "blocked", BLOCKED, _W),
        MODIFIED,
    ),
)


def _document_properties(document_date: str) -> tuple[Property, ...]:
    return (
        ID,
        code("number", "number", 20),
        code("externalDocumentNumber", "external_document_number", 35, _W),
        day(document_date, "document_date", _W),
        day("postingDate", "posting_date", _W),
        day("dueDate", "due_date", _W),
        guid("customerId", "customer_id", _W),
        code("customerNumber", "customer_number", 20, _W),
        text("customerName", "customer_name", 100),
        text("billToName", "bill_to_name", 100),
        guid("billToCustomerId", "bill_to_customer_id", _W),
        code("billToCustomerNumber", "bill_to_customer_number", 20, _W),
        guid("currencyId", "currency_id", _W),
        Property("currencyCode", "currency_code", Kind.CODE, 10, _W, _PAGE),
        guid("paymentTermsId", "payment_terms_id", _W),
        guid("shipmentMethodId", "shipment_method_id", _W),
        code("salesperson", "salesperson", 20, _W),
        flag("pricesIncludeTax", "prices_include_tax"),
        decimal("discountAmount", "discount_amount", _W),
        flag("discountAppliedBeforeTax", "discount_applied_before_tax"),
        decimal("totalAmountExcludingTax", "total_excluding_tax"),
        decimal("totalTaxAmount", "total_tax"),
        decimal("totalAmountIncludingTax", "total_including_tax"),
        choice("status", "status", STATUS),
        text("phoneNumber", "phone_number", 30, _W),
        text("email", "email", 80, _W),
        MODIFIED,
    )


SALES_INVOICES = Entity(
    "salesInvoices",
    "salesInvoice",
    (
        *_document_properties("invoiceDate"),
        day("promisedPayDate", "promised_pay_date", _W),
        text("customerPurchaseOrderReference", "purchase_order_reference", 35, _W),
        guid("orderId", "order_id"),
        code("orderNumber", "order_number", 20),
        decimal("remainingAmount", "remaining_amount", backing=_PAGE),
        guid("disputeStatusId", "dispute_status_id", _W),
        code("disputeStatus", "dispute_status", 10, _W),
    ),
)

SALES_CREDIT_MEMOS = Entity(
    "salesCreditMemos",
    "salesCreditMemo",
    (
        *_document_properties("creditMemoDate"),
        guid("invoiceId", "corrects_id", _W),
        code("invoiceNumber", "corrects_number", 20, _W),
    ),
)

JOURNAL_PROPERTIES = (
    ID,
    code("code", "code", 10, _W),
    text("displayName", "display_name", 100, _W),
    MODIFIED,
    guid("balancingAccountId", "balancing_account_id", _W),
    code("balancingAccountNumber", "balancing_account_number", 20),
)

PAYMENT_JOURNALS = Entity("customerPaymentJournals", "customerPaymentJournal", JOURNAL_PROPERTIES)
JOURNALS = Entity("journals", "journal", (*JOURNAL_PROPERTIES, text("templateDisplayName", "template", 10)))

CUSTOMER_PAYMENTS = Entity(
    "customerPayments",
    "customerPayment",
    (
        ID,
        guid("journalId", "journal_id", _W),
        code("journalDisplayName", "journal_code", 10, _W),
        Property("lineNumber", "line_number", Kind.INTEGER, access=_W),
        guid("customerId", "customer_id", _W),
        code("customerNumber", "customer_number", 20, _W),
        day("postingDate", "posting_date", _W),
        code("documentNumber", "document_number", 20, _W),
        code("externalDocumentNumber", "external_document_number", 35, _W),
        decimal("amount", "amount", _W),
        guid("appliesToInvoiceId", "invoice_id", _W, _PAGE),
        Property("appliesToInvoiceNumber", "invoice_number", Kind.CODE, 20, _W, _PAGE),
        text("description", "description", 100, _W),
        text("comment", "comment", 250, _W),
        MODIFIED,
    ),
)

ACCOUNTS = Entity(
    "accounts",
    "account",
    (
        ID,
        code("number", "number", 20),
        text("displayName", "display_name", 100),
        choice("accountType", "account_type", {"Posting": "Posting", "Heading": "Heading", "Total": "Total"}),
        flag("directPosting", "direct_posting"),
        flag("blocked", "blocked"),
        MODIFIED,
    ),
)

BANK_ACCOUNTS = Entity(
    "bankAccounts",
    "bankAccount",
    (
        ID,
        code("number", "number", 20),
        text("displayName", "display_name", 100),
        text("bankAccountNumber", "bank_account_number", 30),
        flag("blocked", "blocked"),
        code("currencyCode", "currency_code", 10),
        code("iban", "iban", 50),
        MODIFIED,
    ),
)


def _codes(name: str, single: str) -> Entity:
    return Entity(name, single, (ID, code("code", "code", 10), text("displayName", "display_name", 100), MODIFIED))


CODE_TABLES = (
    _codes("currencies", "currency"),
    _codes("countriesRegions", "countryRegion"),
    _codes("paymentTerms", "paymentTerm"),
    _codes("paymentMethods", "paymentMethod"),
    _codes("shipmentMethods", "shipmentMethod"),
)

LEDGER_ENTRIES = Entity(
    "customerLedgerEntries",
    "customerLedgerEntry",
    (
        ID,
        Property("entryNumber", "entry_number", Kind.INTEGER),
        choice(
            "documentType",
            "document_type",
            {"Payment": "Payment", "Invoice": "Invoice", "Credit_x0020_Memo": "Credit Memo"},
        ),
        text("description", "description", 100),
        day("postingDate", "posting_date"),
        code("documentNumber", "document_number", 20),
        code("externalDocumentNumber", "external_document_number", 35),
        code("balancingAccountNumber", "balancing_account_number", 20),
        text("balancingAccountType", "balancing_account_type", 20),
        code("customerNumber", "customer_number", 20),
        flag("open", "open"),
        decimal("amount", "amount"),
        code("currencyCode", "currency_code", 10),
        text("yourReference", "your_reference", 35),
        MODIFIED,
    ),
)

# Everything below companies({id}) of API v2.0, by the name of the set.
V2 = {
    each.name: each
    for each in (
        CUSTOMERS,
        SALES_INVOICES,
        SALES_CREDIT_MEMOS,
        PAYMENT_JOURNALS,
        CUSTOMER_PAYMENTS,
        JOURNALS,
        ACCOUNTS,
        BANK_ACCOUNTS,
        *CODE_TABLES,
    )
}
