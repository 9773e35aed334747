"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# How long an example takes says something about the machine, not about a law.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

# A shell starts its background jobs deaf to Ctrl-C, and so would be every program that a test starts and stops that way.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
