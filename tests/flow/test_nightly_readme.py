"""The recipes of the README for schedulers: commands and options exist, units and manifests can be read."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from importer.cli import cli
from importer.errors import PRECEDENCE, Exit
from tests.flow.fleet import sandbox_of, site

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## Every night\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
TEXT = SECTION[1] if SECTION else ""
CALL = re.compile(r"(?:importer(?:\.exe)?,? |-Argument \")((?:nightly|worker|purge)\b[^`\n|#\]\"]*)")
CALLS = [found[1].replace(",", " ").strip() for found in CALL.finditer(TEXT)]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_every_recipe_is_there() -> None:
    languages = ("crontab", "ini", "powershell", "yaml", "azurecli", "python")
    assert {language: len(blocks(language)) for language in languages} == {
        **dict.fromkeys(languages, 1),
        "ini": 2,
    }


@pytest.mark.parametrize("call", CALLS)
def test_every_command_of_a_recipe_can_be_typed(call: str) -> None:
    name, *arguments = shlex.split(call)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, arguments)


def test_commands_were_found() -> None:
    assert {call.split()[0] for call in CALLS} == {"nightly", "worker", "purge"}
    assert len(CALLS) >= 8


def test_the_units_of_systemd_can_be_read_and_agree_with_the_exit_codes() -> None:
    service, timer = (ConfigParser(strict=True, interpolation=None) for _ in range(2))
    service.optionxform = timer.optionxform = str  # type: ignore[assignment, method-assign]  # as its manual says
    for parser, text in zip((service, timer), blocks("ini"), strict=True):
        parser.read_string(text)
    assert service["Service"]["Type"] == "oneshot"
    assert {Exit(int(code)) for code in service["Service"]["SuccessExitStatus"].split()} == {
        Exit.REVIEW,
        Exit.FILE_REJECTED,
    }
    assert timer["Timer"]["Persistent"] == "true"


def test_kubernetes_never_runs_two_nights_and_tries_again_only_what_may_go_better() -> None:
    (text,) = blocks("yaml")
    assert "concurrencyPolicy: Forbid" in text
    assert "restartPolicy: Never" in text
    values = re.search(r"operator: In, values: \[([0-9, ]+)\]", text)
    assert values is not None
    final = {Exit(int(code)) for code in values[1].split(",")}
    assert {*PRECEDENCE, Exit.USAGE} - final == {Exit.DONE, Exit.UNKNOWN_OUTCOME, Exit.UNAVAILABLE, Exit.TEMPORARY}


def test_every_exit_code_has_its_row() -> None:
    rows = re.findall(r"^\| ([0-9, ]+) \| ", TEXT, re.MULTILINE)
    codes = {int(code) for row in rows for code in row.split(",")}
    assert codes == {int(code) for code in Exit} - {Exit.USAGE}


@pytest.mark.skipif(os.name != "posix", reason="cron starts a shell of its own")
def test_cron_runs_a_night_with_the_secrets_of_its_file(tmp_path: Path) -> None:
    (crontab,) = blocks("crontab")
    *_, command = crontab.strip().split(maxsplit=5)
    program = tmp_path / ".venv" / "bin" / "importer"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nfrom importer.cli import main\nmain()\n")
    program.chmod(0o755)
    with site(tmp_path, sandbox_of({"alpha": 3})) as placed:
        placed.put("alpha", [0, 1])
        (tmp_path / "state").mkdir()
        (tmp_path / "secrets.env").write_text(f"BC_TOKEN={placed.sandbox.token}\n")
        command = command.replace("/srv/importer", shlex.quote(str(tmp_path)))
        # As cron does it: a plain shell, almost no environment.
        ended = subprocess.run(["/bin/sh", "-c", command], env={"PATH": "/usr/bin:/bin"}, check=False, timeout=60)
        assert (ended.returncode, placed.journal("alpha")) == (0, ["200000", "200001"])
    assert "<title>Night " in (tmp_path / "state" / "last-night.html").read_text(encoding="utf-8")


def test_the_python_entry_is_valid() -> None:
    (code,) = blocks("python")
    compile(code, "README.md", "exec")
