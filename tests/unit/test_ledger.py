"""The ledger's promises, the same on SQLite and, where IMPORTER_TEST_POSTGRES names a server, on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from importer.errors import Busy, LedgerError, PlanChanged
from importer.identity import fingerprint
from importer.ledger import open_ledger
from importer.ledger.sql_ledger import SqlLedger
from importer.model import JournalLine, Overlap, Statement
from importer.plan import FieldChange, LinePatch, Plan
from importer.plan_json import to_json
from importer.ports import Known
from importer.states import Intent, Move, PatchMove, PatchState, State
from tests.faults.office import DAY, bank_line, make, statement
from tests.faults.server import COMPANY_ID, JOURNAL, Clock, Server

POSTGRES = "IMPORTER_TEST_POSTGRES"


class Place:
    """A state in which ledgers can be opened again and again, and one clock."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.clock = Clock()
        self.server = Server(self.clock)

    @contextmanager
    def locked(self) -> Iterator[SqlLedger]:
        with open_ledger(self.state, self.clock.now) as ledger, ledger.lock(COMPANY_ID):
            yield ledger

    def plan(self, ledger: SqlLedger, *statements: Statement) -> Plan:
        return make(self.server, ledger, self.clock, statements)

    def start(self, ledger: SqlLedger, *statements: Statement) -> tuple[str, tuple[Intent, ...]]:
        plan = self.plan(ledger, *statements)
        run = ledger.start(plan, to_json(plan))
        return run, ledger.intents_of(run)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(str(tmp_path / "state" / "importer.db"))
        return
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no server")
    import psycopg

    name = f"ledger_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield Place(f"{server.rsplit('/', 1)[0]}/{name}")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


TWO = statement("a.csv", [bank_line(1, "10.00"), bank_line(2, "20.00", "INV1+INV2")])


def line_of(intent: Intent) -> JournalLine:
    payment = intent.payment
    return JournalLine(
        id=f"id-{payment.line_number}",
        etag='W/"1"',
        line_number=payment.line_number,
        customer=payment.customer,
        customer_id=payment.customer_id,
        posting_date=payment.posting_date,
        document_number="ZE0001",
        external_document_number=intent.key,
        amount=payment.amount.amount,
        invoice=payment.invoice,
        invoice_id=payment.invoice_id,
        description=payment.description,
        comment=payment.comment,
    )


def to(ledger: SqlLedger, run: str, intents: tuple[Intent, ...], *states: State) -> tuple[Intent, ...]:
    for state in states:
        intents = ledger.record(run, [Move(intent, state, f"now {state}", line_of(intent)) for intent in intents])
    return intents


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


def test_lines_never_sent_are_not_known(place: Place) -> None:
    with place.locked() as ledger:
        place.start(ledger, TWO)
        assert ledger.history(COMPANY_ID, []).known == {}


@pytest.mark.parametrize(
    ("states", "name"),
    [
        ([State.SENDING], "unsettled"),
        ([State.SENDING, State.UNKNOWN], "unsettled"),
        ([State.SENDING, State.HIDDEN], "unsettled"),
        ([State.SENDING, State.REJECTED], "refused"),
        ([State.SENDING, State.CREATED], "done"),
        ([State.SENDING, State.CREATED, State.EDITED], "done"),
        ([State.SENDING, State.CREATED, State.GONE, State.DELETED], "done"),
        ([State.SENDING, State.CREATED, State.DELETING, State.UNDONE], "done"),
        ([State.SENDING, State.UNKNOWN, State.POSTED], "done"),
    ],
)
def test_what_was_sent_is_known_by_its_state(place: Place, states: list[State], name: str) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        (after,) = to(ledger, run, intents, *states)
        expected = Known(after.seen, **{name: (after.payment,)})
        assert ledger.history(COMPANY_ID, []).known == {after.key: expected}


def test_a_part_never_sent_of_a_line_sent_in_part_is_still_to_come(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, statement("a.csv", [bank_line(1, "20.00", "INV1+INV2")]))
        sent = to(ledger, run, intents[:1], State.SENDING, State.CREATED)
        known = ledger.history(COMPANY_ID, []).known[intents[0].key]
        assert (known.done, known.unsettled) == ((sent[0].payment,), (intents[1].payment,))
        assert ledger.unfinished(COMPANY_ID, JOURNAL.id) == (intents[1],)


def test_history_remembers_only_the_days_asked_for(place: Place) -> None:
    older = statement("old.csv", [bank_line(1, "1.00", day=DAY - timedelta(days=9))])
    with place.locked() as ledger:
        for file in (older, TWO):
            run, intents = place.start(ledger, file)
            to(ledger, run, intents, State.SENDING, State.CREATED)
        known = ledger.history(COMPANY_ID, [], first=DAY, last=DAY).known.values()
        assert {payment.posting_date for found in known for payment in found.done} == {DAY}


def test_equal_lines_of_other_files_count_only_where_files_never_repeat_a_line(place: Place) -> None:
    line = bank_line(1, "30.00", "same")
    never = statement("1.csv", [line, replace(line, record=2)], Overlap.INCREMENTAL)
    whole = statement("2.csv", [bank_line(1, "5.00", "other")])
    with place.locked() as ledger:
        for file in (never, whole, never):
            place.start(ledger, file)
        assert ledger.history(COMPANY_ID, []).equals == {fingerprint(line): 2}
        assert ledger.history(COMPANY_ID, [never.sha256]).equals == {}


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


def test_what_a_dead_run_was_sending_is_unknown_to_the_next(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents, State.SENDING)
        change = LinePatch("line", 1, 'W/"1"', (FieldChange("documentNumber", "", "X"),))
        patches = ledger.add_patches(run, [(intents[0].key, change)])
        ledger.record_patches(run, [PatchMove(patches[0], PatchState.SENDING)])
    with place.locked() as ledger:
        assert {intent.state for intent in ledger.intents_of(run)} == {State.UNKNOWN}
        assert [patch.state for patch in ledger.patches_of(run)] == [PatchState.UNKNOWN]
        assert ledger.unfinished(COMPANY_ID, JOURNAL.id) == ledger.intents_of(run)


def test_changes_are_kept_in_order_and_step_by_step(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        changes = [
            (intent.key, LinePatch("l", n, "e", (FieldChange("f", "a", "b"),))) for n, intent in enumerate(intents)
        ]
        first = ledger.add_patches(run, changes[:2])
        more = ledger.add_patches(run, changes[2:])
        assert [(patch.number, patch.patch) for patch in (*first, *more)] == list(enumerate(c for _, c in changes))
        (done,) = ledger.record_patches(run, [PatchMove(first[1], PatchState.SENDING, "out")])
        assert ledger.patches_of(run) == (first[0], done, *more)
        assert ledger.patches(COMPANY_ID, JOURNAL.id, {PatchState.SENDING}) == (done,)
        with pytest.raises(LedgerError, match="no longer planned"):
            ledger.record_patches(run, [PatchMove(first[1], PatchState.SENDING)])


def test_undone_lines_can_be_imported_again_only_when_asked(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents, State.SENDING, State.CREATED, State.DELETING, State.UNDONE)
        assert place.plan(ledger, TWO).creates == ()
        assert ledger.again(COMPANY_ID, ["another file"]) == 0
        assert ledger.again(COMPANY_ID, [TWO.sha256]) == 3
        assert len(place.plan(ledger, TWO).creates) == 2


def test_adopted_lines_are_known_as_done_and_never_to_be_changed(place: Place) -> None:
    with place.locked() as ledger:
        run, (intent,) = place.start(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        foreign = replace(intent, part=1, payment=replace(intent.payment, line_number=7), state=State.CREATED)
        assert ledger.adopt(run, [foreign]) == (foreign,)
        known = ledger.history(COMPANY_ID, []).known[intent.key]
        assert (known.done, known.adopted) == ((foreign.payment,), (foreign.payment,))


def test_a_second_run_of_the_company_is_refused_at_once_and_another_company_is_not(place: Place) -> None:
    with place.locked(), open_ledger(place.state, place.clock.now) as other:
        with pytest.raises(Busy, match="Another run is at work"), other.lock(COMPANY_ID):
            pass
        with other.lock("another-company"):
            pass
    with place.locked():
        pass


def test_a_run_whose_lock_was_taken_over_writes_nothing_any_more(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        # A suspended process meets this: its session ended, another run came and went.
        with open_ledger(place.state, place.clock.now) as other:
            other._new_epoch(COMPANY_ID)  # noqa: SLF001 - the lock itself cannot be lost within one process
        with pytest.raises(Busy, match="taken over"):
            to(ledger, run, intents, State.SENDING)
        assert ledger.intents_of(run) == intents


def test_writing_without_the_lock_is_a_bug(place: Place) -> None:
    with open_ledger(place.state, place.clock.now) as ledger, pytest.raises(RuntimeError, match="without its lock"):
        ledger.begin(COMPANY_ID, JOURNAL.id, "settle")


def test_runs_are_listed_newest_first_with_their_end(place: Place) -> None:
    with place.locked() as ledger:
        first, _ = place.start(ledger, TWO)
        place.clock.sleep(60)
        second = ledger.begin(COMPANY_ID, JOURNAL.id, "settle")
        ledger.finish(second, 5)
        runs = ledger.runs()
        assert [(run.id, run.kind, run.exit_code) for run in runs] == [(second, "settle", 5), (first, "import", None)]
        assert ledger.runs("another-company") == ()
        assert ledger.run("no such run") is None
        assert ledger.run("20260302") is None  # two runs begin like this


def test_amounts_and_dates_survive_to_the_cent_and_the_day(place: Place) -> None:
    with place.locked() as ledger:
        run, (intent,) = place.start(
            ledger, statement("a.csv", [bank_line(1, "999999999999.99", day=date(2024, 2, 29))])
        )
        (after,) = to(ledger, run, (intent,), State.SENDING, State.CREATED)
        assert after.line is not None
        assert (after.line.amount, after.payment.posting_date) == (Decimal("-999999999999.99"), date(2024, 2, 29))
        assert ledger.intents_of(run) == (after,)


def test_every_change_leaves_an_entry_in_the_audit_trail_and_the_trail_is_whole(place: Place) -> None:
    with place.locked() as ledger:
        run, intents = place.start(ledger, TWO)
        to(ledger, run, intents, State.SENDING, State.CREATED)
        ledger.finish(run, 0)
        assert ledger.broken_audit_entry(COMPANY_ID) is None
