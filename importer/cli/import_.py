"""`importer import`: the plan is made, shown, and carried out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.faces import FACES, Face, show_imported, show_plan
from importer.cli.options import (
    Shared,
    company_option,
    ending_in_order,
    files_argument,
    fresh_option,
    mapping_option,
    mask_option,
    opened,
    shared_options,
)
from importer.cli.output import output_option
from importer.errors import Exit

if TYPE_CHECKING:
    from importer.pipeline import Preview
    from importer.runs import Again
    from importer.states import Intent


@click.command("import")
@files_argument
@company_option
@mapping_option
@fresh_option
@click.option("--dry-run", is_flag=True, help="Only show the plan, like `importer preview`.")
@click.option("--expect", metavar="DIGEST", help="Carry out exactly the plan with this digest, or nothing.")
@click.option(
    "--again", is_flag=True, help="Also lines that were undone, deleted or ignored; look at the preview first."
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the result.")
@output_option("Write the result to this file.")
@mask_option
@shared_options
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    files: Sequence[Path],
    company: str | None,
    mapping_id: str | None,
    fresh: bool,
    dry_run: bool,
    expect: str | None,
    again: bool,
    yes: bool,
    face: str,
    output: Path | None,
    mask: bool,
    shared: Shared,
) -> Exit:
    """Create customer payment journal lines for the certain receipts in FILES; the others wait for a person.

    Importing the same or an overlapping file again creates nothing twice. On a terminal the plan is shown first and
    you are asked; with --yes, or without a terminal, you are not.
    """
    from importer.cli.unknown import settle_with_a_person
    from importer.pipeline import import_files, previewed
    from importer.runs import allow_again

    with opened(shared, company) as office:
        if fresh:
            office.remembering.forget()
        if dry_run:
            seen = previewed(files, office, mapping_id, expect)
            show_plan(seen, Face(face, output, mask), shared)
            return seen.exit_code
        if again:
            _say_again(allow_again(files, office, mapping_id), shared)
        asks = sys.stdin.isatty() and sys.stderr.isatty() and not yes
        if asks:
            seen = previewed(files, office, mapping_id, expect)
            _ask(seen, shared)
            expect = seen.plan.digest
        with ending_in_order(office.stop):
            imported = import_files(files, office, mapping_id, expect)
            if asks:
                imported = settle_with_a_person(imported, office, shared)
    show_imported(imported, Face(face, output, mask), shared)
    return imported.exit_code


def _say_again(again: Again, shared: Shared) -> None:
    shared.say(f"{again.allowed} {'line' if again.allowed == 1 else 'lines'} may be imported again.")
    gone = again.gone
    if gone.certain_at:
        shared.say(
            f"Posted or deleted: line {_numbers(gone.waiting)}. If somebody deleted it, give the same command after "
            f"{gone.certain_at:%Y-%m-%d %H:%M} UTC: before that it is not certain."
        )
    if gone.untold:
        shared.say(
            f"Posted or deleted: line {_numbers(gone.untold)}. Posted entries do not tell which. Look at the customer's ledger "
            "entries, and enter by hand what was deleted."
        )


def _numbers(lines: Sequence[Intent]) -> str:
    return ", ".join(str(one.payment.line_number) for one in lines)


def _ask(seen: Preview, shared: Shared) -> None:
    # What is asked about stands beside the question: stdout is for the result, which may go on to another program.
    with redirect_stdout(sys.stderr):
        show_plan(seen, Face("table"), shared)
    plan = seen.plan
    create = plan.totals()["create"]
    click.confirm(
        f"Create {create.lines} payments of {create.amount} in journal {plan.journal} of {plan.company}?",
        abort=True,
        err=True,
    )
