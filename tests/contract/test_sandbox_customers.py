"""Rules of customers beyond the numbered conformance cases (business-central-api.md, sections 3.3 and 8)."""

import pytest

from tests.contract.conformance import NULL_ID, Json, Service, error

NOWHERE = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"phoneNumber": "call me"}, "Phone No. must not contain letters"),
        ({"email": "nobody"}, "is not valid"),
        ({"country": "ZZ"}, "cannot be found in the related table (Country/Region)"),
        ({"paymentTermsId": "11111111-2222-3333-4444-555555555555"}, 'The "paymentTermsId" does not match'),
        ({"currencyCode": "XXX"}, 'The "currencyCode" does not match to a Currency.'),
        ({"blocked": "Sometimes"}, "is not valid for 'blocked'"),
        ({"balanceDue": 0}, "Control 'balanceDue' is read-only."),
        ({"address": {"city": "Aalen"}}, "Invalid Request Body"),
        ({"number": ""}, "No. must have a value in Customer."),
        ({"number": "20000"}, "already exists"),
    ],
    ids=str,
)
def test_a_customer_keeps_to_its_rules(fresh: Service, body: Json, text: str) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"
    before = fresh.get(address)

    refused = error(fresh.client.patch(address, json=body, headers={"If-Match": "*"}))

    assert refused[0] == 400
    assert text in refused[2]
    assert fresh.get(address) == before


def test_a_customer_with_another_number_keeps_its_documents_and_lines(fresh: Service) -> None:
    line = fresh.create({"appliesToInvoiceNumber": "INV1", "amount": -1000})
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"

    fresh.client.patch(address, json={"number": "10001"}, headers={"If-Match": "*"})

    invoice = fresh.get(f"{fresh.company}/salesInvoices({fresh.invoice_id('INV1')})")
    assert (invoice["customerNumber"], invoice["billToCustomerNumber"]) == ("10001", "10001")
    assert fresh.get(f"{fresh.company}/customerPayments({line['id']})")["customerNumber"] == "10001"
    assert fresh.sandbox is not None
    assert {entry.customer_number for entry in fresh.sandbox.entries()} == {"10001", "20000", "40000"}
    fresh.sandbox.post("J1")


def test_a_customer_with_documents_cannot_be_deleted(fresh: Service) -> None:
    assert fresh.client.delete(f"{fresh.company}/customers({fresh.customer_id('10000')})").status_code == 400
    assert fresh.client.delete(f"{fresh.company}/customers({fresh.customer_id('ABC')})").status_code == 204


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"currencyCode": "usd"}, ("USD", True)),
        ({"currencyCode": ""}, ("EUR", False)),
        ({"currencyCode": "EUR"}, ("EUR", False)),
        ({"currencyId": NULL_ID}, ("EUR", False)),
    ],
    ids=str,
)
def test_the_local_currency_is_kept_blank_and_shown_by_its_code(
    fresh: Service, body: Json, shown: tuple[str, bool]
) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"

    changed = fresh.client.patch(address, json=body, headers={"If-Match": "*"}).json()

    assert (changed["currencyCode"], changed["currencyId"] != NULL_ID) == shown


def test_id_and_code_of_a_currency_must_agree(fresh: Service) -> None:
    dollar = fresh.get(f"{fresh.company}/currencies", **{"$filter": "code eq 'USD'"})["value"][0]["id"]
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"

    agreeing = fresh.client.patch(
        address, json={"currencyId": dollar, "currencyCode": "USD"}, headers={"If-Match": "*"}
    )
    differing = fresh.client.patch(
        address, json={"currencyId": dollar, "currencyCode": "CHF"}, headers={"If-Match": "*"}
    )
    unknown = fresh.client.patch(address, json={"currencyId": NOWHERE}, headers={"If-Match": "*"})

    assert agreeing.json()["currencyId"] == dollar
    assert error(differing)[2] == "The currency values do not match to a specific Currency."
    assert error(unknown)[2] == 'The "currencyId" does not match to a Currency.'


def test_a_customer_blocked_for_privacy_cannot_be_unblocked(fresh: Service) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('33000')})"

    refused = fresh.client.patch(address, json={"blocked": "All"}, headers={"If-Match": "*"})
    same = fresh.client.patch(address, json={"blocked": "_x0020_"}, headers={"If-Match": "*"})

    assert (refused.status_code, same.status_code) == (400, 200)


def test_customers_without_number_get_the_next_free_one(fresh: Service) -> None:
    address = f"{fresh.company}/customers"
    fresh.client.post(address, json={"number": "C00002", "displayName": "Taken"})

    made = [fresh.client.post(address, json={"displayName": "New", "country": "de"}).json() for _ in range(2)]

    assert [(each["number"], each["country"], each["currencyCode"]) for each in made] == [
        ("C00001", "DE", "EUR"),
        ("C00003", "DE", "EUR"),
    ]


def test_a_customer_takes_all_its_plain_fields(fresh: Service) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"
    wanted = {
        "phoneNumber": "(555) 555-1234",
        "email": "ap@alpha.example; second@alpha.example",
        "taxRegistrationNumber": "DE 99 x",
        "type": "Person",
        "creditLimit": 12.5,
        "taxLiable": True,
    }

    changed = fresh.client.patch(address, json=wanted, headers={"If-Match": "*"}).json()

    assert {name: changed[name] for name in wanted} == {**wanted, "taxRegistrationNumber": "DE 99 X"}
