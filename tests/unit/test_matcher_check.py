"""importer matching check: labelled cases without any configuration, and a failing exit code for a wrong high."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import pytest
from click import UsageError
from click.testing import CliRunner, Result

from importer.cli.matching import command
from importer.errors import ConfigurationError

CASE: dict[str, Any] = {
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


LINE = {"date": "2026-02-05", "amount": 410.5, "text": "Rechnung 103001"}
DOCUMENT = {"number": "103001", "customerNumber": "10000", "remainingAmount": 410.5, "postingDate": "2026-01-11"}


def test_a_broken_case_file_names_every_broken_field(tmp_path: Path) -> None:
    broken = [
        CASE | {"expected": {"confidence": "sure"}},
        {name: value for name, value in CASE.items() if name != "statement_line"} | {"id": "B"},
        CASE | {"id": "C", "open_invoices": [DOCUMENT, DOCUMENT | {"postingDate": "11.1.2026"}]},
        "D",
    ]
    result = check(tmp_path, broken)
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2
    first, *told = str(result.exception).splitlines()
    assert first == f"{tmp_path / 'cases.json'} is not in the format of a case file:"
    assert [line.partition(":")[0].strip() for line in told] == [
        "case 1 (A), expected.confidence", "case 2 (B), statement_line", "case 3 (C), open_invoices.1.postingDate", "case 4",
    ]  # fmt: skip
    assert [line.partition(", not ")[2] for line in told] == ["'sure'", "", "'11.1.2026'", "'D'"]


@pytest.mark.parametrize(
    ("content", "told"),
    [([], "has no cases"), ({"cases": []}, "has no cases"), ({}, "is no case file"), ({"cases": {}}, "is no case file"),
     ("cases", "is no case file"), (None, "is no case file")],
)  # fmt: skip
def test_a_file_without_cases_is_refused(tmp_path: Path, content: object, told: str) -> None:
    result = check(tmp_path, content)
    assert isinstance(result.exception, UsageError)
    assert told in str(result.exception)
    assert 'Wanted is a JSON list of cases, or {"cases": [...]}' in str(result.exception)


@pytest.mark.parametrize("content", [b"", b"[{", b"id;amount\n1;2", "[{'text': 'Bär'}]".encode("latin-1")])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(content)
    result = CliRunner().invoke(command, ["check", str(path)], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert "cannot be read as a case file" in str(result.exception)


@pytest.mark.parametrize(
    "content",
    [
        {"cases": [CASE]},
        [CASE | {"settings": None, "tags": None, "other_statement_lines": None}],
        [CASE | {"id": 7, "customers": [{"number": 10000, "name": None}]}],
        [CASE | {"statement_line": LINE | {"amount": "410.50", "counterparty_name": None}}],
    ],
)
def test_the_same_said_differently_is_read_the_same(tmp_path: Path, content: object) -> None:
    result = check(tmp_path, content)
    assert (result.return_value, result.stderr) == (0, "")
    assert result.stdout.startswith("1 of 1 cases exactly as labelled")


def test_a_byte_order_mark_is_no_part_of_a_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(BOM_UTF8 + json.dumps([CASE]).encode())
    assert CliRunner().invoke(command, ["check", str(path)], standalone_mode=False).return_value == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"settings": {"toleranceTyp": "Amount"}}, "settings.toleranceTyp is not known; the nearest is toleranceType"),
        ({"settings": {"referenceSchemes": ["XX"]}}, "there is no reference scheme XX"),
        ({"statement_line": LINE | {"texxt": "x"}}, "statement line, texxt is not known; the nearest is text"),
        ({"other_statement_lines": [LINE | {"zzz": "x"}]}, "statement line, zzz is not known"),
        ({"comment": "mine"}, "case, comment is not known"),
        (
            {"open_invoices": [DOCUMENT | {"documentDate": "2026-01-11"}]},
            "open_invoices.0, documentDate is not known; the nearest is dueDate",
        ),
        ({"customers": []}, "customer 10000 is not among its customers"),
    ],
)
def test_what_is_passed_over_is_told_beside_the_figures(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    result = check(tmp_path, [CASE | changed], "--format", "json")
    assert result.stderr == f"cases.json, A: {told}\n"
    assert json.loads(result.stdout)["cases"][0]["id"] == "A"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"other_statement_line": [LINE]}, "case 1 (A): there is no other_statement_line; is other_statement_lines meant?"),
        ({"Settings": {}}, "case 1 (A): there is no Settings; is settings meant?"),
        ({"tag": []}, "case 1 (A): there is no tag; is tags meant?"),
        ({"open_invoices": [DOCUMENT | {"opn": False}]}, "case 1 (A), open_invoices.0: there is no opn; is open meant?"),
        ({"open_invoices": [DOCUMENT, DOCUMENT | {"dicsount": {}}]},
         "case 1 (A), open_invoices.1: there is no dicsount; is discount meant?"),
        ({"customers": [{"number": "10000", "bankAccount": []}]},
         "case 1 (A), customers.0: there is no bankAccount; is bankAccounts meant?"),
        ({"expected": CASE["expected"] | {"discount_taken_": 1}},
         "case 1 (A), expected: there is no discount_taken_; is discountTaken meant?"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_refused_because_the_case_would_say_something_else(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    case = {name: value for name, value in CASE.items() if name != "tags"} | changed
    result = check(tmp_path, [case])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).splitlines() == [
        f"{tmp_path / 'cases.json'} is not in the format of a case file:", f"  {told}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [{"source": "own", "why": "because", "microsoft": {}}, {"expected": CASE["expected"] | {"candidates": [], "fx": {}}},
     {"open_invoices": [DOCUMENT | {"remainingAmountLCY": 1}]},
     {"customers": [{"number": "10000", "address": "Hafenstr. 5"}]}],
)  # fmt: skip
def test_what_is_written_for_people_is_accepted_in_silence(tmp_path: Path, changed: dict[str, Any]) -> None:
    result = check(tmp_path, [CASE | changed])
    assert (result.return_value, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"invoicePatterns": ["("]}, 'invoice_patterns: "(" is no regular expression'),
        ({"roundingLimit": -0.01}, "rounding_limit is -0.01; wanted is 0 or more"),
        ({"paymentTolerancePct": 100.5}, "payment_tolerance_pct is 100.5; wanted is a percentage, 100 at most"),
        ({"layouts": {"SE": "document"}}, 'There is no reference scheme "SE"'),
        ({"kidLayout": "parts", "referenceSchemes": ["NO-KID-MOD10"]}, 'The layout "parts" of NO-KID-MOD10'),
    ],
)
def test_settings_that_an_import_refuses_are_refused_here_too(
    tmp_path: Path, settings: dict[str, object], told: str
) -> None:
    result = check(tmp_path, [CASE | {"settings": settings}])
    assert isinstance(result.exception, ConfigurationError)
    assert told in str(result.exception)
