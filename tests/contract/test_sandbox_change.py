"""Conformance cases 47 to 62: changing and deleting lines, journals, customers, invoices."""

import pytest

from tests.contract.conformance import NULL_ID, Json, Service, error


def test_47_a_patch_changes_everything_but_the_id(service: Service) -> None:
    line = service.create({"customerNumber": service.names.alpha, "lineNumber": 10000})
    wanted = {
        "lineNumber": 34567,
        "amount": -77.7,
        "documentNumber": "NEW1",
        "externalDocumentNumber": "NEWEXT1",
        "description": "Other words",
        "comment": "Other comment",
        "postingDate": "2026-02-20",
        "customerNumber": service.names.beta,
        "appliesToInvoiceNumber": service.names.other_invoice,
    }

    reply = service.patch(line, wanted)

    assert reply.status_code == 200
    ids = {
        "id": line["id"],
        "customerId": service.customer_id(service.names.beta),
        "appliesToInvoiceId": service.invoice_id(service.names.other_invoice),
    }
    assert {name: reply.json()[name] for name in wanted | ids} == wanted | ids
    assert [each["lineNumber"] for each in service.lines()] == [34567]


def test_48_an_unknown_invoice_number_is_kept(service: Service) -> None:
    line = service.create({"appliesToInvoiceNumber": service.names.invoice})

    changed = service.patch(line, {"appliesToInvoiceNumber": "RANDOM"}).json()

    assert (changed["appliesToInvoiceNumber"], changed["appliesToInvoiceId"]) == ("RANDOM", NULL_ID)


@pytest.mark.parametrize("tag", [None, "nonsense", "W/"])
def test_49_a_patch_without_a_readable_etag_is_refused(service: Service, tag: str | None) -> None:
    line = service.create({"amount": -1})

    assert error(service.patch(line, {"amount": -2}, tag))[:2] == (400, "BadRequest_InvalidToken")
    assert service.lines()[0]["amount"] == -1


def test_50_a_patch_with_a_star_overwrites(service: Service) -> None:
    line = service.create({"amount": -1})

    assert service.patch(line, {"amount": -2}, "*").status_code == 200
    assert service.lines()[0]["amount"] == -2


def test_51_a_patch_with_an_old_etag_changes_nothing(service: Service) -> None:
    line = service.create({"amount": -1})
    newer = service.patch(line, {"amount": -2}).json()

    refused = service.patch(line, {"amount": -3})

    text = "Another user has already changed the record."
    assert error(refused) == (409, "Request_EntityChanged", text)
    assert newer["@odata.etag"] != line["@odata.etag"]
    assert (service.lines()[0]["amount"], service.lines()[0]["@odata.etag"]) == (-2, newer["@odata.etag"])


def test_52_a_line_cannot_move_to_another_journal(service: Service) -> None:
    line = service.create({})
    bare = service.names.bare_journal

    by_id = service.patch(line, {"journalId": service.journal_id(bare)})
    by_code = service.patch(line, {"journalDisplayName": bare})
    unchanged = service.patch(line, {"journalId": line["journalId"], "journalDisplayName": service.names.journal})

    dialog = (400, "Application_DialogException")
    assert error(by_id) == (*dialog, "The Journal Id cannot be changed.")
    assert error(by_code) == (*dialog, "The Journal Batch Display Name cannot be changed.")
    assert unchanged.status_code == 200


@pytest.mark.parametrize(
    ("body", "number"),
    [({"appliesToInvoiceId": NULL_ID}, None), ({"appliesToInvoiceNumber": ""}, "")],
    ids=["id alone", "number"],
)
def test_53_clearing_the_id_keeps_the_number_and_clearing_the_number_clears_both(
    service: Service, body: Json, number: str | None
) -> None:
    line = service.create({"appliesToInvoiceNumber": service.names.invoice})

    changed = service.patch(line, body).json()

    expected = service.names.invoice if number is None else number
    assert (changed["appliesToInvoiceId"], changed["appliesToInvoiceNumber"]) == (NULL_ID, expected)


def test_54_an_amount_never_changes_its_sign(service: Service) -> None:
    line = service.create({"customerNumber": service.names.alpha, "amount": -2})

    assert service.patch(line, {"amount": 1500}).json()["amount"] == 1500


def test_55_a_collection_cannot_be_patched(service: Service) -> None:
    reply = service.client.patch(service.payments(), json={}, headers={"If-Match": "*"})

    assert error(reply)[:2] == (405, "BadRequest_MethodNotAllowed")


def test_56_a_patch_creates_nothing(service: Service) -> None:
    address = f"{service.payments()}(11111111-2222-3333-4444-555555555555)"

    reply = service.client.patch(address, json={"amount": -1}, headers={"If-Match": "*"})

    assert reply.status_code == 404
    assert service.lines() == []


@pytest.mark.parametrize("sent", ["etag", "nothing"])
def test_57_a_deleted_line_is_gone(service: Service, sent: str) -> None:
    line = service.create({})
    address = f"{service.payments()}({line['id']})"

    deleted = service.client.delete(address, headers={"If-Match": line["@odata.etag"]} if sent == "etag" else {})

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert service.client.get(address).status_code == 404


def test_57_a_delete_with_an_old_etag_deletes_nothing(service: Service) -> None:
    line = service.create({"amount": -1})
    service.patch(line, {"amount": -2})

    reply = service.client.delete(f"{service.payments()}({line['id']})", headers={"If-Match": line["@odata.etag"]})

    assert error(reply)[:2] == (409, "Request_EntityChanged")
    assert len(service.lines()) == 1


def test_58_a_deleted_journal_takes_its_lines_along(service: Service) -> None:
    journals = f"{service.company}/customerPaymentJournals"
    journal = service.client.post(journals, json={"code": "GONE"}).json()
    line = service.client.post(f"{journals}({journal['id']})/customerPayments", json={"amount": -1}).json()

    assert service.client.delete(f"{journals}({journal['id']})").status_code == 204

    assert service.client.get(f"{service.company}/customerPayments({line['id']})").status_code == 404
    assert "GONE" not in [each["code"] for each in service.get(journals)["value"]]


def test_59_a_customer_is_patched_field_by_field(fresh: Service) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"
    before = fresh.get(address)
    wanted = {"displayName": "Alpha & Sons", "addressLine1": "Lindenweg 1", "city": "Aalen"}

    reply = fresh.client.patch(address, json=wanted, headers={"If-Match": before["@odata.etag"]})
    blank = fresh.client.patch(address, json={"displayName": ""}, headers={"If-Match": "*"})

    assert reply.status_code == 200
    changed = {"@odata.etag", "lastModifiedDateTime"}
    assert {name: value for name, value in reply.json().items() if name not in changed} == {
        name: value for name, value in (before | wanted).items() if name not in changed
    }
    assert reply.json()["@odata.etag"] != before["@odata.etag"]
    assert error(blank) == (400, "Application_DialogException", 'The blank "displayName" is not allowed.')


def test_60_a_customer_needs_a_name(service: Service) -> None:
    reply = service.client.post(f"{service.company}/customers", json={"city": "Aalen"})

    assert error(reply) == (400, "Application_DialogException", 'A "displayName" must be provided.')


def test_61_the_number_of_an_invoice_is_read_only(service: Service) -> None:
    address = f"{service.company}/salesInvoices({service.invoice_id(service.names.draft)})"

    reply = service.client.patch(address, json={"number": "X"}, headers={"If-Match": "*"})

    assert error(reply)[2] == "Control 'number' is read-only."


def test_62_a_journal_is_created_with_its_balancing_account(fresh: Service) -> None:
    address = f"{fresh.company}/customerPaymentJournals"
    account = fresh.get(f"{fresh.company}/accounts", **{"$filter": "number eq '1200'"})["value"][0]["id"]
    sent = {"code": "new", "displayName": "Made by API", "balancingAccountId": account}

    made = fresh.client.post(address, json=sent)
    with_number = fresh.client.post(address, json={"code": "N2", "balancingAccountNumber": "1200"})
    with_time = fresh.client.post(address, json={"code": "N3", "lastModifiedDateTime": "2026-01-01T00:00:00Z"})
    twice = fresh.client.post(address, json=sent)

    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("code", "displayName", "balancingAccountNumber")} == {
        "code": "NEW",
        "displayName": "Made by API",
        "balancingAccountNumber": "1200",
    }
    assert [error(with_number)[2], error(with_time)[2]] == [
        "Control 'balancingAccountNumber' is read-only.",
        "Control 'lastModifiedDateTime' is read-only.",
    ]
    assert error(twice)[:2] == (400, "Internal_EntityWithSameKeyExists")


def test_a_journal_can_be_created_with_its_lines_or_not_at_all(fresh: Service) -> None:
    address = f"{fresh.company}/customerPaymentJournals"
    good, bad = {"amount": -1}, {"amount": -1, "customerNumber": "NOBODY"}

    made = fresh.client.post(address, json={"code": "DEEP", "customerPayments": [good, good]})
    refused = fresh.client.post(address, json={"code": "DEEPER", "customerPayments": [good, bad]})

    lines = fresh.get(f"{address}({made.json()['id']})/customerPayments")["value"]
    assert [line["lineNumber"] for line in lines] == [10000, 20000]
    assert refused.status_code == 400
    assert "DEEPER" not in [journal["code"] for journal in fresh.get(address)["value"]]


def test_another_customer_brings_its_name_unless_somebody_wrote_a_description(fresh: Service) -> None:
    automatic = fresh.create({"customerNumber": "10000"})
    written = fresh.create({"customerNumber": "10000", "description": "By hand"})

    changed = [fresh.patch(line, {"customerNumber": "20000"}).json() for line in (automatic, written)]

    assert [line["description"] for line in changed] == ["Beta", "By hand"]


def test_a_customer_changed_by_id_alone_is_not_checked(fresh: Service) -> None:
    line = fresh.create({"customerNumber": "10000"})

    by_number = fresh.patch(line, {"customerNumber": "30000"})
    by_id = fresh.patch(line, {"customerId": fresh.customer_id("30000")})

    assert (by_number.status_code, by_id.status_code) == (400, 200)
    assert (by_id.json()["customerNumber"], by_id.json()["description"]) == ("30000", "Alpha")


def test_only_three_fields_of_a_posted_invoice_stay_open(fresh: Service) -> None:
    posted = f"{fresh.company}/salesInvoices({fresh.invoice_id('INV1')})"
    draft = f"{fresh.company}/salesInvoices({fresh.invoice_id('DRF1')})"

    statuses = [
        fresh.client.patch(address, json=body, headers={"If-Match": "*"}).status_code
        for address in (posted, draft)
        for body in ({"promisedPayDate": "2026-04-01"}, {"dueDate": "2026-04-01"})
    ]

    assert statuses == [200, 400, 400, 200]
