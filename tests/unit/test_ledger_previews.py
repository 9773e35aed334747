"""Plans that somebody was shown: remembered for a while, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from importer.basis import NO_BASIS
from importer.ledger import open_ledger
from importer.ledger.purge import Purge, personal, purge
from importer.plan import Plan
from importer.plan_json import from_json, to_json
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import hostile
from tests.unit.ledger_places import Place, place_on

EVERY = plans.every_kind()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with place_on(request.param, tmp_path) as place:
        yield place


def keep(place: Place, *shown: Plan) -> None:
    with open_ledger(place.state, place.clock.now) as ledger:
        for plan in shown:
            ledger.keep_preview(plan, to_json(plan))


def kept(place: Place, plan: Plan) -> Plan | None:
    with open_ledger(place.state, place.clock.now) as ledger:
        document = ledger.previewed(plan.company_id, plan.digest)
    return from_json(document) if document else None


def test_a_plan_that_was_shown_is_found_by_its_digest_in_its_company(place: Place) -> None:
    keep(place, EVERY, EVERY, hostile("lone \ud800 half"))
    assert kept(place, EVERY) == EVERY
    assert kept(place, hostile("lone \ud800 half")) == hostile("lone \ud800 half")
    with open_ledger(place.state, place.clock.now) as ledger:
        assert ledger.previewed("another company", EVERY.digest) is None


def test_only_the_newest_plans_of_a_company_stay(place: Place) -> None:
    shown = [
        replace(plans.plan_of(plans.skip_seen(number)), made_at=plans.MADE_AT + timedelta(minutes=number))
        for number in range(25)
    ]
    other = replace(shown[0], company_id="c-2")
    keep(place, other, *shown)
    assert [kept(place, plan) for plan in shown] == [None] * 5 + shown[5:]
    assert kept(place, other) == other


def test_what_was_shown_long_ago_is_cleared_with_the_rest(place: Place) -> None:
    keep(place, EVERY)
    day_after = plans.MADE_AT + timedelta(days=1)
    assert personal(place.state, plans.MADE_AT) == Purge()
    assert personal(place.state, day_after) == purge(place.state, day_after, day_after) == Purge(plans=1)
    assert kept(place, EVERY) is None


def test_a_ledger_of_the_version_before_remembers_plans_too(tmp_path: Path) -> None:
    with place_on("sqlite", tmp_path) as place:
        keep(place)
        with closing(sqlite3.connect(place.state)) as connection:
            connection.execute("DROP TABLE preview")
            connection.execute("PRAGMA user_version = 1")
            connection.commit()
        keep(place, EVERY)
        assert kept(place, EVERY) == EVERY


def test_a_plan_of_an_older_version_keeps_its_digest() -> None:
    """Reviews that clerks have at hand when the program is renewed can still be applied."""
    older = replace(EVERY, basis=NO_BASIS)
    assert older.digest == "f6fea35ebe28c94e"
    assert from_json(to_json(older)) == older
