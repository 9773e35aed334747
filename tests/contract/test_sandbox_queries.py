"""Query options as the sandbox understands them: filters with Business Central's limits, selection, order, paging."""

import pytest

from importer.sandbox.behaviour import Behaviour
from tests.contract.conformance import Service, error, sandbox_service


def numbers(service: Service, entity_set: str, expression: str) -> list[str]:
    found = service.get(f"{service.company}/{entity_set}", **{"$filter": expression})["value"]
    return [each["number"] for each in found]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("number eq '10000'", ["10000"]),
        ("number eq 'abc'", ["ABC"]),
        ("number eq '10000' or number eq '20000'", ["10000", "20000"]),
        ("number eq '10000' or startswith(number,'A')", ["10000", "ABC"]),
        ("number gt '40000'", ["41000", "ABC"]),
        ("number ge '40000' and number lt 'ABC'", ["40000", "41000"]),
        ("not (number lt '41000')", ["41000", "ABC"]),
        ("number ne '10000' and number le '20000'", ["20000"]),
        ("startswith(displayName,'B')", ["20000", "30000"]),
        ("endswith(displayName,'a')", ["10000", "20000"]),
        ("contains(displayName,'o goods')", ["32000"]),
        ("tolower(displayName) eq 'alpha'", ["10000"]),
        ("blocked eq 'All'", ["30000"]),
        ("blocked eq '_x0020_' and currencyCode eq 'USD'", ["40000"]),
        ("blocked eq Microsoft.NAV.customerBlocked'Ship'", ["32000"]),
        ("taxLiable eq true", []),
        ("email ne null and number eq '20000'", ["20000"]),
        ("lastModifiedDateTime ge 2030-01-01T00:00:00Z", []),
        ("addresses/any(a: a eq 'x') and number eq '20000'", ["20000"]),
    ],
)
def test_a_filter_finds_what_it_describes(fresh: Service, expression: str, found: list[str]) -> None:
    assert numbers(fresh, "customers", expression) == found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("status eq 'Open'", ["INV1", "INV2", "INV4", "INV5"]),
        ("remainingAmount gt 99.5", ["INV1", "INV2"]),
        ("invoiceDate eq 2026-01-12", ["INV2"]),
        ("dueDate lt 2026-01-12 and status eq 'Open'", ["INV1"]),
        ("totalAmountIncludingTax eq 42", ["DRF1"]),
    ],
)
def test_invoices_are_filtered_by_state_amount_and_date(fresh: Service, expression: str, found: list[str]) -> None:
    assert numbers(fresh, "salesInvoices", expression) == found


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("number eq '1' or displayName eq '2'", "BadRequest_MethodNotImplemented"),
        ("colour eq 'red'", "BadRequest"),
        ("number eq", "BadRequest"),
        ("number eq '1' and", "BadRequest"),
        ("(number eq '1'", "BadRequest"),
        ("number eq '1') or (number eq '2'", "BadRequest"),
        ("creditLimit eq 'much'", "BadRequest"),
        (f"number eq '{'1' * 21}'", "Application_FilterErrorException"),
    ],
)
def test_a_filter_that_the_server_cannot_take_is_refused(fresh: Service, expression: str, code: str) -> None:
    reply = fresh.client.get(f"{fresh.company}/customers", params={"$filter": expression})

    assert error(reply)[:2] == (400, code)


def test_alternatives_on_two_fields_have_their_own_text(fresh: Service) -> None:
    reply = fresh.client.get(f"{fresh.company}/customers", params={"$filter": "number eq '1' or city eq '2'"})

    assert error(reply)[2] == "The 'OR' operator is not supported on distinct fields on an OData filter."


def test_a_filter_on_a_page_variable_can_be_ignored_or_refused() -> None:
    ignoring = sandbox_service(Behaviour(page_variable_filters="ignored"))
    refusing = sandbox_service(Behaviour(page_variable_filters="refused"))
    expression = "remainingAmount gt 99.5"

    assert len(numbers(ignoring, "salesInvoices", expression)) == 6
    refused = refusing.client.get(f"{refusing.company}/salesInvoices", params={"$filter": expression})
    assert error(refused)[:2] == (400, "BadRequest")


def test_only_selected_properties_are_shown(fresh: Service) -> None:
    found = fresh.get(f"{fresh.company}/customers", **{"$select": "number,city", "$top": "1"})["value"]

    assert [set(each) for each in found] == [{"@odata.etag", "number", "city"}]


def test_rows_are_counted_skipped_and_cut_off(fresh: Service) -> None:
    options = {"$orderby": "displayName desc", "$top": "2", "$skip": "1", "$count": "true", "$select": "displayName"}

    found = fresh.get(f"{fresh.company}/customers", **options)

    assert found["@odata.count"] == 9
    assert [each["displayName"] for each in found["value"]] == ["No goods", "Letters"]
    assert "@odata.nextLink" not in found


def test_top_ends_a_list_of_several_pages(fresh: Service) -> None:
    found: list[list[str]] = []
    address = f"{fresh.company}/customers?$top=5"
    while address:
        page = fresh.client.get(address, headers={"Prefer": "odata.maxpagesize=2"}).json()
        found.append([each["number"] for each in page["value"]])
        address = page.get("@odata.nextLink", "")

    assert found == [["10000", "20000"], ["30000", "31000"], ["32000"]]


def test_pages_neither_repeat_nor_lose_rows_while_lines_come_and_go(fresh: Service) -> None:
    lines = [fresh.create({}) for _ in range(6)]
    prefer = {"Prefer": "odata.maxpagesize=2"}
    first = fresh.client.get(fresh.payments(), headers=prefer).json()

    fresh.client.delete(f"{fresh.payments()}({lines[1]['id']})")
    fresh.create({"lineNumber": 5})
    second = fresh.client.get(first["@odata.nextLink"], headers=prefer).json()

    assert [line["lineNumber"] for line in second["value"]] == [30000, 40000]


def test_the_server_has_a_page_size_of_its_own() -> None:
    service = sandbox_service(Behaviour(page_size=4))

    reply = service.client.get(f"{service.company}/customers", headers={"Prefer": "odata.maxpagesize=1000"})

    assert len(reply.json()["value"]) == 4


@pytest.mark.parametrize("option", ["$expand", "$apply", "$search"])
def test_an_unknown_option_is_refused(fresh: Service, option: str) -> None:
    reply = fresh.client.get(f"{fresh.company}/customers", params={option: "x"})

    assert error(reply)[:2] == (400, "BadRequest_InvalidRequestUrl")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("companies(11111111-2222-3333-4444-555555555555)/customers", 404),
        ("companies(not-a-guid)/customers", 400),
        ("customers?company=Conformance Ltd.", 200),
        ("customers?company=Nobody Ltd.", 404),
        ("customers", 200),
        ("colours", 404),
        ("", 200),
        ("../v9.9/companies", 404),
    ],
)
def test_addresses_lead_to_a_company(fresh: Service, address: str, status: int) -> None:
    assert fresh.client.get(address).status_code == status


def test_a_record_of_another_company_is_not_found(fresh: Service) -> None:
    other = next(each["id"] for each in fresh.get("companies")["value"] if each["name"] == "Other Ltd.")
    address = f"companies({other})/customers({fresh.customer_id('10000')})"

    assert error(fresh.client.get(address))[:2] == (404, "BadRequest_ResourceNotFound")
