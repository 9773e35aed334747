"""Many small companies in one sandbox, each with an inbox and statements of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from importer.cli import main
from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.books import Record, make_books
from importer.sandbox.server import Server
from tests.flow.conftest import Ran

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADER = (
    "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,bank_reference"
)
SECTION = """
[company.{name}]
base_url = "{url}"
company = "{name}"
journal = "BANK"
currency = "EUR"
inbox = "inbox/{name}"
[company.{name}.auth]
kind = "token"
token = "env:BC_TOKEN"
"""


@dataclass(frozen=True)
class Site:
    """A folder with importer.toml and one inbox for each company of the sandbox."""

    folder: Path
    sandbox: Sandbox
    names: tuple[str, ...]

    @property
    def configuration(self) -> Path:
        return self.folder / "importer.toml"

    def inbox(self, name: str) -> Path:
        return self.folder / "inbox" / name

    def put(self, name: str, numbers: Sequence[int], file: str = "bank.csv") -> Path:
        """A statement in the company's inbox that pays its invoices of these numbers, old enough to be settled."""
        return self.write(name, file, statement(numbers))

    def write(self, name: str, file: str, text: str) -> Path:
        """A file in the company's inbox, old enough to be settled."""
        path = self.inbox(name) / file
        path.write_text(text, encoding="utf-8")
        return aged(path)

    def journal(self, name: str) -> list[str]:
        """The invoices that the journal of a company settles, in the order of their numbers."""
        return sorted(line.invoice_number for line in self.sandbox.journal_lines("BANK", company=name))

    def tree(self, name: str) -> set[str]:
        """The files below a company's inbox, reports by their ending only."""
        found = (path for path in self.inbox(name).rglob("*") if path.is_file() and not path.name.startswith("."))
        return {str(path.relative_to(self.inbox(name))) for path in found}


def aged(path: Path, seconds: float = 60) -> Path:
    """The file as if it had been written a while ago."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path


def statement(numbers: Sequence[int]) -> str:
    """Receipts that pay these invoices, ten each day."""
    rows = [
        f"DE02120300000000202051,{day},{day},{amount(number)},EUR,Payer,,,Invoice {invoice(number)},B{number}"
        for number in numbers
        for day in [f"2026-11-{2 + number // 10 % 10:02}"]
    ]
    return "\n".join([HEADER, *rows]) + "\n"


def invoice(number: int) -> str:
    return str(200_000 + number)


def amount(number: int) -> str:
    return f"{100 + number}.{number % 100:02}"


def company(name: str, invoices: int) -> Record:
    return {
        "name": name,
        "currency": "EUR",
        "accounts": [{"number": "1200", "displayName": "Bank clearing"}],
        "numberSeries": [{"code": "BANK", "lastUsed": "R00000"}],
        "journals": [
            {"code": "BANK", "displayName": "Bank receipts", "balancingAccountNumber": "1200", "numberSeries": "BANK"}
        ],
        "customers": [{"number": "10000", "displayName": "Waldhofer Obst GmbH"}],
        "salesInvoices": [
            {
                "number": invoice(number),
                "customerNumber": "10000",
                "invoiceDate": "2026-10-05",
                "dueDate": "2026-11-05",
                "totalTaxAmount": Decimal(0),
                "totalAmountIncludingTax": Decimal(amount(number)),
                "status": "Open",
            }
            for number in range(invoices)
        ],
    }


def sandbox_of(invoices: dict[str, int]) -> Sandbox:
    """A sandbox with these companies, each with so many open invoices."""
    return Sandbox(make_books({"companies": [company(name, count) for name, count in invoices.items()]}))


@contextmanager
def site(
    folder: Path, sandbox: Sandbox, state: str = "state/importer.db", app: WSGIApplication | None = None
) -> Iterator[Site]:
    """A folder in which every company of the sandbox is configured, served over real HTTP."""
    names = tuple(sandbox.company_names())
    with Server(app or sandbox, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        sections = [SECTION.format(name=name, url=server.url + BASE) for name in names]
        (folder / "importer.toml").write_text("".join([f'state = "{state}"\n', *sections]), encoding="utf-8")
        made = Site(folder, sandbox, names)
        for name in names:
            made.inbox(name).mkdir(parents=True)
        yield made
        server.shutdown()
        thread.join()


class Shell:
    """A user's shell in a site's folder."""

    def __init__(self, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(site.folder)
        monkeypatch.setenv("BC_TOKEN", site.sandbox.token)

    def importer(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr("sys.argv", ["importer", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(int(ended.value.code or 0), *self._capsys.readouterr())


def today() -> str:
    """The day of this machine, by which a folder is named."""
    return f"{datetime.now():%Y-%m-%d}"  # noqa: DTZ005
