"""Changes of customers while others work on the same ones, answers get lost and runs die: a person's edit always wins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from importer.bc.auth import Token
from importer.config import Company
from importer.customer_pipeline import ImportedCustomers, import_customers, settle_unknown_customers
from importer.customers import Blanks
from importer.errors import Exit, ServerUnavailable
from importer.ledger import open_ledger
from importer.office import CustomerOffice
from importer.outcome import Outcome
from importer.sandbox.rows import Customer
from importer.states import PatchState
from tests.contract.service import BASE, HOST, Fault, Service, after, before, books, instead, start

BASES = {
    "v2.0": BASE,
    "v1.0": f"{HOST}/BC/api/v1.0",
    "graph-beta": f"{HOST}/beta",
    "financials-beta": f"{HOST}/v1.0/api/beta",
}
CITY = {"v2.0": "city", "v1.0": "address.city", "graph-beta": "address.city", "financials-beta": "address.city"}


@dataclass
class Shop:
    """A Business Central, a wire to it that can be disturbed, and a ledger that outlives every run."""

    folder: Path
    service: Service
    flavour: str = "v2.0"

    @contextmanager
    def office(self, stop: Callable[[], str] = lambda: "") -> Iterator[CustomerOffice]:
        company = Company(
            name="cronus",
            api=self.flavour,
            base_url=BASES[self.flavour],
            company="CRONUS",
            journal="BANK",
            currency="EUR",
            auth=Token("env:BC_TOKEN"),
        )
        state, service = str(self.folder / "ledger.db"), self.service
        with (
            open_ledger(state, service.now) as ledger,
            service.client(flavour=self.flavour, base_url=BASES[self.flavour]) as client,
        ):
            yield CustomerOffice(company, client, ledger, service.now, service.sleep, lambda *_: None, stop)

    def run(self, *rows: str, stop: Callable[[], str] = lambda: "") -> ImportedCustomers:
        path = self.folder / "customers.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        with self.office(stop) as office:
            return import_customers(path, office, Blanks.KEEP)

    def settle(self) -> Outcome:
        with self.office() as office:
            return settle_unknown_customers(office)

    def at_the_change(self, *faults: Fault | None) -> None:
        """Disturb the first change and what follows; before it company and customers are read."""
        self.service.wire.faults = [None, None, *faults]

    def customer(self, number: str = "10000") -> Customer:
        return next(each for each in self.service.sandbox.customers() if each.number == number)

    def changes(self) -> int:
        """How many changes over the API were carried out."""
        return sum(each.action == "patch" and each.by == "api" for each in self.service.sandbox.history)

    def edits(self, number: str = "10000", **fields: object) -> Fault:
        """A person changes a customer just before the request arrives."""

        def fault(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
            self.service.sandbox.edit_customer(number, None, **fields)
            return serve()

        return fault


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, start(monkeypatch))


def states(done: ImportedCustomers) -> list[PatchState]:
    return [intent.state for intent in done.outcome.patches]


@pytest.mark.parametrize("flavour", BASES)
def test_a_persons_edit_of_the_same_property_wins_and_is_shown(shop: Shop, flavour: str) -> None:
    shop.flavour = flavour
    city = CITY[flavour]
    shop.at_the_change(shop.edits(city="York"))
    done = shop.run(f"number,{city},phoneNumber", "10000,Kiel,+49 1")
    assert (states(done), done.exit_code, shop.changes()) == ([PatchState.CONFLICT], Exit.REVIEW, 0)
    assert (
        done.outcome.patches[0].reason == f'{city} was "Leeds", is now "York", wanted was "Kiel"; it was left as it is'
    )
    assert (shop.customer().city, shop.customer().phone_number) == ("York", "")


@pytest.mark.parametrize("flavour", BASES)
def test_a_persons_edit_of_another_property_stays_beside_ours(shop: Shop, flavour: str) -> None:
    shop.flavour = flavour
    shop.at_the_change(shop.edits(postal_code="YO1", email="alpha@example.com"))
    done = shop.run(f"number,{CITY[flavour]}", "10000,York")
    assert (states(done), done.exit_code, shop.changes()) == ([PatchState.PATCHED], Exit.DONE, 1)
    alpha = shop.customer()
    assert (alpha.city, alpha.postal_code, alpha.email) == ("York", "YO1", "alpha@example.com")


@pytest.mark.parametrize("status", [409, 412])
def test_a_stale_version_may_be_said_in_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    service = start(monkeypatch)
    service.sandbox.behaviour = replace(service.sandbox.behaviour, stale_status=status)  # type: ignore[arg-type]  # a literal
    shop = Shop(tmp_path, service)
    shop.at_the_change(shop.edits(email="alpha@example.com"))
    assert states(shop.run("number,city", "10000,York")) == [PatchState.PATCHED]


def test_what_a_person_already_made_so_is_done(shop: Shop) -> None:
    shop.at_the_change(shop.edits(city="York", phone_number="+44 1"))
    done = shop.run("number,city,phoneNumber", "10000,York,+44 1")
    assert (states(done), shop.changes()) == ([PatchState.PATCHED], 0)


def test_of_what_a_person_made_so_in_part_only_the_rest_is_sent(shop: Shop) -> None:
    shop.at_the_change(shop.edits(city="York"))
    done = shop.run("number,city,phoneNumber", "10000,York,+44 1")
    assert (states(done), shop.changes()) == ([PatchState.PATCHED], 1)
    assert [change.field for change in done.outcome.patches[0].patch.changes] == ["phoneNumber"]
    assert (shop.customer().city, shop.customer().phone_number) == ("York", "+44 1")


def test_a_conflict_of_one_customer_does_not_stop_the_others(shop: Shop) -> None:
    shop.at_the_change(shop.edits("20000", city="Oslo"))
    done = shop.run("number,city", "10000,York", "20000,Bergen", "30000,Paris")
    assert states(done) == [PatchState.PATCHED, PatchState.CONFLICT, PatchState.PATCHED]
    assert [shop.customer(number).city for number in ("10000", "20000", "30000")] == ["York", "Oslo", "Paris"]


def test_a_customer_that_keeps_changing_is_given_up_for_this_time(shop: Shop) -> None:
    every_time: list[Fault | None] = []
    for number in range(4):
        every_time += [shop.edits(email=f"alpha{number}@example.com"), None]
    shop.at_the_change(*every_time)
    done = shop.run("number,city", "10000,York")
    assert (states(done), done.exit_code, shop.changes()) == ([PatchState.UNKNOWN], Exit.UNKNOWN_OUTCOME, 0)
    assert done.outcome.stopped is not None
    assert shop.settle().notes[0].startswith("Customer 10000: the change of city in run")


@pytest.mark.parametrize("flavour", ["v2.0", "graph-beta"])
def test_a_lost_answer_is_settled_by_reading_and_nothing_is_sent_twice(shop: Shop, flavour: str) -> None:
    shop.flavour = flavour
    shop.at_the_change(after(httpx.ReadTimeout))
    done = shop.run(f"number,{CITY[flavour]}", "10000,York")
    assert (states(done), done.exit_code, shop.changes()) == ([PatchState.PATCHED], Exit.DONE, 1)


def test_a_request_that_never_arrived_is_sent_again(shop: Shop) -> None:
    shop.at_the_change(before(httpx.ReadTimeout))
    assert states(shop.run("number,city", "10000,York")) == [PatchState.PATCHED]
    assert (shop.customer().city, shop.changes()) == ("York", 1)


def test_an_outcome_that_cannot_be_read_back_stays_unknown_until_the_next_import(shop: Shop) -> None:
    shop.at_the_change(after(httpx.ReadTimeout), *[instead(503)] * 6)
    done = shop.run("number,city", "10000,York")
    assert (states(done), done.exit_code) == ([PatchState.UNKNOWN], Exit.UNKNOWN_OUTCOME)
    shop.service.wire.faults = []
    again = shop.run("number,city", "10000,York")
    assert [intent.state for intent in again.settled.patches] == [PatchState.PATCHED]
    assert (states(again), again.exit_code, shop.changes()) == ([], Exit.DONE, 1)


def test_an_old_wish_is_never_carried_out_by_a_later_import(shop: Shop) -> None:
    shop.at_the_change(before(httpx.ReadTimeout), *[instead(503)] * 6)
    assert shop.run("number,city", "10000,York").exit_code is Exit.UNKNOWN_OUTCOME
    shop.service.wire.faults = []
    again = shop.run("number,city", "20000,Oslo")
    assert "was not carried out" in again.settled.notes[0]
    assert (shop.customer().city, shop.customer("20000").city, again.exit_code) == ("Leeds", "Oslo", Exit.DONE)
    assert shop.settle() == Outcome("")


def test_a_run_that_was_killed_on_the_wire_is_settled_by_the_next(shop: Shop) -> None:
    def killed(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        serve().read()
        raise KeyboardInterrupt

    shop.at_the_change(killed)
    with pytest.raises(KeyboardInterrupt):
        shop.run("number,city", "10000,York")
    shop.service.wire.faults = []
    again = shop.run("number,city", "10000,York")
    assert [intent.state for intent in again.settled.patches] == [PatchState.PATCHED]
    assert (states(again), shop.changes()) == ([], 1)


def test_a_missing_permission_ends_the_run_with_nothing_changed(shop: Shop) -> None:
    shop.at_the_change(instead(403, body=b'{"error": {"code": "Authorization_RequestDenied", "message": "no"}}'))
    done = shop.run("number,city", "10000,York", "20000,Oslo")
    assert (states(done), done.exit_code) == ([PatchState.PLANNED] * 2, Exit.DENIED)
    assert shop.changes() == 0


def test_a_throttled_change_waits_and_is_made(shop: Shop) -> None:
    shop.at_the_change(instead(429), instead(429))
    assert states(shop.run("number,city", "10000,York")) == [PatchState.PATCHED]
    assert sum(shop.service.waits) > 0


def test_after_a_chunk_without_an_answer_the_server_is_read_before_anything_else_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path, start(monkeypatch, books(customers=150)))
    numbers = [each.number for each in shop.service.sandbox.customers() if each.number.startswith("K")]
    shop.at_the_change(instead(503))
    done = shop.run("number,city", *(f"{number},York" for number in numbers))
    assert set(states(done)) == {PatchState.PATCHED}
    asked = [each.rpartition("/")[2] for each in shop.service.wire.asked(since=2)]
    assert asked == ["POST $batch", "GET customers", "POST $batch", "POST $batch"]


def test_books_that_cannot_be_read_change_nothing(shop: Shop) -> None:
    shop.service.wire.faults = [None, *[instead(503)] * 10]
    with pytest.raises(ServerUnavailable):
        shop.run("number,city", "10000,York")
    assert shop.changes() == 0


def test_a_stopped_run_says_what_was_not_changed(shop: Shop) -> None:
    done = shop.run("number,city", "10000,York", stop=lambda: "signal")
    assert (states(done), done.exit_code) == ([PatchState.PLANNED], Exit.TEMPORARY)
    assert done.outcome.stopped is not None
    assert done.outcome.stopped.reason == "stopped: signal; 1 customers were not changed"


def test_every_change_names_the_version_it_is_based_on(shop: Shop) -> None:
    shop.at_the_change(shop.edits(email="alpha@example.com"))
    done = shop.run("number,city", "10000,York", "20000,Oslo")
    sent = [
        part["headers"]["If-Match"]
        for request in shop.service.wire.requests
        if request.method == "POST"
        for part in json.loads(request.content)["requests"]
    ]
    assert len(set(sent)) == len(sent) == 3
    assert all(tag.startswith('W/"') for tag in sent)
    assert [intent.patch.etag for intent in done.outcome.patches] == [sent[2], sent[1]]


def test_a_value_that_the_server_stores_otherwise_is_shown(shop: Shop) -> None:
    def shortened(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        answer = serve().read()
        shop.service.sandbox.edit_customer("10000", city="Yor")
        return httpx.Response(200, content=answer.replace(b'"York"', b'"Yor"'))

    shop.at_the_change(shortened)
    done = shop.run("number,city", "10000,York")
    assert (states(done), done.exit_code, shop.changes()) == ([PatchState.CONFLICT], Exit.REVIEW, 1)
    assert 'is now "Yor", wanted was "York"' in done.outcome.patches[0].reason
