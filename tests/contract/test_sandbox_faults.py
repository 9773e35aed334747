"""The faulty wire of the sandbox: what is lost, what is late and what is spoilt, in process and over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.faults import Fault, Faults, FaultyTransport, Kind, Rule
from importer.sandbox.faulty import UnusableFaults, faulty_app, load_faults
from importer.sandbox.server import Server
from tests.contract.conformance import TODAY, Service, conformance_books, sandbox_service


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    time: datetime = TODAY

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Wired:
    """A sandbox behind a faulty wire, with the addresses that a client needs already known."""

    def __init__(self, faults: Faults) -> None:
        self.plain = sandbox_service()
        assert self.plain.sandbox is not None
        self.sandbox: Sandbox = self.plain.sandbox
        self.lines = self.plain.payments()
        self.clock = Clock()
        self.wire = FaultyTransport(httpx.WSGITransport(self.sandbox), faults, Random(1), self.clock)  # noqa: S311  # repeatable chance
        client = self.plain.client
        self.client = httpx.Client(base_url=client.base_url, headers=client.headers, transport=self.wire)

    def create(self) -> httpx.Response:
        return self.client.post(self.lines, json={"amount": -1})

    def stored(self) -> int:
        return len(self.plain.lines())


def once(kind: Kind, **details: object) -> Faults:
    return Faults(rules=(Rule(Fault(kind, **details), method="POST"),))  # type: ignore[arg-type]  # passed on by name


@pytest.mark.parametrize(
    ("kind", "error", "stored"),
    [
        (Kind.NO_CONNECTION, httpx.ConnectError, 0),
        (Kind.RESET_BEFORE, httpx.WriteError, 0),
        (Kind.TIMEOUT_BEFORE, httpx.ReadTimeout, 0),
        (Kind.RESET_AFTER, httpx.ReadError, 1),
        (Kind.TIMEOUT_AFTER, httpx.ReadTimeout, 1),
        (Kind.CUT, httpx.RemoteProtocolError, 1),
    ],
)
def test_a_lost_request_or_reply_is_an_error_of_the_transport(kind: Kind, error: type[Exception], stored: int) -> None:
    wired = Wired(once(kind))

    with pytest.raises(error):
        wired.create()

    assert wired.stored() == stored
    assert wired.create().status_code == 201
    assert wired.wire.fired == {kind: 1}


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(("kind", "stored"), [(Kind.STATUS_BEFORE, 0), (Kind.STATUS_AFTER, 1)])
def test_a_gateway_may_answer_before_or_after_the_server_did(kind: Kind, stored: int, status: int) -> None:
    wired = Wired(once(kind, status=status, retry_after="3"))

    reply = wired.create()

    assert (reply.status_code, reply.headers["Retry-After"], wired.stored()) == (status, "3", stored)
    assert "html" in reply.text


def test_a_late_request_is_carried_out_when_its_time_has_come() -> None:
    wired = Wired(once(Kind.LATE, seconds=600))
    with pytest.raises(httpx.ReadTimeout):
        wired.create()

    wired.clock.sleep(599)
    wired.client.get("companies")
    before = wired.stored()
    wired.clock.sleep(1)
    wired.client.get("companies")

    assert (before, wired.stored()) == (0, 1)


def test_a_delay_lets_time_pass() -> None:
    wired = Wired(once(Kind.DELAY, seconds=90))

    assert wired.create().status_code == 201
    assert wired.clock.time == TODAY + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("kind", "stored", "status"),
    [(Kind.LOGIN_PAGE, 0, 200), (Kind.REDIRECT, 0, 302), (Kind.MALFORMED, 1, 201), (Kind.HUGE, 1, 201)],
)
def test_an_answer_may_be_none_of_business_central(kind: Kind, stored: int, status: int) -> None:
    wired = Wired(once(kind, bytes=100))

    reply = wired.create()

    assert (reply.status_code, wired.stored()) == (status, stored)
    if kind is Kind.HUGE:
        assert len(reply.content) > 100
        assert reply.json()["amount"] == -1
    else:
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            reply.json()


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        (Kind.SHUFFLED, ["c", "d", "e", "a", "b"]),
        (Kind.MISSING_PART, ["a", "b", "c", "d"]),
        (Kind.DOUBLED_ID, ["a", "b", "c", "d", "e", "a"]),
    ],
)
def test_the_parts_of_a_batch_may_be_mixed_up(kind: Kind, ids: list[str]) -> None:
    wired = Wired(once(kind))
    parts = [{"id": name, "method": "POST", "url": wired.lines, "body": {}} for name in "abcde"]

    reply = wired.client.post("$batch", json={"requests": parts})

    assert [part["id"] for part in reply.json()["responses"]] == ids
    assert wired.stored() == 5


@pytest.mark.parametrize(("kind", "host"), [(Kind.FOREIGN_LINK, "elsewhere.example"), (Kind.ENDLESS, "bc.example.com")])
def test_a_next_link_may_lead_astray(kind: Kind, host: str) -> None:
    wired = Wired(Faults(rules=(Rule(Fault(kind), path="customers"),)))

    page = wired.client.get(f"{wired.plain.company}/customers").json()

    assert httpx.URL(page["@odata.nextLink"]).host == host


def test_a_rule_waits_for_its_turn() -> None:
    faults = Faults(rules=(Rule(Fault(Kind.STATUS_BEFORE), method="POST", path="customerPayments", skip=1, times=2),))
    wired = Wired(faults)

    assert [wired.create().status_code for _ in range(4)] == [201, 503, 503, 201]


def test_chance_is_repeatable_comes_in_bursts_and_ends() -> None:
    faults = Faults(odds={Fault(Kind.STATUS_BEFORE): 0.3}, burst=3, calm_after=40)

    runs = [[wired.create().status_code for _ in range(60)] for wired in (Wired(faults), Wired(faults))]

    assert runs[0] == runs[1]
    assert 503 in runs[0]
    assert any(runs[0][at : at + 3] == [503] * 3 for at in range(40))
    assert runs[0][40:] == [201] * 20


def test_a_file_of_faults_says_the_same_as_its_values(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    content = {
        "seed": 7,
        "burst": 2,
        "calm_after": 100,
        "rules": [{"kind": "late", "method": "POST", "path": "$batch", "skip": 1, "times": 3, "seconds": 30}],
        "odds": [{"kind": "status before", "probability": 0.1, "status": 429, "retry_after": "5"}],
    }
    path.write_text(json.dumps(content), encoding="utf-8")

    assert load_faults(path) == Faults(
        rules=(Rule(Fault(Kind.LATE, seconds=30), "POST", "$batch", 1, 3),),
        odds={Fault(Kind.STATUS_BEFORE, 429, "5"): 0.1},
        burst=2,
        calm_after=100,
        seed=7,
    )


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"rulez": []}', '{"rules": [{"kind": "earthquake"}]}', '{"rules": [{"kind": "late", "colour": 1}]}',
     '{"rules": {}}', '{"seed": "x"}'],
)  # fmt: skip  # one case after the other
def test_a_file_of_faults_that_says_nothing_clear_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "faults.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(UnusableFaults):
        load_faults(path)


@contextmanager
def served(faults: Faults) -> Iterator[tuple[Sandbox, httpx.Client]]:
    """A sandbox over real HTTP."""
    sandbox = Sandbox(conformance_books(), now=lambda: TODAY)
    with Server(faulty_app(sandbox, faults), 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        headers = {"Authorization": "Bearer sandbox", "Accept": "application/json"}
        try:
            with httpx.Client(base_url=f"{server.url}{BASE}/", headers=headers, timeout=5) as client:
                yield sandbox, client
        finally:
            server.shutdown()
            thread.join()


def test_over_http_a_client_keeps_its_connection() -> None:
    with served(Faults()) as (sandbox, client):
        service = Service(client, sandbox_service().names)
        made = service.create({"customerNumber": "10000", "comment": "Grüße, 漢字"})
        streams = {client.get("companies").extensions["network_stream"] for _ in range(3)}

    assert made["comment"] == "Grüße, 漢字"
    assert len(streams) == 1
    assert len(sandbox.requests) == 6


@pytest.mark.parametrize(
    ("kind", "stored"),
    [(Kind.NO_CONNECTION, 0), (Kind.TIMEOUT_AFTER, 1), (Kind.CUT, 1)],
    ids=["before", "after", "cut"],
)
def test_over_http_a_lost_reply_ends_the_connection(kind: Kind, stored: int) -> None:
    with served(once(kind)) as (sandbox, client):
        address = Service(client, sandbox_service().names).payments()
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(address, json={})
        assert client.get("companies").status_code == 200

    assert len(sandbox.journal_lines("J1")) == stored
