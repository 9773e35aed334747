"""`importer apply`: carries out a saved plan, or what a person decided in a review workbook."""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.choices import ALREADY_DECIDED
from importer.cli.faces import FACES, Face, show_imported
from importer.cli.options import Shared, company_option, ending_in_order, mask_option, opened, read_text, shared_options
from importer.cli.output import output_option
from importer.errors import Exit

if TYPE_CHECKING:
    from importer.office import Office
    from importer.pipeline import Imported


@click.command("apply")
@click.argument("plan_file", metavar="PLAN.json|REVIEW.xlsx", type=click.Path(path_type=Path))
@company_option
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the result.")
@output_option("Write the result to this file.")
@mask_option
@shared_options
def command(
    *, plan_file: Path, company: str | None, face: str, output: Path | None, mask: bool, shared: Shared
) -> Exit:
    """Carry out a saved plan, or what a person decided in a review workbook.

    PLAN.json (from `importer preview --format json -o PLAN.json`) is carried out exactly or refused, with everything
    that changed in Business Central since. REVIEW.xlsx (from `--format xlsx`): fill in the Decision column of the sheet
    To review. Each decision is checked against Business Central as it is now; those that no longer hold are told with
    their row, the others are carried out.
    """
    with opened(shared, company) as office, ending_in_order(office.stop):
        imported = _plan(plan_file, office) if _is_json(plan_file) else _review(plan_file, office)
    show_imported(imported, Face(face, output, mask), shared)
    if any(problem.rule != ALREADY_DECIDED for problem in imported.preview.problems):
        shared.say(
            f"Correct these rows in {plan_file.name}, save it and apply it again; what was carried out is not done twice."
        )
    return imported.exit_code


def _is_json(path: Path) -> bool:
    """The file is text that begins as a plan does; whatever else it is, the reader of reviews knows what to say."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError as error:
        raise click.UsageError(
            f"{path} cannot be read: {error.strerror}; check the name and the permissions"
        ) from error


def _plan(path: Path, office: Office) -> Imported:
    from importer.pipeline import apply_plan
    from importer.plan_json import from_json

    return apply_plan(from_json(read_text(path)), office)


def _review(path: Path, office: Office) -> Imported:
    from importer.pipeline import apply_review
    from importer.reports.review import read_review

    return apply_review(read_review(path, _account()), office)


def _account() -> str:
    """Who applies a review that names nobody."""
    try:
        return f"{getuser()}, who applied the review"
    except (OSError, KeyError):
        return ""
