"""A server that lies, leads astray or never ends: the credentials stay here, nothing half-read is used, and it ends."""

import inspect
import itertools
import json
from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest

from importer.bc.connection import Timeouts
from importer.bc.exchange import LOST, NEVER_SENT
from importer.errors import ConfigurationError, ServerContradiction, ServerUnavailable
from tests.contract.service import BASE, HOST, Service, start

COMPANY = {"id": "0aaaaaaa-0000-4000-8000-000000000001", "name": "CRONUS"}
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _collection(*rows: object, following: str = "") -> httpx.Response:
    link = {"@odata.nextLink": following} if following else {}
    return httpx.Response(200, content=json.dumps({"value": [*rows], **link}))


class Hostile(httpx.BaseTransport):
    """Answers every request with `handle` and remembers where it was sent."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.handle(request)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/steal",
        "http://bc.example.com/x",
        f"{HOST}:8443/x",
        "//evil.example",
        "https://bc.example.com@evil.example/",
        f"{BASE}/companies/%6dicrosoft.NAV.post",
    ],
)
def test_a_further_page_elsewhere_is_refused_and_the_token_stays_here(service: Service, link: str) -> None:
    transport = Hostile(lambda _: _collection(COMPANY, following=link))
    with service.client(transport=transport) as client, pytest.raises(ServerContradiction):
        client.companies()
    assert [str(request.url.copy_with(query=None)) for request in transport.requests] == [f"{BASE}/companies"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(service: Service, status: int) -> None:
    transport = Hostile(lambda _: httpx.Response(status, headers={"location": "https://evil.example/"}))
    with service.client(transport=transport) as client, pytest.raises(ServerContradiction):
        client.companies()
    assert len(transport.requests) == 1


def test_pages_that_go_round_in_a_circle_end(service: Service) -> None:
    links = itertools.cycle([f"{BASE}/companies?page=1", f"{BASE}/companies?page=2"])
    ids = (str(UUID(int=number)) for number in itertools.count(1))
    transport = Hostile(lambda _: _collection({"id": next(ids), "name": "x"}, following=next(links)))
    with service.client(transport=transport) as client, pytest.raises(ServerContradiction, match="circle"):
        client.companies()
    assert len(transport.requests) == 3


@pytest.mark.parametrize(("rows", "most"), [(0, 310), (9, 310), (99, 1010), (1000, 60)])
def test_pages_that_never_end_end(service: Service, rows: int, most: int) -> None:
    numbers = itertools.count(1)

    def handle(_: httpx.Request) -> httpx.Response:
        number = next(numbers)
        page = [{"id": str(UUID(int=number * 1000 + row)), "name": "x"} for row in range(rows)]
        return _collection(*page, following=f"{BASE}/companies?page={number}")

    transport, limits = Hostile(handle), Timeouts(most_rows=50_000)
    with (
        service.client(transport=transport, timeouts=limits) as client,
        pytest.raises(ServerContradiction, match="do not end"),
    ):
        client.companies()
    assert len(transport.requests) < most


def test_pages_that_bring_the_same_again_end_at_once(service: Service) -> None:
    numbers = itertools.count(1)
    transport = Hostile(lambda _: _collection(COMPANY, following=f"{BASE}/companies?page={next(numbers)}"))
    with service.client(transport=transport) as client, pytest.raises(ServerContradiction, match="twice"):
        client.companies()
    assert len(transport.requests) == 4


def test_a_record_that_comes_twice_is_read_again_and_then_refused(service: Service) -> None:
    transport = Hostile(lambda _: _collection(COMPANY, COMPANY))
    with service.client(transport=transport) as client, pytest.raises(ServerContradiction, match="twice"):
        client.companies()
    assert len(transport.requests) == 2
    answers = iter([_collection(COMPANY, COMPANY), _collection(COMPANY)])
    with service.client(transport=Hostile(lambda _: next(answers))) as client:
        assert [company.name for company in client.companies()] == ["CRONUS"]


def test_an_answer_without_end_is_cut_off(service: Service) -> None:
    served = [0]

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            served[0] += 1
            return itertools.repeat(b" " * 65536)

    transport = Hostile(lambda _: httpx.Response(200, stream=Endless()))
    with service.client(transport=transport) as client, pytest.raises(ServerUnavailable, match="larger than 64 MB"):
        client.companies()
    assert served == [6]


def test_an_answer_that_drips_is_given_up_after_a_quarter_of_a_minute(service: Service) -> None:
    with (
        service.client(transport=Hostile(lambda _: httpx.Response(200, stream=Slow(service, b" ")))) as client,
        pytest.raises(ServerUnavailable, match="the answer drips, 16 bytes in 16 seconds"),
    ):
        client.companies()


def test_an_answer_that_takes_its_time_is_waited_for_but_not_for_ever(service: Service) -> None:
    slow = Hostile(lambda _: httpx.Response(200, stream=Slow(service, b" " * 1000)))
    with (
        service.client(transport=slow, timeouts=Timeouts(whole_s=300)) as client,
        pytest.raises(ServerUnavailable, match="not complete after 300 sec"),
    ):
        client.companies()


class Slow(httpx.SyncByteStream):
    """Brings this much a second, without end."""

    def __init__(self, service: Service, chunk: bytes) -> None:
        self.service, self.chunk = service, chunk

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.service.sleep(1.0)
            yield self.chunk


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": NaN}',
        b'{"value": [], "value": []}',
        b"[" * 200_000,
        b'{"value": [{"id": "\\ud800"}]}',
        b'{"value": [1e999999999]}',
        b"\xff\xfe",
    ],
)
def test_a_text_that_is_no_strict_json_is_no_answer(service: Service, body: bytes) -> None:
    transport = Hostile(lambda _: httpx.Response(200, content=body))
    with service.client(transport=transport) as client, pytest.raises(ServerUnavailable):
        client.companies()


@pytest.mark.parametrize("base", ["http://bc.example.com/api/v2.0", "https://a:b@bc.example.com/api/v2.0", "bc"])
def test_credentials_are_never_sent_where_others_can_read_them(service: Service, base: str) -> None:
    with pytest.raises(ConfigurationError), service.client(base_url=base) as client:
        client.companies()
    assert service.wire.requests == []


def test_every_error_of_the_http_library_has_its_place() -> None:
    errors = {value for _, value in inspect.getmembers(httpx, inspect.isclass) if issubclass(value, Exception)}
    never_sent = {error for error in errors if issubclass(error, NEVER_SENT)}
    lost = {error for error in errors if issubclass(error, LOST)} - never_sent
    assert errors == never_sent | lost
    assert {error.__name__ for error in never_sent} == {
        "ConnectError",
        "ConnectTimeout",
        "InvalidURL",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
    }
