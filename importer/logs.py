"""Logging: to stderr, one line per event, nothing personal and nothing secret in it (reliability.md §11.5).

A night and a worker write JSON lines, on a terminal plain ones; what they may say is a list of fields, not what is left
after crossing out.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

from importer.reports.printable import mask_text, printable

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
# The only facts that a line may hold beside its text. `file` is the beginning of a file's sha256, never its name.
FIELDS = frozenset(
    {"night", "run", "company", "file", "files", "lines", "written", "waiting", "skipped", "code", "seconds", "error"}
)
_CONTEXT: ContextVar[Mapping[str, object]] = ContextVar("log_context", default={})  # noqa: B039 - it is never changed


def set_up_logs(verbosity: int) -> None:
    """Send the program's log to stderr: warnings, with 1 also the steps of a run, with 2 also every request."""
    handler = logging.StreamHandler()
    handler.setFormatter(_PlainLine())
    _install([handler], _LEVELS[min(verbosity, len(_LEVELS) - 1)])


def set_up_event_logs(level: int, file: Path | None) -> None:
    """Send the program's log to stderr, as JSON lines unless it is a terminal, and as JSON lines to the file.

    Raises:
        OSError: the file cannot be written.
    """
    on_stderr = logging.StreamHandler()
    on_stderr.setFormatter(_PlainLine() if sys.stderr.isatty() else JsonLine())
    handlers: list[logging.Handler] = [on_stderr]
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # For its owner alone from the first line on.
        os.close(os.open(file, os.O_CREAT | os.O_APPEND, 0o600))
        in_file = logging.FileHandler(file, encoding="utf-8")
        in_file.setFormatter(JsonLine())
        handlers.append(in_file)
    _install(handlers, level)


@contextmanager
def log_context(**facts: str) -> Iterator[None]:
    """Every line that is logged inside, in this thread, carries these facts; names as in FIELDS."""
    token = _CONTEXT.set({**_CONTEXT.get(), **facts})
    try:
        yield
    finally:
        _CONTEXT.reset(token)


class _WithContext(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _CONTEXT.get().items():
            setattr(record, name, value)
        return True


class JsonLine(logging.Formatter):
    """One record as one JSON object: when, how serious, where from, what, and the facts of FIELDS."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        facts = {name: value for name, value in record.__dict__.items() if name in FIELDS}
        head = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _harmless(record.getMessage()),
        }
        return json.dumps({**head, **facts, **_failure(record)}, ensure_ascii=False, default=str)


class _PlainLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={record.__dict__[name]}" for name in sorted(FIELDS) if name in record.__dict__)
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        return f"{at} {record.levelname} {_harmless(record.getMessage())} {facts}".rstrip()


def _failure(record: logging.LogRecord) -> Mapping[str, object]:
    """Where an unexpected error came from. Its text is left out: it may quote a bank line."""
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    kind, _, trace = record.exc_info
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)]
    return {"error": kind.__name__, "trace": frames}


def _harmless(text: str) -> str:
    return printable(mask_text(text))


def _install(handlers: list[logging.Handler], level: int) -> None:
    for handler in handlers:
        handler.addFilter(_WithContext())
    logger = logging.getLogger("importer")
    for old in logger.handlers:
        old.close()
    logger.handlers = handlers
    logger.propagate = False
    logger.setLevel(level)
