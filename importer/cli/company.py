"""`importer company`: which companies are configured, and whether everything an import needs is in place."""

from __future__ import annotations

from collections.abc import Sequence

import click

from importer.cli.options import Shared, shared_options
from importer.errors import Exit, strongest


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
@shared_options
def check(names: Sequence[str], shared: Shared) -> Exit:
    """Ask Business Central everything an import needs, for the companies NAMES or all of them.

    Each line says what was asked, what came and what to do. Nothing is written.
    """
    from importer.checkup import check_company
    from importer.office import open_client

    configuration = shared.configuration()
    codes = []
    for name in names or tuple(configuration.company):
        company = configuration.find(name)
        click.echo(f"{name}:")
        with open_client(company) as client:
            for answer in check_company(company, client):
                click.echo(f"  {'!' if answer.code else '✓'} {answer.asked}: {answer.came}")
                if answer.advice:
                    click.echo(f"      {answer.advice}")
                codes.append(answer.code)
    return strongest(codes)
