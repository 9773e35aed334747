"""The ledger's promises, the same on SQLite and, where IMPORTER_TEST_POSTGRES names a server, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from importer.errors import LedgerError, PlanChanged
from importer.history import Known
from importer.identity import fingerprint
from importer.model import Overlap, Reason
from importer.plan import DECIDED, IGNORED, Create, Decision, Finding, Patch, Review, Skip
from importer.plan_json import to_json
from importer.states import State
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.ledger_places import TWO, Place, place_on, to
from tests.unit.small_imports import DAY, bank_line, statement


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with place_on(request.param, tmp_path) as place:
        yield place


def test_a_plan_comes_back_as_it_went_in(place: Place) -> None:
    with place.locked() as ledger:
        plan = place.plan(ledger, TWO)
        run = ledger.start(plan, to_json(plan))
    with place.locked() as ledger:
        payments = [payment for create in plan.creates for payment in create.payments]
        intents = ledger.intents_of(run)
        assert sorted(payments, key=lambda p: p.line_number) == [intent.payment for intent in intents]
        assert {intent.state for intent in intents} == {State.PLANNED}
        kept = ledger.run(run[:-2])
        assert kept is not None
        assert (kept.id, kept.document, kept.plan, kept.lines, kept.exit_code) == (
            run,
            to_json(plan),
            plan.digest,
            2,
            None,
        )


def test_steps_are_kept_with_all_that_is_known(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        after = to(ledger, run, intents, State.SENDING, State.CREATED)
    with place.locked() as ledger:
        assert ledger.intents_of(run) == after
        assert ledger.intents(COMPANY_ID, JOURNAL.id, {State.CREATED}) == after
        assert ledger.intents_for(COMPANY_ID, {after[0].key}) == tuple(i for i in after if i.key == after[0].key)
        assert ledger.newest(COMPANY_ID, JOURNAL.id) == after[-1]
        assert ledger.taken(COMPANY_ID, JOURNAL.id) == {intent.payment.line_number for intent in after}


@pytest.mark.parametrize(
    ("way", "answered"),
    [
        ([State.CREATED], True),
        ([State.CREATED, State.EDITED], True),
        ([State.UNKNOWN, State.CREATED], False),
        ([State.HIDDEN, State.CREATED], False),
    ],
)
def test_which_lines_were_answered_is_known(place: Place, way: list[State], *, answered: bool) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents[:1], State.SENDING, *way)
        assert ledger.answered(run) == ({(intents[0].key, intents[0].part)} if answered else set())


def test_lines_never_sent_are_not_known(place: Place) -> None:
    with place.locked() as ledger:
        place.start(ledger, TWO)
        assert ledger.history(COMPANY_ID).known == {}


@pytest.mark.parametrize(
    ("states", "name"),
    [
        ([State.SENDING], "unsettled"),
        ([State.SENDING, State.UNKNOWN], "unsettled"),
        ([State.SENDING, State.HIDDEN], "unsettled"),
        ([State.SENDING, State.REJECTED], "refused"),
        ([State.SENDING, State.CREATED], "done"),
        ([State.SENDING, State.CREATED, State.EDITED], "done"),
        ([State.SENDING, State.CREATED, State.GONE, State.DELETED], "done taken_back"),
        ([State.SENDING, State.CREATED, State.DELETING, State.UNDONE], "done taken_back"),
        ([State.SENDING, State.MISMATCH], "done otherwise"),
        ([State.SENDING, State.UNKNOWN, State.POSTED], "done"),
    ],
)
def test_what_was_sent_is_known_by_its_state(place: Place, states: list[State], name: str) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        (after,) = to(ledger, run, intents, *states)
        names = name.split()
        expected = Known(
            seen=after.seen,
            done=(after.payment,) if "done" in names else (),
            unsettled=(after.payment,) if "unsettled" in names else (),
            refused=(after.payment,) if "refused" in names else (),
            taken_back=(after.payment,) if "taken_back" in names else (),
            otherwise=(after.payment,) if "otherwise" in names else (),
            asks=after.reason if after.state is State.HIDDEN else "",
        )
        assert ledger.history(COMPANY_ID).known == {after.key: expected}


def test_a_part_never_sent_of_a_line_sent_in_part_is_still_to_come(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, statement("a.csv", [bank_line(1, "20.00", "INV1+INV2")]))
        sent = to(ledger, run, intents[:1], State.SENDING, State.CREATED)
        known = ledger.history(COMPANY_ID).known[intents[0].key]
        assert (known.done, known.unsettled) == ((sent[0].payment,), (intents[1].payment,))
        assert ledger.unfinished(COMPANY_ID, JOURNAL.id) == (intents[1],)


def test_history_remembers_only_the_days_asked_for(place: Place) -> None:
    older = statement("old.csv", [bank_line(1, "1.00", day=DAY - timedelta(days=9))])
    with place.locked() as ledger:
        for file in (older, TWO):
            run, intents = place.start(ledger, file)
            to(ledger, run, intents, State.SENDING, State.CREATED)
        known = ledger.history(COMPANY_ID, first=DAY, last=DAY).known.values()
        assert {payment.posting_date for found in known for payment in found.done} == {DAY}


def test_the_lines_of_earlier_files_are_remembered_with_how_the_files_overlap(place: Place) -> None:
    line = bank_line(1, "30.00", "same")
    never = statement("1.csv", [line, structs.replace(line, record=2)], Overlap.INCREMENTAL)
    whole = statement("2.csv", [bank_line(1, "5.00", "other")])
    with place.locked() as ledger:
        for file in (never, whole, never):
            place.start(ledger, file)
        files = {
            file.name: (file.overlap, [kept.fingerprint for kept in file.lines])
            for file in ledger.history(COMPANY_ID).files
        }
    assert files["1.csv"] == (Overlap.INCREMENTAL, [fingerprint(line)] * 2)
    assert files["2.csv"][0] is Overlap.FULL_DAYS


@pytest.mark.parametrize(
    ("rule", "kind", "remembered"),
    [
        (DECIDED, Create, (False, True)),
        (DECIDED, Patch, (False, True)),
        (DECIDED, Skip, (False, True)),
        (IGNORED, Skip, (True, False)),
        (DECIDED, Review, (False, False)),
        ("numbers", Patch, (False, False)),
    ],
)
def test_what_a_person_decided_is_remembered_until_it_is_decided_anew(
    place: Place, rule: str, kind: type[Decision], remembered: tuple[bool, bool]
) -> None:
    with place.locked() as ledger:
        plan = place.plan(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        (create,) = plan.creates
        finding = replace(create.finding, reasons=(Reason(rule, "because"),))
        shapes: dict[type[Decision], Decision] = {
            Create: replace(create, finding=finding),
            Patch: Patch(create.source, finding, create.payments, ()),
            Skip: Skip(create.source, finding),
            Review: Review(create.source, finding, create.payments),
        }
        for decided in (Skip(create.source, Finding()), shapes[kind]):
            after = replace(plan, decisions=(decided,))
            ledger.start(after, to_json(after))
        history = ledger.history(COMPANY_ID)
    assert (create.source.key in history.ignored, create.source.key in history.decided) == remembered


def test_a_plan_older_than_what_was_sent_is_refused_and_leaves_nothing(place: Place) -> None:
    with place.locked() as ledger:
        plan = place.plan(ledger, TWO)
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents, State.SENDING)
        with pytest.raises(PlanChanged, match="already sending"):
            ledger.start(plan, to_json(plan))
        assert [found.id for found in ledger.runs(COMPANY_ID)] == [run]


def test_what_was_never_sent_or_refused_can_be_planned_again(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents[:1], State.SENDING, State.REJECTED)
        again, new = place.start(ledger, TWO)
        assert ledger.intents_of(run) == ()
        assert [(i.payment, i.state, i.seen.run) for i in new] == [(i.payment, State.PLANNED, again) for i in intents]


def test_a_line_number_given_away_is_not_given_twice(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        to(ledger, run, intents, State.SENDING, State.CREATED, State.GONE)
        plan = place.plan(ledger, statement("b.csv", [bank_line(1, "20.00")]))
        (create,) = plan.creates
        clash = replace(create.payments[0], line_number=intents[0].payment.line_number)
        other = ledger.start(replace(plan, decisions=(replace(create, payments=(clash,)),)), "{}")
        (planned,) = ledger.intents_of(other)
        assert planned.payment.line_number != clash.line_number
        assert planned.probe == 1


def test_a_step_from_a_state_that_is_no_longer_true_is_refused_with_all_its_company(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents[:1], State.SENDING)
        with pytest.raises(LedgerError, match="Another run"):
            to(ledger, run, intents, State.SENDING)
        assert [intent.state for intent in ledger.intents_of(run)].count(State.SENDING) == 1
