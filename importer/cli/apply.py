"""`importer apply`: carries out a saved plan, or what a person decided in a review workbook."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.faces import FACES, show_imported
from importer.cli.options import Shared, company_option, opened, shared_options
from importer.errors import Exit


@click.command("apply")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@company_option
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the result.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@shared_options
def command(plan_file: Path, company: str | None, face: str, output: Path | None, shared: Shared) -> Exit:
    """Carry out exactly the plan that `importer preview --format json -o PLAN.json` saved, or refuse.

    It is refused when Business Central changed meanwhile: an invoice was paid, a customer blocked, a line imported by
    somebody else. Everything that changed is named, and nothing is written.
    """
    from importer.pipeline import apply_plan
    from importer.plan_json import from_json

    plan = from_json(plan_file.read_text(encoding="utf-8"))
    with opened(shared, company) as office:
        imported = apply_plan(plan, office)
    show_imported(imported, face, output, shared)
    return imported.exit_code
