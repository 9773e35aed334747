"""Conformance cases 1 to 21: creating customer payments, and what fills what (business-central-api.md, section 12)."""

import pytest

from tests.contract.conformance import NULL_ID, Json, Service

NOT_POSTED = 'The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.'


def full_line(service: Service) -> Json:
    return {
        "customerNumber": service.names.alpha,
        "appliesToInvoiceNumber": service.names.invoice,
        "lineNumber": 10000,
        "amount": -1000.5,
        "documentNumber": "DOC001",
        "externalDocumentNumber": "EXTDOC01",
        "description": "Received with thanks",
        "comment": "A comment",
        "postingDate": "2026-02-27",
    }


def test_01_a_line_comes_back_with_the_values_that_were_sent(service: Service) -> None:
    sent = full_line(service)

    stored = service.create(sent)

    ids = {
        "customerId": service.customer_id(service.names.alpha),
        "appliesToInvoiceId": service.invoice_id(service.names.invoice),
        "journalId": service.journal_id(service.names.journal),
        "journalDisplayName": service.names.journal,
    }
    server_made = {"@odata.context", "@odata.etag", "id", "lastModifiedDateTime"}
    assert {name: value for name, value in stored.items() if name not in server_made} == sent | ids
    assert stored["id"] not in {"", NULL_ID}


def test_02_a_line_takes_the_balancing_account_of_its_journal(fresh: Service) -> None:
    fresh.create(full_line(fresh))
    fresh.create(full_line(fresh), "J2")

    assert fresh.sandbox is not None
    assert [fresh.sandbox.journal_lines(code)[0].balancing_account for code in ("J1", "J2")] == ["1200", ""]


def test_03_a_line_needs_nothing_but_its_journal(service: Service) -> None:
    stored = service.create({"lineNumber": 10000})

    assert stored["documentNumber"] == service.names.first_number
    assert (stored["amount"], stored["customerNumber"], stored["description"]) == (0, "", "")


def test_04_the_first_line_gets_number_10000_and_the_number_of_its_invoice(service: Service) -> None:
    sent = {"customerNumber": service.names.alpha, "appliesToInvoiceId": service.invoice_id(service.names.invoice)}

    stored = service.create(sent)

    assert (stored["lineNumber"], stored["appliesToInvoiceNumber"]) == (10000, service.names.invoice)


def test_05_the_id_of_a_customer_is_no_invoice(service: Service) -> None:
    refused = service.refused({"appliesToInvoiceId": service.customer_id(service.names.alpha)})

    assert refused == (400, "Application_DialogException", NOT_POSTED)


def test_06_the_id_of_nothing_is_no_invoice(service: Service) -> None:
    refused = service.refused({"appliesToInvoiceId": "11111111-2222-3333-4444-555555555555"})

    assert refused == (400, "Application_DialogException", NOT_POSTED)


def test_07_a_draft_cannot_be_paid(service: Service) -> None:
    refused = service.refused({"appliesToInvoiceId": service.invoice_id(service.names.draft)})

    assert refused == (400, "Application_DialogException", NOT_POSTED)


def test_08_the_invoice_number_alone_finds_the_customer(service: Service) -> None:
    stored = service.create({"appliesToInvoiceNumber": service.names.invoice})

    assert stored["customerNumber"] == service.names.alpha


def test_09_the_invoice_of_another_customer_does_not_change_the_customer(service: Service) -> None:
    stored = service.create({"customerNumber": service.names.beta, "appliesToInvoiceNumber": service.names.invoice})

    assert stored["customerNumber"] == service.names.beta


@pytest.mark.parametrize("names", [("customerNumber",), ("customerId",), ("customerNumber", "customerId")])
def test_10_number_and_id_of_a_customer_fill_each_other(service: Service, names: tuple[str, ...]) -> None:
    whole = {"customerNumber": service.names.alpha, "customerId": service.customer_id(service.names.alpha)}

    stored = service.create({name: whole[name] for name in names})

    assert {name: stored[name] for name in whole} == whole


@pytest.mark.parametrize("name", ["customerNumber", "customerId"])
def test_11_a_deleted_customer_cannot_pay(service: Service, name: str) -> None:
    gone = service.client.post(f"{service.company}/customers", json={"displayName": "Soon gone"}).json()
    service.client.delete(f"{service.company}/customers({gone['id']})")

    status, code, _ = service.refused({name: gone[name.removeprefix("customer").lower()]})

    assert (status, code) == (400, "Internal_InvalidTableRelation")


@pytest.mark.parametrize(
    "names",
    [("appliesToInvoiceNumber",), ("appliesToInvoiceId",), ("appliesToInvoiceNumber", "appliesToInvoiceId")],
)
def test_12_number_and_id_of_an_invoice_fill_each_other(service: Service, names: tuple[str, ...]) -> None:
    whole = {
        "appliesToInvoiceNumber": service.names.invoice,
        "appliesToInvoiceId": service.invoice_id(service.names.invoice),
    }

    stored = service.create({name: whole[name] for name in names})

    assert {name: stored[name] for name in whole} == whole


def test_13_a_customer_number_after_another_customers_id_is_refused(service: Service) -> None:
    sent = {"customerId": service.customer_id(service.names.alpha), "customerNumber": service.names.beta}

    text = "The customer values do not match to a specific Customer."
    assert service.refused(sent) == (400, "Application_DialogException", text)


def test_14_a_customer_id_after_another_customers_number_wins(service: Service) -> None:
    sent = {"customerNumber": service.names.beta, "customerId": service.customer_id(service.names.alpha)}

    assert service.create(sent)["customerNumber"] == service.names.alpha


def test_15_an_invoice_number_after_another_invoices_id_is_refused(service: Service) -> None:
    sent = {
        "appliesToInvoiceId": service.invoice_id(service.names.invoice),
        "appliesToInvoiceNumber": service.names.other_invoice,
    }

    text = "The Applies To Invoice values do not match to the same Invoice."
    assert service.refused(sent) == (400, "Application_DialogException", text)


def test_16_an_unknown_invoice_number_is_kept(service: Service) -> None:
    stored = service.create({"customerNumber": service.names.alpha, "appliesToInvoiceNumber": "NOPE"})

    assert (stored["appliesToInvoiceNumber"], stored["appliesToInvoiceId"]) == ("NOPE", NULL_ID)


def test_17_a_positive_amount_is_stored_as_it_is(service: Service) -> None:
    assert service.create({"customerNumber": service.names.alpha, "amount": 100})["amount"] == 100


def test_18_an_amount_is_rounded_to_cents_away_from_zero(service: Service) -> None:
    assert service.create({"customerNumber": service.names.alpha, "amount": -12.345})["amount"] == -12.35


def test_19_the_description_is_the_customers_name(service: Service) -> None:
    assert service.create({"customerNumber": service.names.alpha})["description"] == service.names.alpha_name


def test_20_a_blank_description_is_the_customers_name_too(service: Service) -> None:
    sent = {"customerNumber": service.names.alpha, "description": ""}

    assert service.create(sent)["description"] == service.names.alpha_name


def test_21_codes_are_trimmed_and_upper_cased(service: Service) -> None:
    sent = {"customerNumber": f" {service.names.letters.lower()} "}

    assert service.create(sent)["customerNumber"] == service.names.letters
