"""The gate: one origin, a short list of things to do, and no way to post."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.bc.flavours import FLAVOURS, flavour
from importer.bc.gate import gate, has_sibling
from importer.bc.wire import Place, Request, change, creation, envelope, listing, removal
from importer.errors import ConfigurationError, ServerContradiction
from importer.plan import FieldChange, LinePatch
from tests.unit.wire_values import COMPANY, JOURNAL, LINE_ID, line, payment

BASE = "https://bc.example.com/v2.0/tenant/Production/api/v2.0"
V2 = flavour("v2.0")
GATE = gate(BASE, V2)
_LINK = r"(https?:)?[/\\\\]{0,3}([@:a.]|bc\.example\.com|evil\.example|%[0-9a-f]{2}){1,5}[/?#]?.{0,5}"
PATCH = LinePatch(LINE_ID, 1, 'W/"a"', (FieldChange("comment", "", "x"),))


@pytest.mark.parametrize("name", FLAVOURS)
def test_what_the_importer_does_passes_in_every_flavour(name: str) -> None:
    dialect = flavour(name)
    place = Place(dialect, COMPANY, JOURNAL)
    requests = [
        listing(dialect.customers(COMPANY), where="number eq '1'"),
        creation(place, payment()),
        change(place, PATCH),
        removal(place, line()),
        envelope([creation(place, payment()), change(place, PATCH), removal(place, line())]),
        Request("PATCH", dialect.one_customer(COMPANY, LINE_ID)),
        Request("POST", dialect.all_journals(COMPANY)),
    ]
    assert [gate(BASE, dialect).url(request) for request in requests] == [
        f"{BASE}/{request.target}" for request in requests
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"companies({COMPANY})/journals({JOURNAL})/Microsoft.NAV.post"),
        ("POST", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/microsoft.nav.POST"),
        ("GET", f"companies({COMPANY})/journals({JOURNAL})/Microsoft.NAV.post"),
        ("GET", "companies/Microsoft%2ENAV.post"),
        ("GET", "companies/%4dicrosoft.nav.post"),
        ("GET", "companies/%254dicrosoft.nav.post"),
        ("GET", "companies/%25252525254dicrosoft"),
        ("GET", "../other"),
        ("GET", "companies/%2e%2e/other"),
        ("GET", "companies\\x"),
        ("GET", "companies%0d%0aHost: x"),
        ("POST", f"companies({COMPANY})/customers"),
        ("POST", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments({LINE_ID})"),
        ("PATCH", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})"),
        ("PATCH", f"companies({COMPANY})/salesInvoices({LINE_ID})"),
        ("DELETE", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})"),
        ("DELETE", f"companies({COMPANY})/customers({LINE_ID})"),
        ("DELETE", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments"),
        ("PATCH", f"companies({COMPANY})/customers(x)"),
        ("PUT", f"companies({COMPANY})/customers({LINE_ID})"),
        ("POST", f"companies({COMPANY})/customerPaymentJournals({JOURNAL})/customerPayments?x=y"),
    ],
)
def test_nothing_else_passes_alone_or_in_an_envelope(method: str, path: str) -> None:
    request = Request(method, path)
    with pytest.raises(ServerContradiction):
        GATE.url(request)
    with pytest.raises(ServerContradiction):
        GATE.url(envelope([creation(Place(V2, COMPANY, JOURNAL), payment()), request]))


def test_a_sibling_api_is_for_reading_only() -> None:
    sibling = gate(BASE, V2, "microsoft/reportsFinance/beta")
    path = f"companies({COMPANY})/customerLedgerEntries"
    expected = f"https://bc.example.com/v2.0/tenant/Production/api/microsoft/reportsFinance/beta/{path}"
    assert sibling.url(listing(path)) == expected
    with pytest.raises(ServerContradiction):
        sibling.url(Request("POST", "$batch"))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"{BASE}/customers?$skiptoken=2", f"{BASE}/customers?$skiptoken=2"),
        (
            "https://BC.example.com:443/v2.0/x?$skiptoken=%27A%27",
            "https://BC.example.com:443/v2.0/x?$skiptoken=%27A%27",
        ),
        ("customers?$skiptoken=2", f"{BASE}/customers?$skiptoken=2"),
        ("?$skiptoken=2", f"{BASE}/customers?$skiptoken=2"),
        ("/v2.0/more", "https://bc.example.com/v2.0/more"),
    ],
)
def test_a_further_page_of_the_same_origin_is_followed(link: str, expected: str) -> None:
    assert GATE.link(link, f"{BASE}/customers") == expected


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/steal",
        "http://bc.example.com/v2.0/x",
        "https://bc.example.com:444/x",
        "https://bc.example.com.evil.example/x",
        "https://bc.example.com@evil.example/x",
        "https://user@bc.example.com/x",
        "//evil.example/x",
        "ftp://bc.example.com/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        f"{BASE}/journals({JOURNAL})/MICROSOFT.nav.post",
        "https://[bad/x",
        "https://bc.example.com:99999/x",
    ],
)
def test_a_further_page_elsewhere_is_refused(link: str) -> None:
    with pytest.raises(ServerContradiction):
        GATE.link(link, f"{BASE}/customers")
    with pytest.raises(ServerContradiction):
        GATE.url(Request("GET", "customers", link=link if "://" in link else f"https://evil.example/{link}"))


def test_a_refusal_names_the_hosts_but_no_more_of_the_urls() -> None:
    with pytest.raises(ServerContradiction) as caught:
        GATE.link("https://evil.example/steal?token=abc", f"{BASE}/customers")
    assert "https://evil.example" in str(caught.value)
    assert "abc" not in str(caught.value)
    assert "tenant" not in str(caught.value)


@given(st.text() | st.from_regex(_LINK, fullmatch=True))
def test_whatever_a_server_names_stays_on_the_origin_or_is_refused(link: str) -> None:
    try:
        url = GATE.link(link, f"{BASE}/customers")
        httpx.URL(url)
    except (ServerContradiction, httpx.InvalidURL):
        return
    assert httpx.URL(url).host == "bc.example.com"
    assert httpx.URL(url).scheme == "https"


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("http://bc.example.com/api/v2.0", "Use https"),
        ("http://10.0.0.1/api/v2.0", "Use https"),
        ("https://user:pw@bc.example.com/api/v2.0", "user or a password"),
        ("https://bc.example.com/api/v2.0?tenant=x", "remove what follows"),
        ("bc.example.com/api/v2.0", "begins with https"),
        ("https:///api", "begins with https"),
        ("ftp://bc.example.com", "begins with https"),
        ("https://bc.example.com:x/", "begins with https"),
    ],
)
def test_a_base_url_that_is_no_safe_service_is_refused(base: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        gate(base, V2)


@pytest.mark.parametrize(
    "base", ["http://localhost:7048/api", "http://127.0.0.9/api", "http://[::1]:8000/api", f"{BASE}/"]
)
def test_this_machine_may_be_asked_without_encryption(base: str) -> None:
    assert gate(base, V2).url(listing("companies")) == f"{base.rstrip('/')}/companies"


def test_the_folder_of_graph_may_already_stand_in_the_base_url() -> None:
    graph = flavour("graph-beta")
    for base in ("https://graph.example.com/beta", "https://graph.example.com/beta/financials/"):
        url = gate(base, graph).url(listing(graph.all_companies()))
        assert url == "https://graph.example.com/beta/financials/companies"


@pytest.mark.parametrize(
    ("base", "there_is"),
    [
        (BASE, True),
        ("https://host:7048/BC/api/v1.0/", True),
        ("https://host/bc", False),
        ("https://graph.example.com/beta", False),
    ],
)
def test_another_api_stands_beside_one_that_ends_in_its_version(base: str, *, there_is: bool) -> None:
    assert has_sibling(base) is there_is
