"""Customers that a plan relies on are read anew: a remembered one may have changed without a newer time, or been deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from importer.model import Blocked
from tests.contract.remembering import BASES, Desk, desk, lying
from tests.contract.service import books, instead, start


def test_nobody_is_asked_for_who_was_read_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    with d.client(d.memory) as client:
        client.snapshot()
        before = len(d.service.wire.requests)
        assert client.is_outdated(["10000", "20000"]) is False
        assert len(d.service.wire.requests) == before


def test_one_who_is_as_he_was_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    with d.client(d.memory) as client:
        client.snapshot()
        before = len(d.service.wire.requests)
        assert [client.is_outdated(["10000"]) for _ in range(3)] == [False] * 3
        assert len(d.service.wire.requests) == before + 1


@pytest.mark.parametrize("flavour", BASES)
def test_one_who_was_deleted_is_noticed_and_everything_is_read(monkeypatch: pytest.MonkeyPatch, flavour: str) -> None:
    d = desk(monkeypatch, flavour)
    d.changes()
    d.service.sandbox.delete_customer("K00010")
    with d.client(d.memory) as client:
        client.snapshot()
        assert client.is_outdated(["10000", "K00010"]) is True
        assert set(client.snapshot().customers) == set(d.whole().customers)
        assert client.is_outdated(["10000"]) is False


def test_one_whose_change_no_time_tells_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.wait(timedelta(days=1))
    d.service.sandbox.edit_customer("10000", blocked="All")
    d.service.wire.faults = [lying("lastModifiedDateTime", b'{"value":[]}') for _ in range(8)]
    with d.client(d.memory) as client:
        assert client.snapshot().customers_by_number["10000"].blocked is Blocked.NO
        assert client.is_outdated(["10000"]) is True
        d.service.wire.faults = []
        assert client.snapshot().customers_by_number["10000"].blocked is Blocked.ALL


def test_many_are_read_with_all_others_in_fewer_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    d = Desk(start(monkeypatch, books(customers=300)), page_size=20_000)
    d.changes()
    with d.client(d.memory) as client:
        numbers = [customer.number for customer in client.snapshot().customers]
        before = len(d.service.wire.requests)
        assert client.is_outdated(numbers) is False
        assert len(d.service.wire.requests) == before + 1


def test_a_server_that_cannot_filter_by_number_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    with d.client(d.memory) as client:
        client.snapshot()
        d.service.wire.faults = [instead(400, body=b'{"error":{"code":"BadRequest","message":"no"}}')]
        assert client.is_outdated(["10000"]) is False
