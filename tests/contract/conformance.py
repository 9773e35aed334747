"""A Business Central to put questions to over HTTP: the sandbox, or a real service named by environment variables.

CONFORMANCE_URL    everything before /companies of an API v2.0
CONFORMANCE_TOKEN  a bearer token
CONFORMANCE_NAMES  JSON that names the fixture of business-central-api.md, section 12, as far as it differs from `Names`

Lines of the two journals are deleted before every case, so they must be journals for tests. Cases that post, that need
fresh books or that flood the service run against the sandbox only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any  # what a server answers has no static type

import httpx

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import Books, Record, make_books

HOST = "https://bc.example.com"
NULL_ID = "00000000-0000-0000-0000-000000000000"
TODAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

Json = dict[str, Any]

BOOKS: Record = {
    "companies": [
        {
            "name": "Conformance Ltd.",
            "currency": "EUR",
            "postingFrom": "2026-01-01",
            "currencies": [
                {"code": "USD", "displayName": "US Dollar", "rateFrom": "2025-01-01"},
                {"code": "CHF", "displayName": "Swiss Franc"},
            ],
            "countriesRegions": {"DE": "Germany"},
            "paymentTerms": {"30D": "Net 30 days"},
            "paymentMethods": {"BANK": "Bank transfer"},
            "accounts": [
                {"number": "1200", "displayName": "Bank clearing"},
                {"number": "1400", "displayName": "Receivables", "directPosting": False},
            ],
            "numberSeries": [{"code": "BANK", "lastUsed": "R00000"}, {"code": "STRICT", "lastUsed": "S00", "manual": False}],
            "journals": [
                {"code": "J1", "displayName": "One", "balancingAccountNumber": "1200", "numberSeries": "BANK"},
                {"code": "J2", "displayName": "Two"},
                {"code": "J3", "numberSeries": "STRICT", "balancingAccountNumber": "1200", "postingSeries": "STRICT"},
                {"code": "DAY01", "balancingAccountNumber": "1200", "incrementBatchName": True},
                {"code": "GENERAL", "template": "GENERAL"},
            ],
            "customers": [
                {"number": "10000", "displayName": "Alpha", "email": "ap@alpha.example", "city": "Aachen", "country": "DE"},
                {"number": "20000", "displayName": "Beta"},
                {"number": "30000", "displayName": "Blocked", "blocked": "All"},
                {"number": "31000", "displayName": "Prepaid", "blocked": "Invoice"},
                {"number": "32000", "displayName": "No goods", "blocked": "Ship"},
                {"number": "33000", "displayName": "Forgotten", "privacyBlocked": True},
                {"number": "40000", "displayName": "Dollar", "currencyCode": "USD"},
                {"number": "41000", "displayName": "Franc", "currencyCode": "CHF"},
                {"number": "ABC", "displayName": "Letters"},
            ],
            "salesInvoices": [
                {"number": "INV1", "customerNumber": "10000", "invoiceDate": "2026-01-10", "totalAmountIncludingTax": 1000,
                 "status": "Open"},
                {"number": "INV2", "customerNumber": "20000", "invoiceDate": "2026-01-12", "totalAmountIncludingTax": 250,
                 "status": "Open"},
                {"number": "INV3", "customerNumber": "10000", "invoiceDate": "2026-01-15", "totalAmountIncludingTax": 80,
                 "status": "Paid", "paidOn": "2026-02-01"},
                {"number": "INV4", "customerNumber": "20000", "billToCustomerNumber": "10000", "invoiceDate": "2026-01-20",
                 "totalAmountIncludingTax": 60, "status": "Open"},
                {"number": "INV5", "customerNumber": "40000", "invoiceDate": "2026-01-20", "totalAmountIncludingTax": 99,
                 "status": "Open"},
                {"number": "DRF1", "draft": True, "customerNumber": "10000", "invoiceDate": "2026-02-20",
                 "totalAmountIncludingTax": 42, "status": "Draft"},
            ],
            "salesCreditMemos": [
                {"number": "CM1", "customerNumber": "10000", "creditMemoDate": "2026-02-01", "totalAmountIncludingTax": 25,
                 "status": "Open"},
            ],
        },
        {"name": "Other Ltd.", "currency": "SEK", "customers": [{"number": "10000", "displayName": "Elsewhere"}]},
    ]
}  # fmt: skip  # one record a line is easier to read


@dataclass(frozen=True)
class Names:
    """How the fixture is called in the books that are asked."""

    company: str = "Conformance Ltd."
    journal: str = "J1"
    bare_journal: str = "J2"
    alpha: str = "10000"
    alpha_name: str = "Alpha"
    beta: str = "20000"
    blocked: str = "30000"
    prepaid: str = "31000"
    letters: str = "ABC"
    invoice: str = "INV1"
    invoice_date: str = "2026-01-10"
    other_invoice: str = "INV2"
    paid_invoice: str = "INV3"
    draft: str = "DRF1"
    today: str = "2026-03-02"
    first_number: str = "R00001"


@dataclass
class Service:
    """An API v2.0 with the fixture; addresses are relative to the service root."""

    client: httpx.Client
    names: Names
    sandbox: Sandbox | None = None
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def company(self) -> str:
        """Address of the company."""
        if ("company", "") not in self._ids:
            found = self.client.get("companies").json()["value"]
            self._ids["company", ""] = next(each["id"] for each in found if each["name"] == self.names.company)
        return f"companies({self._ids['company', '']})"

    def journal_id(self, code: str) -> str:
        """Id of a payment journal."""
        return self._id("customerPaymentJournals", "code", code)

    def payments(self, code: str | None = None) -> str:
        """Address of a journal's lines; without a code those of J1."""
        return f"{self.company}/customerPaymentJournals({self.journal_id(code or self.names.journal)})/customerPayments"

    def customer_id(self, number: str) -> str:
        """Id of a customer."""
        return self._id("customers", "number", number)

    def invoice_id(self, number: str) -> str:
        """Id of an invoice or draft."""
        return self._id("salesInvoices", "number", number)

    def create(self, body: Json, code: str | None = None) -> Json:
        """Create a line that must be accepted."""
        reply = self.client.post(self.payments(code), json=body)
        assert reply.status_code == 201, reply.text
        content: Json = reply.json()
        return content

    def refused(self, body: Json, code: str | None = None) -> tuple[int, str, str]:
        """Try to create a line that must be refused, and see that nothing was stored."""
        before = self.lines(code)
        reply = self.client.post(self.payments(code), json=body)
        assert self.lines(code) == before
        return error(reply)

    def lines(self, code: str | None = None) -> list[Json]:
        """The visible lines of a journal."""
        content: Json = self.client.get(self.payments(code), headers={"Data-Access-Intent": "ReadWrite"}).json()
        value: list[Json] = content["value"]
        return value

    def get(self, address: str, **options: str) -> Json:
        """A GET that must succeed."""
        reply = self.client.get(address, params=options)
        assert reply.status_code == 200, reply.text
        content: Json = reply.json()
        return content

    def patch(self, line: Json, body: Json, tag: str | None = "own") -> httpx.Response:
        """PATCH a line with its own etag, another one, or none."""
        headers = {} if tag is None else {"If-Match": line["@odata.etag"] if tag == "own" else tag}
        return self.client.patch(f"{self.company}/customerPayments({line['id']})", json=body, headers=headers)

    def batch(self, parts: list[Json], **headers: str) -> httpx.Response:
        """Send a batch; parts without headers get a JSON content type."""
        defaults = {"headers": {"Content-Type": "application/json"}}
        content = {"requests": [{**defaults, **part} for part in parts]}
        return self.client.post(
            "$batch", json=content, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    def clear(self) -> None:
        """Delete the lines of both journals."""
        for code in (self.names.journal, self.names.bare_journal):
            for line in self.lines(code):
                self.client.delete(f"{self.company}/customerPayments({line['id']})")

    def _id(self, entity_set: str, key: str, value: str) -> str:
        if (entity_set, value) not in self._ids:
            content = self.get(f"{self.company}/{entity_set}", **{"$filter": f"{key} eq '{value}'", "$select": "id"})
            self._ids[entity_set, value] = content["value"][0]["id"]
        return self._ids[entity_set, value]


def conformance_books() -> Books:
    """The fixture's books."""
    return make_books(BOOKS)


def sandbox_service(
    behaviour: Behaviour | None = None, *, base: str = BASE, now: Callable[[], datetime] = lambda: TODAY
) -> Service:
    """The fixture in a sandbox of its own."""
    sandbox = Sandbox(conformance_books(), behaviour=behaviour, now=now)
    return Service(_client(f"{HOST}{base}", sandbox.token, httpx.WSGITransport(sandbox)), Names(), sandbox)


def error(reply: httpx.Response | Json) -> tuple[int, str, str]:
    """Status, code and text of an error answer, the text without its correlation id."""
    if isinstance(reply, httpx.Response):
        reply = {"status": reply.status_code, "body": reply.json()}
    content = reply["body"]["error"]
    text, _, correlation = content["message"].partition("  CorrelationId:  ")
    assert correlation.endswith("."), content
    return reply["status"], content["code"], text


def real_service(url: str) -> Service:
    """The service that the environment names."""
    names = Names(**json.loads(os.environ.get("CONFORMANCE_NAMES", "{}")))
    return Service(_client(url, os.environ["CONFORMANCE_TOKEN"], None), names)


def _client(url: str, token: str, transport: httpx.BaseTransport | None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "en-US"}
    return httpx.Client(base_url=f"{url}/", headers=headers, transport=transport, timeout=60)
