"""Conformance cases 40 to 46: reading customer payments and journals (business-central-api.md, section 12)."""

import pytest

from tests.contract.conformance import Service, error

NO_JOURNAL = "You must specify a journal batch ID or a journal ID to get a journal line."


def test_40_a_line_is_read_in_its_journal(service: Service) -> None:
    made = service.create({"lineNumber": 777})

    read = service.get(f"{service.payments()}({made['id']})")

    assert (read["id"], read["lineNumber"]) == (made["id"], 777)
    assert read["@odata.etag"].startswith('W/"')


def test_41_a_line_is_read_by_its_id_alone(service: Service) -> None:
    made = service.create({"lineNumber": 777})

    read = service.get(f"{service.company}/customerPayments({made['id']})")

    without_context = {name: value for name, value in made.items() if name != "@odata.context"}
    assert {name: value for name, value in read.items() if name != "@odata.context"} == without_context


def test_42_lines_are_not_listed_without_their_journal(service: Service) -> None:
    address = f"{service.company}/customerPayments"
    mine, other = service.create({}), service.create({}, service.names.bare_journal)

    unfiltered = service.client.get(address)
    filtered = service.get(address, **{"$filter": f"journalId eq {service.journal_id(service.names.journal)}"})

    assert error(unfiltered) == (400, "Application_DialogException", NO_JOURNAL)
    assert [line["id"] for line in filtered["value"]] == [mine["id"]]
    assert other["id"] != mine["id"]


def test_43_an_unknown_line_is_not_found(service: Service) -> None:
    reply = service.client.get(f"{service.payments()}(11111111-2222-3333-4444-555555555555)")

    assert error(reply)[:2] == (404, "BadRequest_ResourceNotFound")


def test_44_only_cash_receipt_journals_are_payment_journals(fresh: Service) -> None:
    payment = fresh.get(f"{fresh.company}/customerPaymentJournals")
    every = fresh.get(f"{fresh.company}/journals")
    cash_receipt = fresh.get(f"{fresh.company}/journals", **{"$filter": "templateDisplayName eq 'CASHRCPT'"})

    codes = ["DAY01", "J1", "J2", "J3"]
    assert [journal["code"] for journal in payment["value"]] == codes
    assert [journal["code"] for journal in cash_receipt["value"]] == codes
    assert sorted(journal["code"] for journal in every["value"]) == [*codes[:1], "GENERAL", *codes[1:]]


def test_45_a_line_without_applies_to_type_is_not_listed(fresh: Service) -> None:
    assert fresh.sandbox is not None
    fresh.sandbox.insert("J1", line_number=500, applies_to_type="")
    seen = fresh.create({"lineNumber": 600})

    assert [line["id"] for line in fresh.lines()] == [seen["id"]]
    assert [line.line_number for line in fresh.sandbox.journal_lines("J1")] == [500, 600]


@pytest.mark.parametrize("order", ["", "lineNumber desc", "description,lineNumber"])
def test_46_a_long_list_comes_in_pages(service: Service, order: str) -> None:
    numbers = [service.create({"description": f"text {number % 3}"})["lineNumber"] for number in range(7)]

    options = {"$orderby": order} if order else {}
    reply = service.client.get(service.payments(), params=options, headers={"Prefer": "odata.maxpagesize=3"})
    assert reply.headers["Preference-Applied"] == "odata.maxpagesize=3"
    sizes: list[int] = []
    found: list[int] = []
    while True:
        page = reply.json()
        sizes.append(len(page["value"]))
        found.extend(line["lineNumber"] for line in page["value"])
        if "@odata.nextLink" not in page:
            break
        reply = service.client.get(page["@odata.nextLink"], headers={"Prefer": "odata.maxpagesize=3"})

    assert sizes == [3, 3, 1]
    assert sorted(found) == numbers
    if order == "lineNumber desc":
        assert found == numbers[::-1]
