"""The whole way, from the statement to the posted journal, on every server that the documents allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints  # the values of settings have no common type

import httpx
import pytest

from importer.bc.auth import Token
from importer.config import Company, Configuration
from importer.errors import Exit
from importer.office import Office, open_office
from importer.pipeline import import_files
from importer.reports.progress import quiet
from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import demo_books
from importer.shipped import shipped

DEMO = shipped("samples") / "demo" / "bank.csv"
BASES = {
    "v2.0": BASE,
    "v1.0": "/BC/api/v1.0",
    "graph-beta": "/beta",
    "financials-beta": "/v1.0/api/beta",
}
PAID = ["103166", "103189", "103192", "103196", "103215", "PS-INV26-0048"]


def alternatives() -> Iterator[Behaviour]:
    """Each setting with two or more named ways, in every way but the usual one."""
    usual, hints = Behaviour(), get_type_hints(Behaviour)
    for each in fields(Behaviour):
        for value in get_args(hints[each.name]):
            if isinstance(value, str | int) and value != getattr(usual, each.name):
                change: dict[str, Any] = {each.name: value}
                yield replace(usual, **change)


SIZES = [
    Behaviour(page_size=3),
    Behaviour(batch_limit=2),
    Behaviour(body_limit=1500),
    Behaviour(url_limit=400),
    Behaviour(replica_lag=timedelta(minutes=30)),
    Behaviour(replica_lag_writes=7),
    Behaviour(rate_limit=12, rate_window=timedelta(seconds=1)),
    Behaviour(rate_limit=12, rate_window=timedelta(seconds=1), throttle_body="text", retry_after_s=1),
]
# What a server does not let anybody do cannot be worked with; it is told.
DENIED = {Behaviour(write_permission="denied")}


@dataclass
class Works:
    """A company on such a server, and a folder that remembers."""

    folder: Path
    sandbox: Sandbox
    flavour: str

    @contextmanager
    def office(self) -> Iterator[Office]:
        company = Company(
            name="cronus",
            api=self.flavour,
            base_url=f"https://bc.example{BASES[self.flavour]}",
            company="CRONUS International Ltd.",
            journal="BANK",
            currency="EUR",
            accounts=("DE02120300000000202051",),
            auth=Token("env:BC_TOKEN"),
        )
        configuration = Configuration(folder=self.folder, state="state/importer.db", company={"cronus": company})
        with open_office(configuration, company, quiet, httpx.WSGITransport(app=self.sandbox)) as office:
            yield office

    def run(self) -> Exit:
        with self.office() as office:
            return import_files([DEMO], office).exit_code

    def journal(self) -> list[str]:
        return sorted(line.invoice_number for line in self.sandbox.journal_lines("BANK"))

    def writes(self) -> int:
        return sum(served.is_write for served in self.sandbox.requests)


def name(behaviour: Behaviour) -> str:
    usual = Behaviour()
    changed = [each.name for each in fields(Behaviour) if getattr(behaviour, each.name) != getattr(usual, each.name)]
    return ",".join(f"{one}={getattr(behaviour, one)}" for one in changed)


# What matters to the older dialects in particular.
OLDER = [
    Behaviour(beta_invoices="with remaining amount"),
    Behaviour(beta_keys="quoted"),
    Behaviour(contact_id="everywhere"),
    Behaviour(delete_if_match="required"),
    Behaviour(duplicate_status=409),
    Behaviour(filters="ignored"),
    Behaviour(journals_set="customerPaymentsJournals"),
    Behaviour(limits="documented"),
    Behaviour(page_size=3),
    Behaviour(rate_limit=12, rate_window=timedelta(seconds=1), throttle_body="text"),
]
CASES = [("v2.0", each) for each in (*alternatives(), *SIZES)]
CASES += [(flavour, each) for flavour in BASES if flavour != "v2.0" for each in OLDER]


@pytest.mark.parametrize(("flavour", "behaviour"), CASES, ids=[f"{flavour}-{name(each)}" for flavour, each in CASES])
def test_the_receipts_become_lines_once_and_are_posted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flavour: str, behaviour: Behaviour
) -> None:
    works = Works(tmp_path, Sandbox(demo_books(), behaviour=behaviour), flavour)
    monkeypatch.setenv("BC_TOKEN", works.sandbox.token)
    if behaviour in DENIED:
        assert (works.run(), works.journal()) == (Exit.DENIED, [])
        return
    assert (works.run(), works.journal()) == (Exit.REVIEW, PAID)
    written = works.writes()
    assert (works.run(), works.journal(), works.writes()) == (Exit.REVIEW, PAID, written)
    works.sandbox.post("BANK")
    assert (works.run(), works.writes()) == (Exit.REVIEW, written)
