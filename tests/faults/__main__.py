"""Many schedules: `python -m tests.faults --schedules 200000 --seed 1 --workers 2`; prints the figures as one JSON document."""

from __future__ import annotations

import json

import click

from tests.faults.many import run_many
from tests.faults.moves import POSSIBLE, POSSIBLE_OF_CHANGES


@click.command()
@click.option("--schedules", default=2_000, help="How many schedules to run.")
@click.option("--seed", default=1, help="The first seed; one seed is one schedule.")
@click.option("--workers", default=2, help="Processes at work at once.")
@click.option(
    "--postgres", default="", metavar="URL", help="A PostgreSQL server for the ledgers, instead of SQLite files."
)
def main(schedules: int, seed: int, workers: int, postgres: str) -> None:
    """Run seeded schedules of faults and print what was injected and what went wrong; exit 1 when anything did."""
    figures = run_many(seed, schedules, workers, postgres)
    never = {
        "steps": sorted(POSSIBLE - set(figures.steps)),
        "changes": sorted(POSSIBLE_OF_CHANGES - set(figures.changes)),
    }
    click.echo(json.dumps(vars(figures) | {"kills": figures.kills, "never taken": never}, indent=1))
    raise SystemExit(1 if figures.bad else 0)


if __name__ == "__main__":
    main()
