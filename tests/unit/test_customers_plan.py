from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from importer.bc.customer_fields import FLAT, NESTED, OLDEST
from importer.customers import Blanks, Change, CustomerBooks, CustomerPlan, Keep, Refuse, plan_customers
from importer.errors import UnusableFile
from importer.master import CustomerRecord, Fields, Given, MasterFile, MasterRow
from importer.plan import FieldChange

NULL = "00000000-0000-0000-0000-000000000000"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ALPHA_ID = "0ccccccc-0000-4000-8000-000000000001"
BETA_ID = "0ccccccc-0000-4000-8000-000000000002"
TERMS_ID = "0ddddddd-0000-4000-8000-000000000004"
_BLANK = {
    name: {"number": "0", "true or false": "false", "GUID": NULL}.get(field.kind, "") for name, field in FLAT.items()
}


def record(number: str, record_id: str, **fields: str) -> CustomerRecord:
    named = {"id": record_id, "number": number, "displayName": f"Customer {number}", **fields}
    return CustomerRecord(record_id, number, 'W/"1"', {**_BLANK, **named})


ALPHA = record("10000", ALPHA_ID, city="Leeds", postalCode="01067", country="GB", currencyCode="EUR", balanceDue="12.5")
BETA = record("00123", BETA_ID, blocked="All", currencyCode="USD", phoneNumber="+1", paymentTermsId=TERMS_ID)
BOOKS = CustomerBooks(
    company_id="company",
    company="CRONUS",
    api="v2.0",
    currency="EUR",
    fields=FLAT,
    records=(ALPHA, BETA),
    codes={"countriesRegions": {"1": "GB", "2": "DE"}, "currencies": {"3": "USD"}, "paymentTerms": {TERMS_ID: "30D"}},
)


def file(header: str, *rows: str | tuple[Given, ...]) -> MasterFile:
    """Columns separated by |; the header is row 1."""
    cells = [tuple(row.split("|")) if isinstance(row, str) else row for row in rows]
    numbered = tuple(MasterRow(number, row) for number, row in enumerate(cells, start=2))
    return MasterFile("customers.csv", "sha", tuple(header.split("|")), 1, numbered)


def plan(wishes: MasterFile, blanks: Blanks = Blanks.KEEP, books: CustomerBooks = BOOKS) -> CustomerPlan:
    return plan_customers(wishes, books, blanks, NOW)


def changes(made: CustomerPlan) -> list[tuple[str, str, str]]:
    return [(each.field, each.old, each.new) for change in made.changes for each in change.patch.changes]


def problems(made: CustomerPlan) -> list[tuple[int, str, str, str]]:
    return [(each.row, each.column, each.value, each.rule) for refusal in made.refusals for each in refusal.problems]


def test_every_row_has_one_decision_and_only_what_differs_changes() -> None:
    made = plan(file("number|city|country", "10000|York|gb", "00123||", "99999|x|"))
    [change, keep, refuse] = made.decisions
    assert isinstance(change, Change)
    assert (change.row, change.patch.base, change.patch.changes) == (2, ALPHA, (FieldChange("city", "Leeds", "York"),))
    assert keep == Keep(3, "00123", "Customer 00123")
    assert isinstance(refuse, Refuse)
    assert (made.totals(), made.exit_code) == ({"patch": 1, "skip": 1, "reject": 1}, 3)
    assert made.properties == ("city", "country")


def test_a_row_with_one_mistake_is_left_alone_as_a_whole() -> None:
    made = plan(file("number|city|phoneNumber|email", "10000|York|letters|nobody"))
    assert changes(made) == []
    assert problems(made) == [
        (2, "phoneNumber", "letters", "phone_has_no_letters"),
        (2, "email", "nobody", "property_is_email"),
    ]


def test_mistakes_of_a_row_are_told_although_its_customer_is_unknown() -> None:
    assert problems(plan(file("number|country", "77|XX"))) == [
        (2, "number", "77", "key_is_known"),
        (2, "country", "XX", "code_is_known"),
    ]


def test_a_blank_cell_never_clears_unless_told() -> None:
    wishes = file("number|city|creditLimit|paymentTermsId|blocked|currencyCode", "00123| ||||")
    assert plan(wishes).decisions == (Keep(2, "00123", "Customer 00123"),)
    assert changes(plan(wishes, Blanks.CLEAR)) == [
        ("paymentTermsId", TERMS_ID, NULL),
        ("currencyCode", "USD", "EUR"),
        ("blocked", "All", ""),
    ]


def test_what_cannot_be_empty_is_told_when_blanks_clear() -> None:
    made = plan(file("number|displayName|taxLiable|type|balanceDue", "10000||||"), Blanks.CLEAR)
    assert [problem[1:] for problem in problems(made)] == [
        ("displayName", "", "property_can_be_empty"),
        ("taxLiable", "", "property_can_be_empty"),
        ("type", "", "property_can_be_empty"),
    ]


def test_an_option_is_emptied_by_its_name() -> None:
    assert changes(plan(file("number|blocked", "00123|_x0020_"))) == [("blocked", "All", "")]


def test_read_only_columns_may_repeat_what_is_there() -> None:
    assert plan(file("number|balanceDue", "10000|12.50")).exit_code == 0
    assert problems(plan(file("number|balanceDue", "10000|13"))) == [(2, "balanceDue", "13", "property_is_read_only")]


@pytest.mark.parametrize(
    ("header", "row", "rule"),
    [
        ("number|city", "|York", "key_is_given"),
        ("number|city", "123|York", "key_is_known"),
        ("id|city", f"{ALPHA_ID[:-1]}9|York", "key_is_known"),
        ("id|number|city", f"{ALPHA_ID}|00123|York", "key_is_kept"),
        ("id|number|city", f"{ALPHA_ID}|20000|York", "key_is_kept"),
        ("number|city", "10000|York|more", "row_width"),
        ("number|city|country", "10000|York", "row_width"),
        ("number|country", "10000|XX", "code_is_known"),
        ("number|currencyCode", "10000|EUX", "code_is_known"),
        ("number|paymentTermsId", f"10000|{ALPHA_ID}", "code_is_known"),
        ("number|creditLimit", "10000|1.005", "property_is_number"),
    ],
)
def test_a_row_is_refused_by_its_rule(header: str, row: str, rule: str) -> None:
    [found] = problems(plan(file(header, row)))
    assert found[3] == rule


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("number|city", " 10000 |York"),
        ("id|city", f"{ALPHA_ID.upper()}|York"),
        ("id|number|city", f"{ALPHA_ID}|10000|York"),
        ("id|number|city", f"{ALPHA_ID}||York"),
        ("city|number", "York|10000"),
        ("number||city", "10000||York"),
        ("number|city", "10000|York||"),
    ],
)
def test_a_customer_is_found_by_number_or_id(header: str, row: str) -> None:
    assert changes(plan(file(header, row))) == [("city", "Leeds", "York")]


@pytest.mark.parametrize(
    ("header", "row", "change"),
    [
        ("number|country", "10000|de", ("country", "GB", "DE")),
        ("number|currencyCode", "00123|eur", ("currencyCode", "USD", "EUR")),
        ("number|paymentTermsId", f"10000|{TERMS_ID.upper()}", ("paymentTermsId", NULL, TERMS_ID)),
        ("number|taxAreaId", f"10000|{ALPHA_ID}", ("taxAreaId", NULL, ALPHA_ID)),
    ],
)
def test_codes_and_ids_of_other_tables_are_taken_when_they_are_known(
    header: str, row: str, change: tuple[str, str, str]
) -> None:
    # taxAreas is a table that this server does not offer: what is in it only the server can say.
    assert changes(plan(file(header, row))) == [change]


@pytest.mark.parametrize(
    ("country", "exit_code"), [("FR", 0), ("de", 0), ("X1", 0), ("Germany", 3), ("F", 3), ("DEU", 3)]
)
def test_without_the_table_of_countries_two_letters_or_one_in_use_will_do(country: str, exit_code: int) -> None:
    others = (ALPHA, BETA, record("3", "0ccccccc-0000-4000-8000-000000000003", country="X1"))
    books = replace(BOOKS, codes={"countriesRegions": None}, records=others)
    assert plan(file("number|country", f"10000|{country}"), books=books).exit_code == exit_code


def test_a_customer_that_stands_in_two_rows_is_changed_by_none() -> None:
    made = plan(file("number|city", "10000|York", "00123|Oslo", " 10000|Hull"))
    assert [type(each) for each in made.decisions] == [Refuse, Change, Refuse]
    assert [each.problems[0].message for each in made.refusals] == [
        "the customer stands in row 4 too; keep one of them",
        "the customer stands in row 2 too; keep one of them",
    ]


def test_zeros_that_a_spreadsheet_dropped_are_not_a_wish() -> None:
    made = plan(file("number|postalCode", ("10000", Decimal(1067)), (Decimal(123), "")))
    assert [problem[3] for problem in problems(made)] == ["cell_is_text", "key_is_known"]
    assert 'did you mean "00123"? A spreadsheet removes leading zeros' in made.refusals[1].problems[0].message
    assert changes(plan(file("number|postalCode", ("10000", "1067")))) == [("postalCode", "01067", "1067")]


def test_a_property_that_the_server_does_not_show_is_not_changed() -> None:
    bare = replace(ALPHA, fields={"displayName": "Customer 10000"})
    made = plan(file("number|city", "10000|York"), books=replace(BOOKS, records=(bare,)))
    assert problems(made) == [(2, "city", "York", "server_has_property")]


HEADERS: Mapping[str, tuple[Fields, str, list[str]]] = {
    "unknown": (FLAT, "number|adressLine1", ['did you mean "addressLine1"?']),
    "another case": (FLAT, "number|displayname", ['did you mean "displayName"?']),
    "nested in a flat dialect": (FLAT, "number|address.city", ['did you mean "city"?']),
    "flat in a nested dialect": (NESTED, "number|city", ['did you mean "address.city"?']),
    "not in this dialect": (OLDEST, "number|creditLimit|x", ["no such property"]),
    "unlike any": (FLAT, "number|zzz", ["there are id, number, displayName"]),
    "twice": (FLAT, "number|city|city", ["2 columns have this name"]),
    "no key": (FLAT, "displayName|city", ['add a column "number" (or "id")']),
    "only keys": (FLAT, "number|id", ["there is no column beside the key"]),
    "no name": (FLAT, "number|city|", ["column 3 has no name but row 2 a value"]),
    "several": (FLAT, "nummer|city|city", ['did you mean "number"?', "2 columns", "no column names the customer"]),
}


@pytest.mark.parametrize(("fields", "header", "told"), HEADERS.values(), ids=HEADERS.keys())
def test_a_wrong_header_refuses_the_file_and_says_what_to_do(fields: Fields, header: str, told: list[str]) -> None:
    row = "|".join("x" for _ in header.split("|"))
    with pytest.raises(UnusableFile) as refused:
        plan(file(header, row), books=replace(BOOKS, fields=fields))
    assert [text for text in told if text not in str(refused.value)] == []


def test_ids_come_before_codes_because_the_server_compares_only_then() -> None:
    books = replace(BOOKS, codes={})
    made = plan(file("number|currencyCode|city|currencyId", f"10000|USD|York|{TERMS_ID}"), books=books)
    assert [field for field, _, _ in changes(made)] == ["currencyId", "currencyCode", "city"]


def test_the_plan_has_another_name_when_anything_in_it_changes() -> None:
    digests = {
        plan(file("number|city", "10000|York")).digest,
        plan(file("number|city", "10000|Hull")).digest,
        plan(file("number|city", "10000|York", "77|x")).digest,
        plan(file("number|state", "10000|York")).digest,
        plan(file("number|city", "00123|York")).digest,
        plan(file("number|city", "10000|York"), books=replace(BOOKS, company_id="other")).digest,
        plan(
            file("number|city", "10000|York"),
            books=replace(BOOKS, records=(replace(ALPHA, fields={**ALPHA.fields, "city": "Hull"}),)),
        ).digest,
    }
    assert len(digests) == 7
    newer = replace(ALPHA, etag='W/"2"')
    same = plan(file("city|number", "York|10000"), books=replace(BOOKS, records=(BETA, newer)))
    assert same.digest == plan(file("number|city", "10000|York")).digest
