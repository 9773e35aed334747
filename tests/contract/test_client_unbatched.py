"""Writing to a server without $batch: line by line, under the same promises."""

import httpx
import pytest

from importer.sandbox.behaviour import Behaviour
from tests.contract.service import Service, after, before, instead, start
from tests.contract.test_client_writing import _kinds, _payments, _stored, service

__all__ = ["service"]


@pytest.mark.parametrize(("first", "second"), [(404, None), (405, None), (501, None)])
def test_a_server_without_batch_is_asked_line_by_line(service: Service, first: int, second: None) -> None:
    with service.client() as client:
        payments = _payments(client.snapshot(), 3)
        asked = len(service.wire.requests)
        service.wire.faults = [instead(first), second]
        assert _kinds(client.create(payments)) == ["Applied"] * 3
        assert service.wire.asked(since=asked) == ["POST $batch"] + ["POST customerPayments"] * 3
        assert _kinds(client.create(_payments(client.snapshot(), 1, first=400_000_000))) == ["Applied"]
        assert service.wire.asked()[-1] == "POST customerPayments"


def test_line_by_line_a_lost_answer_concerns_its_own_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, behaviour=Behaviour(batch="absent"))
    with service.client() as client:
        payments = _payments(client.snapshot(), 4)
        service.wire.faults = [None, None, after(httpx.ReadTimeout), None]
        assert _kinds(client.create(payments)) == ["Applied", "Unknown", "Applied", "Applied"]
    assert len(_stored(service)) == 4


def test_line_by_line_a_server_that_is_gone_is_not_asked_for_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, behaviour=Behaviour(batch="absent"))
    with service.client() as client:
        payments = _payments(client.snapshot(), 9)
        client.create(payments[:1])
        asked = len(service.wire.requests)
        service.wire.faults = [before(httpx.ReadTimeout)] * 9
        assert _kinds(client.create(payments[1:])) == ["Unknown"] * 2 + ["NotApplied"] * 6
        assert len(service.wire.requests) - asked == 2


def test_line_by_line_whoever_redirects_gets_no_further_line(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, behaviour=Behaviour(batch="absent"))
    with service.client() as client:
        payments = _payments(client.snapshot(), 9)
        client.create(payments[:1])
        asked = len(service.wire.requests)
        service.wire.faults = [instead(307, location="https://evil.example/")] * 8
        replies = client.create(payments[1:])
        assert _kinds(replies) == ["Unknown"] + ["NotApplied"] * 7
        assert "the server redirects (HTTP 307)" in str(replies[-1])
        assert len(service.wire.requests) - asked == 1
