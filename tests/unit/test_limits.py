"""Pacing, waiting and how much is asked for at once, on a clock that only moves when it is told to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.bc.limits import Load, Pace, Patience, Shares, retry_after

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.time = START
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _starts(pace: Pace, clock: Clock, count: int, takes: float = 0.0) -> list[datetime]:
    starts = []
    for _ in range(count):
        with pace.turn(clock.now, clock.sleep):
            starts.append(clock.time)
            clock.time += timedelta(seconds=takes)
    return starts


def test_the_first_requests_of_a_window_do_not_wait(clock: Clock) -> None:
    _starts(Pace(requests=100), clock, 100)
    assert clock.waits == []


@pytest.mark.parametrize("takes", [0.0, 0.3, 1.7])
def test_no_window_ever_holds_more_requests_than_allowed(clock: Clock, takes: float) -> None:
    starts = _starts(Pace(requests=10, window=timedelta(seconds=20)), clock, 100, takes)
    assert all(later - earlier >= timedelta(seconds=20) for earlier, later in zip(starts, starts[10:], strict=False))


def test_the_pace_reaches_what_the_service_allows(clock: Clock) -> None:
    starts = _starts(Pace(), clock, 20_000)
    assert starts[-1] - starts[0] == timedelta(seconds=3 * 301)


def test_nobody_starts_before_the_pause_the_service_asked_for(clock: Clock) -> None:
    pace = Pace()
    pace.close_until(START + timedelta(seconds=30))
    pace.close_until(START + timedelta(seconds=10))
    assert _starts(pace, clock, 2) == [START + timedelta(seconds=30)] * 2


def test_a_clock_that_was_set_back_stops_nobody_for_ever(clock: Clock) -> None:
    pace = Pace(requests=1)
    _starts(pace, clock, 1)
    clock.time -= timedelta(days=1)
    _starts(pace, clock, 1)
    assert clock.waits == [900.0]


def test_at_most_so_many_requests_run_at_once() -> None:
    pace, lock, running, most = Pace(at_once=3), Lock(), [0], [0]
    clock = Clock()

    def ask(_: int) -> None:
        with pace.turn(clock.now, clock.sleep):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            with lock:
                running[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(200)))
    assert most[0] <= 3


def test_a_slot_is_given_back_when_a_request_breaks(clock: Clock) -> None:
    pace = Pace(at_once=1)
    with pytest.raises(RuntimeError), pace.turn(clock.now, clock.sleep):
        raise RuntimeError
    assert len(_starts(pace, clock, 1)) == 1


def test_companies_of_one_principal_have_one_share() -> None:
    shares = Shares()
    assert shares.of("application a") is shares.of("application a")
    assert shares.of("application a") is not shares.of("application b")


def test_pauses_grow_and_are_capped() -> None:
    patience = Patience(base_s=0.5, cap_s=60)
    assert [patience.pause(retry, None, lambda: 1.0) for retry in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(0, 50), st.none() | st.floats(0, 1e9), st.floats(0, 1))
def test_a_pause_is_never_shorter_than_asked_nor_longer_than_sensible(
    retry: int, asked: float | None, chance: float
) -> None:
    pause = Patience().pause(retry, asked, lambda: chance)
    assert min(asked or 0.0, 900.0) <= pause <= 900.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "99999"}, 99999.0),
        ({"retry-after": "9" * 400}, 999999999.0),
        ({"retry-after": "Mon, 02 Mar 2026 08:01:00 GMT"}, 60.0),
        ({"retry-after": "Mon, 02 Mar 2026 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 02 Mar 2026 10:00:30 GMT", "date": "Mon, 02 Mar 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Mon, 02 Mar 2026 08:01:00 GMT", "date": "yesterday"}, 60.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "Mon, 02 Mar 2026 08:01:00 +999999999999"}, None),
        ({"retry-after": "Mon, 02 Mar 2026 08:01:00 GMT", "date": "Fri, 31 Dec 9999 23:00:00 -0500"}, 60.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_a_wish_to_wait_is_understood_in_both_forms_and_nonsense_is_ignored(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, START) == seconds


def test_a_load_shrinks_when_it_was_too_heavy_and_grows_again_slowly() -> None:
    size = Load(100)
    size.too_heavy()
    assert size.size == 50
    for _ in range(7):
        size.carried()
    assert size.size == 50
    size.carried()
    assert size.size == 100


@given(st.lists(st.booleans(), max_size=200))
def test_a_load_is_never_nothing_and_never_too_much(carried: list[bool]) -> None:
    size = Load(100)
    sizes = [size.size]
    for went_well in carried:
        if went_well:
            size.carried()
        else:
            size.too_heavy()
        sizes.append(size.size)
    assert all(1 <= each <= 100 for each in sizes)
    assert all(later <= 2 * earlier for earlier, later in pairwise(sizes))
