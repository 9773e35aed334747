"""What the bank wrote comes back from the workbook as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from importer.choices import Accept
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile
from tests.unit.reviewing import PROPOSED, at, reviewed, write


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_come_back_as_they_went(tmp_path: Path, name: str) -> None:
    choices = reviewed(tmp_path, write("Decision", "accept", row=2), plan=hostile(HOSTILE[name]))
    assert (choices.choices, choices.problems) == ((Accept("BI100000000000000002", at(2)),), ())


@pytest.mark.parametrize(
    "text",
    [
        "  blanks  ",
        "two\nlines",
        "tab\tstop",
        "_x0041_",
        "_x0041_x0042_",
        "_x005F_x0041_",
        "<r>x</r>",
        "lone \ud800",
        "'quoted",
        "x" * 40_000,
        "🥐" * 40_000,
        "007",
    ],
)
def test_texts_that_spreadsheets_like_to_change_come_back_unchanged(tmp_path: Path, text: str) -> None:
    review = plans.review_proposal()
    bank = structs.replace(plans.line(4, "1180.00", text, counterparty=text), reference=text)
    plan = plans.plan_of(replace(review, source=plans.source(bank)))
    assert reviewed(tmp_path, plan=plan).problems == ()


@pytest.mark.parametrize("amount", ["0.01", "0.10", "1234567.89", "999999999999.99", "999999999999999.99"])
def test_every_amount_survives_the_numbers_of_a_spreadsheet(tmp_path: Path, amount: str) -> None:
    review = plans.review_proposal()
    plan = plans.plan_of(replace(review, source=plans.source(plans.line(4, amount, "text"))))
    assert reviewed(tmp_path, plan=plan).problems == ()


@pytest.mark.parametrize("day", [date(1753, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)])
def test_every_date_survives_the_dates_of_a_spreadsheet(tmp_path: Path, day: date) -> None:
    review = plans.review_proposal()
    plan = plans.plan_of(
        replace(review, source=plans.source(structs.replace(plans.line(4, "5.00", "text"), booked_on=day)))
    )
    assert reviewed(tmp_path, plan=plan).problems == ()


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_comes_back_as_it_went(text: str) -> None:
    bank = structs.replace(plans.line(4, "1180.00", text, counterparty=text), reference=text)
    plan = plans.plan_of(replace(plans.review_proposal(), source=plans.source(bank)))
    with TemporaryDirectory() as folder:
        choices = reviewed(Path(folder), plan=plan)
    assert (choices.undecided, choices.problems) == ((PROPOSED,), ())
