from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.reports.masking import masked
from importer.reports.outcomes import outcome_report
from importer.reports.page import page, write_page
from importer.reports.rows import plan_report
from importer.states import State
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile

EVERY = page(plan_report(plans.every_kind()))
_EMPTY = frozenset({"meta", "input", "link", "br", "img"})


class Outline(HTMLParser):
    """The elements and attributes of a page, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)


def shape(text: str) -> list[tuple[str, list[str]]]:
    return [(tag, sorted(attributes)) for tag, attributes in Outline(text).tags]


def hashes(text: str, element: str) -> list[str]:
    bodies = re.findall(f"<{element}>(.*?)</{element}>", text, re.DOTALL)
    return [f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" for body in bodies]


def test_the_policy_allows_only_the_one_style_and_the_one_script_in_the_page() -> None:
    (policy,) = (
        attributes["content"]
        for tag, attributes in Outline(EVERY).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,), (script,) = hashes(EVERY, "style"), hashes(EVERY, "script")
    assert policy == (
        f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    )


def test_the_page_points_nowhere_outside_itself() -> None:
    targets = [
        value or ""
        for _, attributes in Outline(EVERY).tags
        for name, value in attributes.items()
        if name in ("href", "src", "action", "srcset", "data", "poster")
    ]
    assert targets
    assert all(target.startswith("#") for target in targets)
    assert not re.search(r"@import|url\(\s*['\"]?[^#'\")]", EVERY)


def test_every_element_is_closed_and_every_link_leads_somewhere() -> None:
    outline = Outline(EVERY)
    assert outline.open == []
    names = {attributes.get("id") for _, attributes in outline.tags}
    assert {attributes["href"] for tag, attributes in outline.tags if tag == "a"} <= {f"#{name}" for name in names}


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_of_strangers_change_nothing_of_the_structure(name: str) -> None:
    harmless = page(plan_report(hostile("x" * len(HOSTILE[name]))))
    assert shape(page(plan_report(hostile(HOSTILE[name])))) == shape(harmless)


@pytest.mark.parametrize("name", ["override", "control"])
def test_invisible_characters_are_spelled_out(name: str) -> None:
    text = page(plan_report(hostile(HOSTILE[name])))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", text)


def test_the_bank_text_is_shown_with_the_found_number_marked() -> None:
    assert '<dd class="raw">Rechnung <mark title="document-number">103001</mark> vom 15.10.</dd>' in EVERY


def test_a_proposal_and_its_runner_up_are_told_apart() -> None:
    assert cells(EVERY, "choices") == [
        [
            "Candidate",
            "10200 Weber Holzbau",
            "103044",
            "595.00",
            "Invoice 103044 of Weber Holzbau has this Remaining Amount.",
        ],
        [
            "Candidate",
            "10310 Weber & Sohn",
            "103051",
            "595.00",
            "Invoice 103051 of Weber & Sohn has this Remaining Amount.",
        ],
        ["Proposal", "10110 Gärtnerei Grün", "103007", "1,190.00", "The text names it."],
        [
            "Runner-up",
            "10110 Gärtnerei Grün",
            "103019",
            "1,180.00",
            "Remaining Amount 1,180.00 EUR, the same customer.",
        ],
    ]


def test_a_proposal_shows_how_much_of_each_invoice_it_settles() -> None:
    assert cells(EVERY, "parts")[:2] == [["103007", "-1,180.00", "1,190.00"], ["103001", "-1,190.00", "1,190.00"]]
    dollars = plans.create(plans.line(9, "20.00", "b", currency="USD"), "1", "2")
    text = page(plan_report(plans.plan_of(*plans.ready(), dollars)))
    assert cells(text, "parts")[0] == ["103001", "-1,190.00 EUR", ""]


def cells(text: str, table: str) -> list[list[str]]:
    """The texts of the rows of all tables of a class, without their captions."""
    bodies = re.findall(rf'<table class="{table}">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    rows = [row for body in bodies for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]
    return [[plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]


def plain(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def test_the_chart_says_in_words_what_it_shows() -> None:
    assert (
        'aria-label="Certain: 5,010.00 EUR, 72.6 per cent. Waiting for a person: 1,775.00 EUR, 25.7 per cent. '
        'Nothing to do: 119.00 EUR, 1.7 per cent. "' in EVERY
    )


def slices(text: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'class="slice ([a-z]+)" x="([0-9.]+)%" width="([0-9.]+)%"', text)
    return [(group, float(start), float(width)) for group, start, width in found]


def test_the_slices_of_the_chart_follow_one_another_in_proportion() -> None:
    assert slices(EVERY) == [("certain", 0, 72.567), ("waiting", 72.567, 25.71), ("skipped", 98.276, 1.724)]


def test_a_slice_too_thin_to_see_is_made_visible_and_an_empty_one_is_not_drawn() -> None:
    penny = plans.create(plans.line(1, "0.01", "a"), "1", "2")
    assert slices(page(plan_report(plans.plan_of(penny, plans.skip_seen())))) == [
        ("certain", 0, 0.596),
        ("skipped", 0.596, 99.404),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=3, max_size=3))
def test_the_slices_fill_the_chart_whatever_the_money_and_each_can_be_seen(cents: list[int]) -> None:
    certain = plans.create(plans.line(1, f"{cents[0]}.00", "a"), "1", "2")
    review = replace(plans.review_two_customers(), source=plans.source(plans.line(2, f"{cents[1]}.00", "b")))
    skipped = replace(plans.skip_seen(), source=plans.source(plans.line(3, f"{cents[2]}.00", "c")))
    drawn = slices(page(plan_report(plans.plan_of(certain, review, skipped))))
    assert len(drawn) == sum(amount > 0 for amount in cents)
    assert all(width > 0.5 for _, _, width in drawn)
    assert not drawn or drawn[-1][1] + drawn[-1][2] == pytest.approx(100, abs=0.01)


def test_fields_that_the_bank_left_empty_are_not_shown() -> None:
    assert "Payment Reference No." not in EVERY
    assert '<dd class="raw"></dd>' not in EVERY


def test_the_chart_of_a_plan_without_receipts_is_empty_but_there() -> None:
    text = page(plan_report(plans.plan_of(plans.skip_paid_out())))
    assert "Certain: 0.00 EUR, 0.0 per cent." in text


def test_each_currency_has_its_own_chart_and_control_sums() -> None:
    dollars = plans.create(plans.line(9, "20.00", "b", currency="USD"), "1", "2")
    text = page(plan_report(plans.plan_of(*plans.ready(), dollars)))
    assert text.count('<svg class="chart"') == 2
    assert "Certain: 20.00 USD, 100.0 per cent." in text


def test_an_empty_plan_says_so() -> None:
    assert "The files contain no bank lines." in page(plan_report(plans.plan_of()))


def test_customers_are_named_where_their_names_are_known() -> None:
    text = page(plan_report(plans.plan_of(*plans.ready(), basis=plans.BASIS)))
    assert "10000 <i>Müller &amp; Töchter</i>" in text


def test_account_numbers_are_whole_for_the_clerk_and_short_in_a_masked_page() -> None:
    report = plan_report(plans.every_kind())
    assert plans.PAYER in page(report)
    assert plans.PAYER not in page(masked(report))


def test_what_became_of_each_journal_line_is_shown() -> None:
    plan = plans.plan_of(*plans.ready())
    outcome = plans.run_outcome(
        plan, (State.CREATED, ""), (State.CREATED, ""), (State.REJECTED, "Customer is blocked."), (State.CREATED, "")
    )
    text = page(outcome_report(plan, replace(outcome, alarms=("a line was doubled",))))
    assert '<b class="result">Rejected: Customer is blocked.</b>' in text
    assert 'Rejected by Business Central <span class="count">1</span>' in text
    assert '<li class="alarm"><b aria-hidden="true">!!</b> a line was doubled</li>' in text


def test_the_page_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    write_page(plans.every_kind(), tmp_path / "page.html")
    path = tmp_path / "page.html"
    assert (path.stat().st_mode & 0o777, path.read_text(encoding="utf-8")) == (0o600, EVERY)


def test_every_caption_of_a_table_says_what_it_is_the_caption_of() -> None:
    heads = [attributes for tag, attributes in Outline(EVERY).tags if tag == "th"]
    assert heads
    assert {attributes.get("scope") for attributes in heads} == {"col", "row"}


def test_nothing_moves() -> None:
    """Whoever asked the system for reduced motion gets it, because there is none."""
    (style,) = re.findall("<style>(.*?)</style>", EVERY, re.DOTALL)
    assert not re.search("transition|animation|@keyframes|scroll-behavior", style)
