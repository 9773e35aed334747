"""A plan or a review that is carried out later is asked again whether its lines came meanwhile in other words (RR7)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from importer import validator
from importer.choices import Accept, Choice, Choices, Ignore
from importer.history import Earlier, History
from importer.model import Confidence
from importer.plan import Create, Plan, Review, Skip
from importer.planner import Ground, Reviewed, asked_anew, reviewed_plan, what_changed
from tests.properties.books import MADE_AT
from tests.unit.planner_books import BOOKS, CERTAIN, KEY, LINE, SEEN, STATEMENT, plan_of
from tests.unit.test_reviewed import HERE

CHECK = partial(validator.check, books=BOOKS)
CERTAINLY = plan_of(STATEMENT)
MEDIUM = replace(CERTAIN, confidence=Confidence.MEDIUM)
WAITING = plan_of(STATEMENT, match=MEDIUM)
SINCE = History(earlier=(Earlier("BI1OTHER", LINE.account, LINE.booked_on, LINE.amount, "another/layout", SEEN),))
ASKED = "an equal amount of that day was imported from old.csv, record 4: the same booking? Leave it out then, else accept it"


def reviewed(plan: Plan, *choices: Choice, history: History = SINCE) -> Reviewed:
    ground = asked_anew(plan, Ground(BOOKS, history))
    return reviewed_plan(Choices(plan, choices), ground, CHECK, MADE_AT)


def test_a_saved_plan_no_longer_holds_when_its_line_may_have_come_since() -> None:
    assert [each.what for each in what_changed(CERTAINLY, asked_anew(CERTAINLY, Ground(BOOKS, SINCE)), CHECK)] == [
        ASKED
    ]
    assert what_changed(CERTAINLY, asked_anew(CERTAINLY, Ground(BOOKS, History())), CHECK) == ()


@pytest.mark.parametrize(
    ("plan", "choices"), [(CERTAINLY, ()), (CERTAINLY, (Accept(KEY, HERE),)), (WAITING, (Accept(KEY, HERE),))]
)
def test_a_line_of_a_review_that_may_have_come_since_waits_and_says_why(
    plan: Plan, choices: tuple[Choice, ...]
) -> None:
    found = reviewed(plan, *choices)
    (decision,) = found.plan.decisions

    assert isinstance(decision, Review)
    assert [problem.message for problem in found.problems] == [ASKED]
    assert decision.finding.reasons[0].rule == "near_duplicate"


def test_the_answer_to_what_was_asked_counts() -> None:
    asked = reviewed(WAITING, Accept(KEY, HERE)).plan
    (accepted,) = reviewed(asked, Accept(KEY, HERE)).plan.decisions
    (left_out,) = reviewed(WAITING, Ignore(KEY, HERE)).plan.decisions

    assert isinstance(accepted, Create)
    assert isinstance(left_out, Skip)


def test_a_line_that_nobody_decided_waits_on_as_before() -> None:
    assert reviewed(WAITING).plan.decisions == WAITING.decisions
