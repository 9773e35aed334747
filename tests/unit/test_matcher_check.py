"""importer matching check: labelled cases without any configuration, and a failing exit code for a wrong high."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from importer.cli.matching import command
from importer.errors import UnusableFile

CASE = {
    "id": "A",
    "customers": [{"number": "10000", "name": "Nordwind Handels GmbH"}],
    "open_invoices": [
        {"number": "103001", "customerNumber": "10000", "remainingAmount": 410.5, "postingDate": "2026-01-11"}
    ],
    "statement_line": {"date": "2026-02-05", "amount": 410.5, "text": "Rechnung 103001"},
    "expected": {"customerNumber": "10000", "invoices": [{"number": "103001", "amount": 410.5}], "confidence": "high"},
    "tags": ["plain"],
}  # fmt: skip


def check(folder: Path, content: object, *options: str) -> Result:
    path = folder / "cases.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return CliRunner().invoke(command, ["check", str(path), *options], standalone_mode=False)


def test_json_tells_every_case_and_the_figures(tmp_path: Path) -> None:
    result = check(tmp_path, [CASE], "--format", "json")
    report = json.loads(result.stdout)
    row = report["cases"][0]
    reasons = row.pop("reasons")
    assert row == {
        "id": "A", "customerNumber": "10000", "invoices": [{"number": "103001", "amount": 410.5}], "confidence": "high",
        "discountTaken": 0, "toleranceTaken": 0, "feeTaken": 0, "unapplied": 0, "split": [], "candidates": [], "exact": True,
    }  # fmt: skip
    assert [reason["rule"] for reason in reasons] == ["number_and_amount"]
    assert reasons[0]["evidence"] == [
        {"kind": "document number", "value": "103001", "field": "text", "start": 9, "end": 15}
    ]
    assert (report["summary"]["precisionAtHigh"], report["summary"]["highFound"], result.return_value) == (1.0, 1.0, 0)
    assert (list(report["tags"]), list(report["rows"])) == (["plain"], ["number_and_amount"])


@pytest.mark.parametrize(
    "expected",
    [
        {"customerNumber": "10000", "invoices": [{"number": "103001", "amount": 400}], "confidence": "high"},
        {"customerNumber": "20000", "invoices": [{"number": "103001", "amount": 410.5}], "confidence": "high"},
        {"customerNumber": "10000", "invoices": [{"number": "103001", "amount": 410.5}], "confidence": "medium"},
        {"customerNumber": None, "invoices": [], "confidence": "none"},
    ],
)
def test_a_wrong_high_fails_the_check(tmp_path: Path, expected: object) -> None:
    result = check(tmp_path, [CASE | {"expected": expected}])
    assert result.return_value == 1
    assert "WRONG HIGH A" in result.stdout


def test_too_little_confidence_is_told_but_does_not_fail(tmp_path: Path) -> None:
    line = {"date": "2026-02-05", "amount": 410.5, "text": "Danke"}
    result = check(tmp_path, [CASE | {"statement_line": line}])
    assert result.return_value == 0
    assert "differs A: wanted high 10000 [103001 410.5], found low - [] by amount_only" in result.stdout


def test_a_broken_case_file_names_what_is_broken(tmp_path: Path) -> None:
    result = check(tmp_path, [CASE | {"expected": {"confidence": "sure"}}])
    assert isinstance(result.exception, UnusableFile)
    assert "case 0.expected.confidence" in str(result.exception)
