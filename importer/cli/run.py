"""`importer run`: what earlier imports did, and what became of lines whose outcome was unknown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.faces import FACES, Face
from importer.cli.options import Shared, company_option, ending_in_order, mask_option, opened, shared_options
from importer.cli.output import output_option
from importer.cli.telling import show_row
from importer.errors import ConfigurationError, Exit, strongest

if TYPE_CHECKING:
    from importer.outcome import Outcome


@click.group("run")
def command() -> None:
    """Look at, settle, certify or undo runs."""


@command.command("list")
@company_option
@shared_options
def list_runs(company: str | None, shared: Shared) -> None:
    """List the latest runs, newest first: id, start, kind, journal, planned lines, exit code."""
    with opened(shared, company) as office:
        for run in office.ledger.runs(office.business_central.company_id):
            code = "running or killed" if run.exit_code is None else f"exit {run.exit_code}"
            show_row(run.id, f"{run.started:%Y-%m-%d %H:%M}", run.kind, run.journal, f"{run.lines} lines", code)


@command.command("show")
@click.argument("run_id", metavar="RUN")
@company_option
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the run.")
@output_option()
@mask_option
@shared_options
def show(*, run_id: str, company: str | None, face: str, output: Path | None, mask: bool, shared: Shared) -> None:
    """Show what became of every bank line of RUN, as the ledger has it now; nothing is asked of Business Central.

    The table ends with one row for each journal line and each change. As JSON it is the plan as it was kept, with the
    outcome beside it; the workbook is a review that `importer apply` takes.
    """
    from importer.cli.shown_run import show_run

    with opened(shared, company) as office:
        run = office.ledger.run(run_id)
        if run is None:
            raise ConfigurationError(f'There is no run "{run_id}"; `importer run list` shows them.')
        show_run(run, office.ledger, Face(face, output, mask), shared)


@command.command("settle")
@click.option(
    "--found", type=int, multiple=True, metavar="LINE", help="A doubtful line that you found in Business Central."
)
@click.option("--absent", type=int, multiple=True, metavar="LINE", help="A doubtful line that was never created.")
@company_option
@shared_options
def settle(company: str | None, found: Sequence[int], absent: Sequence[int], shared: Shared) -> Exit:
    """Find out what became of lines whose outcome is unknown, by reading the journal and the posted entries.

    A line that is proven absent is sent again; one that may still arrive stays unknown (exit 5): try again later. Where
    nothing that can be read tells, the line is doubtful (exit 3): look in Business Central and say what you found. An
    absent line is sent again as soon as no earlier request of it can be carried out any more.
    """
    from importer.cli.customer import opened_customers
    from importer.customer_pipeline import settle_unknown_customers
    from importer.runs import settle_unknown
    from importer.writer import Word

    if both := sorted(set(found) & set(absent)):
        raise click.UsageError(f"line {both[0]} cannot be both found and absent")
    with opened(shared, company) as office, ending_in_order(office.stop):
        words = {**dict.fromkeys(found, Word.FOUND), **dict.fromkeys(absent, Word.ABSENT)}
        outcome = settle_unknown(office, words=words)
    with opened_customers(shared, company) as customers:
        changed = settle_unknown_customers(customers)
    _show_intents(outcome)
    for patch in outcome.patches:
        show_row(f"change of line {patch.patch.line_number}", patch.state, patch.reason)
    for change in changed.patches:
        show_row(f"customer {change.key}", change.state, change.reason)
    for note in changed.notes:
        show_row(note)
    looked = len(outcome.intents) + len(outcome.patches) + len(changed.patches) + len(changed.notes)
    shared.say(f"{looked} lines and customers looked at." if looked else "Nothing is unknown.")
    return strongest([outcome.exit_code, changed.exit_code])


@command.command("undo")
@click.argument("run_id", metavar="RUN")
@company_option
@shared_options
def undo(run_id: str, company: str | None, shared: Shared) -> Exit:
    """Delete the journal lines that RUN created, each only while nobody has touched it since.

    Lines that were edited, posted or deleted stay as they are and are named. The bank lines are imported again only with
    `importer import --again`.
    """
    from importer.runs import undo_run

    with opened(shared, company) as office, ending_in_order(office.stop):
        outcome = undo_run(run_id, office)
    _show_intents(outcome)
    return outcome.exit_code


@command.command("certify")
@click.argument("run_id", metavar="RUN")
@company_option
@shared_options
def certify(run_id: str, company: str | None, shared: Shared) -> Exit:
    """Read the journal and say, with control totals, whether what RUN created is safe to post."""
    from importer.runs import certify_run

    with opened(shared, company) as office:
        certificate = certify_run(run_id, office)
    totals = (("planned", certificate.planned), *certificate.states.items(), ("in the journal", certificate.journal))
    for name, total in totals:
        show_row(name, f"{total.lines} lines", total.amount)
    for reason in certificate.reasons:
        show_row(f"! {reason}")
    show_row("Safe to post." if certificate.safe_to_post else "Not safe to post.")
    return Exit.DONE if certificate.safe_to_post else Exit.UNKNOWN_OUTCOME


def _show_intents(outcome: Outcome) -> None:
    for intent in outcome.intents:
        show_row(intent.payment.line_number, intent.payment.amount, intent.state, intent.reason)
    for note in outcome.notes:
        show_row(f"! {note}")
