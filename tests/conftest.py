"""What holds for all tests."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# How long an example takes says something about the machine, not about a law.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

# A shell starts its background jobs deaf to Ctrl-C, and so would be every program that a test starts and stops that way.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: programs that a test starts, and pauses in them, leave cores idle."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The schedules begin first: they take longest, and at the end nobody else would have anything left to do."""
    items.sort(key=lambda item: "figures" not in getattr(item, "fixturenames", ()))
