"""The dialects: URLs, fields and what is said about what is missing."""

import pytest

from importer.bc.flavours import FLAVOURS, JOURNALS, MISSPELT_JOURNALS, CustomerShape, Keys, flavour
from importer.errors import ConfigurationError
from importer.validator import FieldLimits
from tests.unit.wire_values import COMPANY, JOURNAL, LINE_ID

PARENTHESES = {
    "companies": "companies",
    "customers": f"companies({COMPANY})/customers",
    "customer": f"companies({COMPANY})/customers({LINE_ID})",
    "invoices": f"companies({COMPANY})/salesInvoices",
    "journals": f"companies({COMPANY})/customerPaymentJournals",
    "lines": f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments",
    "line": f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments({LINE_ID})",
}
URLS = {
    "v2.0": PARENTHESES,
    "v1.0": PARENTHESES,
    "financials-beta": PARENTHESES,
    "graph-beta": {
        "companies": "financials/companies",
        "customers": f"financials/companies/{COMPANY}/customers",
        "customer": f"financials/companies/{COMPANY}/customers/{LINE_ID}",
        "invoices": f"financials/companies/{COMPANY}/salesInvoices",
        "journals": f"financials/companies/{COMPANY}/customerPaymentJournals",
        "lines": f"financials/companies/{COMPANY}/customerPaymentJournals/{JOURNAL}/customerPayments",
        "line": f"financials/companies/{COMPANY}/customerPaymentJournals/{JOURNAL}/customerPayments/{LINE_ID}",
    },
}


@pytest.mark.parametrize("name", FLAVOURS)
def test_every_flavour_spells_its_urls_as_the_documents_do(name: str) -> None:
    dialect = flavour(name)
    assert {
        "companies": dialect.all_companies(),
        "customers": dialect.customers(COMPANY),
        "customer": dialect.one_customer(COMPANY, LINE_ID),
        "invoices": dialect.invoices(COMPANY),
        "journals": dialect.all_journals(COMPANY),
        "lines": dialect.lines(COMPANY, JOURNAL),
        "line": dialect.line(COMPANY, JOURNAL, LINE_ID),
    } == URLS[name]


def test_the_journals_may_be_misspelt_as_some_servers_do() -> None:
    assert flavour("v2.0").journals == JOURNALS
    misspelt = flavour("v2.0", MISSPELT_JOURNALS)
    assert misspelt.line(COMPANY, JOURNAL, LINE_ID) == (
        f"companies({COMPANY})/customerPaymentsJournals({JOURNAL})/customerPayments({LINE_ID})"
    )


def test_an_unknown_flavour_names_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        flavour("v20")
    assert str(caught.value) == (
        'There is no API flavour "v20"; there are v2.0, v1.0, graph-beta, financials-beta. Did you mean "v2.0"?'
    )


def test_an_unknown_spelling_of_the_journals_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="company check"):
        flavour("v2.0", "paymentJournals")


def test_the_shapes_are_those_of_the_documents() -> None:
    assert {name: (each.keys, each.customer, each.batch) for name, each in FLAVOURS.items()} == {
        "v2.0": (Keys.PARENTHESES, CustomerShape.FLAT, 100),
        "v1.0": (Keys.PARENTHESES, CustomerShape.NESTED, 100),
        "graph-beta": (Keys.SEGMENT, CustomerShape.NESTED, 0),
        "financials-beta": (Keys.PARENTHESES, CustomerShape.NESTED, 0),
    }


@pytest.mark.parametrize("name", FLAVOURS)
def test_the_documented_lengths_hold_in_every_flavour(name: str) -> None:
    assert flavour(name).limits == FieldLimits(number=20, description=50, comment=250)


@pytest.mark.parametrize("name", FLAVOURS)
def test_what_a_flavour_cannot_do_is_said_in_a_sentence(name: str) -> None:
    dialect = flavour(name)
    lacking = {
        "batch": dialect.batch == 0,
        "posted": not dialect.posted,
        "ask-server": dialect.batch == 0,
        "remaining amount": "remainingAmount" not in dialect.invoice_fields,
    }
    assert set(dialect.unsupported) == {ability for ability, lacks in lacking.items() if lacks}
    assert all(len(sentence.split()) > 6 for sentence in dialect.unsupported.values())


def test_a_contact_is_a_field_of_the_old_dialects_only() -> None:
    assert {name: "contactId" in each.own_line_fields for name, each in FLAVOURS.items()} == {
        "v2.0": False,
        "v1.0": True,
        "graph-beta": True,
        "financials-beta": True,
    }
