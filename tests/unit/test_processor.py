"""One computes at a time, so that others can send; and nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from importer import processor
from importer.processor import turn_to_compute


def test_one_thread_computes_at_a_time() -> None:
    at_work, seen = set[int](), list[int]()

    def compute() -> None:
        with turn_to_compute():
            at_work.add(threading.get_ident())
            seen.append(len(at_work))
            threading.Event().wait(0.01)
            at_work.discard(threading.get_ident())

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(compute) for _ in range(8)]:
            done.result()
    assert seen == [1] * 8


def test_nobody_waits_long_for_one_that_computes_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "PATIENCE_S", 0.05)
    begun, ended = threading.Event(), threading.Event()

    def compute_for_long() -> None:
        with turn_to_compute():
            begun.set()
            ended.wait(10)

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(compute_for_long)
        begun.wait(10)
        with turn_to_compute():
            was_first = not ended.is_set()
        ended.set()
        long.result()
    assert was_first
    with turn_to_compute(), turn_to_compute():
        pass  # who did not get the turn gave none back, and within one's turn one has it
