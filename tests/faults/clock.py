"""Virtual time: whoever waits lets happen what is due meanwhile; and processes that take turns, as chance has it."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The true time. It stands still while somebody works and moves when somebody waits."""

    time: datetime = START
    due: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    count: int = 0

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        while self.due and self.due[0][0] <= until:
            at, _, happens = heapq.heappop(self.due)
            self.time = max(self.time, at)
            happens()
        self.time = until

    def later(self, seconds: float, happens: Callable[[], object]) -> None:
        self.count += 1
        heapq.heappush(self.due, (self.time + timedelta(seconds=seconds), self.count, happens))


@dataclass
class _Process:
    body: Callable[[], None]
    back: threading.Semaphore
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    wakes: datetime = START
    ended: bool = False

    def run(self) -> None:
        self.go.acquire()
        try:
            self.body()
        finally:
            self.ended = True
            self.back.release()


@dataclass
class Processes:
    """Several processes on one clock: only one of them works at a time, and at every pause chance says who goes on."""

    clock: Clock
    random: Random
    current: _Process | None = None
    back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def run(self, bodies: Iterable[Callable[[], None]]) -> None:
        """Run these until all have ended; a single one needs nobody to take turns with."""
        processes = [_Process(body, self.back, wakes=self.clock.time) for body in bodies]
        if len(processes) == 1:
            processes[0].body()
            return
        threads = [threading.Thread(target=process.run, daemon=True) for process in processes]
        for thread in threads:
            thread.start()
        while alive := [process for process in processes if not process.ended]:
            ready = [process for process in alive if process.wakes <= self.clock.time]
            if not ready:
                first = min(process.wakes for process in alive)
                self.clock.sleep((first - self.clock.time).total_seconds())
                continue
            self.current = self.random.choice(ready)
            self.current.go.release()
            self.back.acquire()
            self.current = None
        for thread in threads:
            thread.join()

    def pause(self, seconds: float = 0.0) -> None:
        """Let time pass, and the others go on meanwhile."""
        if self.current is None:
            self.clock.sleep(seconds)
            return
        mine, mine.wakes = self.current, self.clock.time + timedelta(seconds=seconds)
        mine.back.release()
        mine.go.acquire()
