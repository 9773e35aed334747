"""Runs, locks and changes in the ledger, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from importer.errors import Busy, LedgerError
from importer.ledger import open_ledger
from importer.plan import FieldChange, LinePatch
from importer.states import PatchMove, PatchState, State
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.ledger_places import TWO, Place, place_on, to
from tests.unit.small_imports import bank_line, statement


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with place_on(request.param, tmp_path) as place:
        yield place


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
        assert ledger.again(COMPANY_ID, ["another line"], []) == 0
        assert ledger.again(COMPANY_ID, [intent.key for intent in intents], []) == 3
        assert len(place.plan(ledger, TWO).creates) == 2


def test_adopted_lines_are_known_as_done_and_never_to_be_changed(place: Place) -> None:
    with place.locked() as ledger:
        run, (intent,) = place.start(ledger, statement("a.csv", [bank_line(1, "10.00")]))
        foreign = replace(intent, part=1, payment=replace(intent.payment, line_number=7), state=State.CREATED)
        assert ledger.adopt(run, [foreign]) == (foreign,)
        known = ledger.history(COMPANY_ID).known[intent.key]
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
