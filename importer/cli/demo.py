"""`importer demo`: the main job on sample data, against a Business Central that lives inside this program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from importer.errors import Exit

if TYPE_CHECKING:
    from importer.office import Office
    from importer.pipeline import Imported

_STATEMENT = Path("demo") / "bank.csv"


@click.command("demo")
def command() -> Exit:
    """Preview, import, and import again a sample statement; nothing outside this program is touched.

    The Business Central is a sandbox with invented books, the ledger a temporary file.
    """
    from importer.pipeline import import_files, preview
    from importer.reports.rows import plan_report
    from importer.reports.terminal import print_report
    from importer.shipped import shipped

    statement = shipped("samples") / _STATEMENT
    with _sandboxed_office() as office:
        _say("1. importer preview bank.csv", "what an import would do; nothing is written")
        seen = preview([statement], office)
        print_report(plan_report(seen.plan), stream=sys.stdout)
        _say("2. importer import bank.csv", "the certain lines are created, the others wait for a person")
        _tell(import_files([statement], office))
        _say("3. importer import bank.csv", "the same file again: nothing is created twice")
        _tell(import_files([statement], office))
    click.echo("\nYour turn: the README says how to connect your company, and `importer --help` what else there is.")
    return Exit.DONE


def _say(typed: str, meaning: str) -> None:
    click.echo(f"\n{click.style(typed, bold=True)}   # {meaning}")


def _tell(imported: Imported) -> None:
    totals = imported.preview.plan.totals()
    parts = [f"{total.lines} {action} ({total.amount})" for action, total in totals.items() if total.lines]
    click.echo(f"   planned: {', '.join(parts)}")
    certificate = imported.certificate
    if certificate is None:
        click.echo("   written: nothing, every line is known")
        return
    lines, amount = certificate.journal.lines, certificate.journal.amount
    posting = "safe to post" if certificate.safe_to_post else "; ".join(certificate.reasons)
    click.echo(f"   written: {lines} journal lines of {amount} in batch {imported.preview.plan.journal}; {posting}")


@contextmanager
def _sandboxed_office() -> Iterator[Office]:
    import httpx

    from importer.bc.auth import Token
    from importer.config import Company, Configuration
    from importer.office import open_office
    from importer.reports.progress import quiet
    from importer.sandbox.app import Sandbox
    from importer.sandbox.books import demo_books

    sandbox = Sandbox(demo_books())
    with TemporaryDirectory(prefix="importer-demo-") as folder:
        token = Path(folder, "token")
        token.write_text(sandbox.token, encoding="utf-8")
        company = Company(
            name="cronus",
            base_url="http://127.0.0.1/v2.0/tenant/Production/api/v2.0",
            company="CRONUS International Ltd.",
            journal="BANK",
            currency="EUR",
            auth=Token(f"file:{token}"),
        )
        configuration = Configuration(folder=Path(folder), state="importer.db", company={"cronus": company})
        with open_office(configuration, company, quiet, httpx.WSGITransport(app=sandbox)) as office:
            yield office
