"""`importer purge`: personal data leaves ledger, reports and archive when it is no longer needed."""

from __future__ import annotations

import re
import sys
from datetime import timedelta

import click

from importer.cli.options import Shared, shared_options
from importer.errors import Exit


class _Age(click.ParamType[timedelta]):
    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """A number of days, as 180d."""
        found = re.fullmatch(r"([1-9][0-9]{0,4})d", str(value))
        if found is None:
            self.fail(f'"{value}" is not a number of days such as 180d', param, ctx)
        return timedelta(days=int(found[1]))


@click.command("purge")
@click.option("--older-than", "age", type=_Age(), required=True, metavar="DAYS", help="What is older, such as 180d.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
@shared_options
def command(*, age: timedelta, dry_run: bool, yes: bool, shared: Shared) -> Exit:
    """Remove personal data older than DAYS from the ledger, and the files in done/ and failed/ of every inbox.

    Keys and states stay in the ledger: without them a file could be imported twice. What is not settled stays as a whole.
    Known payers are not touched; see `importer payer`.
    """
    from importer.fleet.archive import old_files, remove
    from importer.ledger.cache import is_remembered
    from importer.ledger.purge import Purge, personal, purge
    from importer.office import utc_now

    configuration = shared.configuration()
    now = utc_now()
    before = now - age
    inboxes = [company.inbox for company in configuration.company.values() if company.inbox]
    files, found = old_files(inboxes, before), personal(configuration.state, before)
    click.echo(
        f"Older than {before:%Y-%m-%d}: {found.plans} plans, {found.lines} journal lines, {found.changes} changes "
        f"and {found.names} names of files in the ledger, {len(files)} files in done and failed."
    )
    remembered = is_remembered(configuration.state)
    if remembered:
        click.echo("What is remembered of customers and documents goes too; the next run reads it again.")
    if dry_run or not (files or remembered or found != Purge()):
        shared.say("Nothing was removed.")
        return Exit.DONE
    if sys.stdin.isatty() and sys.stderr.isatty() and not yes:
        click.confirm("Remove it? It cannot be brought back.", abort=True, err=True)
    purge(configuration.state, before, now)
    remove(files)
    shared.say("Removed. Keys and states stay, so that nothing is imported twice.")
    return Exit.DONE
