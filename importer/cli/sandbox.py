"""`importer sandbox`: a local Business Central over invented books, to try everything without touching real ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from importer.sandbox.app import Sandbox
    from importer.sandbox.server import Server


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), default=8085, show_default=True, help="0 takes any free port.")
@click.option(
    "--books",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A JSON file of invented books instead of samples/books.json.",
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A JSON file of faults: which requests are lost, delayed or refused.",
)
def command(port: int, books: Path | None, faults: Path | None) -> None:
    """Run a local Business Central until Ctrl-C.

    It listens on this machine only, holds invented books and forgets everything when it ends. The settings for
    importer.toml are printed at the start.
    """
    from importer.sandbox.app import Sandbox
    from importer.sandbox.books import UnusableBooks, demo_books, load_books
    from importer.sandbox.faulty import UnusableFaults, faulty_app, load_faults
    from importer.sandbox.server import serve

    try:
        sandbox = Sandbox(load_books(books) if books else demo_books())
        app = faulty_app(sandbox, load_faults(faults)) if faults else sandbox
    except (UnusableBooks, UnusableFaults) as error:
        raise click.UsageError(str(error)) from None
    try:
        serve(app, port, ready=lambda server: _explain(sandbox, server))
    except OSError as error:
        raise click.UsageError(f"port {port} cannot be used ({error.strerror}); take another with --port") from None
    except KeyboardInterrupt:
        click.echo(f"{len(sandbox.requests)} requests, {len(sandbox.history)} changes; all forgotten now.", err=True)


def _explain(sandbox: Sandbox, server: Server) -> None:
    from importer.sandbox.app import BASE
    from importer.sandbox.flavours import FINANCIALS_BETA, GRAPH_BETA, V1_0

    older = ", ".join(f"{each.name} {server.url}{each.bases[0]}" for each in (V1_0, GRAPH_BETA, FINANCIALS_BETA))
    company = sandbox.company_names()[0]
    click.echo(
        f"""A Business Central with invented books is ready. Stop it with Ctrl-C.

  base URL  {server.url}{BASE}
  older     {older}
  token     {sandbox.token}
  companies {", ".join(sandbox.company_names())}

In importer.toml (and in the shell: export BC_TOKEN={sandbox.token}):

  state = "state/importer.db"

  [company.cronus]
  api      = "v2.0"
  base_url = "{server.url}{BASE}"
  company  = "{company}"
  journal  = "{sandbox.journal_codes(company)[0]}"
  currency = "{sandbox.currency(company)}"

  [company.cronus.auth]
  kind  = "token"
  token = "env:BC_TOKEN"
""",
        err=True,
    )
