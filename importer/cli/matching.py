"""`importer matching`: try the matcher on labelled cases, or explain what it made of one bank line."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.options import Shared, company_option, mapping_option, opened, shared_options


@click.group("matching")
def command() -> None:
    """How well payments are matched, and why."""


@command.command("check")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to show it.",
)
def check(cases: Path, output: str) -> int:
    """Run labelled cases through the matcher that imports use.

    CASES.json holds bank lines with the books around them and what a careful person concludes. Keep your own past
    mistakes as such a file: the exit code is 1 when a line is matched with high confidence and that is wrong.

    \b
    importer matching check samples/matching-cases.json
    importer matching check my-mistakes.json --format json
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    import json

    from importer.errors import Exit, UnusableFile
    from importer.matcher.case_file import load_cases
    from importer.matcher.cases import run_case
    from importer.matcher.scores import report, tally, written

    try:
        file = load_cases(cases)
    except UnusableFile as error:
        raise click.UsageError(str(error)) from error
    for ignored in file.ignored:
        click.echo(f"{cases.name}, {ignored}", err=True)
    results = [run_case(case) for case in file.cases]
    if output == "json":
        click.echo(json.dumps(report(results), ensure_ascii=False, indent=1))
    else:
        click.echo(written(results))
    return int(Exit.BUG if tally(results).wrong_high else Exit.DONE)


@command.command("explain")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--record", type=click.IntRange(min=1), required=True, help="Which data record of FILE, counted from 1.")
@company_option
@mapping_option
@shared_options
def explain(file: Path, record: int, company: str | None, mapping_id: str | None, shared: Shared) -> None:
    """Explain one bank line of FILE: what was found where in its text, why it is decided so, and what else was possible.

    The whole file is matched, as an import would, because other lines may claim the same invoice.
    """
    from importer.pipeline import preview
    from importer.reports.explanation import explanation

    with opened(shared, company) as office:
        seen = preview([file], office, mapping_id)
    for error in seen.refused:
        raise error
    found = [decision for decision in seen.plan.decisions if decision.source.line.record == record]
    if not found:
        raise click.UsageError(f"{file} has {len(seen.plan.decisions)} records, no record {record}")
    for line in explanation(found[0], seen.plan.basis):
        click.echo(line)
