"""What is read only as far as it changed is what reading everything gives, or everything is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.bc.client import Client
from importer.cache_ports import Cache, Kept
from importer.model import Blocked, Snapshot
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.refusals import Refusal
from tests.contract.service import BASE, HOST, Fault, Service, books, instead, on_account, paying, start

BASES = {
    "v2.0": BASE,
    "v1.0": f"{HOST}/BC/api/v1.0",
    "graph-beta": f"{HOST}/beta",
    "financials-beta": f"{HOST}/v1.0/api/beta",
}
WEEK = timedelta(days=9)


class Memory:
    """A cache in memory that shows what is in it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Kept] = {}

    def recall(self, place: str, collection: str) -> Kept | None:
        return self.kept.get((place, collection))

    def replace(self, place: str, collection: str, kept: Kept) -> None:
        self.kept[place, collection] = kept

    def update(
        self, place: str, collection: str, *, since: datetime, changed: Mapping[str, str], gone: Collection[str]
    ) -> None:
        before = self.kept[place, collection]
        rows = {name: row for name, row in {**before.rows, **changed}.items() if name not in gone}
        self.kept[place, collection] = replace(before, since=since, rows=rows)

    def forget(self, place: str) -> None:
        self.kept = {name: kept for name, kept in self.kept.items() if name[0] != place}


class Desk:
    """A service with a cache, and readings with and without it."""

    def __init__(self, service: Service, flavour: str = "v2.0", **settings: object) -> None:
        self.service, self.memory = service, Memory()
        self.settings = {"flavour": flavour, "base_url": BASES[flavour], "page_size": 5, **settings}

    def client(self, cache: Cache | None = None) -> Client:
        return self.service.client(cache=cache, **self.settings)

    def whole(self) -> Snapshot:
        with self.client() as client:
            return client.snapshot()

    def changes(self) -> tuple[Snapshot, list[str]]:
        """The snapshot with what is remembered, and the queries of its requests for customers and documents."""
        since = len(self.service.wire.requests)
        with self.client(self.memory) as client:
            seen = client.snapshot()
        asked = [request.url for request in self.service.wire.requests[since:]]
        return seen, [_told(url) for url in asked if url.path.rpartition("/")[2] in _SETS]

    def wait(self, time: timedelta) -> None:
        self.service.time += time


_SETS = ("customers", "salesInvoices", "salesCreditMemos")


def _told(url: httpx.URL) -> str:
    name = url.path.rpartition("/")[2]
    return f"{name} {url.params.get('$filter', '')}".strip() if "$skiptoken" not in url.params else f"{name} further"


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether both say the same, whatever the order."""
    return (set(one.customers), set(one.documents), one.journal_lines, one.journal) == (
        set(other.customers),
        set(other.documents),
        other.journal_lines,
        other.journal,
    )


def desk(monkeypatch: pytest.MonkeyPatch, flavour: str = "v2.0", behaviour: Behaviour | None = None) -> Desk:
    return Desk(start(monkeypatch, books(customers=20, invoices=20), behaviour), flavour)


@pytest.mark.parametrize("flavour", BASES)
def test_the_second_time_only_what_changed_and_what_is_open_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, flavour: str
) -> None:
    d = desk(monkeypatch, flavour)
    first, asked = d.changes()
    assert same(first, d.whole())
    assert {line.partition(" ")[0] for line in asked if "further" not in line} <= set(_SETS)
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


def lying(part: str, answer: bytes) -> Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]:
    """A server that answers queries with this part in them as it likes."""

    def fault(request: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        return httpx.Response(200, content=answer) if part in request.url.params.get("$filter", "") else serve()

    return fault


def test_a_server_that_leaves_out_open_invoices_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk(monkeypatch)
    d.changes()
    d.wait(timedelta(days=1))
    d.service.wire.faults = [lying("status eq 'Open'", b'{"value":[]}') for _ in range(30)]
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


class TestCustomersWhoPay:
    """Those a plan relies on are read anew: a remembered one may have changed without a newer time, or been deleted."""

    def outdated(self, d: Desk, numbers: Collection[str]) -> bool:
        with d.client(d.memory) as client:
            client.snapshot()
            return client.is_outdated(numbers)

    def test_nobody_is_asked_for_who_was_read_just_now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        d = desk(monkeypatch)
        with d.client(d.memory) as client:
            client.snapshot()
            before = len(d.service.wire.requests)
            assert client.is_outdated(["10000", "20000"]) is False
            assert len(d.service.wire.requests) == before

    def test_one_who_is_as_he_was_is_not_asked_for_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        d = desk(monkeypatch)
        d.changes()
        with d.client(d.memory) as client:
            client.snapshot()
            before = len(d.service.wire.requests)
            assert [client.is_outdated(["10000"]) for _ in range(3)] == [False] * 3
            assert len(d.service.wire.requests) == before + 1

    @pytest.mark.parametrize("flavour", BASES)
    def test_one_who_was_deleted_is_noticed_and_everything_is_read(
        self, monkeypatch: pytest.MonkeyPatch, flavour: str
    ) -> None:
        d = desk(monkeypatch, flavour)
        d.changes()
        d.service.sandbox.delete_customer("K00010")
        with d.client(d.memory) as client:
            client.snapshot()
            assert client.is_outdated(["10000", "K00010"]) is True
            assert set(client.snapshot().customers) == set(d.whole().customers)
            assert client.is_outdated(["10000"]) is False

    def test_one_whose_change_no_time_tells_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_many_are_read_with_all_others_in_fewer_requests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        d = Desk(start(monkeypatch, books(customers=300)), page_size=20_000)
        d.changes()
        with d.client(d.memory) as client:
            numbers = [customer.number for customer in client.snapshot().customers]
            before = len(d.service.wire.requests)
            assert client.is_outdated(numbers) is False
            assert len(d.service.wire.requests) == before + 1

    def test_a_server_that_cannot_filter_by_number_is_read_as_a_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        d = desk(monkeypatch)
        d.changes()
        with d.client(d.memory) as client:
            client.snapshot()
            d.service.wire.faults = [instead(400, body=b'{"error":{"code":"BadRequest","message":"no"}}')]
            assert client.is_outdated(["10000"]) is False


def _edits() -> dict[str, Callable[[Desk, int], object]]:
    def pay(d: Desk, n: int) -> None:
        whole = d.whole()
        due = [one for one in whole.documents if one.is_open and one.remaining.amount > 0 and one.customer == "10000"]
        if due:
            payment = paying(due[n % len(due)], whole.customers_by_number["10000"], f"BI{n}", 1000 + n)
            if n % 2:
                payment = replace(payment, amount=on_account(whole.customers[0], "x", 1).amount)
            with d.client() as client:
                client.create([payment])
            d.service.sandbox.post("BANK")

    return {
        "rename": lambda d, n: d.service.sandbox.edit_customer("20000", display_name=f"Beta {n}"),
        "block": lambda d, n: d.service.sandbox.edit_customer("10000", blocked=("", "All")[n % 2]),
        "renumber": lambda d, n: d.service.sandbox.edit_invoice(_some(d, n), external_document_number=f"PO {n}"),
        "new number": lambda d, n: d.service.sandbox.edit_invoice(_some(d, n), number=f"77{n:04d}"),
        "issue": lambda d, n: d.service.sandbox.issue_invoice(_some(d, n), f"88{len(d.whole().documents):04d}"),
        "delete open": _delete_open,
        "pay": pay,
        "wait": lambda d, n: d.wait(timedelta(minutes=n * 7)),
        "read": lambda d, _: d.changes(),
    }


def _some(d: Desk, n: int) -> str:
    invoices = [one for one in d.service.sandbox.invoices() if not one.draft]
    return invoices[n % len(invoices)].number


def _delete_open(d: Desk, n: int) -> None:
    due = [one for one in d.service.sandbox.invoices() if one.is_open]
    if due:
        d.service.sandbox.delete_invoice(due[n % len(due)].number)


EDITS = _edits()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 60)), min_size=1, max_size=12),
    times=st.sampled_from(["get a new time", "keep their time"]),
    flavour=st.sampled_from(sorted(BASES)),
    page=st.sampled_from([1, 3, 1000]),
)
def test_whatever_people_do_changes_and_everything_are_the_same_books(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]], times: str, flavour: str, page: int
) -> None:
    """Deleting what is closed is left out: no reading of changes can tell it, and the weekly reading does."""
    behaviour = Behaviour(settled_documents=times, page_size=page)  # type: ignore[arg-type]  # drawn from its values
    d = Desk(start(monkeypatch, books(customers=3, invoices=4), behaviour), flavour)
    d.changes()
    for name, number in steps:
        with suppress(Refusal):
            EDITS[name](d, number)
        assert same(d.changes()[0], d.whole())


def test_a_change_that_a_lagging_replica_did_not_show_comes_with_the_next_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    d = desk(monkeypatch, behaviour=Behaviour(replica_lag=timedelta(minutes=30), replica_reads="always"))
    d.changes()
    d.service.sandbox.edit_customer("20000", display_name="Beta II")
    assert d.changes()[0].customers_by_number["20000"].name == "Beta & Søn"
    d.wait(timedelta(minutes=31))
    assert d.changes()[0].customers_by_number["20000"].name == "Beta II"
