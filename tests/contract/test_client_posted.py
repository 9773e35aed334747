"""The look-up of posted entries: found whatever the number of keys, never guessed, and None where there is none."""

import json
from decimal import Decimal

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import AccessDenied, ServerUnavailable
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import Fault, Service, instead, on_account, start

KEYS = [f"BI1{number:017d}" for number in range(1000)]
RECEIVED = [Decimal(-10)]


def _service(monkeypatch: pytest.MonkeyPatch, posted: list[str], behaviour: Behaviour | None = None) -> Service:
    """A service in which payments with these keys were posted, and one more is waiting in the journal."""
    service = start(monkeypatch, behaviour=behaviour)
    with service.client() as client:
        customer = client.snapshot().customers[0]
        for first in range(0, len(posted), 100):
            chunk = enumerate(posted[first : first + 100], start=first + 1)
            client.create([on_account(customer, key, number) for number, key in chunk])
        if posted:
            service.sandbox.post("BANK")
        client.create([on_account(customer, "BI1WAITING", 400_000_000)])
    service.wire.requests.clear()
    return service


def test_a_key_is_found_after_its_line_was_posted_but_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:3])
    with service.client() as client:
        assert client.posted([KEYS[0], KEYS[2], KEYS[500], "BI1WAITING"]) == {KEYS[0]: RECEIVED, KEYS[2]: RECEIVED}
        assert client.posted([]) == {}
    assert service.wire.requests[-1].headers["data-access-intent"] == "ReadWrite"


def test_a_server_that_tells_no_amounts_still_tells_the_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:1])

    def without_amounts(request: httpx.Request) -> httpx.Response:
        response = service.wire.handle_request(request)
        if "customerLedgerEntries" not in request.url.path:
            return response
        rows = [
            {"externalDocumentNumber": row["externalDocumentNumber"]} for row in json.loads(response.read())["value"]
        ]
        return httpx.Response(200, json={"value": rows})

    with service.client(transport=httpx.MockTransport(without_amounts)) as client:
        assert client.posted(KEYS[:2]) == {KEYS[0]: [None]}


def test_entries_on_many_pages_are_read_to_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:20])
    with service.client(page_size=3) as client:
        assert client.posted(KEYS[:30]) == dict.fromkeys(KEYS[:20], RECEIVED)


def test_a_server_that_does_not_know_a_field_is_asked_for_whole_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:3])

    def without_selection(request: httpx.Request) -> httpx.Response:
        if "customerLedgerEntries" in request.url.path and "$select" in str(request.url):
            refused = {"error": {"code": "BadRequest", "message": "Could not find a property named 'entryNumber'."}}
            return httpx.Response(400, json=refused)
        return service.wire.handle_request(request)

    with service.client(transport=httpx.MockTransport(without_selection)) as client:
        assert client.posted(KEYS[:4]) == dict.fromkeys(KEYS[:3], RECEIVED)


def test_rows_that_a_server_gives_no_number_are_read_to_the_last_page_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = _service(monkeypatch, KEYS[:20])

    def without_numbers(request: httpx.Request) -> httpx.Response:
        response = service.wire.handle_request(request)
        if "customerLedgerEntries" not in request.url.path:
            return response
        content = json.loads(response.read())
        for row in content["value"]:
            row.pop("entryNumber", None)
        return httpx.Response(200, json=content)

    with service.client(page_size=3, transport=httpx.MockTransport(without_numbers)) as client:
        assert client.posted(KEYS[:30]) == dict.fromkeys(KEYS[:20], RECEIVED)


def test_a_bank_line_of_several_parts_has_as_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, [KEYS[0], KEYS[0], KEYS[1]])
    with service.client() as client:
        assert client.posted(KEYS[:3]) == {KEYS[0]: RECEIVED * 2, KEYS[1]: RECEIVED}


@pytest.mark.parametrize("count", [1, 29, 100, 101, 1000])
def test_any_number_of_keys_is_looked_up_in_few_requests_with_short_urls(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    service = _service(monkeypatch, KEYS[:150:2])
    with service.client() as client:
        assert client.posted(KEYS[:count]) == dict.fromkeys(KEYS[: min(count, 150) : 2], RECEIVED)
    asked = [each for each in service.wire.requests if "customerLedgerEntries" in each.url.path]
    assert len(asked) <= 5
    assert max(len(str(each.url)) for each in asked) <= 2000


@pytest.mark.parametrize("fault", [instead(404), instead(403), instead(400, body=b'{"error":{"code":"BadRequest"}}')])
def test_a_look_up_that_is_not_offered_is_none_not_nothing(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    service = _service(monkeypatch, KEYS[:1])
    with service.client() as client:
        assert client.company.name == "CRONUS"
        service.wire.faults = [fault] * 2
        assert client.posted(KEYS[:1]) is None


def test_a_server_without_the_look_up_is_told_apart_from_one_without_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:1], Behaviour(posted_lookup="absent"))
    with service.client() as client:
        assert client.posted(KEYS[:1]) is None


@pytest.mark.parametrize(
    ("fault", "error"), [(instead(401), AccessDenied), (instead(302), Exception), (instead(503), ServerUnavailable)]
)
def test_a_look_up_that_failed_is_an_error_not_an_answer(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, error: type[Exception]
) -> None:
    service = _service(monkeypatch, KEYS[:1])
    with service.client() as client:
        assert client.company.name == "CRONUS"
        service.wire.faults = [fault] * 6
        with pytest.raises(error):
            client.posted(KEYS[:1])


def test_a_server_that_ignores_the_filter_does_not_make_keys_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:2])

    def ignoring(request: httpx.Request) -> httpx.Response:
        options = [(name, value) for name, value in request.url.params.multi_items() if name != "$filter"]
        request.url = request.url.copy_with(params=options)
        return service.wire.handle_request(request)

    with service.client(transport=httpx.MockTransport(ignoring)) as client:
        assert client.posted(KEYS[:90]) == {KEYS[0]: RECEIVED, KEYS[1]: RECEIVED}
        assert client.posted([KEYS[0], KEYS[7]]) == {KEYS[0]: RECEIVED}


def test_a_server_that_does_not_compare_texts_is_asked_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KEYS[:120:3])

    def limited(request: httpx.Request) -> httpx.Response:
        if " ge " in request.url.params.get("$filter", ""):
            return httpx.Response(400, content=json.dumps({"error": {"code": "BadRequest", "message": "no"}}))
        return service.wire.handle_request(request)

    with service.client(transport=httpx.MockTransport(limited)) as client:
        assert client.posted(KEYS[:200]) == dict.fromkeys(KEYS[:120:3], RECEIVED)
        before = len(service.wire.requests)
        assert client.posted(KEYS) == dict.fromkeys(KEYS[:120:3], RECEIVED)
        assert len(service.wire.requests) == before + 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.sampled_from(KEYS[:60])), st.sets(st.sampled_from(KEYS[:60])))
def test_exactly_the_posted_ones_are_found(posted: set[str], asked: set[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        service = _service(monkeypatch, sorted(posted))
        with service.client() as client:
            assert client.posted(asked) == dict.fromkeys(posted & asked, RECEIVED)
