"""What servers or documents disagree on can be chosen, and both choices are real."""

import httpx
import pytest

from importer.sandbox.behaviour import Behaviour
from tests.contract.conformance import Json, Service, error, sandbox_service


@pytest.mark.parametrize("status", [400, 409])
def test_a_taken_line_number_has_one_code_and_two_statuses(status: int) -> None:
    service = sandbox_service(Behaviour(duplicate_status=409 if status == 409 else 400))
    service.create({"lineNumber": 5})

    assert service.refused({"lineNumber": 5})[:2] == (status, "Internal_EntityWithSameKeyExists")


@pytest.mark.parametrize(
    ("behaviour", "body", "expected"),
    [
        (Behaviour(), {"id": "x"}, (400, "BadRequest", "Control 'id' is read-only.")),
        (
            Behaviour(read_only_code="BadRequest_InvalidOperation"),
            {"id": "x"},
            (400, "BadRequest_InvalidOperation", "Control 'id' is read-only."),
        ),
        (Behaviour(), {"colour": "red"}, (400, "BadRequest", "Invalid Request Body")),
        (
            Behaviour(unknown_property="no such property"),
            {"colour": "red"},
            (400, "BadRequest", "The property 'colour' does not exist on type 'Microsoft.NAV.customerPayment'."),
        ),
        (
            Behaviour(),
            {"comment": None},
            (400, "BadRequest_RequiredParamNotProvided", "Field 'comment' must not be blank or empty."),
        ),
        (
            Behaviour(positive_amounts="refused"),
            {"amount": 5},
            (400, "Application_DialogException", 'The "amount" should be a negative number.'),
        ),
    ],
)
def test_a_body_is_refused_in_the_words_of_the_server(
    behaviour: Behaviour, body: Json, expected: tuple[int, str, str]
) -> None:
    assert sandbox_service(behaviour).refused(body) == expected


@pytest.mark.parametrize(
    ("behaviour", "body", "expected"),
    [
        (Behaviour(null_values="blank"), {"comment": None}, {"comment": ""}),
        (Behaviour(positive_amounts="negated"), {"amount": 5}, {"amount": -5}),
        (Behaviour(line_numbers="assigned"), {"lineNumber": 123}, {"lineNumber": 10000}),
        (Behaviour(contact_id="everywhere"), {"contactId": "c1"}, {"contactId": "c1"}),
    ],
)
def test_a_body_is_accepted_in_the_way_of_the_server(behaviour: Behaviour, body: Json, expected: Json) -> None:
    stored = sandbox_service(behaviour).create(body)

    assert {name: stored[name] for name in expected} == expected


@pytest.mark.parametrize(("name", "limit"), [("externalDocumentNumber", 20), ("description", 50)])
def test_the_documented_limits_can_be_the_real_ones(name: str, limit: int) -> None:
    service = sandbox_service(Behaviour(limits="documented"))

    service.create({name: "X" * limit})
    assert service.refused({name: "X" * (limit + 1)})[1] == "Application_StringExceededLength"


def test_a_stale_etag_can_answer_412() -> None:
    service = sandbox_service(Behaviour(stale_status=412))
    line = service.create({})
    service.patch(line, {"amount": -1})

    assert error(service.patch(line, {"amount": -2}))[:2] == (412, "Request_EntityChanged")


def test_a_delete_can_need_an_etag() -> None:
    service = sandbox_service(Behaviour(delete_if_match="required"))
    line = service.create({})

    assert error(service.client.delete(f"{service.payments()}({line['id']})"))[1] == "BadRequest_InvalidToken"


@pytest.mark.parametrize(
    ("spelling", "proper", "misspelt"),
    [("customerPaymentJournals", 200, 404), ("customerPaymentsJournals", 404, 200), ("both", 200, 200)],
)
def test_the_set_of_journals_has_two_spellings(spelling: str, proper: int, misspelt: int) -> None:
    known = {"customerPaymentJournals", "customerPaymentsJournals", "both"}
    assert spelling in known
    service = sandbox_service(Behaviour(journals_set=spelling))  # type: ignore[arg-type]  # one of the three

    statuses = [
        service.client.get(f"{service.company}/{name}").status_code
        for name in ("customerPaymentJournals", "customerPaymentsJournals")
    ]

    assert statuses == [proper, misspelt]


def test_lines_outside_a_journal_can_be_listed() -> None:
    service = sandbox_service(Behaviour(payments_outside_journal="listed"))
    service.create({}), service.create({}, "J2")

    assert len(service.get(f"{service.company}/customerPayments")["value"]) == 2


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(Behaviour(), 200), (Behaviour(posted_lookup="denied"), 403), (Behaviour(posted_lookup="absent"), 404)],
    ids=["there", "denied", "absent"],
)
def test_posted_entries_are_there_or_denied_or_unknown(behaviour: Behaviour, status: int) -> None:
    service = sandbox_service(behaviour)
    reports = str(service.client.base_url).replace("/api/v2.0/", "/api/microsoft/reportsFinance/beta/")

    assert service.client.get(f"{reports}{service.company}/customerLedgerEntries").status_code == status


def test_a_server_can_be_without_batch() -> None:
    service = sandbox_service(Behaviour(batch="absent"))

    assert service.batch([{"method": "GET", "url": "companies"}]).status_code == 404


def test_too_large_a_batch_can_be_a_server_error() -> None:
    service = sandbox_service(Behaviour(oversized_batch_status=500, batch_limit=2))

    assert error(service.batch([{"method": "GET", "url": "companies"}] * 3))[:2] == (500, "Unknown")


def test_error_texts_can_follow_the_language_of_the_client() -> None:
    service = sandbox_service(Behaviour(error_language="as asked"))
    body = {"customerNumber": "NOBODY"}

    english = error(service.client.post(service.payments(), json=body))
    other = error(service.client.post(service.payments(), json=body, headers={"Accept-Language": "de-DE"}))

    assert english[:2] == other[:2]
    assert english[2] != other[2]


def test_permissions_to_write_and_to_post_are_separate() -> None:
    reader = sandbox_service(Behaviour(write_permission="denied"))
    writer = sandbox_service(Behaviour(posting_permission="denied"))
    writer.create({"amount": -1})
    post = f"{writer.company}/journals({writer.journal_id('J1')})/Microsoft.NAV.post"

    assert reader.client.post(reader.payments(), json={}).status_code == 403
    assert writer.client.post(post).status_code == 403
    assert reader.client.get(reader.payments()).status_code == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Type": "text/plain"}, (415, "BadRequest")),
        ({"Content-Type": "application/json"}, (400, "BadRequest")),
    ],
)
def test_a_body_must_be_json_and_say_so(fresh: Service, headers: dict[str, str], expected: tuple[int, str]) -> None:
    reply = fresh.client.post(fresh.payments(), content=b"{broken", headers=headers)

    assert error(reply)[:2] == expected


@pytest.mark.parametrize(
    "body",
    [
        {"postingDate": "27.02.2026"},
        {"postingDate": "2026-02-30"},
        {"postingDate": "1700-01-01"},
        {"postingDate": "0001-01-01"},
        {"amount": "12"},
        {"amount": 10**15},
        {"amount": True},
        {"lineNumber": 2**31},
        {"lineNumber": "1"},
        {"description": 5},
        {"customerId": "10000"},
        {"customerNumber": "41000"},
        {"customerNumber": "33000"},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused(fresh: Service, body: Json) -> None:
    fresh.create({"postingDate": "2026-02-01"})

    assert fresh.refused(body)[0] == 400


def test_a_batch_without_accept_header_is_not_answered_in_json(fresh: Service) -> None:
    reply = fresh.batch([{"method": "GET", "url": "companies"}], Accept="*/*")

    assert reply.headers["Content-Type"].startswith("multipart/mixed")


def test_amounts_stay_exact(fresh: Service) -> None:
    amount = "-999999999999999.99"

    body = f'{{"amount": {amount}, "customerNumber": "40000"}}'
    reply = fresh.client.post(fresh.payments(), content=body, headers={"Content-Type": "application/json"})

    assert f'"amount":{amount},' in reply.text


def test_put_merges_like_patch(fresh: Service) -> None:
    line = fresh.create({"description": "kept"})
    address = f"{fresh.payments()}({line['id']})"

    reply = fresh.client.put(address, json={"amount": -3}, headers={"If-Match": line["@odata.etag"]})

    assert (reply.json()["description"], reply.json()["amount"]) == ("kept", -3)


def test_every_answer_carries_the_headers_of_the_service(fresh: Service) -> None:
    reply: httpx.Response = fresh.client.get("companies")

    assert reply.headers["OData-Version"] == "4.0"
    assert len(reply.headers["request-id"]) == 36
    assert reply.headers["Date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
