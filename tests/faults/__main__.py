"""Many schedules: `python -m tests.faults --schedules 200000 --seed 1 --workers 2`; prints figures as one JSON document."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import click

from importer.writer import Settling
from tests.faults.simulation import Report, Settings, run_schedule

KINDS = (
    Settings(),
    Settings(ledger_lost=0.3, look_up=True),
    Settings(settling=Settling.FAST, people=False),
    Settings(look_up=False),
)


def _run(job: tuple[int, Settings, str]) -> Report:
    seed, settings, folder = job
    return run_schedule(seed, Path(folder), settings)


def _jobs(first: int, count: int, folder: str) -> Iterator[tuple[int, Settings, str]]:
    return ((seed, settings, folder) for seed, settings in zip(range(first, first + count), cycle(KINDS), strict=False))


@click.command()
@click.option("--schedules", default=2_000, help="How many schedules to run.")
@click.option("--seed", default=1, help="The first seed; one seed is one schedule.")
@click.option("--workers", default=2, help="Processes at work at once.")
def main(schedules: int, seed: int, workers: int) -> None:
    """Run seeded schedules of faults and print what was injected and what went wrong; exit 1 when anything did."""
    seen: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    bad: list[str] = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(workers) as pool:
        for report in pool.map(_run, _jobs(seed, schedules, folder), chunksize=20):
            seen += report.seen
            verdict = report.verdict
            figures += Counter(
                schedules=1,
                lost=len(verdict.lost) - sum(report.told.values()),
                doubled=len(verdict.doubled),
                clobbered=len(verdict.clobbered),
                unsettled=int(bool(report.unsettled) and not report.told),
                left_to_a_person=sum(report.told.values()),
                alarms=report.alarms,
            )
            bad += [] if report.is_good else [str(report)]
    click.echo(
        json.dumps(
            {"seed": seed, **figures, "bad": list(islice(bad, 20)), "faults": dict(seen.most_common())}, indent=1
        )
    )
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
