"""importer matching: try the matcher on labelled cases. Needs no configuration."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("matching")
def command() -> None:
    """How well payments are matched, and why."""


@command.command("check")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def check(cases: Path, output: str) -> int:
    """Run labelled cases through the matcher that imports use.

    CASES.json holds bank lines with the books around them and what a careful person concludes. Keep your own past
    mistakes as such a file: the exit code is 1 when a line is matched with high confidence and that is wrong.

    \b
    importer matching check samples/matching-cases.json
    importer matching check my-mistakes.json --format json
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    import json

    from importer.errors import Exit
    from importer.matcher.cases import load_cases, run_case
    from importer.matcher.scores import report, tally, written

    results = [run_case(case) for case in load_cases(cases)]
    if output == "json":
        click.echo(json.dumps(report(results), ensure_ascii=False, indent=1))
    else:
        click.echo(written(results))
    return int(Exit.BUG if tally(results).wrong_high else Exit.DONE)
