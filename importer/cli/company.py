"""`importer company`: which companies are configured, and whether everything an import needs is in place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import click

from importer.cli.options import Shared, shared_options
from importer.errors import Exit, strongest

if TYPE_CHECKING:
    from importer.checkup import Answer


@click.group("company")
def command() -> None:
    """The companies in importer.toml."""


@command.command("list")
@shared_options
def list_companies(shared: Shared) -> None:
    """List the configured companies: name, API, company in Business Central, journal."""
    for company in shared.configuration().company.values():
        click.echo("\t".join((company.name, company.api, company.company, company.journal)))


@command.command("check")
@click.argument("names", nargs=-1)
@click.option("--create-journal", is_flag=True, help="Create the configured journal where there is none.")
@click.option("--ask-server", is_flag=True, help="Also learn whether lines may be written, by one that is taken back.")
@shared_options
def check(*, names: Sequence[str], create_journal: bool, ask_server: bool, shared: Shared) -> Exit:
    """Ask the ledger, and Business Central, everything an import needs, for the companies NAMES or all of them.

    Each line says what was asked, what came and what to do. Nothing is sent that could write, except for
    --create-journal and --ask-server.
    """
    from importer import checkup
    from importer.office import open_client

    configuration = shared.configuration()
    ledger = checkup.check_ledger(configuration.state)
    codes = [ledger.code]
    click.echo("all companies:")
    _show(ledger)
    for name in names or tuple(configuration.company):
        company = configuration.find(name)
        click.echo(f"{name}:")
        with open_client(company) as client:
            first = [checkup.create_journal] if create_journal else []
            last = [checkup.check_permission] if ask_server else []
            asked = checkup.check_company(company, client)
            for answer in chain((ask(company, client) for ask in first), asked, (ask(company, client) for ask in last)):
                _show(answer)
                codes.append(answer.code)
    return strongest(codes)


def _show(answer: Answer) -> None:
    click.echo(f"  {'!' if answer.code else '✓'} {answer.asked}: {answer.came}")
    if answer.advice:
        click.echo(f"      {answer.advice}")
