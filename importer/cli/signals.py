"""A signal or a deadline asks the work to end; what is on its way is finished first."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

from importer.errors import Exit

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Stopping:
    """Says why to stop, once a signal came or the time is over; a `ports.Stop`."""

    def __init__(self, deadline: timedelta | None = None) -> None:
        self._why = ""
        self._deadline = deadline
        self._ends = None if deadline is None else time.monotonic() + deadline.total_seconds()

    def __call__(self) -> str:
        """Why to stop; "" to go on."""
        if not self._why and self._ends is not None and time.monotonic() > self._ends:
            self._why = f"the deadline of {self._deadline} is over"
        return self._why

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """While this is open, the first signal asks to stop and the second one leaves at once, which is safe too."""
        wanted = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        before = {number: signal.signal(number, self._stop) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _: FrameType | None) -> None:
        if self._why:
            # Whatever is on the wire now stands in the ledger as such; the next run settles it.
            os._exit(Exit.TEMPORARY)
        self._why = f"signal {signal.Signals(number).name}"
        sys.stderr.write(f"importer: {self._why}; finishing what is on its way. Once more to leave at once.\n")
