"""Reading through the client: the whole collection, from the primary, on one origin, or an error that says why not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest

from importer.bc.limits import Patience
from importer.errors import (
    AccessDenied,
    ConfigurationError,
    ImporterError,
    ServerContradiction,
    ServerUnavailable,
)
from importer.model import Blocked, Customer, Document, DocumentKind, DocumentStatus
from importer.money import Money
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import BASE, Fault, Service, Wire, before, books, instead, on_account, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _without_id(document: Document) -> Document:
    return replace(document, id="")


def test_a_snapshot_holds_what_matching_and_checking_need(service: Service) -> None:
    with service.client() as client:
        found = client.snapshot()
    assert (found.company, found.currency, found.journal.code) == ("CRONUS", "EUR", "BANK")
    assert (found.journal.name, found.journal.balancing_account) == ("Bank receipts", "2920")
    assert [replace(customer, id="") for customer in found.customers] == [
        Customer("", "10000", "Alpha Ltd.", currency="EUR", city="Leeds"),
        Customer("", "20000", "Beta & Søn", currency="EUR"),
        Customer("", "30000", "Gamma", Blocked.ALL, currency="EUR"),
        Customer("", "40000", "Delta", currency="USD"),
    ]
    assert found.journal_lines == ()


def test_documents_are_the_posted_ones_with_what_remains_on_the_bill_to_customer(service: Service) -> None:
    with service.client() as client:
        found = client.snapshot()
    assert [_without_id(document) for document in found.documents] == [
        Document(
            "103001",
            "10000",
            Money.of("1190", "EUR"),
            date(2026, 1, 10),
            due_date=date(2026, 2, 10),
            total=Money.of("1190", "EUR"),
        ),
        Document(
            "103002",
            "10000",
            Money.of("250", "EUR"),
            date(2026, 1, 12),
            due_date=date(2026, 1, 12),
            total=Money.of("250", "EUR"),
        ),
        Document(
            "103003",
            "10000",
            Money.of("0", "EUR"),
            date(2025, 6, 1),
            status=DocumentStatus.PAID,
            due_date=date(2025, 6, 1),
            total=Money.of("99", "EUR"),
        ),
        Document(
            "104001",
            "10000",
            Money.of("-40", "EUR"),
            date(2026, 1, 20),
            kind=DocumentKind.CREDIT_MEMO,
            due_date=date(2026, 1, 20),
            total=Money.of("-40", "EUR"),
        ),
    ]


def test_a_snapshot_is_read_from_the_primary_with_a_page_size_and_only_needed_fields(service: Service) -> None:
    with service.client(page_size=500) as client:
        client.snapshot()
    assert {each.headers["data-access-intent"] for each in service.wire.requests} == {"ReadWrite"}
    assert {each.headers["prefer"] for each in service.wire.requests} == {"odata.maxpagesize=500"}
    assert {each.headers["accept-language"] for each in service.wire.requests} == {"en-US"}
    selected = {each.url.path.rpartition("/")[2]: each.url.params.get("$select") for each in service.wire.requests}
    assert selected["customers"] == "id,number,displayName,blocked,currencyCode,city,lastModifiedDateTime"
    assert "$filter" in str(next(each.url for each in service.wire.requests if "salesInvoices" in str(each.url)))


def test_every_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, books(customers=250, invoices=30), Behaviour(page_size=20))
    with service.client() as client:
        found = client.snapshot()
    assert len(found.customers) == 254
    assert len(found.documents) == 34
    assert service.wire.asked().count("GET customers") == 13


def test_a_company_is_found_by_name_id_or_display_name(service: Service) -> None:
    with service.client() as client:
        identity = client.company.id
    for wanted in (identity, identity.upper(), "CRONUS", "CRONUS International Ltd."):
        with service.client(company=wanted) as client:
            assert client.company.id == identity


def test_an_unknown_company_or_journal_names_the_ones_there_are(service: Service) -> None:
    with service.client(company="cronus") as client, pytest.raises(ConfigurationError, match="CRONUS, Fabrikam"):
        client.snapshot()
    with service.client(journal="GENERAL") as client, pytest.raises(ConfigurationError, match="BANK, OTHER"):
        client.snapshot()


def test_several_companies_of_one_name_are_listed_with_their_ids(service: Service) -> None:
    companies = [
        {"id": f"0aaaaaaa-0000-4000-8000-00000000000{number}", "name": "CRONUS", "displayName": ""} for number in (1, 2)
    ]
    service.wire.faults = [lambda *_: httpx.Response(200, json={"value": companies})]
    with service.client() as client, pytest.raises(ConfigurationError) as caught:
        client.snapshot()
    assert all(company["id"] in str(caught.value) for company in companies)


def test_a_journal_code_is_found_as_the_server_writes_it(service: Service) -> None:
    with service.client(journal=" bank ") as client:
        assert client.journal.code == "BANK"


def test_lines_come_by_line_number_whatever_the_order_of_the_server(service: Service) -> None:
    with service.client() as client:
        customer = client.snapshot().customers[0]
        client.create([on_account(customer, f"BI1{number}", number) for number in (300, 100, 200)])
        lines = client.journal_lines()
    assert [(line.line_number, line.external_document_number, line.amount) for line in lines] == [
        (100, "BI1100", Decimal(-10)),
        (200, "BI1200", Decimal(-10)),
        (300, "BI1300", Decimal(-10)),
    ]


def test_a_query_the_server_does_not_take_is_asked_more_plainly(service: Service) -> None:
    def picky(wire: Wire, *refused: str) -> httpx.MockTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            if any(name in request.url.params for name in refused):
                return httpx.Response(400, json={"error": {"code": "BadRequest", "message": "no such option"}})
            return wire.handle_request(request)

        return httpx.MockTransport(handle)

    with service.client() as client:
        expected = client.snapshot()
    for refused in (["$select"], ["$filter"], ["$select", "$filter"]):
        with service.client(transport=picky(service.wire, *refused)) as client:
            assert client.snapshot() == expected


TEMPORARY: list[Fault] = [
    before(httpx.ConnectError),
    before(httpx.ReadTimeout),
    before(httpx.ReadError),
    before(httpx.RemoteProtocolError),
    before(httpx.PoolTimeout),
    instead(408),
    instead(500),
    instead(502, body=b"<html>bad gateway</html>"),
    instead(503),
    instead(504),
    instead(200, body=b"<html>please log in</html>"),
    instead(200, body=b'{"value": [{"id":'),
]


TOO_BUSY = instead(429, body=b"slow down")


@pytest.mark.parametrize("fault", [*TEMPORARY, TOO_BUSY])
def test_a_read_survives_what_passes(service: Service, fault: Fault) -> None:
    with service.client() as client:
        expected = client.snapshot()
        service.wire.faults = [fault, None, None, fault, fault]
        assert client.snapshot() == expected
    assert service.waits == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("fault", TEMPORARY)
def test_a_read_that_never_gets_through_ends_after_six_tries(service: Service, fault: Fault) -> None:
    service.wire.faults = [fault] * 100
    with service.client() as client, pytest.raises(ServerUnavailable):
        client.snapshot()
    assert len(service.wire.requests) == 6
    assert service.waits == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_read_waits_two_minutes_for_a_server_that_is_too_busy_before_its_six_tries(service: Service) -> None:
    service.wire.faults = [TOO_BUSY] * 100
    with service.client() as client, pytest.raises(ServerUnavailable):
        client.snapshot()
    assert service.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_server_that_says_when_to_come_back_is_obeyed_within_reason(service: Service) -> None:
    service.wire.faults = [
        instead(503, retry_after="7"),
        instead(429, retry_after="Mon, 02 Mar 2026 08:01:00 GMT", date="Mon, 02 Mar 2026 08:00:30 GMT"),
        instead(503, retry_after="99999"),
        instead(503, retry_after="soon"),
    ]
    with service.client() as client:
        client.companies()
    assert service.waits == [7.0, 30.0, 900.0, 2.0]


@pytest.mark.parametrize(("status", "answers"), [(408, 3), (504, 2), (413, 4)])
def test_a_page_that_is_too_heavy_is_asked_smaller(service: Service, status: int, answers: int) -> None:
    service.wire.faults = [instead(status)] * answers
    with service.client() as client:
        client.companies()
    asked = [int(each.headers["prefer"].partition("=")[2]) for each in service.wire.requests]
    assert asked == [20_000 // 2**number for number in range(answers + 1)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (instead(401, body=b'{"error":{"code":"Unauthorized","message":"no"}}'), AccessDenied),
        (instead(403), AccessDenied),
        (instead(404), ConfigurationError),
        (instead(405), ConfigurationError),
        (instead(400, body=b'{"error":{"code":"BadRequest","message":"no"}}'), ConfigurationError),
        (instead(302, location="https://evil.example/"), ServerContradiction),
        (instead(307, location=BASE), ServerContradiction),
        (instead(418), ServerUnavailable),
        (instead(200, body=b"[]"), ServerUnavailable),
        (instead(200, body=b'{"value":{}}'), ServerUnavailable),
        (instead(200, body=b'{"value":["x"]}'), ServerUnavailable),
        (instead(200, body=b'{"value":[{"name":"CRONUS"}]}'), ServerUnavailable),
        (instead(200, body=b'{"value":[{"id":"x","name":"CRONUS"}]}'), ServerUnavailable),
        (instead(200, body=b'{"value":[],"@odata.nextLink":5}'), ServerUnavailable),
        (instead(204), ServerUnavailable),
    ],
)
def test_an_answer_that_cannot_be_used_becomes_its_error_without_another_try(
    service: Service, fault: Fault, error: type[ImporterError]
) -> None:
    service.wire.faults = [fault] * 3
    with service.client() as client, pytest.raises(error):
        client.snapshot()
    assert service.waits == []


def test_a_clock_that_goes_wrong_is_noticed(service: Service) -> None:
    with service.client() as client:
        assert client.clock_ahead is None
        client.companies()
        assert client.clock_ahead == timedelta(0)
        service.wire.faults = [instead(200, body=b'{"value":[]}', date="Mon, 02 Mar 2026 07:58:00 GMT")]
        client.companies()
        assert client.clock_ahead == timedelta(minutes=2)


def test_patience_is_configured(service: Service) -> None:
    service.wire.faults = [instead(503)] * 9
    with service.client(patience=Patience(attempts=2)) as client, pytest.raises(ServerUnavailable):
        client.companies()
    assert len(service.wire.requests) == 2
