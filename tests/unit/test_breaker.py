"""A service that fails is left alone for a while, and retries run out (reliability.md §9.3, §9.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from importer.bc.breaker import Breaker, Budget

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


def failed(breaker: Breaker, times: int, at: datetime = START) -> Breaker:
    for _ in range(times):
        breaker.failed(at)
    return breaker


def test_it_opens_after_five_failures_in_a_row() -> None:
    assert failed(Breaker(), 4).wait(START) is None
    assert failed(Breaker(), 5).wait(START) == HALF_A_MINUTE


def test_an_answer_between_breaks_the_row() -> None:
    breaker = failed(Breaker(), 4)
    breaker.answered()
    assert failed(breaker, 4).wait(START) is None


def test_it_opens_when_half_of_the_last_twenty_failed() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.answered()
        breaker.failed(START)
    breaker.answered()
    assert breaker.wait(START) is None
    breaker.failed(START)
    assert breaker.wait(START) == HALF_A_MINUTE


def test_old_failures_are_forgotten() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.failed(START)
        breaker.answered()
        breaker.answered()
    assert breaker.wait(START) is None


def test_pauses_double_with_every_probe_that_fails_up_to_five_minutes() -> None:
    breaker, now, pauses = failed(Breaker(), 5), START, []
    for _ in range(6):
        wait = breaker.wait(now)
        assert wait is not None
        pauses.append(wait.total_seconds())
        now += wait
        assert breaker.wait(now) == timedelta(0)
        breaker.failed(now)
    assert pauses == [30, 60, 120, 240, 300, 300]


def test_failures_of_requests_that_were_still_out_do_not_prolong_a_pause() -> None:
    breaker = failed(failed(Breaker(), 5), 7, START + timedelta(seconds=10))
    assert breaker.wait(START + timedelta(seconds=10)) == timedelta(seconds=20)


def test_a_probe_that_is_answered_closes_it_and_pauses_begin_small_again() -> None:
    breaker = failed(failed(Breaker(), 5), 1, START + HALF_A_MINUTE)
    breaker.answered()
    assert breaker.wait(START) is None
    assert failed(breaker, 5).wait(START) == HALF_A_MINUTE


def test_retries_run_out_and_successes_earn_them_back_slowly() -> None:
    budget = Budget()
    assert [budget.spend() for _ in range(21)] == [True] * 20 + [False]
    for _ in range(9):
        budget.earn()
    assert budget.spend() is False
    budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]


def test_more_retries_than_at_the_start_cannot_be_saved_up() -> None:
    budget = Budget(start=2)
    for _ in range(100):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
