"""Sample values for the tests of requests and replies."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from importer.bc.json_text import Json
from importer.model import JournalLine
from importer.money import Money
from importer.plan import Payment

COMPANY = "0aaaaaaa-0000-4000-8000-000000000001"
JOURNAL = "0bbbbbbb-0000-4000-8000-000000000002"
CUSTOMER_ID = "0ccccccc-0000-4000-8000-000000000003"
INVOICE_ID = "0ddddddd-0000-4000-8000-000000000004"
LINE_ID = "0eeeeeee-0000-4000-8000-000000000005"
KEY = "BI1ABCDEFGHJKMNPQRS8"

_PAYMENT = Payment(
    customer="10000",
    customer_id=CUSTOMER_ID,
    posting_date=date(2026, 3, 2),
    amount=Money.of("-1190.00", "EUR"),
    external_document_number=KEY,
    line_number=312000123,
    invoice="103001",
    invoice_id=INVOICE_ID,
    description="Alpha",
    comment="RE 103001",
)
_LINE = JournalLine(
    id=LINE_ID,
    etag='W/"JzEx"',
    line_number=312000123,
    customer="10000",
    customer_id=CUSTOMER_ID,
    posting_date=date(2026, 3, 2),
    document_number="R00001",
    external_document_number=KEY,
    amount=Decimal("-1190.00"),
    invoice="103001",
    invoice_id=INVOICE_ID,
    description="Alpha",
    comment="RE 103001",
    modified_at=datetime(2026, 3, 3, 8, 0, 0, 120000, tzinfo=UTC),
)


def payment(**changes: object) -> Payment:
    """A payment of invoice 103001, with some fields changed."""
    return replace(_PAYMENT, **changes)  # type: ignore[arg-type]  # the keywords are the fields' own


def line(**changes: object) -> JournalLine:
    """The journal line that the payment becomes, with some fields changed."""
    return replace(_LINE, **changes)  # type: ignore[arg-type]  # the keywords are the fields' own


def row(**changes: Json) -> dict[str, Json]:
    """The journal line as a server shows it, with some properties changed."""
    shown: dict[str, Json] = {
        "@odata.etag": 'W/"JzEx"',
        "id": LINE_ID,
        "journalId": JOURNAL,
        "journalDisplayName": "BANK",
        "lineNumber": 312000123,
        "customerId": CUSTOMER_ID,
        "customerNumber": "10000",
        "postingDate": "2026-03-02",
        "documentNumber": "R00001",
        "externalDocumentNumber": KEY,
        "amount": Decimal("-1190.0"),
        "appliesToInvoiceId": INVOICE_ID,
        "appliesToInvoiceNumber": "103001",
        "description": "Alpha",
        "comment": "RE 103001",
        "lastModifiedDateTime": "2026-03-03T08:00:00.12Z",
    }
    return {**shown, **changes}
