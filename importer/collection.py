"""Python's search for cycles among values, put off while many values without cycles are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Put it off for this block: looking again and again takes up to a quarter of the time of reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made is as good as old: else the first search would look at all of it, and the next one again.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
