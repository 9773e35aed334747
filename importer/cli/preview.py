"""`importer preview`: the plan, in four faces. Never writes to Business Central."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from importer.cli.faces import FACES, Face, show_plan
from importer.cli.options import (
    Shared,
    company_option,
    files_argument,
    fresh_option,
    mapping_option,
    mask_option,
    opened,
    shared_options,
)
from importer.cli.output import output_option
from importer.errors import Exit


@click.command("preview")
@files_argument
@company_option
@mapping_option
@fresh_option
@click.option("--format", "face", type=FACES, default="table", show_default=True, help="How to show the plan.")
@output_option()
@click.option("--ask-server", is_flag=True, help="Let Business Central check the new lines too; nothing stays there.")
@mask_option
@shared_options
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    files: Sequence[Path],
    company: str | None,
    mapping_id: str | None,
    fresh: bool,
    face: str,
    output: Path | None,
    ask_server: bool,
    mask: bool,
    shared: Shared,
) -> Exit:
    """Show what an import of FILES would do, with the reasons. Never writes to Business Central.

    Each bank line gets one decision: create, patch, skip, review or reject. --format json prints the plan that
    `importer apply` carries out and whose digest `importer import --expect` demands.

    --ask-server sends the new lines in one transaction whose last part must fail, so that Business Central applies
    its own rules and takes everything back; the journal is read afterwards to prove it. Only when it took back the first
    line are the others sent.
    """
    from importer.pipeline import previewed
    from importer.rehearsal import rehearsed

    with opened(shared, company) as office:
        if fresh:
            office.remembering.forget()
        seen = previewed(files, office, mapping_id)
        if ask_server:
            seen = rehearsed(seen, office)
    show_plan(seen, Face(face, output, mask), shared)
    return seen.exit_code
