"""Rows as values: tolerant of what dialects leave out, careful with what nobody knows, strict about money."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from importer.bc import records
from importer.bc.json_text import Json
from importer.bc.records import Malformed
from importer.model import Blocked, Customer, Document, DocumentKind, DocumentStatus, Journal
from importer.money import Money
from tests.unit.wire_values import COMPANY, INVOICE_ID, JOURNAL, line, row

INVOICE: dict[str, Json] = {
    "id": INVOICE_ID.upper(),
    "number": "103001",
    "externalDocumentNumber": "PO-1",
    "invoiceDate": "2026-01-09",
    "postingDate": "2026-01-10",
    "dueDate": "0001-01-01",
    "customerNumber": "20000",
    "billToCustomerNumber": "10000",
    "currencyCode": "",
    "totalAmountIncludingTax": Decimal("1190.00"),
    "remainingAmount": 1000,
    "status": "Open",
}


def test_an_invoice_lies_on_its_bill_to_customer_in_the_local_currency_when_it_names_none() -> None:
    assert records.invoice(INVOICE, "EUR") == Document(
        "103001",
        "10000",
        Money.of(1000, "EUR"),
        date(2026, 1, 10),
        id=INVOICE_ID,
        total=Money.of(1190, "EUR"),
        external_number="PO-1",
    )


def test_what_older_dialects_leave_out_comes_from_the_next_best_field() -> None:
    old = {name: INVOICE[name] for name in INVOICE if name not in ("postingDate", "billToCustomerNumber", "dueDate")}
    found = records.invoice({**old, "currencyCode": "USD"}, "EUR")
    assert (found.posting_date, found.customer, found.remaining.currency) == (date(2026, 1, 9), "20000", "USD")


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("Open", DocumentStatus.OPEN),
        ("Paid", DocumentStatus.PAID),
        ("Canceled", DocumentStatus.CANCELED),
        ("Corrective", DocumentStatus.CORRECTIVE),
        ("In_x0020_Review", DocumentStatus.IN_REVIEW),
        ("In Review", DocumentStatus.IN_REVIEW),
        ("_x0020_", DocumentStatus.DRAFT),
        (" ", DocumentStatus.DRAFT),
        (None, DocumentStatus.DRAFT),
        ("Something new", DocumentStatus.DRAFT),
    ],
)
def test_a_status_nobody_knows_does_not_make_a_document_payable(status: Json, found: DocumentStatus) -> None:
    assert records.invoice({**INVOICE, "status": status}, "EUR").status is found


@pytest.mark.parametrize(("status", "remaining"), [("Open", "-40"), ("Paid", "0"), ("Canceled", "0")])
def test_a_credit_memo_counts_in_full_while_it_is_open(status: str, remaining: str) -> None:
    memo: dict[str, Json] = {**INVOICE, "totalAmountIncludingTax": 40, "status": status}
    found = records.credit_memo(memo, "EUR")
    assert (found.kind, found.remaining, found.total) == (
        DocumentKind.CREDIT_MEMO,
        Money.of(remaining, "EUR"),
        Money.of(-40, "EUR"),
    )


@pytest.mark.parametrize(
    ("blocked", "found"),
    [
        ("_x0020_", Blocked.NO),
        (" ", Blocked.NO),
        (None, Blocked.NO),
        ("Ship", Blocked.SHIP),
        ("Invoice", Blocked.INVOICE),
        ("All", Blocked.ALL),
        ("Forever", Blocked.ALL),
    ],
)
def test_a_block_nobody_knows_stops_payments(blocked: Json, found: Blocked) -> None:
    shown: dict[str, Json] = {"id": COMPANY, "number": "10000", "blocked": blocked}
    assert records.customer(shown) == Customer(COMPANY, "10000", "", found)


def test_a_city_is_found_flat_and_nested() -> None:
    shown: dict[str, Json] = {"id": COMPANY, "number": "1", "displayName": "Alpha"}
    assert records.customer({**shown, "city": "Leeds"}).city == "Leeds"
    assert records.customer({**shown, "address": {"city": "Leeds"}}).city == "Leeds"
    assert records.customer({**shown, "address": None}).city == ""


def test_a_balancing_account_is_its_number_or_else_its_id() -> None:
    shown: dict[str, Json] = {"id": JOURNAL, "code": "BANK", "balancingAccountId": records.NULL_GUID}
    assert records.journal(shown) == Journal(JOURNAL, "BANK")
    assert records.journal({**shown, "balancingAccountNumber": "2920"}).balancing_account == "2920"
    assert records.journal({**shown, "balancingAccountId": COMPANY}).balancing_account == COMPANY


def test_a_line_without_customer_or_invoice_has_empty_ids() -> None:
    shown = row(customerId=records.NULL_GUID, appliesToInvoiceId=None, appliesToInvoiceNumber="")
    assert records.journal_line(shown) == line(customer_id="", invoice_id="", invoice="")


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-03T08:00:00Z", datetime(2026, 3, 3, 8, tzinfo=UTC)),
        ("2026-03-03T08:00:00.1234567Z", datetime(2026, 3, 3, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-03T08:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_time_of_change_is_a_moment_or_nothing(moment: Json, found: datetime | None) -> None:
    assert records.journal_line(row(lastModifiedDateTime=moment)).modified_at == found


@pytest.mark.parametrize("etag", ["*", "", None, "a b", "a\nb", "ä"])
def test_an_etag_that_cannot_be_sent_back_is_none(etag: Json) -> None:
    assert records.journal_line(row(**{"@odata.etag": etag})).etag == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"),
        ("id", records.NULL_GUID),
        ("id", None),
        ("lineNumber", "10000"),
        ("lineNumber", Decimal("0.5")),
        ("lineNumber", None),
        ("amount", "-1.00"),
        ("amount", None),
        ("customerNumber", 10000),
        ("postingDate", "2026-02-30"),
        ("postingDate", 20260302),
        ("externalDocumentNumber", []),
    ],
)
def test_a_line_whose_money_cannot_be_trusted_is_refused(name: str, value: Json) -> None:
    with pytest.raises(Malformed, match=name):
        records.journal_line(row(**{name: value}))


@pytest.mark.parametrize("name", ["lineNumber", "amount", "customerNumber", "postingDate", "externalDocumentNumber"])
def test_a_line_that_lacks_what_money_depends_on_is_refused(name: str) -> None:
    shown = row()
    del shown[name]
    with pytest.raises(Malformed, match=name):
        records.journal_line(shown)


def test_a_text_no_terminal_could_print_is_made_printable() -> None:
    assert records.journal_line(row(description="a\ud800b")).description == "a?b"
