"""`importer customer`: customer master data from CSV or Excel."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any  # click's callbacks are untyped callables

import click

from importer.cli.faces import FACES, write_text
from importer.cli.options import Shared, company_option, ending_in_order, shared_options
from importer.cli.output import output_option, written_to
from importer.errors import Exit

if TYPE_CHECKING:
    from importer.customer_pipeline import ImportedCustomers
    from importer.customers import Blanks, CustomerPlan
    from importer.office import CustomerOffice
    from importer.reports.customers import CustomerReport

_OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path)),
    company_option,
    click.option(
        "--clear-blank", is_flag=True, help="A blank cell empties the property; without this it changes nothing."
    ),
    click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the changes."),
    output_option(),
)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("customer")
def command() -> None:
    """Change customers from a CSV file or the first sheet of a workbook.

    The first row names the properties as the company's API does: displayName, phoneNumber, addressLine1, city …; those of
    a nested object with a dot: address.city. The column number (or id) says which customer a row is about. Only what
    differs is changed, and a blank cell changes nothing. CSV is UTF-8, with commas or semicolons.
    """


@command.command("preview")
@_options
@shared_options
def preview(
    *, file: Path, company: str | None, clear_blank: bool, face: str, output: Path | None, shared: Shared
) -> Exit:
    """Show old and new values of what an import of FILE would change. Never writes to Business Central.

    --format json prints the digest that `importer customer import --expect` demands.
    """
    from importer.customer_pipeline import preview_customers

    with opened_customers(shared, company) as office:
        plan = preview_customers(file, office, _blanks(clear_blank=clear_blank))
    _show_plan(plan, face, output, shared)
    return plan.exit_code


@command.command("import")
@_options
@click.option("--dry-run", is_flag=True, help="Only show the changes, like `importer customer preview`.")
@click.option("--expect", metavar="DIGEST", help="Carry out exactly the plan with this digest, or nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@shared_options
def import_(  # noqa: PLR0913 - one parameter for each option
    *,
    file: Path,
    company: str | None,
    clear_blank: bool,
    dry_run: bool,
    expect: str | None,
    yes: bool,
    face: str,
    output: Path | None,
    shared: Shared,
) -> Exit:
    """Change the customers of FILE; rows with a mistake are left out and named, the others are carried out.

    What a person changes in Business Central meanwhile stays as it is and is named. On a terminal the changes are shown
    first and you are asked; with --yes, or without a terminal, you are not.
    """
    from importer.customer_pipeline import import_customers, preview_customers

    blanks = _blanks(clear_blank=clear_blank)
    with opened_customers(shared, company) as office:
        asks = sys.stdin.isatty() and sys.stderr.isatty() and not yes
        if dry_run or asks:
            plan = preview_customers(file, office, blanks)
            if dry_run:
                _show_plan(plan, face, output, shared)
                return plan.exit_code
            # Beside the question: stdout is for the result, which may go on to another program.
            with redirect_stdout(sys.stderr):
                _show_plan(plan, "table", None, shared)
            question = f"Change {len(plan.changes)} customers of {plan.company}?"
            click.confirm(question, abort=True, err=True)
            expect = expect or plan.digest
        with ending_in_order(office.stop):
            imported = import_customers(file, office, blanks, expect)
    _show_imported(imported, face, output, shared)
    return imported.exit_code


@contextmanager
def opened_customers(shared: Shared, company: str | None) -> Iterator[CustomerOffice]:
    """The office for one company's customers, with a progress display unless it is not wanted."""
    from importer.cli.signals import Stopping
    from importer.logs import set_up_logs
    from importer.office import open_customer_office
    from importer.reports.progress import progress_display, quiet

    set_up_logs(shared.verbose)
    configuration = shared.configuration()
    display = nullcontext(quiet) if shared.quiet or shared.no_progress else progress_display(sys.stderr)
    found = configuration.find(company)
    with display as progress, open_customer_office(configuration, found, progress, stop=Stopping()) as office:
        yield office


def _blanks(*, clear_blank: bool) -> Blanks:
    from importer.customers import Blanks

    return Blanks.CLEAR if clear_blank else Blanks.KEEP


def _show_plan(plan: CustomerPlan, face: str, output: Path | None, shared: Shared) -> None:
    from importer.customers.document import as_text, plan_document
    from importer.reports.customers import plan_report

    if face == "json":
        write_text(as_text(plan_document(plan)), output)
        return
    _show(plan_report(plan), face, output, shared)


def _show_imported(imported: ImportedCustomers, face: str, output: Path | None, shared: Shared) -> None:
    from importer.customers.document import as_text, outcome_document
    from importer.reports.customers import outcome_report

    if face == "json":
        document = outcome_document(imported.plan, imported.outcome, imported.settled, imported.exit_code)
        write_text(as_text(document), output)
        return
    report = outcome_report(imported.plan, imported.outcome, imported.settled)
    _show(report, face, output, shared)


def _show(report: CustomerReport, face: str, output: Path | None, shared: Shared) -> None:
    from importer.reports.customer_page import write_customer_page
    from importer.reports.customers import print_customers, write_workbook

    if face == "table":
        text = StringIO()
        print_customers(report, stream=sys.stdout if output is None else text)
        if output is not None:
            write_text(text.getvalue().rstrip("\n"), output)
        return
    path = output or Path(f"{report.heading.split()[0].lower()}.{face}")
    with written_to(path, lambda: print_customers(report, stream=sys.stdout)):
        (write_customer_page if face == "html" else write_workbook)(report, path)
    shared.say(f"Written to {path}.")
