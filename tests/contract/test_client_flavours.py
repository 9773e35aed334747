"""Every dialect from the company to a created, changed and deleted line, on a service that speaks nothing else."""

import json
import re
from decimal import Decimal
from typing import Literal

import httpx
import pytest

from importer.bc.flavours import JOURNALS, MISSPELT_JOURNALS
from importer.bc.json_text import Json, parse, render
from importer.errors import ConfigurationError
from importer.plan import FieldChange, LinePatch
from importer.ports import Applied
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import BASE, HOST, Service, on_account, paying, start

Spelling = Literal["customerPaymentJournals", "customerPaymentsJournals"]
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
V2_PATH = BASE.removeprefix(HOST)
BASES = {
    "v1.0": f"{HOST}/BC/api/v1.0",
    "graph-beta": "https://graph.example.com/beta",
    "financials-beta": "https://financials.example.com/v1.0/api/beta",
}


class Dialect(httpx.BaseTransport):
    """Lets the sandbox's v2.0 be spoken to in an older dialect: other URLs, nested customers, no $batch in the betas."""

    def __init__(self, name: str, service: Service) -> None:
        self.name, self.service = name, service
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(httpx.URL(BASES[self.name]).path)
        self.asked.append(f"{request.method} {path}")
        if path == "/$batch" and self.name != "v1.0":
            return httpx.Response(404)
        if self.name == "graph-beta":
            if not path.startswith("/financials/companies") or "(" in path:
                return httpx.Response(404)
            path = re.sub(rf"/({GUID})", r"(\1)", path.removeprefix("/financials"))
        url = httpx.URL(f"{HOST}{V2_PATH}{path}", query=request.url.query)
        headers = [
            (name, value) for name, value in request.headers.raw if name.lower() not in (b"host", b"content-length")
        ]
        inner = httpx.Request(request.method, url, headers=headers, content=request.content)
        return self._older(self.service.wire.handle_request(inner))

    def _older(self, response: httpx.Response) -> httpx.Response:
        if not response.read():
            return response
        body = parse(response.content)
        return httpx.Response(response.status_code, content=render(_nested(body)))


def _nested(value: Json) -> Json:
    match value:
        case list():
            return [_nested(each) for each in value]
        case dict() if "city" in value:
            return {**_without(value, "city"), "address": {"city": value["city"]}}
        case dict() if "journalId" in value:
            return {**_without(value, "journalId", "journalDisplayName"), "contactId": ""}
        case dict():
            return {name: _nested(each) for name, each in value.items()}
        case _:
            return value


def _without(record: dict[str, Json], *names: str) -> dict[str, Json]:
    return {name: value for name, value in record.items() if name not in names}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


@pytest.mark.parametrize("name", BASES)
def test_a_dialect_goes_from_the_company_to_a_line_that_is_created_changed_and_deleted(
    service: Service, name: str
) -> None:
    with service.client() as client:
        expected = client.snapshot()
    dialect = Dialect(name, service)
    with service.client(flavour=name, base_url=BASES[name], transport=dialect) as client:
        books = client.snapshot()
        assert books.customers == expected.customers
        assert [each for each in expected.documents if each in books.documents] == list(books.documents)
        invoice, customer = books.documents[0], books.customers[0]
        created = client.create([paying(invoice, customer, "BI1A", 300), on_account(customer, "BI1B", 100)])
        assert [type(reply) for reply in created] == [Applied, Applied]
        line = client.journal_lines()[1]
        assert (line.invoice, line.invoice_id) == (invoice.number, invoice.id)
        [changed] = client.patch([LinePatch(line.id, 300, line.etag, (FieldChange("comment", "paid", "settled"),))])
        assert isinstance(changed, Applied)
        assert changed.line.comment == "settled"
        [removed] = client.delete([changed.line])
        assert isinstance(removed, Applied)
        assert [line.external_document_number for line in client.journal_lines()] == ["BI1B"]
    with service.client() as client:
        assert [line.external_document_number for line in client.journal_lines()] == ["BI1B"]


@pytest.mark.parametrize("name", ["graph-beta", "financials-beta"])
def test_the_betas_write_line_by_line_and_never_try_a_batch(service: Service, name: str) -> None:
    dialect = Dialect(name, service)
    with service.client(flavour=name, base_url=BASES[name], transport=dialect) as client:
        customer = client.snapshot().customers[0]
        client.create([on_account(customer, f"BI1{number}", number) for number in (1, 2, 3)])
    assert sum(line.startswith("POST") and line.endswith("customerPayments") for line in dialect.asked) == 3
    assert not any("$batch" in line for line in dialect.asked)


@pytest.mark.parametrize("name", ["graph-beta", "financials-beta"])
def test_the_betas_say_that_posted_entries_cannot_be_looked_up(service: Service, name: str) -> None:
    dialect = Dialect(name, service)
    with service.client(flavour=name, base_url=BASES[name], transport=dialect) as client:
        assert client.posted(["BI1A"]) is None
        assert "ledger only" in client.flavour.unsupported["posted"]
    assert dialect.asked == []


def test_older_servers_on_premises_look_up_posted_entries_beside_their_api(service: Service) -> None:
    with service.client() as client:
        client.create([on_account(client.snapshot().customers[0], "BI1A", 1)])
    service.sandbox.post("BANK")
    dialect = Dialect("v1.0", service)

    def beside(request: httpx.Request) -> httpx.Response:
        if "/reportsFinance/" in request.url.path:
            assert request.url.path.startswith("/BC/api/microsoft/reportsFinance/beta/companies(")
            return service.wire.handle_request(request)
        return dialect.handle_request(request)

    transport = httpx.MockTransport(beside)
    with service.client(flavour="v1.0", base_url=BASES["v1.0"], transport=transport) as client:
        assert client.posted(["BI1A", "BI1B"]) == {"BI1A": [Decimal(-10)]}


@pytest.mark.parametrize("told", ["", MISSPELT_JOURNALS])
def test_a_server_with_misspelt_journals_is_understood_whether_told_or_not(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(journals_set="customerPaymentsJournals"))
    with service.client(journals=told) as client:
        customer = client.snapshot().customers[0]
        [reply] = client.create([on_account(customer, "BI1A", 1)])
        assert isinstance(reply, Applied)
        assert client.delete([reply.line]) == (reply,)
        assert client.flavour.journals == MISSPELT_JOURNALS


@pytest.mark.parametrize(("told", "there"), [(MISSPELT_JOURNALS, JOURNALS), (JOURNALS, MISSPELT_JOURNALS)])
def test_a_spelling_that_was_told_is_not_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch, told: str, there: Spelling
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(journals_set=there))
    with service.client(journals=told) as client, pytest.raises(ConfigurationError):
        client.snapshot()


@pytest.mark.parametrize(
    "way",
    [
        Behaviour(duplicate_status=409),
        Behaviour(stale_status=412),
        Behaviour(limits="documented"),
        Behaviour(unknown_property="no such property"),
        Behaviour(error_language="as asked"),
        Behaviour(payments_outside_journal="listed"),
        Behaviour(page_variable_filters="refused"),
        Behaviour(page_variable_filters="ignored"),
        Behaviour(delete_if_match="required"),
        Behaviour(batch="absent"),
        Behaviour(contact_id="everywhere"),
        Behaviour(journals_set="both"),
        Behaviour(page_size=1),
        Behaviour(null_values="blank"),
    ],
)
def test_where_servers_differ_the_client_works_with_either(monkeypatch: pytest.MonkeyPatch, way: Behaviour) -> None:
    service = start(monkeypatch, behaviour=way)
    with service.client() as client:
        books = client.snapshot()
        assert (len(books.customers), len(books.documents)) == (4, 4)
        customer = books.customers[0]
        twice = [on_account(customer, "BI1A", 1), on_account(customer, "BI1B", 1)]
        assert [type(reply).__name__ for reply in client.create(twice)] == ["Applied", "SameKey"]
        [line] = client.journal_lines()
        patch = LinePatch(line.id, 1, line.etag, (FieldChange("comment", "", "x"),))
        assert [type(reply).__name__ for reply in client.patch([patch, patch])] == ["Applied", "Changed"]
        [line] = client.journal_lines()
        assert [type(reply).__name__ for reply in client.delete([line, line])] == ["Applied", "Missing"]


def test_a_batch_is_sent_to_the_root_of_its_own_dialect(service: Service) -> None:
    dialect = Dialect("v1.0", service)
    with service.client(flavour="v1.0", base_url=BASES["v1.0"], transport=dialect) as client:
        customer = client.snapshot().customers[0]
        client.create([on_account(customer, "BI1A", 1)])
    assert dialect.asked[-1] == "POST /$batch"
    sent = json.loads(service.wire.requests[-1].content)["requests"][0]["url"]
    assert re.fullmatch(rf"companies\({GUID}\)/customerPaymentJournals\({GUID}\)/customerPayments", sent)
