"""A plan that came back from the hands of people: not a word of it was changed, or it is refused with the place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from importer.errors import PlanChanged
from importer.model import Problem, UnreadRow
from importer.plan import Create, FieldChange, Finding, LinePatch, Patch, Plan, Reject, Source
from importer.plan_json import from_json, to_json
from tests.unit.planner_books import PAYMENTS, STATEMENT, only, plan_of

MADE = plan_of(STATEMENT)
PATCH = LinePatch("id", 7, "etag", (FieldChange("comment", "old", "new"),))
WRONG = (Problem("AMT-1", "no amount"),)
PLAN = Plan(
    company_id=MADE.company_id,
    company=MADE.company,
    journal_id=MADE.journal_id,
    journal=MADE.journal,
    currency=MADE.currency,
    made_at=MADE.made_at,
    files=MADE.files,
    decisions=(
        *MADE.decisions,
        Patch(only(MADE).source, Finding(), PAYMENTS, (PATCH,)),
        Reject(Source("bank.csv", UnreadRow(2, 3, "x;y", WRONG)), Finding(), WRONG),
    ),
    basis=MADE.basis,
)
TEXT = to_json(PLAN)
ODD: list[Any] = [None, "", "x", -1, 1.5, [], {}, [[]], {"a": "b"}, float("inf"), True, "0001-01-01", "9" * 400]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def test_a_plan_comes_back_as_it_was_written() -> None:
    assert from_json(TEXT) == PLAN
    assert isinstance(PLAN.decisions[0], Create)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_whatever_is_written_in_place_of_anything_is_refused(odd: Any) -> None:
    document = json.loads(TEXT)
    for path in places(document):
        changed: Any = {"all": copy.deepcopy(document)}
        *outer, last = ("all", *path)
        inside = changed
        for name in outer:
            inside = inside[name]
        if (type(inside[last]), inside[last]) == (type(odd), odd) or (path, odd) == (("seal",), None):
            continue
        inside[last] = odd
        with pytest.raises(PlanChanged):
            from_json(json.dumps(changed["all"]))


def test_a_plan_of_an_older_version_has_no_seal() -> None:
    document = json.loads(TEXT)
    del document["seal"]
    assert from_json(json.dumps(document)) == PLAN
