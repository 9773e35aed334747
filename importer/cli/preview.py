"""`importer preview`: the plan, in four faces. Never writes to Business Central."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from importer.cli.faces import FACES, show_plan
from importer.cli.options import Shared, company_option, files_argument, mapping_option, opened, shared_options
from importer.errors import Exit


@click.command("preview")
@files_argument
@company_option
@mapping_option
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the plan.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@shared_options
def command(
    files: Sequence[Path], company: str | None, mapping_id: str | None, face: str, output: Path | None, shared: Shared
) -> Exit:
    """Show what an import of FILES would do, with the reasons. Never writes to Business Central.

    Each bank line gets one decision: create, patch, skip, review or reject. --format json prints the plan that
    `importer apply` carries out and whose digest `importer import --expect` demands.
    """
    from importer.pipeline import preview

    with opened(shared, company) as office:
        seen = preview(files, office, mapping_id)
    show_plan(seen, face, output, shared)
    return seen.exit_code
