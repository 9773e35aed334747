"""The older API flavours of the sandbox: their addresses, shapes and gaps (business-central-api.md, sections 1, 8, 11)."""

import pytest

from importer.sandbox.behaviour import Behaviour
from tests.contract.conformance import NULL_ID, Json, Service, error, sandbox_service

BASES = {
    "v2.0": "/v2.0/tenant/Production/api/v2.0",
    "v1.0": "/api/v1.0",
    "graph-beta": "/beta/financials",
    "financials-beta": "/v1.0/api/beta",
}
ADDRESS = {"street": "Lindenweg 1\nHof 2", "city": "Aalen", "countryLetterCode": "DE", "postalCode": "73430"}
PAYMENT = {
    "v2.0": {"journalId", "journalDisplayName"},
    "v1.0": {"journalDisplayName", "contactId", "dimensions"},
    "graph-beta": {"journalDisplayName", "contactId"},
    "financials-beta": {"contactId"},
}
COMMON = {
    "@odata.context",
    "@odata.etag",
    "id",
    "lineNumber",
    "customerId",
    "customerNumber",
    "postingDate",
    "documentNumber",
    "externalDocumentNumber",
    "amount",
    "appliesToInvoiceId",
    "appliesToInvoiceNumber",
    "description",
    "comment",
    "lastModifiedDateTime",
}


class Older:
    """One flavour's addresses: keys in parentheses or in segments."""

    def __init__(self, flavour: str, behaviour: Behaviour | None = None) -> None:
        self.flavour = flavour
        self.service = sandbox_service(behaviour, base=BASES[flavour])
        self.company = self.one("companies", self.first("companies", "name", "Conformance Ltd.")["id"])

    def one(self, collection: str, key: str) -> str:
        return f"{collection}/{key}" if self.flavour == "graph-beta" else f"{collection}({key})"

    def first(self, address: str, name: str, value: str) -> Json:
        found: list[Json] = self.service.get(address)["value"]
        return next(each for each in found if each[name] == value)

    def journal(self, code: str = "J1") -> str:
        journals = f"{self.company}/customerPaymentJournals"
        return self.one(journals, self.first(journals, "code", code)["id"])

    def customer(self) -> tuple[str, Json]:
        customers = f"{self.company}/customers"
        found = self.first(customers, "number", "10000")
        return self.one(customers, found["id"]), found


@pytest.fixture(params=list(BASES))
def older(request: pytest.FixtureRequest) -> Older:
    return Older(request.param)


def test_a_payment_is_created_read_changed_and_deleted_in_every_flavour(older: Older) -> None:
    client, lines = older.service.client, f"{older.journal()}/customerPayments"

    made = client.post(lines, json={"customerNumber": "10000", "amount": -5, "appliesToInvoiceNumber": "INV1"})
    address = older.one(lines, made.json()["id"])
    changed = client.patch(address, json={"amount": -6}, headers={"If-Match": made.json()["@odata.etag"]})
    stale = client.patch(address, json={"amount": -7}, headers={"If-Match": made.json()["@odata.etag"]})

    assert made.status_code == 201
    assert set(made.json()) == COMMON | PAYMENT[older.flavour]
    assert made.headers["Location"].endswith(address)
    assert (changed.status_code, older.service.get(address)["amount"]) == (200, -6)
    assert error(stale)[:2] == (409, "Request_EntityChanged")
    assert [client.delete(address).status_code, client.get(address).status_code] == [204, 404]


def test_the_next_page_is_in_the_same_flavour(older: Older) -> None:
    address = f"{older.company}/customers"
    numbers: list[str] = []

    while address:
        page = older.service.client.get(address, headers={"Prefer": "odata.maxpagesize=4"}).json()
        numbers.extend(each["number"] for each in page["value"])
        address = page.get("@odata.nextLink", "")

    assert numbers == ["10000", "20000", "30000", "31000", "32000", "33000", "40000", "41000", "ABC"]


@pytest.mark.parametrize("flavour", ["v1.0", "graph-beta", "financials-beta"])
def test_older_flavours_nest_the_address_and_want_it_whole(flavour: str) -> None:
    older = Older(flavour)
    address, before = older.customer()
    client, headers = older.service.client, {"If-Match": before["@odata.etag"]}

    part = client.patch(address, json={"address": {"city": "Aalen"}}, headers=headers)
    flat = client.patch(address, json={"city": "Aalen"}, headers=headers)
    whole = client.patch(address, json={"address": ADDRESS}, headers=headers)

    assert before["address"] == {
        "street": "",
        "city": "Aachen",
        "state": "",
        "countryLetterCode": "DE",
        "postalCode": "",
    }
    assert error(part)[:2] == (400, "Application_DialogException")
    assert error(flat)[:2] == (400, "BadRequest")
    assert whole.json()["address"] == {**ADDRESS, "state": ""}


def test_a_server_can_merge_a_part_of_an_address() -> None:
    older = Older("v1.0", Behaviour(nested_objects="merged"))
    address, before = older.customer()

    reply = older.service.client.patch(
        address, json={"address": {"city": "Aalen"}}, headers={"If-Match": before["@odata.etag"]}
    )

    assert reply.json()["address"] == {**before["address"], "city": "Aalen"}


def test_blank_options_are_written_plainly_in_older_flavours() -> None:
    shown = {flavour: Older(flavour).customer()[1]["blocked"] for flavour in BASES}

    assert shown == {"v2.0": "_x0020_", "v1.0": " ", "graph-beta": " ", "financials-beta": " "}


def test_the_customer_of_2017_carries_terms_and_balances() -> None:
    older = Older("financials-beta")
    address, before = older.customer()
    headers = {"If-Match": before["@odata.etag"]}

    unknown = older.service.client.patch(address, json={"paymentTerms": {"code": "NEVER"}}, headers=headers)
    reply = older.service.client.patch(address, json={"paymentTerms": {"code": "30d"}}, headers=headers)

    assert (before["paymentTerms"], before["shipmentMethod"]) == (None, None)
    assert (before["balance"], before["overdueAmount"], before["totalSalesExcludingTax"]) == (1035, 1035, 1055)
    assert reply.json()["paymentTerms"] == {"code": "30D", "description": "Net 30 days"}
    assert "paymentTermsId" not in before
    assert error(unknown)[:2] == (400, "Internal_InvalidTableRelation")


@pytest.mark.parametrize(
    ("flavour", "shows"),
    [("v2.0", True), ("v1.0", True), ("graph-beta", False), ("financials-beta", False)],
)
def test_only_newer_flavours_say_what_is_left_of_an_invoice(flavour: str, shows: bool) -> None:  # a table
    invoice = Older(flavour).first(f"{Older(flavour).company}/salesInvoices", "number", "INV1")
    settable = Older(flavour, Behaviour(beta_invoices="with remaining amount"))

    assert ("remainingAmount" in invoice) == shows
    assert settable.first(f"{settable.company}/salesInvoices", "number", "INV1")["remainingAmount"] == 1000


@pytest.mark.parametrize(
    ("flavour", "status"), [("v2.0", 200), ("v1.0", 200), ("graph-beta", 404), ("financials-beta", 404)]
)
def test_only_newer_flavours_have_batches(flavour: str, status: int) -> None:
    reply = Older(flavour).service.batch([{"method": "GET", "url": "companies"}])

    assert reply.status_code == status


def test_v1_stores_a_contact_and_dimensions_and_keeps_the_name_of_the_journal() -> None:
    older = Older("v1.0")
    client, lines = older.service.client, f"{older.journal()}/customerPayments"
    sent = {"contactId": "someone", "dimensions": [{"code": "DEPT", "valueCode": "SALES"}]}

    made = client.post(lines, json=sent).json()
    renamed = client.post(lines, json={"journalDisplayName": "J1"})
    with_journal = client.post(lines, json={"journalId": NULL_ID})

    assert {name: made[name] for name in sent} == sent
    assert made["customerNumber"] == ""
    assert error(renamed)[2] == "The Journal Batch Display Name isn't editable."
    assert error(with_journal)[:2] == (400, "BadRequest")


@pytest.mark.parametrize(
    ("flavour", "reads_one", "creates"),
    [("v2.0", 200, 201), ("v1.0", 200, 400), ("graph-beta", 400, 400), ("financials-beta", 400, 400)],
)
def test_lines_outside_their_journal_are_for_newer_flavours(flavour: str, reads_one: int, creates: int) -> None:
    older = Older(flavour)
    client = older.service.client
    made = client.post(f"{older.journal()}/customerPayments", json={}).json()
    outside = f"{older.company}/customerPayments"

    read = client.get(older.one(outside, made["id"]))
    created = client.post(outside, json={"journalDisplayName": "J1"})

    assert (read.status_code, created.status_code) == (reads_one, creates)


def test_general_journals_of_v1_cannot_post_payments() -> None:
    older = Older("v1.0")
    found = older.service.get(f"{older.company}/journals")["value"]
    address = f"{older.company}/journals({older.journal().split('(')[-1]}/Microsoft.NAV.post"

    assert [journal["code"] for journal in found] == ["GENERAL"]
    assert older.service.client.post(address).status_code == 404


def test_keys_of_graph_stand_in_segments_of_their_own() -> None:
    older = Older("graph-beta")
    key = older.company.rpartition("/")[2]

    assert older.service.client.get(f"companies({key})/customers").status_code == 404
    assert older.service.client.get(f"companies/{key}/customers").status_code == 200


def test_posted_entries_are_found_from_every_base_with_reports(fresh: Service) -> None:
    fresh.create({"customerNumber": "10000", "amount": -1, "externalDocumentNumber": "KEY"})
    assert fresh.sandbox is not None
    fresh.sandbox.post("J1")
    query = f"{fresh.company}/customerLedgerEntries?$filter=externalDocumentNumber eq 'KEY'"

    found = [
        fresh.client.get(f"https://bc.example.com{place}/api/microsoft/reportsFinance/beta/{query}").json()["value"]
        for place in ("/v2.0/tenant/Production", "/BC", "")
    ]

    assert [[entry["amount"] for entry in entries] for entries in found] == [[-1], [-1], [-1]]
