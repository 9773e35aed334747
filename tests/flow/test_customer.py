"""Customer master data as a user does it: a file, a preview of old and new values, an import, and the same import again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from importer.ledger import open_ledger
from importer.office import utc_now
from importer.sandbox.app import BASE
from importer.sandbox.rows import Customer
from importer.shipped import shipped
from tests.flow.conftest import Desk

SAMPLES = shipped("samples") / "customers"
FLAVOURS = {
    "v2.0": (BASE, "customers.csv"),
    "v1.0": ("/BC/api/v1.0", "customers-nested.csv"),
    "graph-beta": ("/beta", "customers-nested.csv"),
    "financials-beta": ("/v1.0/api/beta", "customers-nested.csv"),
}


def speak(desk: Desk, flavour: str) -> Path:
    """Configure the flavour; its sample file."""
    base, sample = FLAVOURS[flavour]
    desk.configure(desk.url, desk.url.removesuffix(BASE) + base)
    desk.configure('journal = "BANK"', f'journal = "BANK"\napi = "{flavour}"')
    return SAMPLES / sample


def write(desk: Desk, *rows: str, name: str = "customers.csv") -> Path:
    path = desk.folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def customers(desk: Desk) -> dict[str, Customer]:
    return {each.number: each for each in desk.sandbox.customers()}


def patched(desk: Desk) -> list[str]:
    """The numbers of the customers that were changed over the API, in order."""
    by_id = {each.id: each.number for each in desk.sandbox.customers()}
    return [by_id[each.partition("customers")[2].strip("(/)")] for each in desk.writes()]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_sample_changes_what_its_preview_says_and_nothing_else(desk: Desk, flavour: str) -> None:
    sample = speak(desk, flavour)
    before = customers(desk)
    seen = desk.importer("customer", "preview", sample, "--format", "json")
    expected = json.loads(sample.with_name(f"{sample.name}.preview.json").read_text(encoding="utf-8"))
    assert (seen.code, desk.writes()) == (3, [])
    assert {**seen.document, "made_at": ""} == {**expected, "made_at": "", "api": flavour}

    done = desk.importer("customer", "import", sample, "--yes", "--format", "json")
    assert (done.code, patched(desk)) == (3, ["10000", "10010"])
    assert [each["state"] for each in done.document["outcome"]["customers"]] == ["patched", "patched"]
    after = customers(desk)
    changed = {number for number in before if after[number] != before[number]}
    assert changed == {"10000", "10010"}
    assert (after["10000"].address_line1, after["10000"].phone_number) == ("Kranichweg 14", "+49 555 0199")
    assert (after["10000"].city, after["10000"].postal_code) == ("Möwenfeld", "24999")

    again = desk.importer("customer", "import", sample, "--yes", "--format", "json")
    assert (again.code, again.document["totals"]["patch"], patched(desk)) == (3, 0, ["10000", "10010"])


def test_a_workbook_keeps_text_as_text_and_numbers_exact(desk: Desk) -> None:
    sample = SAMPLES / "customers.xlsx"
    seen = desk.importer("customer", "preview", sample, "--format", "json").document
    assert {**seen, "made_at": ""} == json.loads(
        sample.with_name("customers.xlsx.preview.json").read_text(encoding="utf-8")
    )
    done = desk.importer("customer", "import", sample, "--yes", "--format", "json")
    assert done.code == 3
    after = customers(desk)
    assert after["10000"].phone_number == "00495550199"
    assert str(after["10000"].credit_limit) == "2500.5"
    assert after["10000"].tax_liable
    assert (str(after["10010"].credit_limit), after["10010"].blocked) == ("0.1", "Ship")
    problems = [problem for each in done.document["decisions"] for problem in each["problems"]]
    assert [(each["row"], each["column"], each["rule"]) for each in problems] == [
        (4, "number", "key_is_known"),
        (5, "taxLiable", "property_is_true_or_false"),
    ]
    assert 'did you mean "10020"?' in problems[0]["message"]


def test_a_change_is_made_once_and_touches_nothing_else(desk: Desk) -> None:
    path = write(desk, "number,displayName,city,phoneNumber", "10000,Möwenfelder Backstuben GmbH,Kiel,+49 1")
    assert desk.importer("customer", "import", path, "--yes").code == 0
    [change] = desk.sandbox.history
    before, after = change.before, change.after
    assert isinstance(before, Customer)
    assert isinstance(after, Customer)
    stamped = replace(before, version=after.version, modified_at=after.modified_at)
    assert after == replace(stamped, city="Kiel", phone_number="+49 1")


def test_a_blank_cell_changes_nothing_unless_it_is_told_to(desk: Desk) -> None:
    path = write(desk, "number,phoneNumber,city", "10000,,Kiel")
    assert desk.importer("customer", "import", path, "--yes").code == 0
    assert (customers(desk)["10000"].phone_number, customers(desk)["10000"].city) == ("+49 555 0100", "Kiel")
    assert desk.importer("customer", "import", path, "--yes", "--clear-blank").code == 0
    assert (customers(desk)["10000"].phone_number, customers(desk)["10000"].city) == ("", "Kiel")


def test_a_customer_can_be_named_by_its_id(desk: Desk) -> None:
    alpha = customers(desk)["10000"]
    path = write(desk, "id;number;city", f"{alpha.id.upper()};10000;Kiel", f"{customers(desk)['10010'].id};10000;Kiel")
    done = desk.importer("customer", "import", path, "--yes")
    assert (done.code, patched(desk)) == (3, ["10000"])
    assert "a number is not changed here" in " ".join(done.out.split())


def test_a_wrong_header_refuses_the_file_with_every_problem_in_it(desk: Desk) -> None:
    path = write(desk, "nummer,address.city,displayname,city,city,number", "10000,Kiel,X,Y,Z,10000", "1,,,,,nobody")
    ran = desk.importer("customer", "import", path, "--yes")
    assert (ran.code, ran.out, desk.writes()) == (4, "", [])
    for told in (
        'column "nummer": customers of API v2.0 have no such property; did you mean "number"?',
        'column "address.city": customers of API v2.0 have no such property; did you mean "city"?',
        'column "displayname": customers of API v2.0 have no such property; did you mean "displayName"?',
        'column "city": 2 columns have this name',
        'customers.csv, row 3, column "number": value "nobody" - no customer has this number',
    ):
        assert told in ran.err


def test_dry_run_is_a_preview(desk: Desk) -> None:
    path = write(desk, "number,city", "10000,Kiel")
    dry = desk.importer("customer", "import", path, "--dry-run", "--format", "json")
    seen = desk.importer("customer", "preview", path, "--format", "json")
    assert (dry.code, seen.code, desk.writes()) == (0, 0, [])
    assert dry.document["plan"] == seen.document["plan"]


def test_only_the_expected_plan_is_carried_out(desk: Desk) -> None:
    path = write(desk, "number,city", "10000,Kiel", "10010,Kiel")
    digest = desk.importer("customer", "preview", path, "--format", "json").document["plan"]
    desk.sandbox.edit_customer("10000", city="Moved by a person")
    refused = desk.importer("customer", "import", path, "--expect", digest)
    assert (refused.code, desk.writes()) == (4, [])
    assert f"not the expected {digest}" in refused.err
    digest = desk.importer("customer", "preview", path, "--format", "json").document["plan"]
    desk.sandbox.edit_customer("10010", phone_number="+49 7")
    assert desk.importer("customer", "import", path, "--expect", digest).code == 0
    assert (customers(desk)["10000"].city, customers(desk)["10010"].phone_number) == ("Kiel", "+49 7")


def test_the_order_of_rows_and_columns_does_not_change_the_plan(desk: Desk) -> None:
    one = write(desk, "number,city,phoneNumber", "10000,Kiel,+49 1", "10010,Bonn,", name="one.csv")
    other = write(desk, "phoneNumber;number;city", ";10010;Bonn", "+49 1;10000;Kiel", name="other.csv")
    digests = [desk.importer("customer", "preview", each, "--format", "json").document["plan"] for each in (one, other)]
    assert digests[0] == digests[1]


def test_the_brake_refuses_with_numbers(desk: Desk) -> None:
    desk.configure('journal = "BANK"', 'journal = "BANK"\nmax_lines = 1')
    refused = desk.importer("customer", "import", write(desk, "number,city", "10000,Kiel", "10010,Kiel"), "--yes")
    assert (refused.code, desk.writes()) == (4, [])
    assert "The plan changes 2 customers, more than max_lines = 1" in refused.err


def test_a_second_run_at_the_same_time_is_told_to_come_back(desk: Desk) -> None:
    path = write(desk, "number,city", "10000,Kiel")
    company = desk.importer("customer", "preview", path, "--format", "json").document["company_id"]
    with open_ledger(str(desk.folder / "state/importer.db"), utc_now) as ledger, ledger.lock(company):
        assert desk.importer("customer", "import", path, "--yes").code == 75
    assert desk.writes() == []


def test_what_the_server_refuses_is_told_and_the_others_are_changed(desk: Desk) -> None:
    path = write(desk, "number,salespersonCode,blocked", "10000,,All", "10010,,All")
    desk.sandbox.edit_customer("10000", privacy_blocked=True)
    done = desk.importer("customer", "import", path, "--yes", "--format", "json")
    states = {each["customer"]: (each["state"], each["reason"]) for each in done.document["outcome"]["customers"]}
    assert (done.code, states["10010"]) == (3, ("patched", ""))
    assert states["10000"][0] == "rejected"
    assert "blocked for privacy" in states["10000"][1]


def test_every_face_shows_old_and_new_values(desk: Desk) -> None:
    path = write(desk, "number,city,phoneNumber", "10000,<b>Kiel</b>,", "10010,,letters")
    desk.importer("customer", "preview", path, "--format", "html", "-o", "page.html")
    desk.importer("customer", "preview", path, "--format", "xlsx", "-o", "book.xlsx")
    table = desk.importer("customer", "preview", path)
    assert "city: Möwenfeld -> <b>Kiel</b>" in table.out
    page = (desk.folder / "page.html").read_text(encoding="utf-8")
    assert "<del>Möwenfeld</del></td><td><ins>&lt;b&gt;Kiel&lt;/b&gt;</ins>" in page
    sheet = load_workbook(desk.folder / "book.xlsx")["Customers"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert rows[1] == (2, "10000", "Möwenfelder Backstuben GmbH", "To change", "city", "Möwenfeld", "<b>Kiel</b>", None)
    assert rows[0][3] == "Rejected"
    assert "a phone number must not hold letters" in str(rows[0][7])


def test_the_run_is_listed_and_a_denied_server_has_its_exit_code(desk: Desk) -> None:
    path = write(desk, "number,city", "10000,Kiel")
    done = desk.importer("customer", "import", path, "--yes", "--format", "json").document["outcome"]
    listed = desk.importer("run", "list").out.split("\t")
    assert (listed[0], listed[2]) == (done["run"], "customers")
    shown = desk.importer("run", "show", done["run"])
    assert shown.out == "customer 10000\tcity: Möwenfeld -> Kiel\tpatched\n"
    assert desk.importer("run", "settle").err == "Nothing is unknown.\n"
    desk.monkeypatch.setenv("BC_TOKEN", "wrong")
    assert desk.importer("customer", "import", path, "--yes").code == 77


def test_all_customers_of_a_file_go_into_one_batch(desk: Desk) -> None:
    rows = [f"{number},City {number}" for number in customers(desk)]
    assert desk.importer("customer", "import", write(desk, "number,city", *rows), "--yes").code == 0
    assert {each.city for each in desk.sandbox.customers()} == {f"City {number}" for number in customers(desk)}
    batches = [served for served in desk.sandbox.requests if served.path.endswith("$batch")]
    assert [len(batch.parts) for batch in batches] == [len(rows)]


def test_a_date_cell_is_told_to_be_no_value(desk: Desk) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["number", "phoneNumber"])
    sheet.append([10000, datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)])
    book.save(desk.folder / "c.xlsx")
    ran = desk.importer("customer", "preview", "c.xlsx", "--format", "json")
    [problem] = ran.document["decisions"][0]["problems"]
    assert (ran.code, problem["rule"], problem["column"]) == (3, "cell_is_text", "phoneNumber")
