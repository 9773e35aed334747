"""How far long work is, on stderr: bars on a terminal, silence everywhere else."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, TextIO

from importer.ports import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_CAPTIONS = {"read": "Reading", "fetch": "Fetching", "match": "Matching", "write": "Writing", "settle": "Settling"}


def quiet(stage: str, done: int, total: int) -> None:
    """A `Progress` that shows nothing: under cron, in pipes and with --no-progress."""


def progress_display(stream: TextIO) -> AbstractContextManager[Progress]:
    """Bars that vanish when the work is done, if the stream is a terminal; otherwise nothing at all is written."""
    return _bars(stream) if stream.isatty() else _silence()


@contextmanager
def _silence() -> Iterator[Progress]:
    yield quiet


@contextmanager
def _bars(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(file=stream), transient=True) as bars:
        yield _Stages(bars)


class _Stages:
    """One bar per stage, made when the stage first reports."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        # Before the first step is done nobody knows how long the stage takes: the bar only moves.
        steps = total if done else None
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_CAPTIONS.get(stage, stage), total=steps)
        self._bars.update(self._tasks[stage], completed=done, total=steps)
