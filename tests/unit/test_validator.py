from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from importer.model import Blocked, Customer, Document, DocumentKind, DocumentStatus, Journal, JournalLine, Snapshot
from importer.money import Money
from importer.plan import FieldChange, LinePatch, Payment
from importer.validator import RULES, check, check_patch

ALFA = "11111111-1111-4111-8111-111111111111"
BETA = "22222222-2222-4222-8222-222222222222"
INVOICE = "33333333-3333-4333-8333-333333333333"
CREDIT = "44444444-4444-4444-8444-444444444444"

BOOKS = Snapshot(
    company_id="c",
    company="CRONUS",
    currency="EUR",
    journal=Journal("j", "BANK"),
    customers=(Customer(ALFA, "10000", "Alfa", currency="EUR"), Customer(BETA, "20000", "Beta", blocked=Blocked.ALL)),
    documents=(
        Document("103001", "10000", Money.of("1190.00", "EUR"), date(2026, 1, 10), id=INVOICE),
        Document(
            "103001", "10000", Money.of("-5.00", "EUR"), date(2026, 1, 10), id=CREDIT, kind=DocumentKind.CREDIT_MEMO
        ),
    ),
)
PAYMENT = Payment(
    customer="10000",
    customer_id=ALFA,
    posting_date=date(2026, 2, 1),
    amount=Money.of("-1190.00", "EUR"),
    external_document_number="BI1000000000000000X0",
    line_number=100_000_000,
    invoice="103001",
    invoice_id=INVOICE,
    description="Invoice 103001",
    comment="",
)


def with_invoice(**changes: object) -> Snapshot:
    invoice, credit = BOOKS.documents
    return replace(BOOKS, documents=(replace(invoice, **changes), credit))  # type: ignore[arg-type] # a table of changes


def in_journal(amount: str) -> Snapshot:
    line = JournalLine(
        "l", "e", 10000, "10000", ALFA, date(2026, 1, 31), "R1", "HAND", Decimal(amount), "103001", INVOICE, "", ""
    )
    return replace(BOOKS, journal_lines=(line,))


def broken_rules(payment: Payment, books: Snapshot = BOOKS) -> list[str]:
    return [problem.rule for problem in check([payment], (), books=books)[0]]


def test_a_correct_payment_breaks_no_rule() -> None:
    assert check([PAYMENT], (), books=BOOKS) == ((),)


BREAKS = {
    "customer_number_length": (
        {"customer": "1" * 21},
        ["customer_number_length", "customer_exists", "invoice_is_the_customers"],
    ),
    "document_number_length": ({"document_number": "D" * 21}, ["document_number_length"]),
    "external_document_number_length": ({"external_document_number": "X" * 21}, ["external_document_number_length"]),
    "applies_to_number_length": ({"invoice": "1" * 21}, ["applies_to_number_length", "invoice_exists"]),
    "description_length": ({"description": "d" * 51}, ["description_length"]),
    "emoji count twice": ({"description": "d" * 49 + "\U0001f600"}, ["description_length"]),
    "comment_length": ({"comment": "c" * 251}, ["comment_length"]),
    "customer id no GUID": ({"customer_id": "10000"}, ["customer_id_is_guid", "customer_exists"]),
    "customer id null GUID": (
        {"customer_id": "00000000-0000-0000-0000-000000000000"},
        ["customer_id_is_guid", "customer_exists"],
    ),
    "invoice id no GUID": ({"invoice_id": "{" + INVOICE + "}"}, ["invoice_id_is_guid", "invoice_exists"]),
    "line number zero": ({"line_number": 0}, ["line_number_in_range"]),
    "line number too large": ({"line_number": 2**31}, ["line_number_in_range"]),
    "posting date before 1753": ({"posting_date": date(1752, 12, 31)}, ["posting_date_in_range", "not_before_invoice"]),
    "posting date before the invoice's": ({"posting_date": date(2026, 1, 9)}, ["not_before_invoice"]),
    "third decimal": ({"amount": Money.of("-1.005", "EUR")}, ["amount_is_exact"]),
    "too large": (
        {"amount": Money.of("-1000000000000000", "EUR"), "invoice": "", "invoice_id": ""},
        ["amount_is_exact"],
    ),
    "positive": ({"amount": Money.of("1190.00", "EUR")}, ["amount_is_credit"]),
    "zero": ({"amount": Money.of("0.00", "EUR")}, ["amount_is_credit"]),
    "unknown customer": ({"customer": "30000"}, ["customer_exists", "invoice_is_the_customers"]),
    "blocked customer": (
        {"customer": "20000", "customer_id": BETA, "invoice": "", "invoice_id": ""},
        ["customer_not_blocked"],
    ),
    "unknown invoice": ({"invoice": "999999"}, ["invoice_exists"]),
    "a credit memo is no invoice": ({"invoice_id": CREDIT}, ["invoice_exists"]),
    "foreign currency": ({"amount": Money.of("-10.00", "USD")}, ["currency_fits"]),
    "more than remains": ({"amount": Money.of("-1190.01", "EUR")}, ["remaining_amount_used_once"]),
}


@pytest.mark.parametrize(("changes", "rules"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_field_rule_is_named(changes: dict[str, object], rules: list[str]) -> None:
    assert broken_rules(replace(PAYMENT, **changes)) == rules  # type: ignore[arg-type] # a table of changes


IN_THE_BOOKS = {
    "paid": (
        with_invoice(status=DocumentStatus.PAID, remaining=Money.of("0.00", "EUR")),
        ["invoice_is_open", "remaining_amount_used_once"],
    ),
    "canceled": (with_invoice(status=DocumentStatus.CANCELED), ["invoice_is_open"]),
    "a draft is no posted invoice": (with_invoice(status=DocumentStatus.DRAFT), ["invoice_exists"]),
    "another customer's": (with_invoice(customer="20000"), ["invoice_is_the_customers"]),
    "in another currency": (with_invoice(remaining=Money.of("1190.00", "USD")), ["currency_fits"]),
    "customer trades in another currency": (
        replace(BOOKS, customers=(replace(BOOKS.customers[0], currency="USD"),)),
        ["currency_fits"],
    ),
    "a line of the journal settles it": (in_journal("-0.01"), ["remaining_amount_used_once"]),
}


@pytest.mark.parametrize(("books", "rules"), IN_THE_BOOKS.values(), ids=IN_THE_BOOKS.keys())
def test_what_posting_would_refuse_is_said_before(books: Snapshot, rules: list[str]) -> None:
    assert broken_rules(PAYMENT, books) == rules


def test_a_customer_blocked_for_shipping_or_invoicing_may_pay() -> None:
    for blocked in (Blocked.SHIP, Blocked.INVOICE):
        books = replace(BOOKS, customers=(replace(BOOKS.customers[0], blocked=blocked),))
        assert broken_rules(PAYMENT, books) == []


def test_two_payments_of_one_run_may_share_an_invoice_only_up_to_its_remaining_amount() -> None:
    half = replace(PAYMENT, amount=Money.of("-595.00", "EUR"))
    assert check([half, half], (), books=BOOKS) == ((), ())
    over = replace(PAYMENT, amount=Money.of("-595.01", "EUR"))
    assert [[p.rule for p in problems] for problems in check([half, over], (), books=BOOKS)] == [
        ["remaining_amount_used_once"]
    ] * 2


def test_every_rule_has_a_payment_that_breaks_only_through_it() -> None:
    seen = {rule for _, rules in (*BREAKS.values(), *IN_THE_BOOKS.values()) for rule in rules}
    assert {rule.__name__ for rule in RULES} <= seen


@pytest.mark.parametrize("field", ["id", "lastModifiedDateTime", "lineNumber", "journalId", "externalDocumentNumber"])
def test_a_change_of_a_read_only_or_identifying_field_is_refused(field: str) -> None:
    patch = LinePatch("l", 10000, "e", (FieldChange("amount", "-1", "-2"), FieldChange(field, "a", "b")))
    assert [problem.message for problem in check_patch(patch)] == [f"{field} cannot be changed"]
