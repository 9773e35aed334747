"""`importer worker`: takes what `importer nightly --queue` left in the queue, on any machine."""

from __future__ import annotations

import sys

import click

from importer.cli.nightly import set_up, tell_of
from importer.cli.options import Shared, shared_options
from importer.errors import Exit


@click.command("worker")
@click.option("--until-empty", is_flag=True, help="End when the queue is empty, with a summary and its exit code.")
@click.option("--workers", type=click.IntRange(1, 64), help="Jobs side by side instead of `workers` in importer.toml.")
@shared_options
def command(*, until_empty: bool, workers: int | None, shared: Shared) -> Exit:
    """Take jobs from the queue in the PostgreSQL of `state`, until a signal comes.

    Any number of workers on any number of machines may run; all of them need the same importer.toml and see the same
    inboxes. Jobs of a worker that was killed are taken up again. Needs the extra `cluster`.
    """
    from importer.fleet import CompanyNight
    from importer.fleet.faces import print_night
    from importer.fleet.night import WRITTEN, new_name
    from importer.fleet.values import Night, merged
    from importer.fleet.working import work, work_until_empty
    from importer.office import utc_now

    configuration = shared.configuration()
    set_up(shared, configuration)
    started, name = utc_now(), new_name(utc_now)
    results: dict[str, CompanyNight] = {}

    def kept(result: CompanyNight) -> None:
        before = results.get(result.company)
        results[result.company] = result if before is None else merged(before, result)

    def told(result: CompanyNight) -> None:
        tell_of(Night(name, utc_now(), utc_now(), (result,), WRITTEN), configuration.notify, shared)

    concurrency = workers or configuration.nightly.workers
    if not until_empty:
        work(configuration.state, told, concurrency=concurrency)
        return Exit.DONE
    work_until_empty(configuration.state, kept, concurrency=concurrency)
    night = Night(name, started, utc_now(), tuple(results[one] for one in sorted(results)), WRITTEN)
    print_night(night, sys.stdout)
    tell_of(night, configuration.notify, shared)
    return night.exit_code
