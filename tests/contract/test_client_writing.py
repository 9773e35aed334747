"""Writing through the client: one reply for each line, never a second send on suspicion, nothing claimed that is not known."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import httpx
import pytest

from importer.errors import Busy, ImporterError, LedgerError
from importer.model import Snapshot
from importer.plan import FieldChange, LinePatch, Payment
from importer.ports import Applied, NotApplied, Refused, Reply
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import Fault, Service, after, before, instead, on_account, paying, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _payments(books: Snapshot, count: int, first: int = 300_000_001) -> list[Payment]:
    return [on_account(books.customers[0], f"BI1{number:017d}", first + number) for number in range(count)]


def _kinds(replies: tuple[Reply, ...]) -> list[str]:
    return [type(reply).__name__ for reply in replies]


def _stored(service: Service) -> list[str]:
    """The keys in the journal, as an independent reader sees them."""
    with service.client() as client:
        service.wire.faults = []
        return [line.external_document_number for line in client.journal_lines()]


@pytest.mark.parametrize("behind_a_failure", ["as preferred", "ignored"])
def test_every_payment_gets_the_reply_that_is_its_own(
    monkeypatch: pytest.MonkeyPatch, behind_a_failure: Literal["as preferred", "ignored"]
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(continue_on_error=behind_a_failure))
    with service.client() as client:
        books = client.snapshot()
        good, blocked = books.customers[0], books.customers[2]
        invoice = books.documents_by_number["103001"][0]
        replies = client.create(
            [
                paying(invoice, good, "BI1A", 300_000_001),
                on_account(blocked, "BI1B", 300_000_002),
                on_account(good, "BI1C", 300_000_001),
                on_account(good, "BI1D", 300_000_004),
            ]
        )
    assert _kinds(replies) == ["Applied", "Refused", "SameKey", "Applied"]
    assert isinstance(replies[1], Refused)
    assert replies[1].code == "Application_DialogException"
    assert _stored(service) == ["BI1A", "BI1D"]


@pytest.mark.parametrize("refused", [(0,), (0, 1, 8), (3, 4)])
def test_a_server_that_stops_at_a_failure_is_sent_what_is_behind_it(
    monkeypatch: pytest.MonkeyPatch, refused: tuple[int, ...]
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(continue_on_error="ignored"))
    with service.client() as client:
        books = client.snapshot()
        payments = [
            replace(each, customer=books.customers[2].number, customer_id=books.customers[2].id)
            if n in refused
            else each
            for n, each in enumerate(_payments(books, 9))
        ]
        client.journal_lines()
        asked = len(service.wire.requests)
        kinds = _kinds(client.create(payments))
    assert kinds == ["Refused" if n in refused else "Applied" for n in range(9)]
    assert len(service.wire.requests) - asked == len(refused) + (8 not in refused)


def test_a_server_that_stops_because_it_lets_nobody_write_is_sent_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, behaviour=Behaviour(continue_on_error="ignored", write_permission="denied"))
    with service.client() as client:
        payments = _payments(client.snapshot(), 9)
        asked = len(service.wire.requests)
        replies = client.create(payments)
    assert [each.code for each in replies if isinstance(each, NotApplied)] == ["Authorization_RequestDenied"] * 9
    assert len(service.wire.requests) - asked == 1


ANSWERS_THAT_END_EARLY = {
    "the last one was carried out": [201, 201],
    "the last one may have been carried out": [201, 500],
    "the last one took too long": [201, 408],
    "one in the middle is missing": [201, None, 400],
    "one behind a failure is not missing": [400, None, 201],
    "all are missing": [],
}


@pytest.mark.parametrize("statuses", ANSWERS_THAT_END_EARLY.values(), ids=ANSWERS_THAT_END_EARLY.keys())
def test_what_an_answer_leaves_out_for_another_reason_is_unknown(service: Service, statuses: list[int | None]) -> None:
    parts = [{"id": str(n), "status": status} for n, status in enumerate(statuses, start=1) if status]
    with service.client() as client:
        payments = _payments(client.snapshot(), 5)
        service.wire.faults = [instead(200, body=json.dumps({"responses": parts}).encode())]
        assert _kinds(client.create(payments))[-2:] == ["Unknown", "Unknown"]
    assert _stored(service) == []


def test_a_hundred_lines_are_one_request_and_more_are_refused(service: Service) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 101)
        before_writing = len(service.wire.requests)
        assert _kinds(client.create(payments[:100])) == ["Applied"] * 100
        assert service.wire.asked(since=before_writing) == ["POST $batch"]
        with pytest.raises(ValueError, match="101 changes"):
            client.create(payments)


def test_nothing_to_do_asks_nothing(service: Service) -> None:
    with service.client() as client:
        client.snapshot()
        asked = len(service.wire.requests)
        assert (client.create([]), client.patch([]), client.delete([])) == ((), (), ())
        assert len(service.wire.requests) == asked


def test_a_line_is_changed_only_from_the_version_that_was_read(service: Service) -> None:
    with service.client() as client:
        [reply] = client.create(_payments(client.snapshot(), 1))
        assert isinstance(reply, Applied)
        line = reply.line
        stale = LinePatch(line.id, line.line_number, line.etag, (FieldChange("comment", "", "mine"),))
        [done] = client.patch([stale])
        assert isinstance(done, Applied)
        assert (done.line.comment, done.line.etag != line.etag) == ("mine", True)
        gone = LinePatch("0eeeeeee-0000-4000-8000-000000000005", 1, line.etag, (FieldChange("comment", "", "x"),))
        assert _kinds(client.patch([stale, gone])) == ["Changed", "Missing"]
        assert _kinds(client.delete([line, done.line, done.line])) == ["Changed", "Applied", "Missing"]
    assert _stored(service) == []


@pytest.mark.parametrize("etag", ["", "*", "a b", 'W/"x"\r\nX-Other: 1'])
def test_without_a_version_nothing_is_changed_or_sent(service: Service, etag: str) -> None:
    with service.client() as client:
        client.snapshot()
        asked = len(service.wire.requests)
        [reply] = client.patch([LinePatch("0eeeeeee-0000-4000-8000-000000000005", 1, etag, ())])
    assert isinstance(reply, Refused)
    assert len(service.wire.requests) == asked


NEVER_SENT: list[Fault] = [before(httpx.ConnectError), before(httpx.ConnectTimeout), before(httpx.PoolTimeout)]


@pytest.mark.parametrize("fault", [*NEVER_SENT, instead(429), instead(429, retry_after="3")])
def test_what_is_proven_not_to_have_happened_is_sent_again(service: Service, fault: Fault) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        service.wire.faults = [fault, fault]
        assert _kinds(client.create(payments)) == ["Applied"] * 3
    assert len(service.waits) == 2
    assert len(_stored(service)) == 3


def test_whoever_wants_to_know_is_told_of_each_request_when_it_leaves_not_while_it_waits(service: Service) -> None:
    told: list[tuple[int, datetime]] = []

    def leaving() -> None:
        told.append((len(service.wire.requests), service.now()))

    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        asked, begun = len(service.wire.requests), service.now()
        service.wire.faults = [instead(429, retry_after="600"), instead(413)]
        assert _kinds(client.create(payments, leaving)) == ["Applied"] * 3
    waited = begun + timedelta(seconds=600)
    assert told == [(asked, begun), (asked + 1, waited), *((number, waited) for number in range(asked + 2, asked + 5))]


@pytest.mark.parametrize("error", [Busy("overtaken"), LedgerError("the disk is full")])
def test_a_request_that_must_not_leave_after_all_is_not_sent(service: Service, error: ImporterError) -> None:
    def leaving() -> None:
        raise error

    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        assert _kinds(client.create(payments, leaving)) == ["NotApplied"] * 3
    assert _stored(service) == []


@pytest.mark.parametrize("fault", [*NEVER_SENT, instead(429)])
def test_when_it_never_gets_through_nothing_is_claimed_to_be_unknown(service: Service, fault: Fault) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        service.wire.faults = [fault] * 20
        assert _kinds(client.create(payments)) == ["NotApplied"] * 3
    assert _stored(service) == []


LOST: list[Fault] = [
    after(httpx.ReadTimeout),
    after(httpx.ReadError),
    after(httpx.RemoteProtocolError),
    before(httpx.ReadTimeout),
    before(httpx.WriteTimeout),
    before(httpx.WriteError),
    before(httpx.LocalProtocolError),
    instead(408),
    instead(500),
    instead(502),
    instead(503, retry_after="2"),
    instead(504),
    instead(302, location="https://evil.example/"),
    instead(200, body=b"<html>please log in</html>"),
    instead(200, body=b'{"responses":['),
    instead(200, body=b'{"responses":[]}'),
]


@pytest.mark.parametrize("fault", LOST)
def test_what_may_have_happened_is_unknown_and_is_not_sent_again(service: Service, fault: Fault) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        asked = len(service.wire.requests)
        service.wire.faults = [fault]
        assert _kinds(client.create(payments)) == ["Unknown"] * 3
        assert service.wire.asked(since=asked) == ["POST $batch"]
    assert len(set(_stored(service))) == len(_stored(service))


def test_an_unforeseen_error_in_the_middle_is_unknown_too(service: Service) -> None:
    def broken(*_: object) -> httpx.Response:
        raise RuntimeError("nobody thought of this")

    with service.client() as client:
        payments = _payments(client.snapshot(), 2)
        service.wire.faults = [broken]
        assert _kinds(client.create(payments)) == ["Unknown"] * 2


def test_a_pause_the_server_asks_for_is_kept_before_the_next_request(service: Service) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 2)
        service.wire.faults = [instead(503, retry_after="20")]
        client.create(payments[:1])
        assert service.waits == []
        client.create(payments[1:])
    assert service.waits == [20.0]


@pytest.mark.parametrize(
    ("status", "sizes"), [(413, [100, 50, 50]), (408, [100, 50]), (504, [100, 50]), (400, [100, 50])]
)
def test_an_envelope_that_is_too_heavy_is_made_smaller(service: Service, status: int, sizes: list[int]) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 150)
        asked = len(service.wire.requests)
        service.wire.faults = [instead(status)]
        client.create(payments[:100])
        if status != 413:
            client.create(payments[100:])
    sent = [len(json.loads(each.content)["requests"]) for each in service.wire.requests[asked:]]
    assert sent == sizes


def test_an_envelope_that_is_refused_refuses_no_line_for_good(service: Service) -> None:
    body = b'{"error":{"code":"BadRequest","message":"Invalid Request Body"}}'
    with service.client() as client:
        payments = _payments(client.snapshot(), 2)
        service.wire.faults = [instead(400, body=body)]
        assert client.create(payments) == (NotApplied("BadRequest", "Invalid Request Body"),) * 2
        assert _kinds(client.create(payments)) == ["Applied"] * 2


def test_a_line_too_heavy_even_alone_is_not_applied(service: Service) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 2)
        service.wire.faults = [instead(413)] * 2
        assert _kinds(client.create(payments)) == ["NotApplied", "Applied"]
