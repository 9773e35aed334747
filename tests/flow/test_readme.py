"""The README's commands are run as they stand there, in order, in one folder."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.matcher import MatchingSettings
from importer.shipped import shipped
from tests.flow.conftest import Desk

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("importer ")]


def test_the_two_set_up_lines_begin_with_a_new_environment() -> None:
    lines = [line for block in BLOCKS for line in block.splitlines() if line.startswith("python3 -m venv ")]
    assert [line.rsplit(" && ", 1)[1] for line in lines] == [
        ".venv/bin/importer demo",
        ".venv-test/bin/pytest -q -n auto",
    ]


def test_every_command_of_the_readme_works(desk: Desk) -> None:
    (desk.folder / "bank.csv").write_bytes((shipped("samples") / "demo" / "bank.csv").read_bytes())
    assert len(COMMANDS) > 8
    for command in COMMANDS:
        ran = desk.importer(*shlex.split(command)[1:])
        assert ran.code in {Exit.DONE, Exit.REVIEW}, f"{command}: {ran.err}"


@pytest.mark.parametrize("code", [code for code in Exit if code is not Exit.DONE])
def test_every_exit_code_is_explained(code: Exit) -> None:
    assert f"\n| {int(code)} | " in README.read_text(encoding="utf-8")


def test_the_sample_configuration_is_complete_and_loads() -> None:
    from importer.config import load_configuration

    sample = shipped("samples") / "importer.toml"
    company = load_configuration(sample).find("cronus")
    settings = re.findall(r"^\[[^\]]+\]|^(?:# )?(\w+) +=", sample.read_text(encoding="utf-8"), re.MULTILINE)
    fixed = {
        "state",
        "api",
        "base_url",
        "company",
        "journal",
        "currency",
        "inbox",
        "accounts",
        "settle_after",
        "max_lines",
    }
    fixed |= {"max_total", "kind", "token", "references", "invoice_patterns", "approve", "tolerance", "field"}
    fixed |= {setting.name for setting in fields(MatchingSettings)}
    assert fixed <= set(settings)
    assert company.matching == MatchingSettings()
    assert company.journal == "BANK"
