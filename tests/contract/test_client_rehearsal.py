"""A plan checked by the server itself: every refusal is told, nothing is kept, and a server that keeps it is caught."""

import json

import httpx
import pytest

from importer.errors import AccessDenied, ConfigurationError, ImporterError, ServerContradiction, ServerUnavailable
from importer.model import Snapshot
from importer.plan import Payment
from importer.ports import Refused
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import Fault, Service, after, instead, on_account, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _payments(books: Snapshot, *blocked: int, count: int) -> list[Payment]:
    good, bad = books.customers[0], books.customers[2]
    return [on_account(bad if n in blocked else good, f"BI1{n:017d}", n + 1) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "blocked"),
    [(0, ()), (1, ()), (1, (0,)), (5, (1, 3)), (5, (0, 4)), (99, ()), (100, ()), (250, (7, 99, 249))],
)
def test_every_refusal_is_told_and_nothing_is_kept(service: Service, count: int, blocked: tuple[int, ...]) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), *blocked, count=count)
        said = client.rehearse(payments)
        assert [number for number, each in enumerate(said) if each is not None] == list(blocked)
        assert len(said) == count
        assert client.journal_lines() == ()
    assert service.sandbox.history == []


def test_a_refusal_carries_the_servers_own_words(service: Service) -> None:
    with service.client() as client:
        [refused] = client.rehearse(_payments(client.snapshot(), 0, count=1))
    assert isinstance(refused, Refused)
    assert refused.code == "Application_DialogException"
    assert "Customer 30000 is blocked with type All" in refused.message


def test_a_line_number_that_is_taken_is_told(service: Service) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), count=2)
        client.create(payments[:1])
        said = client.rehearse(payments)
        assert isinstance(said[0], Refused)
        assert said == (Refused("Internal_EntityWithSameKeyExists", said[0].message), None)
        assert len(client.journal_lines()) == 1


@pytest.mark.parametrize("blocked", [(), (0, 1)])
def test_a_server_that_keeps_what_it_should_take_back_is_caught_at_the_first_line_that_it_keeps(
    service: Service, blocked: tuple[int, ...]
) -> None:
    def careless(request: httpx.Request) -> httpx.Response:
        request.headers.pop("isolation", None)
        return service.wire.handle_request(request)

    with service.client(transport=httpx.MockTransport(careless)) as client:
        payments = _payments(client.snapshot(), *blocked, count=250)
        with pytest.raises(ServerContradiction, match=f"kept lines {len(blocked) + 1} of a check"):
            client.rehearse(payments)
        assert [line.line_number for line in client.journal_lines()] == [len(blocked) + 1]


def test_what_must_fail_and_does_not_is_an_alarm(service: Service) -> None:
    def agreeable(_: httpx.Request, *__: object) -> httpx.Response:
        return httpx.Response(
            200, content=json.dumps({"responses": [{"id": "1", "status": 201}, {"id": "2", "status": 200}]})
        )

    with service.client() as client:
        payments = _payments(client.snapshot(), count=1)
        service.wire.faults = [None, agreeable]
        with pytest.raises(ServerContradiction, match="must fail"):
            client.rehearse(payments)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (after(httpx.ReadTimeout), ServerUnavailable),
        (instead(503), ServerUnavailable),
        (instead(403), AccessDenied),
        (instead(404), ConfigurationError),
        (instead(200, body=b"{}"), ServerUnavailable),
        (instead(200, body=b'{"responses":[{"id":"1","status":429}]}'), ServerUnavailable),
        (instead(200, body=b'{"responses":[{"id":"1","status":500}]}'), ServerUnavailable),
    ],
)
def test_a_check_that_was_not_finished_says_so(service: Service, fault: Fault, error: type[ImporterError]) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), count=2)
        service.wire.faults = [None, fault]
        with pytest.raises(error):
            client.rehearse(payments)
        assert client.journal_lines() == ()


def test_a_dialect_without_batches_says_that_it_cannot(service: Service) -> None:
    with (
        service.client(flavour="financials-beta") as client,
        pytest.raises(ConfigurationError, match=r"needs a \$batch"),
    ):
        client.rehearse([])


def test_a_server_without_batches_says_that_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, behaviour=Behaviour(batch="absent"))
    with service.client() as client:
        payments = _payments(client.snapshot(), count=1)
        with pytest.raises(ConfigurationError, match="cannot check"):
            client.rehearse(payments)
