"""Conformance cases 22 to 39: limits, blocked customers, numbers and addresses of new customer payments."""

import pytest

from tests.contract.conformance import Service, error


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        pytest.param("externalDocumentNumber", 35, id="22"),
        pytest.param("description", 100, id="23-description"),
        pytest.param("comment", 250, id="23-comment"),
        pytest.param("documentNumber", 20, id="23-documentNumber"),
    ],
)
def test_22_23_a_text_may_fill_its_field_and_not_more(service: Service, name: str, limit: int) -> None:
    assert service.create({name: "X" * limit})[name] == "X" * limit

    status, code, text = service.refused({name: "X" * (limit + 1)})

    assert (status, code) == (400, "Application_StringExceededLength")
    assert f"The length of the string is {limit + 1}, but it must be less than or equal to {limit} characters." in text


def test_24_a_blocked_customer_cannot_pay(service: Service) -> None:
    text = f"You cannot create this type of document when Customer {service.names.blocked} is blocked with type All"

    assert service.refused({"customerNumber": service.names.blocked}) == (400, "Application_DialogException", text)


def test_25_a_customer_blocked_for_invoices_can_pay_except_in_an_empty_journal(service: Service) -> None:
    status, _, text = service.refused({"customerNumber": service.names.prepaid})
    assert (status, text.endswith("is blocked with type Invoice")) == (400, True)

    service.create({"customerNumber": service.names.alpha})
    assert service.create({"customerNumber": service.names.prepaid})["customerNumber"] == service.names.prepaid


def test_26_contact_id_is_unknown_to_v2(service: Service) -> None:
    assert service.refused({"contactId": "x"})[:2] == (400, "BadRequest")


def test_27_a_read_only_property_is_refused(service: Service) -> None:
    status, _, text = service.refused({"lastModifiedDateTime": "2026-01-01T00:00:00Z"})

    assert (status, text) == (400, "Control 'lastModifiedDateTime' is read-only.")


def test_28_lines_are_numbered_in_steps_of_10000(service: Service) -> None:
    assert [service.create({})["lineNumber"] for _ in range(2)] == [10000, 20000]


def test_29_a_line_number_can_be_used_once(service: Service) -> None:
    service.create({"lineNumber": 123_456_789})

    assert service.refused({"lineNumber": 123_456_789})[:2] == (400, "Internal_EntityWithSameKeyExists")


def test_30_a_balanced_journal_counts_the_document_number_up(service: Service) -> None:
    first, second = (service.create({"customerNumber": service.names.alpha, "amount": -1}) for _ in range(2))

    assert first["documentNumber"] == service.names.first_number
    assert int(second["documentNumber"].lstrip("R")) == int(first["documentNumber"].lstrip("R")) + 1


def test_31_a_journal_without_series_gives_no_document_number(service: Service) -> None:
    assert service.create({"customerNumber": service.names.alpha}, service.names.bare_journal)["documentNumber"] == ""


def test_32_an_unbalanced_journal_keeps_the_number_unless_the_external_one_differs(service: Service) -> None:
    sent = {"customerNumber": service.names.alpha, "amount": -10}
    bare = service.names.bare_journal

    service.create(sent | {"documentNumber": "PAY9"}, bare)
    second = service.create(sent, bare)
    third = service.create(sent | {"externalDocumentNumber": "E2"}, bare)

    assert [second["documentNumber"], third["documentNumber"]] == ["PAY9", "PAY10"]


def test_33_the_posting_date_is_that_of_the_last_line_or_today(service: Service) -> None:
    first = service.create({})
    service.create({"postingDate": "2026-01-31"})
    third = service.create({})

    assert [first["postingDate"], third["postingDate"]] == [service.names.today, "2026-01-31"]


def test_34_a_payment_before_its_invoice_is_seen_only_with_a_balancing_account(service: Service) -> None:
    sent = {"postingDate": "2026-01-01", "appliesToInvoiceNumber": service.names.invoice}

    status, code, text = service.refused(sent)

    assert (status, code) == (400, "Application_DialogException")
    assert "entry with an earlier posting date" in text
    assert service.create(sent, service.names.bare_journal)["postingDate"] == "2026-01-01"


def test_35_outside_a_journal_the_body_names_it(service: Service) -> None:
    address = f"{service.company}/customerPayments"
    by_id = service.client.post(address, json={"journalId": service.journal_id(service.names.journal)})
    by_code = service.client.post(address, json={"journalDisplayName": service.names.journal})
    by_nothing = service.client.post(address, json={"amount": -1})

    assert [by_id.status_code, by_code.status_code] == [201, 201]
    assert {by_id.json()["journalDisplayName"], by_code.json()["journalDisplayName"]} == {service.names.journal}
    text = "You must specify a journal batch ID or a journal ID to get a journal line."
    assert error(by_nothing) == (400, "Application_DialogException", text)


def test_36_the_body_cannot_name_another_journal_than_the_address(service: Service) -> None:
    refused = service.refused({"journalId": service.journal_id(service.names.bare_journal)})

    assert refused == (400, "Application_DialogException", "The Journal Id cannot be changed.")


def test_37_the_misspelt_set_does_not_exist(service: Service) -> None:
    address = service.payments().replace("customerPaymentJournals", "customerPaymentsJournals")

    assert error(service.client.post(address, json={}))[:2] == (404, "BadRequest_NotFound")


def test_38_the_set_is_named_in_the_plural(service: Service) -> None:
    address = service.payments().removesuffix("s")

    assert error(service.client.post(address, json={}))[:2] == (404, "BadRequest_NotFound")


def test_39_nothing_detects_that_a_line_was_sent_twice(service: Service) -> None:
    sent = {
        "customerNumber": service.names.alpha,
        "appliesToInvoiceNumber": service.names.invoice,
        "amount": -1000.5,
        "documentNumber": "DOC001",
        "externalDocumentNumber": "EXTDOC01",
        "postingDate": "2026-02-27",
    }

    assert [service.create(sent)["lineNumber"], service.create(sent)["lineNumber"]] == [10000, 20000]
