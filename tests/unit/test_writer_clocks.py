"""How long a lost request is waited for holds on a clock that is set and on a machine that sleeps (reliability.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from importer.errors import Exit, LedgerError
from importer.states import State
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, late, lost_before, states


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_how_long_a_request_may_be_carried_out_counts_from_when_it_left_not_from_when_it_was_planned(
    desk: Desk,
) -> None:
    desk.server.wait_s = PAST_HORIZON_S
    desk.server.answers = [late(19 * 60)]
    desk.run(LINES[:1])
    desk.server.wait_s = 0.0
    assert states(desk.run(LINES[:1]).settled) == [State.UNKNOWN]
    desk.clock.sleep(PAST_HORIZON_S)
    assert (states(desk.run(LINES[:1]).settled), desk.created, len(desk.server.creates)) == ([State.CREATED], 1, 1)


@dataclass(frozen=True)
class Jump:
    """What happens to the clock of the machine while a lost request may still be carried out."""

    skew_s: float
    boot: str = "first start"
    settled_after_20_minutes: bool = True


JUMPS = {
    "nothing": Jump(0),
    "set an hour back": Jump(-3600),
    "set a day forward": Jump(86_400),
    "another start of the machine": Jump(0, "second start"),
    "another start, set an hour back": Jump(-3600, "second start", settled_after_20_minutes=False),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_is_set_never_shortens_how_long_a_lost_request_is_waited_for(desk: Desk, jump: Jump) -> None:
    desk.server.answers = [lost_before]
    desk.run(LINES[:1])
    desk.skew_s, desk.boot = jump.skew_s, jump.boot
    desk.clock.sleep(600)
    desk.run(LINES[:1])
    assert (desk.created, len(desk.server.creates)) == (0, 1)
    desk.clock.sleep(PAST_HORIZON_S - 600)
    desk.run(LINES[:1])
    assert desk.created == jump.settled_after_20_minutes
    desk.clock.sleep(3600)
    desk.run(LINES[:1])
    assert desk.created == 1


def test_a_clock_that_was_a_day_ahead_and_is_set_back_keeps_no_line_open_for_a_day(desk: Desk) -> None:
    desk.run(LINES[:1])
    desk.server.delete_by_hand(min(desk.server.rows))
    desk.skew_s = 86_400
    desk.server.answers = [lost_before]
    desk.run(LINES[:2])
    desk.skew_s = 0
    assert states(desk.run(LINES[:2]).settled) == [State.UNKNOWN]
    desk.clock.sleep(PAST_HORIZON_S)
    assert (states(desk.run(LINES[:2]).settled), desk.amounts) == ([State.CREATED], ["-20.00"])


def test_after_another_start_with_its_clock_set_forward_the_line_number_holds(desk: Desk) -> None:
    desk.server.answers = [late(19 * 60)]
    desk.run(LINES[:1])
    desk.skew_s, desk.boot = 86_400, "second start"
    desk.run(LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    assert (desk.run(LINES[:1]).outcome.exit_code, desk.created) == (Exit.DONE, 1)


def test_a_machine_that_slept_while_its_clock_stood_still_records_the_intent_again(desk: Desk) -> None:
    desk.suspend_after = State.SENDING
    desk.stopped_clock = True
    (intent,) = desk.run(LINES[:1]).outcome.intents
    assert intent.sent_ticks == desk.uptime()


def test_a_ledger_that_cannot_write_in_time_sends_nothing(desk: Desk) -> None:
    desk.suspend_after = State.SENDING
    desk.suspensions = 99
    with pytest.raises(LedgerError, match="takes longer than"):
        desk.run(LINES[:1])
    assert desk.created == 0


def test_an_intent_that_lay_too_long_is_recorded_again_before_it_is_sent(desk: Desk) -> None:
    desk.suspend_after = State.SENDING
    (intent,) = desk.run(LINES[:1]).outcome.intents
    assert intent.sent_at is not None
    assert intent.line is not None
    assert intent.line.modified_at == intent.sent_at
    assert (intent.attempt, desk.created) == (1, 1)


@pytest.mark.parametrize("skew", [timedelta(0), timedelta(hours=1), timedelta(hours=-25)])
def test_what_another_ledger_sent_is_waited_for_whatever_this_machine_takes_for_the_time(
    skew: timedelta, desk: Desk
) -> None:
    desk.run(LINES[:1])
    desk.lose_ledger()
    desk.skew_s, desk.server.clock_ahead = skew.total_seconds(), skew
    stopped = desk.run(LINES[1:2]).outcome.stopped
    assert (stopped is not None and stopped.code, desk.created) == (Exit.TEMPORARY, 1)
    desk.clock.sleep(PAST_HORIZON_S)
    assert (desk.run(LINES[1:2]).outcome.stopped, desk.created) == (None, 2)
