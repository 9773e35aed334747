"""A service that fails is left alone, asked a little, and taken up again; retries have a budget; waiting can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from importer.bc.breaker import Budget
from importer.bc.limits import Share
from importer.errors import Busy, ServerUnavailable
from importer.ports import Applied, NotApplied, Unknown
from tests.contract.service import Fault, Service, after, before, instead, on_account, start

DOWN = before(httpx.ConnectError)
LOST = after(httpx.ReadTimeout)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def disturbed(service: Service, *faults: Fault | None) -> None:
    service.wire.faults = list(faults)
    service.wire.requests.clear()
    service.waits.clear()


def test_a_service_that_lost_five_answers_is_asked_a_little_before_anything_is_changed(service: Service) -> None:
    with service.client() as client:
        customer = client.snapshot().customers[0]
        disturbed(service, *([LOST] * 5), DOWN, None)
        for number in range(1, 6):
            assert isinstance(client.create([on_account(customer, f"BI{number}", number)])[0], Unknown)
        assert isinstance(client.create([on_account(customer, "BI6", 6)])[0], Applied)
    assert service.wire.asked() == ["POST $batch"] * 5 + ["GET companies", "GET companies", "POST $batch"]
    assert service.waits == [30.0, 60.0]


def test_the_third_time_the_run_ends_in_order_and_nothing_is_sent(service: Service) -> None:
    with service.client() as client:
        customer = client.snapshot().customers[0]
        disturbed(service, *([LOST] * 5), DOWN, DOWN)
        for number in range(1, 6):
            client.create([on_account(customer, f"BI{number}", number)])
        [reply] = client.create([on_account(customer, "BI6", 6)])
        with pytest.raises(ServerUnavailable, match="worth asking again in 120 seconds"):
            client.journal_lines()
    assert isinstance(reply, NotApplied)
    assert "nothing more was sent" in reply.message
    assert service.wire.asked() == ["POST $batch"] * 5 + ["GET companies"] * 2


def test_who_comes_next_with_the_same_credentials_is_told_at_once(service: Service) -> None:
    share = Share()
    with service.client(share=share) as client:
        service.wire.faults = [DOWN] * 6
        with pytest.raises(ServerUnavailable):
            client.companies()
    disturbed(service)
    with service.client(share=share) as client, pytest.raises(ServerUnavailable, match="nothing more was sent"):
        client.companies()
    assert (service.wire.requests, service.waits) == ([], [])
    service.time += timedelta(minutes=1)
    with service.client(share=share) as client:
        assert client.company_name == "CRONUS"
    assert service.wire.asked() == ["GET companies", "GET companies"]


def test_a_page_for_people_in_place_of_the_service_counts_as_a_failure(service: Service) -> None:
    page = instead(200, body=b"<html>sign in</html>", content_type="text/html; charset=utf-8")
    share = Share()
    with service.client(share=share) as client:
        service.wire.faults = [page] * 6
        with pytest.raises(ServerUnavailable):
            client.companies()
    assert share.breaker.wait(service.time) is not None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
def test_an_answer_that_says_no_is_no_failure_of_the_service(service: Service, status: int) -> None:
    share = Share()
    with service.client(share=share) as client:
        for _ in range(6):
            service.wire.faults = [instead(status)] * 20
            with pytest.raises(Exception, match=r"."):
                client.companies()
    assert share.breaker.wait(service.time) is None


def test_without_budget_everything_is_tried_once_except_when_the_service_asks_for_a_pause(service: Service) -> None:
    with service.client(share=Share(budget=Budget(start=0))) as client:
        client.snapshot()
        disturbed(service, instead(429), instead(429), None)
        assert client.journal_lines() == ()
        disturbed(service, instead(503))
        with pytest.raises(ServerUnavailable):
            client.journal_lines()
    assert len(service.wire.requests) == 1


def test_a_budget_runs_out_over_all_that_one_principal_does(service: Service) -> None:
    share = Share(budget=Budget(start=3))
    with service.client(share=share) as client:
        client.snapshot()
        for tries in (4, 1):
            disturbed(service, *([instead(500)] * 4))
            with pytest.raises(ServerUnavailable):
                client.journal_lines()
            assert len(service.wire.requests) == tries


def test_who_is_told_to_stop_does_not_wait_any_longer_and_has_sent_nothing(service: Service) -> None:
    def stopped(_: float) -> None:
        raise Busy("Stopped while waiting")

    with service.client(sleep=stopped) as client:
        customer = client.snapshot().customers[0]
        disturbed(service, instead(429, Retry_After="600"))
        [reply] = client.create([on_account(customer, "BI1", 1)])
        assert isinstance(reply, NotApplied)
        disturbed(service, instead(503, Retry_After="600"))
        with pytest.raises(Busy):
            client.journal_lines()


def test_a_service_that_is_too_busy_for_a_minute_is_waited_for_without_being_told_how_long(service: Service) -> None:
    until = service.time + timedelta(seconds=100)

    def busy(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        return httpx.Response(429, text="slow down") if service.time < until else serve()

    with service.client() as client:
        service.wire.faults = [busy] * 20
        customer = client.snapshot().customers[0]
        until = service.time + timedelta(seconds=100)
        service.wire.faults = [busy] * 20
        assert isinstance(client.create([on_account(customer, "BI1", 1)])[0], Applied)
    assert max(service.waits) <= 64


def test_a_service_that_stays_too_busy_is_given_up_and_not_waited_for_again_and_again(service: Service) -> None:
    with service.client() as client:
        customer = client.snapshot().customers[0]
        for most in (16, 7):
            disturbed(service, *([instead(429)] * 40))
            [reply] = client.create([on_account(customer, "BI1", 1)])
            assert isinstance(reply, NotApplied)
            assert len(service.wire.requests) <= most


def test_who_shares_the_principal_waits_too(service: Service) -> None:
    share = Share()
    with service.client(share=share) as client:
        service.wire.faults = [instead(429, Retry_After="20"), None]
        began = service.time
        client.companies()
    turns: list[float] = []
    with share.pace.turn(lambda: began, turns.append):
        pass
    assert turns == [20.0]
