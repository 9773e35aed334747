"""Texts of strangers in every place a user can be reached through: bank files and their names, books, workbooks."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.flow.conftest import Desk, Ran
from tests.flow.test_review import HEADER, filled_in
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE

TEXTS = (
    # A file with a NUL byte is refused as a whole.
    *(text.replace("\0", "") for text in HOSTILE.values()),
    "zero\u200bwidth\ufeff",
    "two\u2028lines",
    "W" * 140,
    "{{7*7}} ${jndi:x} %n",
    "-2+3|x",
)
NAMES = ("=1+1 <b>\u202ex.csv", "bank\x1b[31m.csv", "two\nlines.csv", "'q\"uote'.csv", "🥐.csv")
CUSTOMERS = ("10000", "10010", "10020", "10030", "10040", "10050", "10060")


@pytest.fixture
def files(desk: Desk) -> list[str]:
    """One file for each name; customers and payers are called by the texts, and one line pays an invoice."""
    for number, text in zip(CUSTOMERS, TEXTS, strict=False):
        desk.sandbox.edit_customer(number, display_name=text[:90])
    for day, name in enumerate(NAMES, start=2):
        facts = [plans.ACCOUNT, f"2026-11-{day:02d}", f"2026-11-{day:02d}"]
        rows = [[*facts, f"{place}.{day}0", "EUR", t, t, t, t, f"{t}{day}"] for place, t in enumerate(TEXTS, start=10)]
        rows.append([*facts, "661.38", "EUR", TEXTS[0], "", "", f"Rechnung 103196 {TEXTS[2]}", str(day)])
        with (desk.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER.split(","), *rows])
    return list(NAMES)


def assert_harmless(ran: Ran) -> None:
    """Nothing in it moves the cursor, changes colours, turns the reading direction, or cannot be seen."""
    shown = {char for char in ran.out + ran.err if char not in "\n\t\u200d"}
    assert {char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} == set()
    assert "Traceback" not in ran.err
    assert plans.ACCOUNT not in ran.out + ran.err


def test_no_command_lets_a_stranger_steer_the_terminal(desk: Desk, files: list[str]) -> None:
    for arguments in (
        ("preview", *files),
        ("preview", *files, "-v"),
        ("preview", files[0], "--format", "html", "-o", "=<i>\x1b[31mout.html"),
        ("preview", "missing\x1b[31m\u202e.csv"),
        ("matching", "explain", files[0], "--record", "6"),
        ("mapping", "check", files[0]),
        ("mapping", "detect", files[1]),
        ("apply", "missing\x1b[31m.json"),
        ("apply", files[0]),
        ("import", *files, "--yes", "-vv"),
        ("run", "list"),
    ):
        assert_harmless(desk.importer(*arguments))
    run = desk.importer("run", "list").out.split("\t")[0]
    assert_harmless(desk.importer("run", "show", run))


def test_refusals_of_a_plan_and_of_a_review_are_harmless_too(desk: Desk, files: list[str]) -> None:
    digest = desk.importer("preview", files[1], "--format", "json").document["plan"]
    desk.importer("preview", files[1], "--format", "xlsx", "-o", "review.xlsx")
    filled_in(desk.folder / "review.xlsx", {TEXTS[1]: {"Decision": f"\u202e{TEXTS[0]}", "Customer No.": TEXTS[2]}})
    refused = desk.importer("apply", "review.xlsx")
    assert ("is no decision" in refused.err, refused.code) == (True, 3)
    changed = desk.importer("import", files[1], "--expect", digest)
    assert_harmless(refused)
    assert_harmless(changed)


def test_the_workbook_has_no_formula_and_comes_back_as_it_went(desk: Desk, files: list[str]) -> None:
    desk.importer("preview", *files, "--format", "xlsx", "-o", "review.xlsx")
    assert formulas(desk.folder / "review.xlsx") == []
    assert desk.importer("apply", "review.xlsx").err == ""


def formulas(path: Path) -> list[str]:
    book = load_workbook(path)
    return [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_document_keeps_every_character(desk: Desk, files: list[str]) -> None:
    document = json.loads(desk.importer("preview", *files, "--format", "json").out)
    assert {decision["file"] for decision in document["decisions"]} == set(NAMES)


def test_a_line_booked_far_ahead_of_the_clock_is_rejected(desk: Desk) -> None:
    facts = f"{plans.ACCOUNT},5026-11-02,5026-11-02,661.38,EUR,Name,,,Rechnung 103196,1"
    (desk.folder / "ahead.csv").write_text(f"{HEADER}\n{facts}\n", encoding="utf-8")
    shown = desk.importer("preview", "ahead.csv", "--format", "json")

    assert (shown.document["totals"]["reject"]["lines"], "more than a year ahead" in shown.out) == (1, True)
