"""Customers through the client: read whole, changed field by field from the version that was read, in each shape."""

import json
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from importer.bc.customer_fields import FLAT, NESTED, OLDEST
from importer.bc.customers import judge, patch_request, record
from importer.bc.flavours import FLAVOURS, flavour
from importer.bc.json_text import Json
from importer.bc.replies import Part, Unanswered
from importer.customer_ports import Stored
from importer.master import Access, CustomerField, CustomerPatch, CustomerRecord, Fields, Kind, same
from importer.plan import FieldChange
from importer.ports import Changed, Missing, NotApplied, Refused, Unknown
from tests.contract.service import Service, after, instead, start

CUSTOMER = "0ccccccc-0000-4000-8000-000000000003"
COMPANY = "0aaaaaaa-0000-4000-8000-000000000001"
# The shape of the published 2017 page, with invented values.
OLD_ROW: dict[str, Json] = {
    "@odata.etag": 'W/"JzEx"',
    "id": CUSTOMER,
    "number": "10000",
    "displayName": "Alpha Ltd.",
    "type": "Company",
    "address": {"street": "1 Mill Lane", "city": "Leeds", "state": "", "countryLetterCode": "GB", "postalCode": "LS1"},
    "phoneNumber": "",
    "taxLiable": True,
    "paymentTerms": {"code": "1M", "description": "one month"},
    "shipmentMethod": None,
    "blocked": " ",
    "balance": 0,
    "creditLimit": Decimal("10.50"),
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def _patch(base: CustomerRecord, **changes: str) -> CustomerPatch:
    names = {name.replace("__", "."): value for name, value in changes.items()}
    return CustomerPatch(base, tuple(FieldChange(name, base.fields.get(name, ""), names[name]) for name in names))


def test_customers_are_read_with_every_property_of_the_dialect(service: Service) -> None:
    with service.client() as client:
        found = client.customer_records()
    assert [customer.number for customer in found] == ["10000", "20000", "30000", "40000"]
    assert set(found[0].fields) == set(FLAT)
    assert (found[0].fields["displayName"], found[0].fields["city"]) == ("Alpha Ltd.", "Leeds")
    assert (found[0].fields["blocked"], found[2].fields["blocked"]) == ("", "All")
    assert (found[0].fields["taxLiable"], found[0].fields["creditLimit"]) == ("false", "0")


def test_only_the_changed_fields_are_sent_and_what_is_stored_comes_back(service: Service) -> None:
    with service.client() as client:
        alpha, beta = client.customer_records()[:2]
        replies = client.patch_customers(
            [
                _patch(alpha, displayName="Alpha Holding", creditLimit="2500.50", country="gb", taxLiable="true"),
                _patch(beta, blocked="All", email="not an address"),
            ]
        )
        again = client.customer_records()[0]
    assert isinstance(replies[0], Stored)
    assert replies[0].record == again
    assert (again.fields["creditLimit"], again.fields["country"], again.fields["taxLiable"]) == ("2500.5", "GB", "true")
    assert isinstance(replies[1], Refused)
    sent = json.loads(service.wire.requests[-2].content)["requests"][0]
    assert sent["body"] == {"displayName": "Alpha Holding", "creditLimit": 2500.5, "country": "gb", "taxLiable": True}
    assert sent["headers"]["If-Match"] == alpha.etag


def test_a_customer_that_somebody_else_changed_or_deleted_is_left_alone(service: Service) -> None:
    with service.client() as client:
        alpha = client.customer_records()[0]
        service.sandbox.edit_customer("10000", display_name="Renamed by a person")
        gone = CustomerRecord(CUSTOMER, "99999", alpha.etag, alpha.fields)
        replies = client.patch_customers([_patch(alpha, city="York"), _patch(gone, city="York")])
        assert [type(reply) for reply in replies] == [Changed, Missing]
        assert client.customer_records()[0].fields["city"] == "Leeds"


def test_a_blocked_customer_can_be_unblocked(service: Service) -> None:
    with service.client() as client:
        gamma = client.customer_records()[2]
        [reply] = client.patch_customers([_patch(gamma, blocked="")])
    assert isinstance(reply, Stored)
    assert reply.record.fields["blocked"] == ""


def test_a_lost_answer_is_unknown_and_a_missing_permission_is_not_applied(service: Service) -> None:
    with service.client() as client:
        alpha = client.customer_records()[0]
        service.wire.faults = [after(httpx.ReadTimeout)]
        assert [type(each) for each in client.patch_customers([_patch(alpha, city="York")])] == [Unknown]
        service.wire.faults = [instead(403)]
        assert [type(each) for each in client.patch_customers([_patch(alpha, city="York")])] == [NotApplied]


@pytest.mark.parametrize("name", ["v1.0", "graph-beta", "financials-beta"])
def test_a_nested_address_is_sent_whole(name: str) -> None:
    dialect = flavour(name)
    base = record(OLD_ROW, dialect.customer_properties)
    request = patch_request(dialect, COMPANY, _patch(base, address__city="York", address__postalCode="YO1"))
    assert request.body == {
        "address": {
            "street": "1 Mill Lane",
            "city": "York",
            "state": "",
            "countryLetterCode": "GB",
            "postalCode": "YO1",
        }
    }
    assert (
        request.path
        == {
            "v1.0": f"companies({COMPANY})/customers({CUSTOMER})",
            "graph-beta": f"financials/companies/{COMPANY}/customers/{CUSTOMER}",
            "financials-beta": f"companies({COMPANY})/customers({CUSTOMER})",
        }[name]
    )


def test_the_oldest_shape_is_read_and_changed_as_published() -> None:
    dialect = flavour("financials-beta")
    base = record(OLD_ROW, dialect.customer_properties)
    assert base.fields["paymentTerms.code"] == "1M"
    assert (base.fields["shipmentMethod.code"], base.fields["blocked"], base.fields["balance"]) == ("", "", "0")
    request = patch_request(dialect, COMPANY, _patch(base, paymentTerms__code="2M", blocked=""))
    assert request.body == {"paymentTerms": {"code": "2M"}, "blocked": " "}


@pytest.mark.parametrize(
    "name", ["id", "lastModifiedDateTime", "taxAreaDisplayName", "balanceDue", "address.city", "x"]
)
def test_what_cannot_be_changed_is_never_sent(name: str) -> None:
    base = record(OLD_ROW, FLAT)
    with pytest.raises(ValueError, match=r"cannot be changed in v2\.0"):
        patch_request(flavour("v2.0"), COMPANY, CustomerPatch(base, (FieldChange(name, "", "1"),)))


@pytest.mark.parametrize("fields", [FLAT, NESTED, OLDEST])
def test_the_tables_hold_what_every_dialect_has(fields: Fields) -> None:
    assert all(field.name == name for name, field in fields.items())
    assert (fields["id"].access, fields["number"].length, fields["displayName"].length) == (Access.READ, 20, 100)
    assert any(name.endswith("city") for name in fields)


def test_each_dialect_has_its_table() -> None:
    tables = {name: each.customer_properties for name, each in FLAVOURS.items()}
    assert tables == {"v2.0": FLAT, "v1.0": NESTED, "graph-beta": OLDEST, "financials-beta": OLDEST}


@pytest.mark.parametrize(
    ("kind", "wanted", "stored", "equal"),
    [
        (Kind.TEXT, "Leeds", "Leeds", True),
        (Kind.TEXT, "Leeds", "leeds", False),
        (Kind.TEXT, "1 Mill Lane\nFloor 2", "1 Mill Lane\r\nFloor 2", True),
        (Kind.CODE, " gb", "GB", True),
        (Kind.GUID, CUSTOMER.upper(), CUSTOMER, True),
        (Kind.BOOLEAN, "True", "true", True),
        (Kind.DECIMAL, "10.50", "10.5", True),
        (Kind.DECIMAL, "10.50", "10.51", False),
        (Kind.OPTION, "_x0020_", "", True),
        (Kind.EMAIL, "a@example.com", "A@example.com", False),
    ],
)
def test_values_are_compared_as_the_server_stores_them(kind: Kind, wanted: str, stored: str, *, equal: bool) -> None:
    assert same(wanted, stored, CustomerField("x", kind)) is equal


@pytest.mark.parametrize(
    "answer",
    [
        Unanswered("cut off"),
        Part(200),
        Part(200, {**OLD_ROW, "displayName": "Other"}),
        Part(200, {**OLD_ROW, "id": COMPANY}),
        Part(200, {**OLD_ROW, "phoneNumber": []}),
        Part(204),
        Part(500),
        Part(302),
    ],
)
def test_a_change_that_is_not_proven_is_unknown(answer: Part | Unanswered) -> None:
    patch = _patch(record(OLD_ROW, OLDEST), displayName="Alpha Ltd.")
    assert isinstance(judge(patch, OLDEST, answer), Unknown)


def test_without_a_version_a_customer_is_not_changed(service: Service) -> None:
    base = record({**OLD_ROW, "@odata.etag": "*"}, OLDEST)
    with service.client() as client:
        [reply] = client.patch_customers([_patch(base, displayName="X")])
    assert isinstance(reply, Refused)
    assert service.wire.requests == []


@pytest.mark.parametrize(
    ("name", "select"),
    [
        ("v2.0", "id,number,displayName,city,address"),
        ("v1.0", "id,number,displayName,city,address"),
        ("graph-beta", None),
    ],
)
def test_only_the_wanted_properties_are_asked_for_where_the_dialect_can(
    service: Service, name: str, select: str | None
) -> None:
    bases = {"v1.0": "https://bc.example.com/BC/api/v1.0", "graph-beta": "https://bc.example.com/beta"}
    changes = {"base_url": bases[name]} if name in bases else {}
    with service.client(flavour=name, **changes) as client:
        found = client.customer_records(["city", "address.city"])
    asked = next(each for each in service.wire.requests if each.url.path.endswith("/customers"))
    assert asked.url.params.get("$select") == select
    assert [customer.number for customer in found] == ["10000", "20000", "30000", "40000"]
    assert all(customer.etag for customer in found)


def test_small_tables_are_read_by_id_and_missing_ones_are_said_to_be_missing(service: Service) -> None:
    with service.client() as client:
        assert list((client.codes("currencies") or {}).values()) == ["USD"]
        assert client.codes("taxAreas") is None
        service.wire.faults = [instead(403)]
        assert client.codes("currencies") is None


def test_versions_that_a_server_leaves_out_are_asked_for_again(service: Service) -> None:
    def without_versions(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        return httpx.Response(200, content=serve().read().replace(b"@odata.etag", b"@odata.left"))

    service.wire.faults = [None, without_versions]
    with service.client() as client:
        found = client.customer_records(["city"])
    assert all(customer.etag for customer in found)
    assert [each.url.params.get("$select") for each in service.wire.requests[1:]] == [
        "id,number,displayName,city",
        None,
    ]


def test_a_table_without_rows_says_nothing(service: Service) -> None:
    with service.client() as client:
        assert client.codes("paymentTerms") is None
