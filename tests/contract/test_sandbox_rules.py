"""Rules of journals, postings and addresses beyond the numbered conformance cases."""

from datetime import date
from decimal import Decimal

import pytest

from importer.sandbox.app import Sandbox
from importer.sandbox.refusals import Refusal
from tests.contract.conformance import NULL_ID, Json, Service, error, sandbox_service

NOWHERE = "11111111-2222-3333-4444-555555555555"


def box(service: Service) -> Sandbox:
    assert service.sandbox is not None
    return service.sandbox


def account(service: Service, number: str) -> str:
    found: str = service.get(f"{service.company}/accounts", **{"$filter": f"number eq '{number}'"})["value"][0]["id"]
    return found


def test_a_journal_is_renamed_with_its_lines_and_loses_its_account(fresh: Service) -> None:
    fresh.create({})
    address = f"{fresh.company}/customerPaymentJournals({fresh.journal_id('J1')})"
    tag = {"If-Match": fresh.get(address)["@odata.etag"]}

    reply = fresh.client.patch(address, json={"code": "j9", "balancingAccountId": NULL_ID}, headers=tag).json()

    assert (reply["code"], reply["balancingAccountId"], reply["balancingAccountNumber"]) == ("J9", NULL_ID, "")
    assert [line["journalDisplayName"] for line in fresh.lines()] == ["J9"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"code": "J2"}, "already exists"),
        ({"code": ""}, "Name must have a value"),
        ({"balancingAccountId": NOWHERE}, 'The "balancingAccountNumber" does not match to a G/L Account.'),
        ({"balancingAccountId": "1400"}, "Direct Posting must have a value in G/L Account: No.=1400"),
    ],
    ids=["taken", "blank", "unknown account", "unfit account"],
)
def test_a_journal_keeps_to_its_rules(fresh: Service, body: Json, text: str) -> None:
    if body.get("balancingAccountId") == "1400":
        body = {"balancingAccountId": account(fresh, "1400")}
    address = f"{fresh.company}/customerPaymentJournals({fresh.journal_id('J1')})"

    refused = error(fresh.client.patch(address, json=body, headers={"If-Match": "*"}))

    assert refused[0] == 400
    assert text in refused[2]


def test_a_journal_needs_a_code(fresh: Service) -> None:
    reply = fresh.client.post(f"{fresh.company}/customerPaymentJournals", json={"displayName": "Nameless"})

    assert error(reply)[:2] == (400, "Application_FieldValidationException")


def test_a_general_journal_is_created_beside_the_payment_journals(fresh: Service) -> None:
    made = fresh.client.post(f"{fresh.company}/journals", json={"code": "G2"})

    assert (made.status_code, made.json()["templateDisplayName"]) == (201, "GENERAL")
    assert "G2" not in [each["code"] for each in fresh.get(f"{fresh.company}/customerPaymentJournals")["value"]]


def test_the_id_of_a_general_journal_leads_to_the_payment_journal_of_its_name(fresh: Service) -> None:
    general = fresh.client.post(f"{fresh.company}/journals", json={"code": "J1"}).json()["id"]
    lonely = fresh.client.post(f"{fresh.company}/journals", json={"code": "G3"}).json()["id"]
    lines = f"{fresh.company}/customerPayments"

    made = fresh.client.post(lines, json={"journalId": general})
    refused = fresh.client.post(lines, json={"journalId": lonely})

    assert made.json()["journalId"] == fresh.journal_id("J1")
    assert error(refused)[:2] == (400, "Internal_InvalidTableRelation")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("journalId", "journalDisplayName"), "The Journal Id and Journal Display Name do not match."),
        (("journalDisplayName", "journalId"), "The Journal Id and Journal Display Name do not match."),
    ],
)
def test_id_and_code_of_a_journal_must_agree(fresh: Service, names: tuple[str, ...], expected: str) -> None:
    values = {"journalId": fresh.journal_id("J1"), "journalDisplayName": "J2"}

    reply = fresh.client.post(f"{fresh.company}/customerPayments", json={name: values[name] for name in names})

    assert error(reply) == (400, "Application_DialogException", expected)


def test_an_unknown_journal_is_not_found(fresh: Service) -> None:
    lines = f"{fresh.company}/customerPayments"

    by_body = fresh.client.post(lines, json={"journalId": NOWHERE})
    by_address = fresh.client.post(f"{fresh.company}/customerPaymentJournals({NOWHERE})/customerPayments", json={})

    assert error(by_body)[:2] == (404, "Internal_RecordNotFound")
    assert error(by_address)[:2] == (404, "BadRequest_ResourceNotFound")


@pytest.mark.parametrize("body", [{"customerId": NULL_ID}, {"customerNumber": ""}], ids=["id", "number"])
def test_a_line_can_lose_its_customer(fresh: Service, body: Json) -> None:
    line = fresh.create({"customerNumber": "10000"})

    changed = fresh.patch(line, body).json()

    assert (changed["customerId"], changed["customerNumber"]) == (NULL_ID, "")


def test_a_blank_invoice_id_at_the_start_clears_the_number(fresh: Service) -> None:
    made = fresh.create({"appliesToInvoiceNumber": "INV1", "appliesToInvoiceId": NULL_ID})

    assert (made["appliesToInvoiceId"], made["appliesToInvoiceNumber"]) == (NULL_ID, "")


def test_a_line_put_between_two_others_copies_the_one_behind_it(fresh: Service) -> None:
    for number, day in ((10000, "2026-02-01"), (20000, "2026-02-05")):
        fresh.create({"lineNumber": number, "postingDate": day, "documentNumber": f"D{number}", "amount": -1})

    between = fresh.create({"lineNumber": 15000})

    assert (between["postingDate"], between["documentNumber"]) == ("2026-02-05", "D20000")


@pytest.mark.parametrize(
    ("last", "following"),
    [("A99", "A100"), ("A-0099X", "A-0100X"), ("NONE", "NONE"), ("", "")],
)
def test_numbers_count_their_last_digits_up(fresh: Service, last: str, following: str) -> None:
    fresh.create({}, "J2")
    box(fresh).edit("J2", 10000, document_number=last)

    assert fresh.create({"externalDocumentNumber": "OTHER"}, "J2")["documentNumber"] == following


def test_a_currency_needs_an_exchange_rate_on_the_day(fresh: Service) -> None:
    early = {"customerNumber": "40000", "postingDate": "2024-12-31"}

    assert fresh.refused(early)[1] == "Internal_DataNotFoundFilter"
    line = fresh.create({"customerNumber": "40000", "postingDate": "2025-01-01", "amount": -1})
    assert error(fresh.patch(line, {"postingDate": "2024-12-31"}))[1] == "Internal_DataNotFoundFilter"


def test_moving_a_line_before_its_invoice_is_refused(fresh: Service) -> None:
    line = fresh.create({"appliesToInvoiceNumber": "INV1", "postingDate": "2026-02-01", "amount": -1}, "J2")

    assert "earlier posting date" in error(fresh.patch(line, {"postingDate": "2026-01-09"}))[2]
    assert fresh.patch(line, {"postingDate": "2026-01-10"}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"customer_number": "", "customer_id": NULL_ID}, "Account No. must have a value"),
        ({"amount": Decimal(0)}, "Amount must have a value"),
        ({"posting_date": date(2025, 12, 31)}, "Posting Date is not within your range"),
        ({"posting_date": date.min}, "Posting Date must have a value"),
        ({"amount": Decimal(5), "document_type": "Refund"}, "must have the opposite sign"),
        ({"posting_date": date(2026, 1, 2)}, "earlier posting date"),
        ({"customer_id": NULL_ID, "customer_number": "33000", "invoice_number": ""}, "is blocked for privacy"),
    ],
    ids=["nobody", "nothing", "before the year", "undated", "wrong sign", "before the invoice", "privacy"],
)
def test_what_people_make_of_a_line_is_checked_when_it_is_posted(
    fresh: Service, fields: dict[str, object], text: str
) -> None:
    fresh.create({"appliesToInvoiceNumber": "INV1", "amount": -10})
    box(fresh).edit("J1", 10000, None, **fields)

    with pytest.raises(Refusal, match=text):
        box(fresh).post("J1")

    assert len(box(fresh).journal_lines("J1")) == 1
    assert {invoice.number: invoice.remaining_amount for invoice in box(fresh).invoices()}["INV1"] == 1000


def test_lines_of_one_document_share_a_number(fresh: Service) -> None:
    for amount in (-10, -20):
        fresh.create({"customerNumber": "10000", "amount": amount, "documentNumber": "S01"}, "J3")

    box(fresh).post("J3")

    assert [entry.document_number for entry in box(fresh).entries()[-2:]] == ["S02", "S02"]


def test_a_refund_made_by_people_is_posted_but_never_listed(fresh: Service) -> None:
    box(fresh).insert("J1", customer_number="10000", amount=Decimal(5), document_type="Refund", applies_to_type="")

    assert fresh.lines() == []
    box(fresh).post("J1")
    assert [(entry.document_type, entry.amount) for entry in box(fresh).entries()[-1:]] == [("Refund", Decimal(5))]


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("POST", "accounts", 405, "BadRequest_MethodNotAllowed"),
        ("PATCH", "accounts({account})", 405, "BadRequest_MethodNotAllowed"),
        ("DELETE", "accounts({account})", 400, "BadRequest_MethodNotAllowed"),
        ("DELETE", "customers", 405, "BadRequest_MethodNotAllowed"),
        ("POST", "salesInvoices", 405, "BadRequest_MethodNotAllowed"),
        ("GET", "journals({journal})/Microsoft.NAV.post", 405, "BadRequest_MethodNotAllowed"),
        ("GET", "customers({account})", 404, "BadRequest_ResourceNotFound"),
        ("GET", "customers/customerPayments", 404, "BadRequest_NotFound"),
        ("GET", "customers({account})/picture", 404, "BadRequest_NotFound"),
        ("GET", "customers('x')", 400, "Application_InvalidGUID"),
        ("GET", "customers(a)(b)", 400, "BadRequest"),
        ("POST", "$batch", 404, "BadRequest_NotFound"),
    ],
)
def test_a_verb_must_fit_its_address(fresh: Service, method: str, address: str, status: int, code: str) -> None:
    path = address.replace("{account}", account(fresh, "1200")).replace("{journal}", fresh.journal_id("J1"))

    reply = fresh.client.request(method, f"{fresh.company}/{path}", json={}, headers={"If-Match": "*"})

    assert error(reply)[:2] == (status, code)


@pytest.mark.parametrize(
    "options",
    [
        {"$select": "colour"},
        {"$orderby": "colour"},
        {"$orderby": "number upwards"},
        {"$top": "many"},
        {"$skiptoken": "nonsense"},
        {"$filter": "number ~ '1'"},
        {"$filter": "contains(creditLimit,1)"},
        {"$filter": "number is '1'"},
    ],
    ids=str,
)
def test_options_that_make_no_sense_are_refused(fresh: Service, options: dict[str, str]) -> None:
    assert fresh.client.get(f"{fresh.company}/customers", params=options).status_code == 400


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"requests": []}, 400),
        ({"requests": "all"}, 400),
        ([], 400),
        (
            {
                "requests": [
                    {"method": "GET", "url": "companies", "atomicityGroup": "g"},
                    {"method": "GET", "url": "companies", "atomicityGroup": "g"},
                ]
            },
            500,
        ),
    ],
    ids=["empty", "no list", "no object", "change set"],
)
def test_what_is_no_batch_is_refused_as_a_whole(fresh: Service, content: object, status: int) -> None:
    assert fresh.client.post("$batch", json=content).status_code == status


def test_a_part_of_a_batch_may_delete(fresh: Service) -> None:
    line = fresh.create({})

    reply = fresh.batch([{"id": "1", "method": "delete", "url": f"{fresh.company}/customerPayments({line['id']})"}])

    assert reply.json()["responses"] == [{"id": "1", "status": 204, "headers": {}}]


def test_a_part_of_a_batch_may_name_its_company(fresh: Service) -> None:
    headers = {"Company": "Other Ltd."}

    part = fresh.batch([{"method": "GET", "url": "customers", "headers": headers}]).json()["responses"][0]

    assert [customer["displayName"] for customer in part["body"]["value"]] == ["Elsewhere"]


def test_one_company_is_read_by_its_id(fresh: Service) -> None:
    assert fresh.get(fresh.company)["name"] == "Conformance Ltd."


def test_small_tables_and_bank_accounts_are_listed_and_read(fresh: Service) -> None:
    terms = fresh.get(f"{fresh.company}/paymentTerms")["value"][0]

    assert (terms["code"], terms["displayName"]) == ("30D", "Net 30 days")
    assert fresh.get(f"{fresh.company}/paymentTerms({terms['id']})")["code"] == "30D"
    assert fresh.get(f"{fresh.company}/bankAccounts")["value"] == []


@pytest.mark.parametrize(("journal", "line", "company"), [("NONE", 1, None), ("J1", 1, None), ("J1", 1, "No Ltd.")])
def test_people_cannot_touch_what_is_not_there(journal: str, line: int, company: str | None) -> None:
    with pytest.raises(LookupError):
        box(sandbox_service()).edit(journal, line, company, comment="x")
