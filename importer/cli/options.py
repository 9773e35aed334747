"""Options that several commands share, and what they open."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any  # click's callbacks are untyped callables

import click

from importer.cli.telling import tell

if TYPE_CHECKING:
    from importer.config import Configuration
    from importer.office import Office
    from importer.ports import Stop

company_option = click.option("-c", "--company", metavar="NAME", help="The company, by its name in importer.toml.")
mapping_option = click.option(
    "--mapping", "mapping_id", metavar="ID", help="Read FILES as this layout, do not recognise it."
)
fresh_option = click.option(
    "--fresh", is_flag=True, help="Read all customers and documents anew, not only what changed since the last run."
)
mask_option = click.option("--mask", is_flag=True, help="Mask account numbers in the page and the workbook.")
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))

_SHARED = (
    click.option("--config", metavar="PATH", type=click.Path(path_type=Path), help="The importer.toml to use."),
    click.option("-v", "--verbose", count=True, help="Say more; -vv also what goes over the wire."),
    click.option("-q", "--quiet", is_flag=True, help="Only errors on stderr."),
    click.option("--no-progress", is_flag=True, help="No progress display."),
)


@dataclass(frozen=True, slots=True)
class Shared:
    """The options that every command has."""

    config: Path | None
    verbose: int
    quiet: bool
    no_progress: bool

    def say(self, message: str) -> None:
        """A message for the person at the terminal, on stderr, unless she asked for quiet."""
        if not self.quiet:
            tell(message)

    def configuration(self) -> Configuration:
        """The checked configuration; raises ConfigurationError."""
        from importer.config import find_configuration, load_configuration

        return load_configuration(find_configuration(self.config))


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --config, -v, -q and --no-progress; the command gets them as one value, `shared`."""

    @wraps(command)
    def gathered(*, config: Path | None, verbose: int, quiet: bool, no_progress: bool, **rest: Any) -> Any:
        return command(shared=Shared(config, verbose, quiet, no_progress), **rest)

    for option in reversed(_SHARED):
        gathered = option(gathered)
    return gathered


@contextmanager
def opened(shared: Shared, company: str | None) -> Iterator[Office]:
    """The office of one company, with a progress display unless it is not wanted."""
    from importer.cli.signals import Stopping
    from importer.logs import set_up_logs
    from importer.office import open_office
    from importer.reports.progress import progress_display, quiet

    set_up_logs(shared.verbose)
    configuration = shared.configuration()
    display = nullcontext(quiet) if shared.quiet or shared.no_progress else progress_display(sys.stderr)
    found = configuration.find(company)
    with display as progress, open_office(configuration, found, progress, stop=Stopping()) as office:
        yield office


@contextmanager
def ending_in_order(stop: Stop) -> Iterator[None]:
    """While this is open, a first signal lets what is on its way finish instead of breaking it off."""
    from importer.cli.signals import Stopping

    with stop.on_signals() if isinstance(stop, Stopping) else nullcontext():
        yield


def read_text(path: Path) -> str:
    """The text of a file the user named.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from error
