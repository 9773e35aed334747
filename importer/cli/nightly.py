"""`importer nightly`: every configured inbox, one summary, one exit code. Safe under cron, killed, and started twice."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.faces import FACES
from importer.cli.options import Shared, shared_options
from importer.cli.signals import Stopping
from importer.errors import Exit, ImporterError, strongest

if TYPE_CHECKING:
    from importer.config import Configuration, Notify
    from importer.fleet import Night
    from importer.fleet.night import Fleet
    from importer.notify import Message

# A night that came to these did what it could; what is left waits for a person, not for a mended machine.
_WORKED = frozenset({Exit.DONE, Exit.REVIEW, Exit.FILE_REJECTED})


@click.command("nightly")
@click.option("-c", "--company", "names", metavar="NAME", multiple=True, help="Only this company; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done; nothing is written, no file is moved.")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Companies side by side instead of `workers` in importer.toml."
)
@click.option("--queue", is_flag=True, help="Leave the files to `importer worker` on any machine; needs PostgreSQL.")
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the summary.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the summary to this file.")
@shared_options
def command(
    *,
    names: Sequence[str],
    dry_run: bool,
    workers: int | None,
    queue: bool,
    face: str,
    output: Path | None,
    shared: Shared,
) -> Exit:
    """Import the finished files of every company's inbox: plan, carry out what is certain, report, move the files.

    Files go to done/YYYY-MM-DD/ with their reports, or to failed/ with the reason beside them. One bad file or company
    stops no other. What could not be finished stays in the inbox; the next night goes on.
    """
    if dry_run and queue:
        raise click.UsageError("--dry-run and --queue exclude each other")
    if output is not None and not output.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder {output.absolute().parent} for the summary")
    from importer.config import find_configuration
    from importer.fleet.faces import night_message
    from importer.fleet.night import Fleet, with_inbox
    from importer.notify import ping_start

    configuration = shared.configuration()
    set_up(shared, configuration)
    workers = workers or configuration.nightly.workers

    def fleet() -> Fleet:
        return Fleet(find_configuration(shared.config), with_inbox(configuration, names), at_once=workers)

    if dry_run:
        night = _previewed(fleet())
        return strongest([night.exit_code, *_shown(night, face, output, shared)])
    _say_all(ping_start(configuration.notify))
    with _told_when_it_fails(configuration.notify):
        night = _queued(fleet(), configuration) if queue else _imported(fleet(), configuration)
    code = strongest([night.exit_code, *_shown(night, face, output, shared)])
    # That nobody could be told is said in the log; it changes nothing of what the night came to.
    _pinged(night_message(night), code, configuration.notify)
    tell_of(night, configuration.notify)
    return code


@contextmanager
def _told_when_it_fails(settings: Notify) -> Iterator[None]:
    """Whatever keeps the night as a whole from its work is told to whoever watches, before it ends the program."""
    from importer.fleet.faces import trouble_message
    from importer.notify import tell

    try:
        yield
    except Exception as error:
        code = Exit(error.exit_code) if isinstance(error, ImporterError) else Exit.BUG
        _pinged(trouble_message(code), code, settings)
        _say_all(tell(settings, trouble_message(code)))
        raise


def _pinged(message: Message, code: Exit, settings: Notify) -> None:
    from importer.notify import ping_end

    _say_all(ping_end(settings, message, ending="" if code in _WORKED else "/fail"))


def set_up(shared: Shared, configuration: Configuration) -> None:
    """The log of work that nobody watches: events as JSON lines on stderr, and in the file of importer.toml."""
    from importer.logs import set_up_event_logs

    usual = logging.ERROR if shared.quiet else logging.INFO
    set_up_event_logs(logging.DEBUG if shared.verbose > 1 else usual, configuration.nightly.log)


def _previewed(fleet: Fleet) -> Night:
    from concurrent.futures import ThreadPoolExecutor

    from importer.fleet.job import preview_job
    from importer.fleet.night import PREVIEWED, run_night

    with ThreadPoolExecutor(fleet.at_once) as executor:
        return run_night(fleet, preview_job, executor, PREVIEWED)


def _imported(fleet: Fleet, configuration: Configuration) -> Night:
    from concurrent.futures import ThreadPoolExecutor

    from importer.fleet.job import run_job
    from importer.fleet.night import run_night

    stopping = Stopping(configuration.nightly.deadline)
    with stopping.on_signals(), ThreadPoolExecutor(fleet.at_once) as executor:
        return run_night(fleet, partial(run_job, stop=stopping), executor)


def _queued(fleet: Fleet, configuration: Configuration) -> Night:
    from importer.fleet.queue import defer_night

    return defer_night(fleet, configuration)


def _shown(night: Night, face: str, output: Path | None, shared: Shared) -> list[Exit]:
    """Show the summary as it is wanted, else as a table: it must not be lost with the file; says what failed."""
    from importer.fleet import faces
    from importer.reports.files import write_private

    if face == "json" and output is None:
        click.echo(faces.night_json(night))
        return []
    if face == "table" and output is None:
        faces.print_night(night, sys.stdout)
        return []
    path = output or Path(f"nightly.{face}")
    try:
        write_private(path, faces.as_file(night, face))
    except OSError as error:
        faces.print_night(night, sys.stdout)
        click.echo(f"importer: the summary could not be written to {path}: {error.strerror}", err=True)
        return [Exit.LEDGER]
    shared.say(f"Written to {path}.")
    return []


def tell_of(night: Night, settings: Notify) -> None:
    """Tell people of a night, if they want to hear of it; who could not be told is said."""
    from importer.fleet.faces import night_message
    from importer.notify import tell

    if settings.when == "always" or night.needs_a_person:
        _say_all(tell(settings, night_message(night)))


def _say_all(failures: Sequence[str]) -> None:
    """Also when quiet is wanted: nobody else would ever say it."""
    for failure in failures:
        click.echo(f"importer: {failure}", err=True)
