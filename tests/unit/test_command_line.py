"""The command line as a whole: it starts at once, every command teaches, and the README knows them all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from importer.cli import cli

HEAVY = {
    "azure", "httpx", "jinja2", "numpy", "openpyxl", "pandas", "procrastinate", "pyarrow", "pydantic", "python_calamine",
    "rapidfuzz", "rich", "sqlalchemy", "stdnum", "xlsxwriter",
}  # fmt: skip


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[f"{prefix}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
    return found


COMMANDS = commands(cli)


def test_help_loads_no_heavy_package() -> None:
    program = (
        "import sys\nsys.argv = ['importer', '--help']\nfrom importer.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stderr.split()}
    assert loaded & HEAVY == set()
    assert "importer" in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_says_what_it_does(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


def test_the_fixed_commands_are_there() -> None:
    fixed = {
        "demo", "preview", "import", "apply", "nightly", "worker", "run list", "run show", "run settle", "run undo",
        "run certify", "mapping list", "mapping show", "mapping detect", "mapping check", "mapping new", "matching check",
        "matching explain", "payer list", "payer import", "payer export", "customer preview", "customer import",
        "company list", "company check", "sandbox",
    }  # fmt: skip
    assert fixed <= set(COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if " " not in name])
def test_every_command_is_in_the_readme(name: str) -> None:
    readme = Path(__file__).parents[2] / "README.md"
    assert f"importer {name}" in readme.read_text(encoding="utf-8")
