"""The state machine is a table: every step in it works, every other one is refused, none leads to a second create."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from importer.errors import Exit
from importer.money import Money
from importer.outcome import Outcome
from importer.plan import FieldChange, LinePatch, Payment, Seen
from importer.states import (
    DONE,
    IN_JOURNAL,
    MOVES,
    PATCH_MOVES,
    REPEATABLE,
    UNSETTLED,
    Intent,
    Move,
    PatchIntent,
    PatchMove,
    PatchState,
    State,
    moved,
    patch_moved,
)

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
KEY = "BI10000000000000000Z"
PAYMENT = Payment("10000", "c1", date(2026, 2, 27), Money.of("-10.00", "EUR"), KEY, 446_000_001)
INTENT = Intent("company", "journal", 0, PAYMENT, State.PLANNED, Seen("a.csv", 1, "run", AT), AT)
CHANGE = LinePatch("line", 446_000_001, 'W/"1"', (FieldChange("documentNumber", "", KEY),))
PATCH = PatchIntent("company", "journal", "run", 0, KEY, CHANGE, PatchState.PLANNED)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_step_is_possible_exactly_when_the_table_has_it(before: State, after: State) -> None:
    intent = replace(INTENT, state=before)
    if after in MOVES[before]:
        assert moved(Move(intent, after, "why"), LATER).state is after
    else:
        with pytest.raises(ValueError, match="cannot go"):
            moved(Move(intent, after), LATER)


@pytest.mark.parametrize(("before", "after"), list(product(PatchState, PatchState)))
def test_a_step_of_a_change_is_possible_exactly_when_the_table_has_it(before: PatchState, after: PatchState) -> None:
    intent = replace(PATCH, state=before)
    if after in PATCH_MOVES[before]:
        assert patch_moved(PatchMove(intent, after, "why")).state is after
    else:
        with pytest.raises(ValueError, match="cannot go"):
            patch_moved(PatchMove(intent, after))


def test_a_line_once_known_as_created_is_sent_again_only_when_a_person_asks() -> None:
    reachable, waiting = set(DONE), list(DONE)
    while waiting:
        state = waiting.pop()
        nexts = MOVES[state] - ({State.PLANNED} if state in REPEATABLE else set())
        waiting += nexts - reachable
        reachable |= nexts
    assert State.SENDING not in reachable
    assert State.PLANNED not in reachable


def test_every_state_is_settled_unsettled_refused_or_never_sent() -> None:
    groups = [DONE, UNSETTLED, {State.PLANNED, State.REJECTED}]
    assert sorted(state for group in groups for state in group) == sorted(State)
    assert IN_JOURNAL < DONE


def test_sending_counts_an_attempt_and_notes_the_time() -> None:
    first = moved(Move(INTENT, State.SENDING), LATER)
    assert first == replace(INTENT, state=State.SENDING, changed_at=LATER, attempt=1, sent_at=LATER)
    again = moved(Move(first, State.SENDING), LATER + timedelta(minutes=1))
    assert (again.attempt, again.sent_at) == (1, LATER + timedelta(minutes=1))


def test_another_line_number_is_kept_with_its_probe() -> None:
    hidden = replace(INTENT, state=State.HIDDEN, attempt=1, sent_at=AT)
    other = replace(PAYMENT, line_number=446_000_002)
    after = moved(Move(hidden, State.PLANNED, "taken", payment=other, probe=1), LATER)
    assert after == replace(hidden, state=State.PLANNED, reason="taken", payment=other, probe=1, changed_at=LATER)


EXITS = {
    State.PLANNED: Exit.UNAVAILABLE,
    State.SENDING: Exit.UNKNOWN_OUTCOME,
    State.UNKNOWN: Exit.UNKNOWN_OUTCOME,
    State.DELETING: Exit.UNKNOWN_OUTCOME,
    State.REJECTED: Exit.REVIEW,
    State.MISMATCH: Exit.REVIEW,
    State.HIDDEN: Exit.REVIEW,
    State.DOUBTFUL: Exit.REVIEW,
} | dict.fromkeys(DONE - {State.MISMATCH, State.DELETING}, Exit.DONE)


@pytest.mark.parametrize("state", State)
def test_a_run_ends_with_the_exit_code_of_its_worst_line(state: State) -> None:
    outcome = Outcome("run", (replace(INTENT, state=State.CREATED), replace(INTENT, state=state)))
    assert outcome.exit_code == EXITS[state]
    assert Outcome("run", outcome.intents, alarms=("doubled",)).exit_code is Exit.INTEGRITY


@pytest.mark.parametrize("state", State)
def test_a_journal_is_safe_to_post_unless_a_line_may_still_appear_in_it(state: State) -> None:
    appearing = {State.SENDING, State.UNKNOWN, State.HIDDEN, State.DOUBTFUL, State.DELETING}
    assert Outcome("run", (replace(INTENT, state=state),)).safe_to_post == (state not in appearing)
    assert not Outcome("run", alarms=("doubled",)).safe_to_post
