"""The answer to a batch: each line gets its own part, and what was lost, doubled or altered on the way is not trusted."""

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from importer.model import Snapshot
from importer.plan import Payment
from importer.ports import Reply, Unknown
from tests.contract.service import Fault, Service, on_account, paying, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _payments(books: Snapshot, count: int) -> list[Payment]:
    return [on_account(books.customers[0], f"BI1{number:017d}", 300_000_001 + number) for number in range(count)]


def _kinds(replies: tuple[Reply, ...]) -> list[str]:
    return [type(reply).__name__ for reply in replies]


def _edited(change: Callable[[list[dict[str, object]]], object]) -> Fault:
    """The service answers a batch, and somebody changes the list of responses on the way back."""

    def fault(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        responses = json.loads(serve().read())["responses"]
        return httpx.Response(200, json={"responses": change(responses)})

    return fault


def test_a_pause_asked_for_a_single_line_is_kept_too(service: Service) -> None:
    def throttled(responses: list[dict[str, object]]) -> object:
        return [{"id": responses[0]["id"], "status": 429, "headers": {"Retry-After": "12"}}]

    with service.client() as client:
        payments = _payments(client.snapshot(), 1)
        service.wire.faults = [_edited(throttled)]
        assert _kinds(client.create(payments)) == ["NotApplied"]
        client.journal_lines()
    assert service.waits == [12.0]


def test_answers_in_another_order_reach_their_own_lines(service: Service) -> None:
    with service.client() as client:
        books = client.snapshot()
        payments = [*_payments(books, 1), on_account(books.customers[2], "BI1X", 300_000_009)]
        service.wire.faults = [_edited(lambda responses: responses[::-1])]
        assert _kinds(client.create(payments)) == ["Applied", "Refused"]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda responses: responses[1:], ["Unknown", "Applied"]),
        (lambda responses: [*responses, responses[0]], ["Unknown", "Unknown"]),
        (lambda responses: [*responses, {**responses[0], "id": "9"}], ["Unknown", "Unknown"]),
        (lambda responses: [{**responses[0], "id": None}, responses[1]], ["Unknown", "Unknown"]),
        (lambda responses: [{**responses[0], "body": None}, responses[1]], ["Unknown", "Applied"]),
        (lambda responses: [{**responses[0], "status": 500}, responses[1]], ["Unknown", "Applied"]),
        (lambda responses: [{**responses[0], "status": 429}, responses[1]], ["NotApplied", "Applied"]),
        (lambda responses: [{**responses[0], "body": responses[1]["body"]}, responses[1]], ["Unknown", "Applied"]),
    ],
)
def test_answers_that_were_lost_doubled_or_mixed_up_are_not_trusted(
    service: Service, change: Callable[[list[dict[str, object]]], object], kinds: list[str]
) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 2)
        service.wire.faults = [_edited(change)]
        assert _kinds(client.create(payments)) == kinds


def test_a_stored_amount_with_another_sign_is_not_taken_for_done(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch)
    with service.client() as client:
        payments = _payments(client.snapshot(), 1)

        def flipped(responses: list[dict[str, object]]) -> object:
            body = responses[0]["body"]
            return [{**responses[0], "body": {**body, "amount": 10}}] if isinstance(body, dict) else None

        service.wire.faults = [_edited(flipped)]
        [reply] = client.create(payments)
    assert reply == Unknown("mismatch: stored is not what was sent: amount 10 instead of -10.00")


def test_the_server_refuses_a_customer_or_invoice_whose_id_and_number_disagree(service: Service) -> None:
    with service.client() as client:
        books = client.snapshot()
        alpha, beta = books.customers[:2]
        first, second = books.documents[:2]
        payment = paying(first, alpha, "BI1A", 300_000_001)
        mixed = [
            replace(payment, customer=beta.number),
            replace(payment, invoice=second.number),
        ]
        assert _kinds(client.create(mixed)) == ["Refused", "Refused"]
    assert service.sandbox.journal_lines("BANK") == ()
