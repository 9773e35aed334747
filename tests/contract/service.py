"""A small Business Central for the client's contract tests: invented books, a clock that waits in no time, a wire to cut."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from importer.bc.auth import Token
from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.model import Customer, Document
from importer.money import Money
from importer.plan import Payment
from importer.sandbox.app import Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import Books, Record, make_books

HOST = "https://bc.example.com"
BASE = f"{HOST}/v2.0/tenant/Production/api/v2.0"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

_CUSTOMERS: list[Record] = [
    {"number": "10000", "displayName": "Alpha Ltd.", "city": "Leeds"},
    {"number": "20000", "displayName": "Beta & Søn"},
    {"number": "30000", "displayName": "Gamma", "blocked": "All"},
    {"number": "40000", "displayName": "Delta", "currencyCode": "USD"},
]
_INVOICES: list[Record] = [
    {
        "number": "103001",
        "customerNumber": "10000",
        "invoiceDate": "2026-01-10",
        "dueDate": "2026-02-10",
        "totalAmountIncludingTax": 1190,
        "status": "Open",
    },
    {
        "number": "103002",
        "customerNumber": "20000",
        "billToCustomerNumber": "10000",
        "invoiceDate": "2026-01-12",
        "totalAmountIncludingTax": 250,
        "status": "Open",
    },
    {
        "number": "103003",
        "customerNumber": "10000",
        "invoiceDate": "2025-06-01",
        "totalAmountIncludingTax": 99,
        "status": "Paid",
        "paidOn": "2025-06-20",
    },
    {
        "number": "1001",
        "draft": True,
        "customerNumber": "10000",
        "invoiceDate": "2026-02-20",
        "totalAmountIncludingTax": 5,
        "status": "Draft",
    },
]
_MEMOS: list[Record] = [
    {
        "number": "104001",
        "customerNumber": "10000",
        "creditMemoDate": "2026-01-20",
        "totalAmountIncludingTax": 40,
        "status": "Open",
    }
]


def books(customers: int = 0, invoices: int = 0) -> Books:
    """Two companies; the first has two journals, and on request many more customers and invoices."""
    more: list[Record] = [
        {"number": f"K{number:05d}", "displayName": f"Customer {number}"} for number in range(customers)
    ]
    due: list[Record] = [
        {
            "number": f"2{number:05d}",
            "customerNumber": "10000",
            "invoiceDate": "2026-02-01",
            "totalAmountIncludingTax": 100,
            "status": "Open",
        }
        for number in range(invoices)
    ]
    cronus: Record = {
        "name": "CRONUS",
        "displayName": "CRONUS International Ltd.",
        "currency": "EUR",
        "countriesRegions": {"GB": "Great Britain"},
        "currencies": [{"code": "USD", "displayName": "US dollar"}],
        "accounts": [{"number": "2920", "displayName": "Bank"}],
        "numberSeries": [{"code": "CASH", "lastUsed": "R00000"}],
        "journals": [
            {"code": "BANK", "displayName": "Bank receipts", "balancingAccountNumber": "2920", "numberSeries": "CASH"},
            {"code": "OTHER", "displayName": "Other receipts"},
        ],
        "customers": [*_CUSTOMERS, *more],
        "salesInvoices": [*_INVOICES, *due],
        "salesCreditMemos": [*_MEMOS],
    }
    return make_books({"companies": [cronus, {"name": "Fabrikam", "currency": "EUR"}]})


Fault = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


@dataclass
class Wire(httpx.BaseTransport):
    """The wire between client and sandbox; `faults` are used up one per request, None lets it pass."""

    sandbox: Sandbox
    faults: list[Fault | None] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        inner = httpx.WSGITransport(app=self.sandbox)
        return fault(request, lambda: inner.handle_request(request)) if fault else inner.handle_request(request)

    def asked(self, *, since: int = 0) -> list[str]:
        """Method and last segment of the path of every request."""
        return [f"{each.method} {each.url.path.rpartition('/')[2]}" for each in self.requests[since:]]


def before(error: type[httpx.RequestError]) -> Fault:
    """The request does not reach the service."""

    def fault(request: httpx.Request, _: Callable[[], httpx.Response]) -> httpx.Response:
        raise error("the wire was cut", request=request)

    return fault


def after(error: type[httpx.RequestError]) -> Fault:
    """The service carries the request out, but its answer is lost."""

    def fault(request: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        serve().read()
        raise error("the answer was lost", request=request)

    return fault


def instead(status: int, *, body: bytes = b"", **headers: str) -> Fault:
    """Somebody else answers; the service never sees the request."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_: httpx.Response(status, headers=names, content=body)


@dataclass
class Service:
    """The sandbox, the wire to it and a clock that moves only when somebody waits."""

    sandbox: Sandbox
    wire: Wire
    time: datetime = START
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)

    def connection(self, **changes: object) -> Connection:
        """How to reach the sandbox's first company, with some settings changed."""
        settings: dict[str, object] = {
            "flavour": "v2.0",
            "base_url": BASE,
            "company": "CRONUS",
            "journal": "BANK",
            "currency": "EUR",
            "auth": Token("env:BC_TOKEN"),
            "transport": self.wire,
            "now": self.now,
            "sleep": self.sleep,
            "chance": lambda: 1.0,
        }
        return Connection(**{**settings, **changes})  # type: ignore[arg-type]  # the keywords are the fields' own

    def client(self, **changes: object) -> Client:
        """A client of the sandbox's first company; used in a `with` it is closed again."""
        return Client(self.connection(**changes))


def start(monkeypatch: pytest.MonkeyPatch, content: Books | None = None, behaviour: Behaviour | None = None) -> Service:
    """A running sandbox over the small books."""
    monkeypatch.setenv("BC_TOKEN", "sandbox")
    box: list[Service] = []
    sandbox = Sandbox(content or books(), behaviour=behaviour, now=lambda: box[0].now() if box else START)
    box.append(Service(sandbox, Wire(sandbox)))
    return box[0]


def paying(document: Document, customer: Customer, key: str, line_number: int) -> Payment:
    """The payment of a whole document."""
    return Payment(
        customer=customer.number,
        customer_id=customer.id,
        posting_date=date(2026, 3, 2),
        amount=-document.remaining,
        external_document_number=key,
        line_number=line_number,
        invoice=document.number,
        invoice_id=document.id,
        description=customer.name,
        comment="paid",
    )


def on_account(customer: Customer, key: str, line_number: int, amount: str = "-10.00") -> Payment:
    """A payment without an invoice."""
    money = Money.of(amount, "EUR")
    return Payment(customer.number, customer.id, date(2026, 3, 2), money, key, line_number, description=customer.name)
