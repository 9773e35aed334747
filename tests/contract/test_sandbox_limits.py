"""Credentials and limits of the sandbox: tokens that end, windows that fill, requests at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from importer.sandbox.app import Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.records import Served, ServedPart
from importer.sandbox.traffic import Traffic
from importer.sandbox.wire import Request
from tests.contract.conformance import HOST, TODAY, Service, conformance_books, error, sandbox_service

V2 = "/v2.0/tenant/Production/api/v2.0"


def box(service: Service) -> Sandbox:
    assert service.sandbox is not None
    return service.sandbox


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic c2FuZGJveDpzYW5kYm94", "sandbox"])
def test_without_the_right_token_nothing_is_answered(fresh: Service, header: str) -> None:
    reply = fresh.client.get("companies", headers={"Authorization": header})

    assert error(reply)[:2] == (401, "Authentication_InvalidCredentials")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("base", "status"), [("/BC/api/v2.0", 200), ("/api/v1.0", 200), (V2, 401)])
def test_a_user_with_an_access_key_is_known_on_premises_only(fresh: Service, base: str, status: int) -> None:
    reply = fresh.client.get(f"{HOST}{base}/companies", auth=("sandbox", "sandbox"))

    assert reply.status_code == status


def test_a_token_is_good_for_so_many_requests() -> None:
    service = sandbox_service(Behaviour(token_requests=2))

    statuses = [service.client.get("companies").status_code for _ in range(3)]
    old = service.client.headers["Authorization"]
    service.client.headers["Authorization"] = f"Bearer {box(service).renew_token()}"
    renewed = service.client.get("companies").status_code

    assert (statuses, renewed) == ([200, 200, 401], 200)
    assert box(service).renew_token() != box(service).renew_token()
    assert service.client.get("companies", headers={"Authorization": old}).status_code == 401


def test_the_window_of_requests_slides() -> None:
    time = [TODAY]
    behaviour = Behaviour(rate_limit=3, rate_window=timedelta(minutes=5))
    service = sandbox_service(behaviour, now=lambda: time[0])
    statuses: list[int] = []

    for minute in (0, 1, 2, 3, 4, 5, 5):
        time[0] = TODAY + timedelta(minutes=minute)
        statuses.append(service.client.get("companies").status_code)

    assert statuses == [200, 200, 200, 429, 429, 200, 429]


@pytest.mark.parametrize(
    ("behaviour", "retry_after", "content_type"),
    [
        (Behaviour(rate_limit=0), None, "application/json; odata.metadata=minimal"),
        (Behaviour(rate_limit=0, retry_after_s=7, throttle_body="text"), "7", "text/plain"),
    ],
)
def test_a_refused_request_may_say_how_long_to_wait(
    behaviour: Behaviour, retry_after: str | None, content_type: str
) -> None:
    reply = sandbox_service(behaviour).client.get("companies")

    assert (reply.status_code, reply.headers.get("Retry-After"), reply.headers["Content-Type"]) == (
        429,
        retry_after,
        content_type,
    )


@pytest.mark.parametrize(("counting", "statuses"), [("once", [200, 200]), ("per part", [200, 429])])
def test_a_batch_counts_once_or_by_its_parts(counting: str, statuses: list[int]) -> None:
    service = sandbox_service(Behaviour(rate_limit=4, batch_counts="once" if counting == "once" else "per part"))
    parts = [{"method": "GET", "url": "companies"}] * 3

    assert [service.batch(parts).status_code for _ in range(2)] == statuses


def test_five_requests_are_worked_on_at_once_and_one_per_journal() -> None:
    pause = Behaviour(request_time=timedelta(milliseconds=20))
    service = sandbox_service(pause)
    address, journals = service.company, [service.payments(code) for code in ("J1", "J2")]
    ready = threading.Barrier(8)

    def read(_: int) -> int:
        ready.wait()
        return service.client.get(f"{address}/customers").status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [200] * 8
    assert (box(service).traffic.most, box(service).traffic.most_worked_on) == (8, 5)

    writing = sandbox_service(pause)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: writing.client.post(journals[n % 2], json={}).status_code, range(8)))
    assert (made, box(writing).traffic.most_worked_on) == ([201] * 8, 2)


def test_the_time_a_request_takes_contains_the_sandboxs_own_work() -> None:
    now, slept = [datetime(2026, 5, 1, 8, tzinfo=UTC)], list[float]()
    behaviour = Behaviour(request_time=timedelta(milliseconds=50), part_time=timedelta(milliseconds=10))
    traffic = Traffic(behaviour, lambda: now[0], slept.append)
    batch = Request("POST", "/$batch", (), {}, HOST, b'{"requests":[{"method":"GET"},{"method":"GET"}]}')

    for own_work_ms in (0, 30, 70, 90):
        with traffic.admit(batch):
            now[0] += timedelta(milliseconds=own_work_ms)

    assert slept == [0.07, 0.04]


def test_a_full_queue_refuses() -> None:
    behaviour = Behaviour(processed_at_once=1, queued_at_once=0, request_time=timedelta(milliseconds=50))
    service = sandbox_service(behaviour)
    ready = threading.Barrier(2)

    def read(_: int) -> int:
        ready.wait()
        return service.client.get("companies").status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(read, range(2))) == [200, 429]


def test_lines_made_at_once_by_many_threads_are_all_there() -> None:
    service = sandbox_service()
    address = service.payments()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: service.client.post(address, json={}).json()["lineNumber"], range(80)))

    assert sorted(made) == [10000 * number for number in range(1, 81)]


@pytest.mark.parametrize(
    ("behaviour", "status"), [(Behaviour(body_limit=100), 413), (Behaviour(url_limit=50), 400)], ids=["body", "address"]
)
def test_what_is_too_large_is_refused(behaviour: Behaviour, status: int) -> None:
    sandbox = Sandbox(conformance_books(), behaviour=behaviour)
    client = httpx.Client(transport=httpx.WSGITransport(sandbox), headers={"Authorization": "Bearer sandbox"})

    reply = client.post(f"{HOST}{V2}/customers?$select=number", json={"displayName": "X" * 100})

    assert reply.status_code == status


def test_every_request_is_remembered_with_its_parts(fresh: Service) -> None:
    fresh.client.get("companies?$top=1", headers={"Data-Access-Intent": "ReadWrite"})
    fresh.batch([{"method": "GET", "url": "companies"}, {"method": "DELETE", "url": "companies"}])

    assert box(fresh).requests == [
        Served(TODAY, "GET", f"{V2}/companies", "$top=1", 200, intent="ReadWrite"),
        Served(
            TODAY,
            "POST",
            f"{V2}/$batch",
            "",
            200,
            parts=(
                ServedPart("GET", f"{V2}/companies", 200),
                ServedPart("DELETE", f"{V2}/companies", 405, "BadRequest_MethodNotAllowed"),
            ),
        ),
    ]
    assert [served.is_write for served in box(fresh).requests] == [False, True]
