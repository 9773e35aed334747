"""Python's search for cycles among values, put off while many values without cycles are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

_SEARCH_AFTER = 16
_calls = count(1)
_NEW_VALUES, _YOUNG, _MIDDLE = 50_000, 10, 10


@contextmanager
def without_collection() -> Iterator[None]:
    """Put it off for this block: to look again and again takes up to a quarter of the time of reading, a third of matching.

    What was made meanwhile counts as old afterwards, so that the next search does not walk it once more. Python searches the
    old only after enough has become old in its own way; whoever does this over and over calls `collect_now_and_then`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def collect_seldom() -> None:
    """For a program of its own: look for cycles after fifty thousand new values, not after Python's seven hundred.

    Nearly all values are frozen trees without cycles. A night of many companies takes a fifth less time so; cycles, as in
    errors with their tracebacks, are still found.
    """
    gc.set_threshold(_NEW_VALUES, _YOUNG, _MIDDLE)


def collect_now_and_then() -> None:
    """At every sixteenth call look for cycles in everything: a thousand jobs need no more memory than ten."""
    if next(_calls) % _SEARCH_AFTER == 0:
        gc.collect()
