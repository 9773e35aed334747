"""Which lines that stand in a journal prove that it was not posted since another was sent: only those known to be older."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from importer.plan import Payment
from importer.ports import Reply
from importer.states import State
from importer.writer import Policy
from tests.unit.journal_in_memory import Server
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, lost_after, lost_before, states

ONE_BY_ONE = Policy(chunk=1)
CREATED, DOUBTFUL = State.CREATED, State.DOUBTFUL


def posted_in_the_middle(desk: Desk) -> None:
    """Of two payments in one request the first is posted before the second is created; no answer comes."""

    def answer(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        lost_after(server, payments[:1])
        server.post()
        lost_after(server, payments[1:])
        return lost_before(server, payments)

    desk.server.answers = [answer]
    desk.run(LINES[:2])


def posted_between_two_requests(desk: Desk) -> None:
    """The first of two requests is carried out and posted before the second leaves, which is answered."""

    def answer(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        lost = lost_after(server, payments)
        server.post()
        return lost

    desk.server.answers = [answer]
    desk.run(LINES[:2], ONE_BY_ONE)


def overtaken(desk: Desk) -> None:
    """The first of two requests is carried out after the second was, and was posted."""
    waiting: list[Sequence[Payment]] = []

    def first(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        waiting.append(payments)
        desk.clock.sleep(60)
        return lost_before(server, payments)

    def arrives() -> None:
        desk.server.post()
        lost_after(desk.server, waiting[0])

    desk.server.answers = [first, lost_after]
    desk.server.on_read = [int, int, arrives]
    desk.run(LINES[:2], ONE_BY_ONE)


def created_after_the_clock_was_set_back(desk: Desk) -> None:
    """A line is posted; then, on another machine whose clock is an hour slow, a second one is created."""
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run(LINES[:1])
    desk.boot, desk.skew_s = "another machine", -3600
    desk.run(LINES[1:2])
    desk.skew_s = 0


@pytest.mark.parametrize(
    "course",
    [posted_in_the_middle, posted_between_two_requests, overtaken, created_after_the_clock_was_set_back],
)
def test_a_line_that_was_created_after_the_journal_was_posted_proves_nothing(
    tmp_path: Path, course: Callable[[Desk], None]
) -> None:
    desk = Desk(tmp_path, look_up=False)
    course(desk)
    for _ in range(2):
        desk.clock.sleep(PAST_HORIZON_S)
        assert states(desk.run([]).settled) == [DOUBTFUL]
    assert desk.created == 2


def answered_in_the_same_run(desk: Desk) -> None:
    def a_minute_later(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        desk.clock.sleep(60)
        return tuple(server.create_one(payment) for payment in payments)

    desk.server.answers = [a_minute_later, lost_before]
    desk.run(LINES[:2], ONE_BY_ONE)


def answered_and_then_edited(desk: Desk) -> None:
    desk.run(LINES[:1])
    desk.server.answers = [lost_before]
    desk.run(LINES[:2])
    [number] = desk.server.rows
    desk.server.edit(number, description="a clerk's words")
    desk.run([])


def found_by_an_earlier_run(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    desk.run(LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    desk.server.answers = [lost_before]
    desk.run(LINES[:2])


def recognised_after_the_ledger_was_lost(desk: Desk) -> None:
    desk.run(LINES[:1])
    desk.lose_ledger()
    desk.run(LINES[:1])
    desk.server.answers = [lost_before]
    desk.run(LINES[:2])


@pytest.mark.parametrize(
    "course",
    [answered_in_the_same_run, answered_and_then_edited, found_by_an_earlier_run, recognised_after_the_ledger_was_lost],
)
def test_a_line_known_to_stand_before_the_other_was_sent_lets_it_be_sent_again(
    tmp_path: Path, course: Callable[[Desk], None]
) -> None:
    desk = Desk(tmp_path, look_up=False)
    course(desk)
    desk.clock.sleep(PAST_HORIZON_S)
    assert (states(desk.run([]).settled), desk.created) == ([CREATED], 2)
