"""Places for requests: never more at once than there are, the last one first, and nobody waits for ever."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from importer.bc.slots import LONGEST_WAIT_S, Slots


class Queue:
    """People who wait for the one place, and the order in which they had it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.served: list[str] = []
        self.slots = Slots(1, lambda: self.now)
        self._threads: list[threading.Thread] = []

    def comes(self, name: str) -> None:
        """Somebody comes and waits."""
        before = len(self.slots._waiting)  # noqa: SLF001 - nobody else can tell that somebody waits
        thread = threading.Thread(target=self._served, args=(name,), daemon=True)
        thread.start()
        self._threads.append(thread)
        while len(self.slots._waiting) == before:  # noqa: SLF001
            time.sleep(0.001)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """The place is taken meanwhile; afterwards everybody is served."""
        with self.slots.one():
            yield
        for thread in self._threads:
            thread.join(10)

    def _served(self, name: str) -> None:
        with self.slots.one():
            self.served.append(name)


def test_whoever_came_last_is_next() -> None:
    queue = Queue()
    with queue.closed():
        for name in "abc":
            queue.comes(name)

    assert queue.served == ["c", "b", "a"]


def test_whoever_has_waited_long_goes_before_all_others() -> None:
    queue = Queue()
    with queue.closed():
        queue.comes("a")
        queue.now = LONGEST_WAIT_S + 1
        for name in "bc":
            queue.comes(name)

    assert queue.served == ["a", "c", "b"]


def test_there_are_never_more_at_once_than_places() -> None:
    slots, lock, running, most = Slots(3), threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(50):
            with slots.one():
                with lock:
                    running[0] += 1
                    most[0] = max(most[0], running[0])
                time.sleep(0.0002)
                with lock:
                    running[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (most, running, slots._free) == ([3], [0], 3)  # noqa: SLF001 - a place that is lost is seen nowhere else


def test_a_wait_that_is_broken_off_takes_no_place() -> None:
    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    slots, before = Slots(1), signal.signal(signal.SIGALRM, stop)
    try:
        with slots.one():
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(KeyboardInterrupt), slots.one():
                pass
    finally:
        signal.signal(signal.SIGALRM, before)

    assert (slots._waiting, slots._free) == ([], 1)  # noqa: SLF001
