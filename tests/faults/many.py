"""Many schedules on several processes, and what they come to."""

from __future__ import annotations

import gc
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from importer.collection import collect_now_and_then, collect_seldom
from tests.faults.moves import taken, watch
from tests.faults.places import DatabasePlace, FilePlace
from tests.faults.quick import share_compiled_statements
from tests.faults.report import Report
from tests.faults.schedule import run_schedule
from tests.faults.settings import KINDS

_MEMORY = Path("/dev/shm")  # noqa: S108 - ledgers of simulated hosts need no real disk
_PIECE = 20

Job = tuple[int, str]


@dataclass
class Figures:
    """What many schedules showed; `bad` describes the first of those that must not be."""

    first_seed: int
    schedules: int = 0
    imports: int = 0
    requests: int = 0
    lost: int = 0
    doubled: int = 0
    clobbered: int = 0
    unsettled: int = 0
    violations: int = 0
    left_to_a_person: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How often the process died."""
        return sum(count for name, count in self.faults.items() if name.startswith("killed"))

    def add(self, report: Report, kind: str) -> None:
        """Count one more schedule."""
        verdict = report.verdict
        self.schedules += 1
        self.imports += report.imports
        self.requests += report.requests
        self.lost += report.lost.total()
        self.doubled += len(verdict.doubled) + len(verdict.invented)
        self.clobbered += len(verdict.clobbered)
        self.unsettled += bool(report.unsettled)
        self.violations += len(report.violations)
        self.left_to_a_person += report.told.total()
        self.kinds[kind] += 1
        self.faults += report.seen
        if not report.is_good:
            self.bad.append(f"{kind}, {report}")


def run_many(first: int, count: int, workers: int, server: str = "") -> Figures:
    """Schedules with seeds from `first` on, of every kind in turn.

    Args:
        server: the URL of a PostgreSQL server that keeps their ledgers; files do without one.
    """
    figures = Figures(first)
    jobs = list(zip(range(first, first + count), cycle(KINDS), strict=False))
    where = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as folder, ProcessPoolExecutor(workers, initializer=_begin) as pool:
        pieces = [(piece, folder, server) for piece in _pieces(jobs)]
        for reports, steps, changes in pool.map(_run, pieces):
            figures.steps += steps
            figures.changes += changes
            for report, kind in reports:
                figures.add(report, kind)
    return figures


def _begin() -> None:
    """A process of its own, as the importer's: cycles are looked for seldom, and never in what it was given."""
    gc.freeze()
    collect_seldom()


def _pieces(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    for start in range(0, len(jobs), _PIECE):
        yield jobs[start : start + _PIECE]


def _run(piece: tuple[Iterable[Job], str, str]) -> tuple[list[tuple[Report, str]], Counter[str], Counter[str]]:
    jobs, folder, server = piece
    where = DatabasePlace.on(server) if server else FilePlace
    share_compiled_statements()
    watch()
    reports = [(run_schedule(seed, Path(folder), KINDS[kind], where), kind) for seed, kind in jobs]
    collect_now_and_then()
    return reports, *taken()
