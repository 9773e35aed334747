"""`importer mapping` prints what was understood, and its exit code says how it went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from importer.cli.mapping import command
from importer.errors import UnknownFormat
from importer.shipped import shipped
from tests.unit.reader_files import PLAIN, generic, row

SAMPLE = shipped("samples") / "generic.csv"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_list_and_show_name_the_layouts() -> None:
    assert "de/sparkasse-camt" in run("list")[1]
    assert {entry["id"] for entry in json.loads(run("list", "--format", "json")[1])} > {"generic", "es/santander-xlsx"}
    assert "bank_reference  bank_reference" in run("show", "generic")[1]
    assert json.loads(run("show", "generic", "--format", "json")[1])["numbers"] == {"decimal": "."}


def test_check_prints_the_statement_as_one_json_document() -> None:
    code, output = run("check", SAMPLE, "--format", "json")

    assert (code, json.loads(output)) == (0, json.loads(Path(f"{SAMPLE}.expected.json").read_text(encoding="utf-8")))


def test_check_exits_with_3_when_rows_were_rejected(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text(generic(row(), row(amount="x")))
    code, output = run("check", tmp_path / "kto.csv")

    assert code == 3
    assert 'kto.csv, row 3, column "amount": value "x"' in output
    assert "1 lines read, 1 rows rejected" in output


def test_check_without_a_file_reads_all_samples() -> None:
    code, output = run("check")

    assert (code, "0 samples are missing or read differently" in output) == (0, True)


def test_detect_explains_and_exits_with_4_when_nobody_claims_the_file(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text("Date;Text;Sum\n01.03.2026;a;1,00\n")
    (tmp_path / "plain.toml").write_text(PLAIN)

    assert run("detect", SAMPLE) == (0, "generic.csv: generic\n  generic: its header is in the file, cell by cell\n")
    code, output = run("detect", tmp_path / "kto.csv", "--mappings", tmp_path, "--format", "json")
    assert code == 4
    assert json.loads(output)["nearest"][0] == {"mapping": "plain", "missing": ["Amount"], "extra": ["Sum"]}
    with pytest.raises(UnknownFormat):
        run("check", tmp_path / "kto.csv")


def test_new_writes_a_draft(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text("Date;Text;Sum\n13.03.2026;a;1,00\n14.03.2026;b;-2,00\n")

    assert run("new", tmp_path / "kto.csv", "-o", tmp_path / "new.toml")[0] == 0
    assert 'amount         = "Sum"' in (tmp_path / "new.toml").read_text()
