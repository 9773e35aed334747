"""`importer run`: what earlier imports did, and what became of lines whose outcome was unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from importer.cli.options import Shared, company_option, opened, shared_options
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
            click.echo(
                "\t".join((run.id, f"{run.started:%Y-%m-%d %H:%M}", run.kind, run.journal, f"{run.lines} lines", code))
            )


@command.command("show")
@click.argument("run_id", metavar="RUN")
@company_option
@click.option(
    "--format", "face", type=click.Choice(["table", "json"]), default="table", help="json: the plan as it was kept."
)
@shared_options
def show(run_id: str, company: str | None, face: str, shared: Shared) -> None:
    """Show every journal line and every change that RUN planned, with what became of it; or the plan as it was kept."""
    from importer.customer_ports import NO_JOURNAL

    with opened(shared, company) as office:
        run = office.ledger.run(run_id)
        if run is None:
            raise ConfigurationError(f'There is no run "{run_id}"; `importer run list` shows them.')
        if face == "json":
            click.echo(run.document)
            return
        for intent in office.ledger.intents_of(run.id):
            payment = intent.payment
            place = f"{intent.seen.file}, record {intent.seen.record}"
            facts = (
                str(payment.line_number),
                payment.customer,
                payment.invoice or "-",
                str(payment.amount),
                intent.state,
            )
            click.echo("\t".join((*facts, place, intent.reason)).rstrip())
        for patch in office.ledger.patches_of(run.id):
            number = f"customer {patch.key}" if patch.journal_id == NO_JOURNAL else str(patch.patch.line_number)
            changes = "; ".join(f"{each.field}: {each.old} -> {each.new}" for each in patch.patch.changes)
            click.echo("\t".join((number, changes, patch.state, patch.reason)).rstrip())


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
    with opened(shared, company) as office:
        words = {**dict.fromkeys(found, Word.FOUND), **dict.fromkeys(absent, Word.ABSENT)}
        outcome = settle_unknown(office, words=words)
    with opened_customers(shared, company) as customers:
        changed = settle_unknown_customers(customers)
    _show_intents(outcome)
    for change in changed.patches:
        click.echo("\t".join((f"customer {change.key}", change.state, change.reason)).rstrip())
    for note in changed.notes:
        click.echo(note)
    looked = len(outcome.intents) + len(changed.patches) + len(changed.notes)
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

    with opened(shared, company) as office:
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
    click.echo(f"planned\t{certificate.planned.lines} lines\t{certificate.planned.amount}")
    for state, total in certificate.states.items():
        click.echo(f"{state}\t{total.lines} lines\t{total.amount}")
    click.echo(f"in the journal\t{certificate.journal.lines} lines\t{certificate.journal.amount}")
    for reason in certificate.reasons:
        click.echo(f"! {reason}")
    click.echo("Safe to post." if certificate.safe_to_post else "Not safe to post.")
    return Exit.DONE if certificate.safe_to_post else Exit.UNKNOWN_OUTCOME


def _show_intents(outcome: Outcome) -> None:
    for intent in outcome.intents:
        facts = (str(intent.payment.line_number), str(intent.payment.amount), intent.state, intent.reason)
        click.echo("\t".join(facts).rstrip())
    for note in outcome.notes:
        click.echo(f"! {note}")
