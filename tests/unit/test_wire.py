"""Requests as they leave: exact amounts, the order of fields, versions, envelopes, filters."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.bc.flavours import FLAVOURS, flavour
from importer.bc.json_text import Json, Unreadable, parse, render
from importer.bc.wire import (
    Place,
    Request,
    change,
    chunks_of,
    creation,
    envelope,
    listing,
    literal,
    one_of,
    removal,
)
from importer.money import Money
from importer.plan import FieldChange, LinePatch, Payment
from tests.unit.wire_values import COMPANY, CUSTOMER_ID, INVOICE_ID, JOURNAL, LINE_ID, line, payment

PLACE = Place(flavour("v2.0"), COMPANY, JOURNAL)
LINES = f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments"


def test_a_creation_sends_every_field_ids_before_numbers() -> None:
    request = creation(PLACE, payment())
    assert (request.method, request.path, request.headers) == ("POST", LINES, (("Content-Type", "application/json"),))
    assert request.content.decode() == (
        f'{{"lineNumber":312000123,"customerId":"{CUSTOMER_ID}","customerNumber":"10000",'
        f'"appliesToInvoiceId":"{INVOICE_ID}","appliesToInvoiceNumber":"103001","postingDate":"2026-03-02",'
        '"externalDocumentNumber":"BI1ABCDEFGHJKMNPQRS8","amount":-1190.00,"description":"Alpha","comment":"RE 103001"}'
    )


def test_a_document_number_is_sent_only_when_there_is_one() -> None:
    assert "documentNumber" not in (creation(PLACE, payment()).body or {})
    assert (creation(PLACE, payment(document_number="B7")).body or {})["documentNumber"] == "B7"


def test_a_payment_without_an_invoice_sends_the_empty_number_and_no_id() -> None:
    body = creation(PLACE, payment(invoice="", invoice_id="")).body or {}
    assert body["appliesToInvoiceNumber"] == ""
    assert "appliesToInvoiceId" not in body


def test_empty_texts_are_sent_because_a_missing_field_is_copied_from_a_neighbouring_line() -> None:
    body = creation(PLACE, payment(description="", comment="")).body or {}
    assert (body["description"], body["comment"]) == ("", "")


def test_an_invoice_is_taken_away_with_the_null_guid_because_a_blank_is_none() -> None:
    changes = (FieldChange("appliesToInvoiceId", INVOICE_ID, ""), FieldChange("appliesToInvoiceNumber", "103001", ""))
    body = change(PLACE, LinePatch(LINE_ID, 312000123, 'W/"1"', changes)).body
    assert body == {"appliesToInvoiceId": "00000000-0000-0000-0000-000000000000", "appliesToInvoiceNumber": ""}


def test_a_change_sends_only_the_changed_fields_with_the_version_it_is_based_on() -> None:
    patch = LinePatch(
        LINE_ID,
        312000123,
        'W/"JzIwO"',
        (
            FieldChange("description", "Alpha", "Alpha Ltd."),
            FieldChange("amount", "-1190.00", "-1190.50"),
            FieldChange("customerNumber", "10000", "20000"),
            FieldChange("customerId", CUSTOMER_ID, INVOICE_ID),
            FieldChange("lineNumber", "1", "2"),
        ),
    )
    assert change(PLACE, patch) == Request(
        "PATCH",
        f"{LINES}({LINE_ID})",
        headers=(("Content-Type", "application/json"), ("If-Match", 'W/"JzIwO"')),
        body={
            "customerId": INVOICE_ID,
            "customerNumber": "20000",
            "amount": Decimal("-1190.50"),
            "description": "Alpha Ltd.",
            "lineNumber": 2,
        },
    )
    assert next(iter(change(PLACE, patch).body or {})) == "customerId"


def test_a_removal_carries_the_version_that_was_read() -> None:
    assert removal(PLACE, line()) == Request("DELETE", f"{LINES}({LINE_ID})", headers=(("If-Match", 'W/"JzEx"'),))


def test_an_envelope_holds_its_parts_by_id_and_goes_on_after_a_refusal() -> None:
    patch = LinePatch(LINE_ID, 1, 'W/"a"', (FieldChange("comment", "", "x"),))
    request = envelope([creation(PLACE, payment()), change(PLACE, patch), removal(PLACE, line())])
    assert (request.method, request.path) == ("POST", "$batch")
    assert ("Prefer", "odata.continue-on-error") in request.headers
    sent = json.loads(request.content, parse_float=Decimal)["requests"]
    assert [(part["id"], part["method"], part["url"]) for part in sent] == [
        ("1", "POST", LINES),
        ("2", "PATCH", f"{LINES}({LINE_ID})"),
        ("3", "DELETE", f"{LINES}({LINE_ID})"),
    ]
    assert sent[0]["body"]["amount"] == Decimal("-1190.00")
    assert sent[1]["headers"] == {"Content-Type": "application/json", "If-Match": 'W/"a"'}
    assert "body" not in sent[2]


def test_a_listing_asks_the_primary_database_and_encodes_its_query() -> None:
    request = listing("customers", select=("id", "number"), where="number eq 'A&B'", page_size=500)
    assert request.target == "customers?$filter=number%20eq%20%27A%26B%27&$select=id,number"
    assert request.headers == (("Data-Access-Intent", "ReadWrite"), ("Prefer", "odata.maxpagesize=500"))
    assert listing("customers").target == "customers"


@pytest.mark.parametrize("name", FLAVOURS)
def test_every_flavour_reaches_a_line_under_its_journal(name: str) -> None:
    expected = {
        "v2.0": f"{LINES}({LINE_ID})",
        "v1.0": f"{LINES}({LINE_ID})",
        "graph-beta": f"financials/companies/{COMPANY}/customerPaymentJournals/{JOURNAL}/customerPayments/{LINE_ID}",
        "financials-beta": f"{LINES}({LINE_ID})",
    }
    assert Place(flavour(name), COMPANY, JOURNAL).line(LINE_ID) == expected[name]


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("-1190.00", "-1190.00"),
        ("-0.10", "-0.10"),
        ("-1E+2", "-100"),
        ("-999999999999999.99", "-999999999999999.99"),
        ("-0.30", "-0.30"),
    ],
)
def test_an_amount_is_written_digit_by_digit(amount: str, written: str) -> None:
    body = creation(PLACE, payment(amount=Money.of(amount, "EUR"))).content.decode()
    assert f'"amount":{written},' in body


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_numbers_survive_the_way_to_the_server_and_back(number: Decimal) -> None:
    assert parse(render({"amount": number}).encode()) in ({"amount": number}, {"amount": int(number)})


@given(st.text())
def test_texts_survive_the_way_to_the_server_and_back(text: str) -> None:
    assert parse(render({"comment": text}).encode("ascii")) == {"comment": text}


@pytest.mark.parametrize("value", [1.5, {"amount": 0.1}, [object()], Decimal("NaN"), Decimal("Infinity")])
def test_what_json_cannot_hold_exactly_is_never_sent(value: Json) -> None:
    with pytest.raises(TypeError):
        render(value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"amount": NaN}', "NaN"),
        (b'{"amount": -Infinity}', "-Infinity"),
        (b'{"amount": 1, "amount": 2}', '"amount" stands twice'),
        (b'{"value": [', "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "too deeply"),
        (b"1" * 5000, "40 digits"),
        (b"1." + b"1" * 50, "40 characters"),
        (b"1e999999999", "out of range"),
        (b"1e99999999999999999999", "out of range"),
        (b"", "not JSON"),
    ],
)
def test_a_doubtful_answer_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        parse(body)


def test_an_answer_may_begin_with_a_byte_order_mark() -> None:
    assert parse(b'\xef\xbb\xbf{"a":12.10}') == {"a": Decimal("12.1")}


def test_a_quote_in_a_filter_is_doubled() -> None:
    assert literal("O'Hara") == "'O''Hara'"
    assert one_of("number", ["A", "B"]) == "number eq 'A' or number eq 'B'"


@given(st.lists(st.text("AB'", min_size=1, max_size=20)), st.integers(1, 200))
def test_chunks_hold_every_value_once_in_order_and_stay_short(values: list[str], longest: int) -> None:
    chunks = chunks_of("number", values, longest)
    assert [value for chunk in chunks for value in chunk] == values
    assert all(len(one_of("number", chunk)) <= longest or len(chunk) == 1 for chunk in chunks)


def test_payments_are_dated_in_iso_form() -> None:
    sent: Payment = payment(posting_date=date(2026, 1, 5))
    assert (creation(PLACE, sent).body or {})["postingDate"] == "2026-01-05"
