"""`importer mapping`: which bank layouts there are, which one a file has, what it says, and how to add one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.telling import show_row

if TYPE_CHECKING:
    from importer.mapping import Mapping
    from importer.reader import Recognition

_FORMAT = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
_FOLDERS = click.option(
    "--mappings",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A folder with mappings of your own; of two with the same id yours counts. May be repeated.",
)
_FILE = click.Path(path_type=Path)


@click.group(name="mapping")
def command() -> None:
    """Bank layouts: list, show, detect, check, new.

    A mapping is a TOML file that says what the export of one bank looks like; mappings/README.md shows how to add one.
    """


@command.command(name="list")
@_FOLDERS
@_FORMAT
def list_mappings(folders: tuple[Path, ...], output: str) -> None:
    """List all layouts that are known."""
    mappings = _load(folders)
    if output == "json":
        return _print_json([_summary(mapping) for mapping in mappings])
    width = max((len(mapping.id) for mapping in mappings), default=0)
    for mapping in mappings:
        named = " (only when named)" if mapping.table.only_when_named else ""
        click.echo(f"{mapping.id:<{width}}  {mapping.title}{named}")
    return None


@command.command()
@click.argument("mapping_id", metavar="ID")
@_FOLDERS
@_FORMAT
def show(mapping_id: str, folders: tuple[Path, ...], output: str) -> None:
    """Show what a layout looks like."""
    from importer.reader import find_mapping

    mapping = find_mapping(_load(folders), mapping_id)
    if output == "json":
        return _print_json(mapping.model_dump(mode="json", exclude_defaults=True))
    for line in _described(mapping):
        click.echo(line)
    return None


@command.command()
@click.argument("file", type=_FILE)
@_FOLDERS
@_FORMAT
def detect(file: Path, folders: tuple[Path, ...], output: str) -> None:
    """Say which layout a file has, and why; or what is nearest. Exits with 4 when none or several claim it."""
    from importer import reader
    from importer.errors import Exit, UnusableFile

    found, read = reader.detect(file, _load(folders))
    chosen, problem = ("", str(read)) if isinstance(read, UnusableFile) else (read.mapping, "")
    warnings = () if isinstance(read, UnusableFile) else read.warnings
    if output == "json":
        _print_json(
            {
                "file": file.name,
                "mapping": chosen or None,
                "how": found.how or None,
                "candidates": [mapping.id for mapping in found.candidates],
                "nearest": [
                    {"mapping": near.mapping.id, "missing": list(near.missing), "extra": list(near.extra)}
                    for near in found.nearest
                ],
                "suggested": [mapping.id for mapping in found.suggested],
                "problem": problem or None,
            }
        )
    else:
        for line in (*_explained(file, chosen, found), *(f"  {warning}" for warning in warnings)):
            click.echo(line)
        if problem:
            click.echo(problem)
    raise click.exceptions.Exit(Exit.DONE if chosen else Exit.FILE_REJECTED)


@command.command()
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--mapping", "mapping_id", metavar="ID", help="Read FILES as this layout, do not recognise it.")
@_FOLDERS
@_FORMAT
def check(files: tuple[Path, ...], mapping_id: str | None, folders: tuple[Path, ...], output: str) -> None:
    """Read bank files without any company and print what was understood.

    Without FILE all mappings and their samples are checked, also those in `samples` beside your own folder of mappings.
    Exits with 3 when rows were rejected, with 4 when a file cannot be used.
    """
    from importer.errors import Exit
    from importer.reader import read_statement
    from importer.reader.report import as_text, statement_facts

    mappings = _load(folders)
    if not files:
        return _check_samples(len(mappings), folders)
    statements = [read_statement(file, mappings, mapping_id) for file in files]
    if output == "json":
        facts = [statement_facts(statement) for statement in statements]
        _print_json(facts[0] if len(facts) == 1 else facts)
    else:
        for statement in statements:
            for line in as_text(statement).split("\n"):
                show_row(line)
    raise click.exceptions.Exit(Exit.REVIEW if any(statement.unread for statement in statements) else Exit.DONE)


@command.command()
@click.argument("file", type=_FILE)
@click.option("-o", "--output", "target", type=_FILE, metavar="PATH", help="Write the draft here instead of stdout.")
def new(file: Path, target: Path | None) -> None:
    """Draft a mapping for a file of an unknown bank, or convert a data exchange definition of Business Central (.xml).

    What could not be proven from the file is marked with CONFIRM; look at these lines before you use the mapping.
    mappings/README.md shows the next steps.
    """
    from importer.errors import ConfigurationError
    from importer.reader.draft import draft_mapping

    if target is not None and target.exists():
        raise ConfigurationError(f"{target} exists already; name another file, a mapping is never written over")
    text = draft_mapping(file)
    if target is None:
        return click.echo(text, nl=False)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error.strerror}; name another file with -o") from error
    return click.echo(_what_next(file, target, text.count("CONFIRM")), err=True)


def _what_next(file: Path, target: Path, marks: int) -> str:
    """What a person does with a draft: its lines to confirm, and the command that reads the file with it."""
    from importer.shipped import shipped

    folder = next((parent for parent in target.parents if parent.name == "mappings"), target.parent)
    mapping_id = target.relative_to(folder).with_suffix("").as_posix()
    own = "" if folder.resolve() == shipped("mappings").resolve() else f" --mappings {folder}"
    return (
        f"{target} is written; look at its {marks} lines with CONFIRM, then:\n"
        f"  importer mapping check {file}{own} --mapping {mapping_id}"
    )


def _load(folders: tuple[Path, ...]) -> tuple[Mapping, ...]:
    from importer.mapping import load_mappings
    from importer.shipped import shipped

    return load_mappings([shipped("mappings"), *folders])


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _summary(mapping: Mapping) -> dict[str, object]:
    return {
        "id": mapping.id,
        "title": mapping.title,
        "country": mapping.country,
        "banks": list(mapping.banks),
        "kinds": list(mapping.file.kinds),
        "evidence": mapping.evidence,
        "last_seen": mapping.last_seen,
        "only_when_named": mapping.table.only_when_named,
    }


def _described(mapping: Mapping) -> list[str]:
    facts = {
        "Banks": ", ".join(mapping.banks),
        "Evidence": f"{mapping.evidence}, last seen {mapping.last_seen or 'at an unknown time'}",
        "Files": f"{' or '.join(mapping.file.kinds)}, {' or '.join(mapping.file.encodings)}",
        "Delimiter": repr(mapping.file.delimiter),
        "Header": mapping.file.delimiter.join(str(column) for column in mapping.table.header) or "none",
        "Dates": " or ".join(mapping.dates.formats),
        "Numbers": _numbers(mapping),
        "Amounts": mapping.amounts.model,
        "Overlap": f"{mapping.overlap}, {mapping.order}",
        "Recognised": "only when named with --mapping" if mapping.table.only_when_named else "",
        "Left out": "; ".join(rule.because for rule in (*mapping.leave_out, *mapping.keep_only)),
        "Notes": mapping.notes,
    }
    fields = {name: " + ".join(map(str, columns)) for name, columns in mapping.columns.named().items()}
    lines = [f"{mapping.id}: {mapping.title}"]
    lines += [f"  {name:<10} {text}" for name, text in facts.items() if text]
    return [*lines, "  Columns", *(f"    {name:<15} {text}" for name, text in fields.items())]


def _numbers(mapping: Mapping) -> str:
    if mapping.numbers.is_proven:
        return "decimal mark proven by each file"
    thousands = " ".join(map(repr, mapping.numbers.thousands)) or "none"
    return f"decimal {mapping.numbers.decimal!r}, thousands {thousands}"


def _explained(file: Path, chosen: str, found: Recognition) -> list[str]:
    why = {
        "header": "its header is in the file, cell by cell",
        "structure": "its columns read every row of the file, which has no header",
        "columns": "all its columns are in the file, in another order or with others",
    }
    lines = [f"{file.name}: {chosen}"] if chosen else []
    lines += [f"  {mapping.id}: {why[found.how]}" for mapping in found.candidates]
    for near in found.nearest:
        lines.append(f"  near: {near.mapping.id} ({near.likeness:.0%} alike)")
        lines += [f"    it also wants {', '.join(near.missing)}"] if near.missing else []
        lines += [f"    it does not know {', '.join(near.extra)}"] if near.extra else []
    for mapping in found.suggested:
        lines.append(f"  fits: {mapping.id}, {mapping.title}; if this is your bank, name it with --mapping")
    return lines


def _check_samples(count: int, folders: tuple[Path, ...]) -> None:
    from importer.errors import Exit
    from importer.reader.report import differing_samples

    different = differing_samples(folders)
    click.echo(f"{count} mappings are right; {len(different)} samples are missing or read differently than expected")
    for name in different:
        click.echo(f"  {name}")
    raise click.exceptions.Exit(Exit.BUG if different else Exit.DONE)
