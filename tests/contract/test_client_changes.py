"""What is read only as far as it changed is what reading everything gives, or everything is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from importer.sandbox.behaviour import Behaviour
from tests.contract.remembering import BASES, SETS, Desk, desk, same
from tests.contract.service import HOST, Fault, books, instead, on_account, paying, start

WEEK = timedelta(days=9)


@pytest.mark.parametrize("flavour", BASES)
def test_the_second_time_only_what_changed_and_what_is_open_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, flavour: str
) -> None:
    d = desk(monkeypatch, flavour)
    first, asked = d.changes()
    assert same(first, d.whole())
    assert {line.partition(" ")[0] for line in asked if "further" not in line} <= set(SETS)
    assert not any("lastModifiedDateTime" in line for line in asked)
    d.wait(timedelta(days=1))
    d.service.sandbox.edit_customer("20000", display_name="Beta II")
    second, asked = d.changes()
    assert same(second, d.whole())
    since = "lastModifiedDateTime ge 2026-03-02T07:00:00Z"
    memos = [f"salesCreditMemos {since}", "salesCreditMemos status eq 'Open'"] if flavour[0] == "v" else []
    assert [line for line in asked if "further" not in line] == [
        f"customers {since}",
        f"salesInvoices {since}",
        "salesInvoices status eq 'Open'",
        *memos,
    ]
    assert [line for line in asked if line == "customers further"] == []


def test_a_change_is_asked_for_from_an_hour_before_the_last_reading_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changed something before and is seen only after, because his transaction was long, is not missed."""
    d = desk(monkeypatch)
    d.changes()
    for _ in range(3):
        d.wait(timedelta(minutes=10))
        _, asked = d.changes()
        before = d.service.time - timedelta(minutes=70)
        assert asked[0] == f"customers lastModifiedDateTime ge {before:%Y-%m-%dT%H:%M:%SZ}"


def test_what_is_paid_is_known_although_the_invoice_says_no_new_time(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch, behaviour=Behaviour(settled_documents="keep their time"))
    d.changes()
    invoice, customer = d.whole().documents_by_number["103001"][0], d.whole().customers[0]
    with d.client() as client:
        client.create([paying(invoice, customer, "BI1", 1)])
    d.wait(timedelta(days=1))
    d.service.sandbox.post("BANK")
    d.wait(timedelta(days=1))
    seen, _ = d.changes()
    assert seen.documents_by_number["103001"][0].is_open is False
    assert same(seen, d.whole())


def test_a_part_payment_is_known_although_the_invoice_says_no_new_time(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch, behaviour=Behaviour(settled_documents="keep their time"))
    d.changes()
    customer, invoice = d.whole().customers[0], d.whole().documents_by_number["103001"][0]
    part = replace(paying(invoice, customer, "BI1", 1), amount=on_account(customer, "x", 1).amount)
    with d.client() as client:
        client.create([part])
    d.wait(timedelta(days=1))
    d.service.sandbox.post("BANK")
    seen, _ = d.changes()
    assert seen.documents_by_number["103001"][0].remaining.amount == invoice.remaining.amount - Decimal(10)
    assert same(seen, d.whole())


def test_a_deleted_invoice_that_was_open_is_gone_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.wait(timedelta(days=1))
    d.service.sandbox.delete_invoice("103001")
    seen, _ = d.changes()
    assert "103001" not in seen.documents_by_number
    assert same(seen, d.whole())


def test_what_left_the_open_ones_is_looked_up_where_that_is_less_than_reading_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    d = desk(monkeypatch, behaviour=Behaviour(settled_documents="keep their time"))
    d.changes()
    d.wait(timedelta(days=1))
    d.service.sandbox.delete_invoice("103001")
    _, asked = d.changes()
    assert [line for line in asked if line.startswith("salesInvoices id eq ")]
    assert "salesInvoices status ne 'Draft'" not in asked


def test_a_deleted_customer_is_remembered_for_a_week_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.service.sandbox.delete_customer("K00010")
    d.wait(timedelta(days=1))
    assert "K00010" in d.changes()[0].customers_by_number
    d.wait(WEEK)
    seen, asked = d.changes()
    assert asked[0] == "customers"
    assert same(seen, d.whole())


def test_everything_is_read_when_that_is_wished(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.service.sandbox.delete_customer("K00010")
    with d.client(d.memory) as client:
        client.forget()
        assert set(client.snapshot().customers) == set(d.whole().customers)


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(filters="ignored"),
        Behaviour(time_filters="refused"),
        Behaviour(filters="ignored", settled_documents="keep their time"),
    ],
)
def test_a_server_that_cannot_tell_changes_is_read_as_a_whole_and_not_asked_again_soon(
    monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    d = desk(monkeypatch, behaviour=behaviour)
    d.changes()
    for day in range(3):
        d.wait(timedelta(days=1))
        d.service.sandbox.edit_customer("20000", display_name=f"Beta {day}")
        seen, asked = d.changes()
        assert same(seen, d.whole())
        assert any("lastModifiedDateTime" in line for line in asked) == (day == 0)
    d.wait(WEEK)
    d.changes()
    assert any("lastModifiedDateTime" in line for line in d.changes()[1])


def test_a_server_that_leaves_out_open_invoices_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was left out shows that others may be, such as an invoice that was opened again without a newer time."""
    d = desk(monkeypatch)
    d.changes()
    d.wait(timedelta(days=1))
    documents = d.service.sandbox._store.documents  # noqa: SLF001 - no person at the screen can do that
    monkeypatch.setattr(documents, "put", documents.put_unnoticed)
    d.service.sandbox.edit_invoice("103003", status="Open", remaining_amount=Decimal(99))

    def left_out(request: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        answer = serve()
        if "status eq 'Open'" not in request.url.params.get("$filter", ""):
            return answer
        rows = [row for row in json.loads(answer.read())["value"] if row["number"] not in ("103001", "103003")]
        return httpx.Response(200, json={"value": rows}, headers={"Date": answer.headers["Date"]})

    d.service.wire.faults = [left_out] * 40
    seen, _ = d.changes()
    d.service.wire.faults = []
    assert same(seen, d.whole())


def test_a_server_that_does_not_say_its_time_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def timeless(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        response = serve()
        return httpx.Response(response.status_code, content=response.read())

    d = desk(monkeypatch)
    for _ in range(2):
        faults: list[Fault | None] = [timeless] * 60
        d.service.wire.faults = faults
        _, asked = d.changes()
        assert not any("lastModifiedDateTime" in line for line in asked)
    assert d.memory.kept == {}


def test_a_server_whose_clock_was_set_back_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.service.time -= timedelta(hours=2)
    d.service.sandbox.edit_customer("20000", display_name="Yesterday")
    seen, asked = d.changes()
    assert asked[0] == "customers"
    assert same(seen, d.whole())


def test_our_own_clock_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    service = start(monkeypatch, books(customers=20, invoices=20))
    ahead = Desk(service, now=lambda: service.time + timedelta(days=400))
    ahead.changes()
    ahead.wait(timedelta(days=1))
    service.sandbox.edit_customer("20000", display_name="Today")
    seen, asked = ahead.changes()
    assert asked[0] == "customers lastModifiedDateTime ge 2026-03-02T07:00:00Z"
    assert same(seen, ahead.whole())


def test_a_reading_that_fails_keeps_what_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    before = dict(d.memory.kept)
    d.wait(timedelta(days=1))
    d.service.wire.faults = [None, None, *([instead(500)] * 20)]
    with pytest.raises(Exception, match="no usable answer"):
        d.changes()
    assert d.memory.kept == before


def test_another_address_or_dialect_remembers_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    places = set()
    for changes in (
        {},
        {"company": "Fabrikam"},
        {"base_url": f"{HOST}/BC/api/v2.0"},
        {"flavour": "v1.0", "base_url": BASES["v1.0"]},
    ):
        other = Desk(d.service, **{**d.settings, **changes})  # type: ignore[arg-type]  # the keywords are the fields' own
        other.memory = d.memory
        if changes.get("company") != "Fabrikam":
            other.changes()
        places |= {place for place, _ in d.memory.kept}
    assert len(places) == 3


def test_personal_data_that_nobody_needs_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for flavour in BASES:
        d = desk(monkeypatch, flavour)
        d.changes()
        texts = " ".join(row for kept in d.memory.kept.values() for row in kept.rows.values())
        assert "Alpha Ltd." in texts
        assert all(name not in texts for name in ("phoneNumber", "email", "street", "addressLine1", "postalCode"))


def test_a_change_that_a_lagging_replica_did_not_show_comes_with_the_next_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    d = desk(monkeypatch, behaviour=Behaviour(replica_lag=timedelta(minutes=30), replica_reads="always"))
    d.changes()
    d.service.sandbox.edit_customer("20000", display_name="Beta II")
    assert d.changes()[0].customers_by_number["20000"].name == "Beta & Søn"
    d.wait(timedelta(minutes=31))
    assert d.changes()[0].customers_by_number["20000"].name == "Beta II"
