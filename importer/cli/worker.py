"""`importer worker`: takes what `importer nightly --queue` left in the queue, on any machine."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from importer.cli.nightly import set_up, tell_of
from importer.cli.options import Shared, shared_options
from importer.cli.signals import Stopping
from importer.errors import Exit, strongest

if TYPE_CHECKING:
    from importer.config import Notify
    from importer.fleet.digest import Digest


@click.command("worker")
@click.option("--until-empty", is_flag=True, help="End when the queue is empty, with a summary and its exit code.")
@click.option("--workers", type=click.IntRange(1, 64), help="Jobs side by side instead of `workers` in importer.toml.")
@shared_options
def command(*, until_empty: bool, workers: int | None, shared: Shared) -> Exit:
    """Take jobs from the queue in the PostgreSQL of `state`, until a signal comes.

    Any number of workers on any number of machines may run; all of them need the same importer.toml and see the same
    inboxes. Jobs of a worker that was killed are taken up again. Needs the extra `cluster`.
    """
    from importer.fleet.digest import Digest
    from importer.fleet.faces import print_night
    from importer.fleet.working import Post, work, work_until_empty

    configuration = shared.configuration()
    set_up(shared, configuration)
    digest, teller = Digest(), _Teller(configuration.notify)
    concurrency = workers or configuration.nightly.workers
    stopping = Stopping()
    with stopping.on_signals():
        if not until_empty:
            post = Post(configuration.state, digest.add, concurrency, stopping, lambda: teller.tell_when_quiet(digest))
            work(post)
            teller.tell(digest)
            return Exit.DONE
        work_until_empty(Post(configuration.state, digest.add, concurrency, stopping))
    night = digest.night()
    print_night(night, sys.stdout)
    tell_of(night, configuration.notify)
    return strongest([night.exit_code, *([Exit.TEMPORARY] if stopping() else [])])


@dataclass(frozen=True, slots=True)
class _Teller:
    notify: Notify

    def tell_when_quiet(self, digest: Digest) -> None:
        if digest.is_quiet():
            self.tell(digest)

    def tell(self, digest: Digest) -> None:
        night = digest.night()
        if night.companies:
            tell_of(night, self.notify)
