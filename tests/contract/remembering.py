"""A service with a cache in memory, and readings of its books with and without it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from importer.bc.client import Client
from importer.cache_ports import Cache, Kept
from importer.model import Snapshot
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import BASE, HOST, Service, books, start

BASES = {
    "v2.0": BASE,
    "v1.0": f"{HOST}/BC/api/v1.0",
    "graph-beta": f"{HOST}/beta",
    "financials-beta": f"{HOST}/v1.0/api/beta",
}


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
        return seen, [_told(url) for url in asked if url.path.rpartition("/")[2] in SETS]

    def wait(self, time: timedelta) -> None:
        self.service.time += time


SETS = ("customers", "salesInvoices", "salesCreditMemos")


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


def lying(part: str, answer: bytes) -> Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]:
    """A server that answers queries with this part in them as it likes."""

    def fault(request: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        return httpx.Response(200, content=answer) if part in request.url.params.get("$filter", "") else serve()

    return fault
