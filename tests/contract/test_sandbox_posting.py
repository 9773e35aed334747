"""Conformance cases 67 to 74: posting and the rate limit (business-central-api.md, section 12)."""

import httpx
import pytest

from tests.contract.conformance import Json, Service, error


def payment(**more: object) -> Json:
    return {"customerNumber": "10000", "appliesToInvoiceNumber": "INV1", "amount": -1000, **more}


def post(
    service: Service, code: str, entity_set: str = "journals", action: str = "Microsoft.NAV.post"
) -> httpx.Response:
    return service.client.post(f"{service.company}/{entity_set}({service.journal_id(code)})/{action}")


def invoice(service: Service, number: str) -> tuple[str, float]:
    found = service.get(f"{service.company}/salesInvoices({service.invoice_id(number)})")
    return found["status"], found["remainingAmount"]


def entries(service: Service, **options: str) -> list[Json]:
    base = str(service.client.base_url).replace("/api/v2.0/", "/api/microsoft/reportsFinance/beta/")
    found: list[Json] = service.get(f"{base}{service.company}/customerLedgerEntries", **options)["value"]
    return found


@pytest.mark.parametrize(
    ("amount", "left"), [(-1000, ("Paid", 0)), (-400, ("Open", 600)), (-1200, ("Paid", 0))], ids=["all", "part", "more"]
)
def test_67_posting_settles_the_invoice_and_empties_the_journal(
    fresh: Service, amount: int, left: tuple[str, float]
) -> None:
    line = fresh.create(payment(amount=amount, externalDocumentNumber="KEY1"))

    reply = post(fresh, "J1")

    assert (reply.status_code, reply.content) == (204, b"")
    assert fresh.lines() == []
    assert fresh.client.get(f"{fresh.company}/customerPayments({line['id']})").status_code == 404
    assert invoice(fresh, "INV1") == left
    posted = entries(fresh, **{"$filter": "externalDocumentNumber eq 'KEY1'"})
    assert [
        (each["documentType"], each["documentNumber"], each["customerNumber"], each["amount"], each["open"])
        for each in posted
    ] == [("Payment", "R00001", "10000", amount, amount == -1200)]


def test_68_a_positive_amount_cannot_be_posted_nor_anything_beside_it(fresh: Service) -> None:
    fresh.create(payment(appliesToInvoiceNumber="INV4", amount=-60))
    fresh.create(payment(amount=1000))

    status, _, text = error(post(fresh, "J1"))

    assert (status, "Amount must be negative" in text) == (400, True)
    assert len(fresh.lines()) == 2
    assert [invoice(fresh, number) for number in ("INV4", "INV1")] == [("Open", 60), ("Open", 1000)]


def test_69_an_empty_journal_cannot_be_posted(fresh: Service) -> None:
    assert error(post(fresh, "J1")) == (400, "Application_DialogException", "There is nothing to post.")


def test_70_a_line_without_document_number_cannot_be_posted(fresh: Service) -> None:
    fresh.create(payment(), "J2")

    status, code, text = error(post(fresh, "J2"))

    assert (status, code) == (400, "Application_FieldValidationException")
    assert text.startswith("Document No. must have a value in Gen. Journal Line:")


@pytest.mark.parametrize("number", ["INV3", "NOPE", "INV2"], ids=["closed", "unknown", "of another customer"])
def test_71_only_an_open_invoice_of_the_customer_can_be_settled(fresh: Service, number: str) -> None:
    fresh.create(payment(appliesToInvoiceNumber=number, amount=-80))

    status, code, text = error(post(fresh, "J1"))

    assert (status, code) == (400, "Internal_DataNotFoundFilter")
    assert text.startswith("There is no Cust. Ledger Entry within the filter.")


def test_72_a_payment_journal_has_no_action(fresh: Service) -> None:
    fresh.create(payment())

    reply = post(fresh, "J1", "customerPaymentJournals")

    assert reply.status_code in {404, 501}
    assert len(fresh.lines()) == 1


def test_73_the_6001st_request_within_five_minutes_is_refused(fresh: Service) -> None:
    assert fresh.sandbox is not None
    transport = httpx.WSGITransport(fresh.sandbox)
    request = fresh.client.build_request("GET", f"{fresh.company}/paymentTerms")
    left = 6000 - len(fresh.sandbox.requests)

    answers = {transport.handle_request(request).status_code for _ in range(left)}
    too_many = transport.handle_request(request)

    assert (answers, too_many.status_code) == ({200}, 429)
    assert "Retry-After" not in too_many.headers


def test_74_a_line_in_the_journal_changes_nothing_of_the_invoice(service: Service) -> None:
    address = f"{service.company}/salesInvoices({service.invoice_id(service.names.invoice)})"
    before = service.get(address)

    service.create({"appliesToInvoiceNumber": service.names.invoice, "amount": -1})

    assert service.get(address) == before


@pytest.mark.parametrize("action", ["Microsoft.NAV.Post", "microsoft.nav.POST"])
def test_the_name_of_the_action_is_read_in_any_case(fresh: Service, action: str) -> None:
    fresh.create(payment())

    assert post(fresh, "J1", action=action).status_code == 204
