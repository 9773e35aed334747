"""Whose turn it is to compute. Python lets one thread compute at a time, and does not ask which of them is in a hurry.

When twelve companies plan or report at once, none of them is done sooner than one after the other, and those that only want
to send their next batch wait behind each of them, at every statement of the ledger anew. So one plans or reports at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

PATIENCE_S = 5.0
_TURN = RLock()
_SWITCH_AFTER_S = 0.0005


@contextmanager
def turn_to_compute() -> Iterator[None]:
    """Do this block, which computes and waits for little else, while no other thread does one.

    Nobody waits longer than `PATIENCE_S`: a company with a hundred thousand lines, or a drive that does not answer, keeps
    no other from its work.
    """
    has_turn = _TURN.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if has_turn:
            _TURN.release()


def switch_threads_often() -> None:
    """For a program of its own: whoever waits to send waits half a millisecond for one that computes, not Python's five."""
    sys.setswitchinterval(_SWITCH_AFTER_S)
