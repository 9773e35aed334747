"""Logging: to stderr, one line per event, nothing personal and nothing secret in it."""

from __future__ import annotations

import logging

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def set_up_logs(verbosity: int) -> None:
    """Send the program's log to stderr: warnings, with 1 also the steps of a run, with 2 also every request."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("importer")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])
