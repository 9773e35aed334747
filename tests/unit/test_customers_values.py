from decimal import Decimal

import pytest

from importer.cells import Wrong
from importer.customers.values import cleared, wanted
from importer.master import Access, CustomerField, Given, Kind

GUID = "0CCCCCCC-0000-4000-8000-000000000003"
TEXT = CustomerField("city", Kind.TEXT, 5)
STREET = CustomerField("address.street", Kind.TEXT, 11, lengths=(5, 3))
CODE = CustomerField("country", Kind.CODE, 4)
OPTION = CustomerField("blocked", Kind.OPTION, options=("", "Ship", "All"))
FLAG = CustomerField("taxLiable", Kind.BOOLEAN)
NUMBER = CustomerField("creditLimit", Kind.DECIMAL)
ID = CustomerField("paymentTermsId", Kind.GUID)
EMAIL = CustomerField("email", Kind.EMAIL, 30)
PHONE = CustomerField("phoneNumber", Kind.PHONE, 12)


@pytest.mark.parametrize(
    ("field", "given", "text"),
    [
        (TEXT, " Kiel ", "Kiel"),
        (TEXT, "00123", "00123"),
        (TEXT, Decimal("10000.0"), "10000"),
        (TEXT, "12345", "12345"),
        (TEXT, "\U0001f600\U0001f600", "\U0001f600\U0001f600"),
        (STREET, "12345\r\n123", "12345\n123"),
        (STREET, "12345", "12345"),
        (CODE, " de ", "DE"),
        (OPTION, "All", "All"),
        (OPTION, "_x0020_", ""),
        (FLAG, True, "true"),
        (FLAG, "FALSE", "false"),
        (FLAG, "true", "true"),
        (NUMBER, "1500.50", "1500.5"),
        (NUMBER, "-0.10", "-0.1"),
        (NUMBER, "1000", "1000"),
        (NUMBER, "0", "0"),
        (NUMBER, "-0", "0"),
        (NUMBER, Decimal("0.1"), "0.1"),
        (NUMBER, "999999999999999.99", "999999999999999.99"),
        (ID, GUID, GUID.lower()),
        (ID, "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
        (EMAIL, "a.b@example.com", "a.b@example.com"),
        (EMAIL, "a@example.com; b@x.org", "a@example.com; b@x.org"),
        (PHONE, "(555) 1-2/34", "(555) 1-2/34"),
    ],
)
def test_a_cell_becomes_the_text_that_business_central_stores(field: CustomerField, given: Given, text: str) -> None:
    assert wanted(given, field, 2) == text


@pytest.mark.parametrize(
    ("field", "given", "rule"),
    [
        (TEXT, "123456", "property_fits"),
        (TEXT, "\U0001f600\U0001f600\U0001f600", "property_fits"),
        (TEXT, "a\nb", "property_is_readable"),
        (TEXT, "a\u200bb", "property_is_readable"),
        (TEXT, "a\u2028b", "property_is_readable"),
        (TEXT, True, "cell_is_text"),
        (TEXT, Decimal("1.5"), "cell_is_text"),
        (TEXT, Decimal("1E+20"), "cell_is_text"),
        (TEXT, "4,9E+11", "cell_is_text"),
        (STREET, "123456\n123", "property_fits"),
        (STREET, "12345\n1234", "property_fits"),
        (STREET, "1\n2\n3", "property_fits"),
        (CODE, "DE\u202e", "property_is_readable"),
        (CODE, "TOOLONG", "property_fits"),
        (OPTION, "all", "property_is_option"),
        (OPTION, "Invoice", "property_is_option"),
        (FLAG, "yes", "property_is_true_or_false"),
        (FLAG, "1", "property_is_true_or_false"),
        (FLAG, Decimal(1), "property_is_true_or_false"),
        (NUMBER, "1,5", "property_is_number"),
        (NUMBER, "1.500,00", "property_is_number"),
        (NUMBER, "1e3", "property_is_number"),
        (NUMBER, "1_000", "property_is_number"),
        (NUMBER, "\u0661", "property_is_number"),
        (NUMBER, "12.345", "property_is_number"),
        (NUMBER, "1000000000000000", "property_is_number"),
        (NUMBER, True, "property_is_number"),
        (ID, "10000", "property_is_guid"),
        (ID, "{" + GUID + "}", "property_is_guid"),
        (EMAIL, "nobody", "property_is_email"),
        (EMAIL, "a@b", "property_is_email"),
        (EMAIL, "a..b@example.com", "property_is_email"),
        (EMAIL, ".a@example.com", "property_is_email"),
        (EMAIL, "a@example.com, b@example.com", "property_is_email"),
        (EMAIL, "a@example.com;", "property_is_email"),
        (EMAIL, "Alpha <a@example.com>", "property_is_email"),
        (EMAIL, "a-very-long-name-of-nobody@example.com", "property_fits"),
        (PHONE, "call me", "phone_has_no_letters"),
        (PHONE, "1234567890123", "property_fits"),
        (TEXT, Wrong("CELL-1", "the cell shows an error"), "CELL-1"),
    ],
)
def test_a_cell_that_does_not_fit_is_wrong_by_its_rule(field: CustomerField, given: Given, rule: str) -> None:
    found = wanted(given, field, 2)
    assert isinstance(found, Wrong)
    assert found.rule == rule


def test_how_many_decimals_are_right_depends_on_the_currency() -> None:
    assert wanted("12.345", NUMBER, 3) == "12.345"
    assert isinstance(wanted("12.3", NUMBER, 0), Wrong)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (TEXT, ""),
        (CODE, ""),
        (EMAIL, ""),
        (OPTION, ""),
        (NUMBER, "0"),
        (ID, "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_property_is_emptied_to_what_empty_means_for_it(field: CustomerField, text: str) -> None:
    assert cleared(field) == text


@pytest.mark.parametrize(
    "field",
    [
        FLAG,
        CustomerField("type", Kind.OPTION, options=("Company", "Person")),
        CustomerField("displayName", Kind.TEXT, 100),
        CustomerField("number", Kind.CODE, 20, Access.WRITE),
    ],
)
def test_what_business_central_needs_is_never_emptied(field: CustomerField) -> None:
    found = cleared(field)
    assert isinstance(found, Wrong)
    assert found.rule == "property_can_be_empty"
