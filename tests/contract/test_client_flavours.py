"""Every dialect from the company to a created, changed and deleted line, as the sandbox speaks it from the documents."""

import json
import re
from decimal import Decimal
from typing import Literal

import pytest

from importer.bc.flavours import JOURNALS, MISSPELT_JOURNALS
from importer.customer_ports import Stored
from importer.errors import ConfigurationError
from importer.master import CustomerPatch
from importer.model import Document, DocumentStatus
from importer.plan import FieldChange, LinePatch
from importer.ports import Applied
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import BASE, HOST, Service, on_account, paying, start

Spelling = Literal["customerPaymentJournals", "customerPaymentsJournals"]
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
BASES = {
    "v2.0": BASE,
    "v1.0": f"{HOST}/BC/api/v1.0",
    "graph-beta": f"{HOST}/beta",
    "financials-beta": f"{HOST}/v1.0/api/beta",
}
JOURNAL = {
    "v2.0": rf"companies\({GUID}\)/customerPaymentJournals\({GUID}\)",
    "v1.0": rf"companies\({GUID}\)/customerPaymentJournals\({GUID}\)",
    "graph-beta": rf"financials/companies/{GUID}/customerPaymentJournals/{GUID}",
    "financials-beta": rf"companies\({GUID}\)/customerPaymentJournals\({GUID}\)",
}
BETAS = ("graph-beta", "financials-beta")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


@pytest.mark.parametrize("name", BASES)
def test_a_dialect_goes_from_the_company_to_a_line_that_is_created_changed_and_deleted(
    service: Service, name: str
) -> None:
    with service.client() as client:
        expected = client.snapshot()
    with service.client(flavour=name, base_url=BASES[name]) as client:
        books = client.snapshot()
        assert books.customers == expected.customers
        invoice, customer = books.documents_by_number["103001"][0], books.customers[0]
        created = client.create([paying(invoice, customer, "BI1A", 300), on_account(customer, "BI1B", 100)])
        assert [type(reply) for reply in created] == [Applied, Applied]
        line = client.journal_lines()[1]
        assert (line.invoice, line.invoice_id) == (invoice.number, invoice.id)
        [changed] = client.patch([LinePatch(line.id, 300, line.etag, (FieldChange("comment", "paid", "settled"),))])
        assert isinstance(changed, Applied)
        assert changed.line.comment == "settled"
        [removed] = client.delete([changed.line])
        assert isinstance(removed, Applied)
        assert [line.external_document_number for line in client.journal_lines()] == ["BI1B"]
    with service.client() as client:
        assert [line.external_document_number for line in client.journal_lines()] == ["BI1B"]


@pytest.mark.parametrize("name", BASES)
def test_the_address_of_a_line_is_spelt_as_its_dialect_does(service: Service, name: str) -> None:
    with service.client(flavour=name, base_url=BASES[name]) as client:
        client.create([on_account(client.snapshot().customers[0], "BI1A", 1)])
        client.delete(client.journal_lines())
    key = rf"/{GUID}" if name == "graph-beta" else rf"\({GUID}\)"
    sent = service.wire.requests[-1]
    if name in BETAS:
        address = str(sent.url).removeprefix(f"{BASES[name]}/")
    else:
        address = json.loads(sent.content)["requests"][0]["url"]
        assert str(sent.url) == f"{BASES[name]}/$batch"
    assert re.fullmatch(rf"{JOURNAL[name]}/customerPayments{key}", address)


@pytest.mark.parametrize("name", BETAS)
def test_the_betas_write_line_by_line_and_never_try_a_batch(service: Service, name: str) -> None:
    with service.client(flavour=name, base_url=BASES[name]) as client:
        customer = client.snapshot().customers[0]
        client.create([on_account(customer, f"BI1{number}", number) for number in (1, 2, 3)])
    assert service.wire.asked().count("POST customerPayments") == 3
    assert "POST $batch" not in service.wire.asked()


@pytest.mark.parametrize("name", BETAS)
def test_the_betas_say_that_posted_entries_cannot_be_looked_up(service: Service, name: str) -> None:
    with service.client(flavour=name, base_url=BASES[name]) as client:
        assert client.posted(["BI1A"]) is None
        assert "ledger only" in client.flavour.unsupported["posted"]
    assert service.wire.requests == []


def invoices(service: Service, name: str) -> dict[str, Document]:
    with service.client(flavour=name, base_url=BASES[name]) as client:
        return {document.number: document for document in client.snapshot().documents if document.remaining.amount >= 0}


@pytest.mark.parametrize("name", BETAS)
def test_where_nobody_says_what_is_left_an_open_invoice_counts_in_full_and_a_paid_one_for_nothing(
    service: Service, name: str
) -> None:
    known, told = invoices(service, "v2.0"), invoices(service, name)
    assert {number: one.status for number, one in told.items()} == {number: one.status for number, one in known.items()}
    for number, document in told.items():
        is_open = document.status is DocumentStatus.OPEN
        assert document.remaining.amount == (known[number].total.amount if is_open else Decimal(0))  # type: ignore[union-attr]  # v2.0 has it


@pytest.mark.parametrize("name", BETAS)
def test_where_nobody_says_what_is_left_nobody_concludes_that_nothing_was_ever_paid(
    service: Service, name: str
) -> None:
    """The writer takes an invoice whose remaining amount is its total as proof that a lost line was not posted."""
    assert all(one.remaining != one.total for one in invoices(service, name).values() if one.is_open)


@pytest.mark.parametrize("name", BETAS)
def test_a_beta_that_does_say_what_is_left_is_believed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    service = start(monkeypatch, behaviour=Behaviour(beta_invoices="with remaining amount"))
    assert invoices(service, name) == invoices(service, "v2.0")


def test_older_servers_on_premises_look_up_posted_entries_beside_their_api(service: Service) -> None:
    with service.client() as client:
        client.create([on_account(client.snapshot().customers[0], "BI1A", 1)])
    service.sandbox.post("BANK")
    with service.client(flavour="v1.0", base_url=BASES["v1.0"]) as client:
        assert client.posted(["BI1A", "BI1B"]) == {"BI1A": [Decimal(-10)]}
    beside = r"/BC/api/microsoft/reportsFinance/beta/companies\(.+\)/customerLedgerEntries"
    assert re.fullmatch(beside, service.wire.requests[-1].url.path)


@pytest.mark.parametrize("told", ["", MISSPELT_JOURNALS])
def test_a_server_with_misspelt_journals_is_understood_whether_told_or_not(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(journals_set="customerPaymentsJournals"))
    with service.client(journals=told) as client:
        customer = client.snapshot().customers[0]
        [reply] = client.create([on_account(customer, "BI1A", 1)])
        assert isinstance(reply, Applied)
        assert client.delete([reply.line]) == (reply,)
        assert client.flavour.journals == MISSPELT_JOURNALS


@pytest.mark.parametrize("name", BETAS)
@pytest.mark.parametrize("keys", ["parentheses", "segments", "quoted"])
@pytest.mark.parametrize("spelling", [JOURNALS, MISSPELT_JOURNALS])
def test_a_beta_is_understood_however_it_spells_its_addresses(
    monkeypatch: pytest.MonkeyPatch, name: str, keys: Literal["parentheses", "segments", "quoted"], spelling: Spelling
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(beta_keys=keys, journals_set=spelling))
    with service.client(flavour=name, base_url=BASES[name]) as client:
        [reply] = client.create([on_account(client.snapshot().customers[0], "BI1A", 1)])
        assert isinstance(reply, Applied)
        [changed] = client.patch([LinePatch(reply.line.id, 1, reply.line.etag, (FieldChange("comment", "", "x"),))])
        assert isinstance(changed, Applied)
        assert client.delete([changed.line]) == (changed,)
    with service.client(flavour=name, base_url=BASES[name]) as client:
        customer = next(each for each in client.customer_records() if each.number == "10000")
        [stored] = client.patch_customers([CustomerPatch(customer, (FieldChange("displayName", "", "New"),))])
        assert isinstance(stored, Stored)


@pytest.mark.parametrize("name", BETAS)
def test_a_beta_that_is_understood_at_once_is_not_asked_twice(service: Service, name: str) -> None:
    with service.client(flavour=name, base_url=BASES[name]) as client:
        client.customer_records()
        assert service.wire.asked() == ["GET companies", "GET customers"]


@pytest.mark.parametrize(("told", "there"), [(MISSPELT_JOURNALS, JOURNALS), (JOURNALS, MISSPELT_JOURNALS)])
def test_a_spelling_that_was_told_is_not_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch, told: str, there: Spelling
) -> None:
    service = start(monkeypatch, behaviour=Behaviour(journals_set=there))
    with service.client(journals=told) as client, pytest.raises(ConfigurationError):
        client.snapshot()


@pytest.mark.parametrize(
    "way",
    [
        Behaviour(duplicate_status=409),
        Behaviour(stale_status=412),
        Behaviour(limits="documented"),
        Behaviour(unknown_property="no such property"),
        Behaviour(error_language="as asked"),
        Behaviour(payments_outside_journal="listed"),
        Behaviour(page_variable_filters="refused"),
        Behaviour(page_variable_filters="ignored"),
        Behaviour(delete_if_match="required"),
        Behaviour(batch="absent"),
        Behaviour(contact_id="everywhere"),
        Behaviour(journals_set="both"),
        Behaviour(page_size=1),
        Behaviour(null_values="blank"),
    ],
)
def test_where_servers_differ_the_client_works_with_either(monkeypatch: pytest.MonkeyPatch, way: Behaviour) -> None:
    service = start(monkeypatch, behaviour=way)
    with service.client() as client:
        books = client.snapshot()
        assert (len(books.customers), len(books.documents)) == (4, 4)
        customer = books.customers[0]
        twice = [on_account(customer, "BI1A", 1), on_account(customer, "BI1B", 1)]
        assert [type(reply).__name__ for reply in client.create(twice)] == ["Applied", "SameKey"]
        [line] = client.journal_lines()
        patch = LinePatch(line.id, 1, line.etag, (FieldChange("comment", "", "x"),))
        assert [type(reply).__name__ for reply in client.patch([patch, patch])] == ["Applied", "Changed"]
        [line] = client.journal_lines()
        assert [type(reply).__name__ for reply in client.delete([line, line])] == ["Applied", "Missing"]
