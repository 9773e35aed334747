"""Numbers of statements, by B53 of reliability.md §10.2: what comes twice is refused, what is missing is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.model import BankLine, Overlap, Statement
from importer.money import Money
from importer.numbering import Numbered, Numbers, StatementNumber, statement_number
from importer.plan_json import from_json, to_json
from tests.unit.reader_files import PLAIN, mapping, read
from tests.unit.report_plans import every_kind

LINE = BankLine(1, 2, date(2026, 3, 2), Money.of("1.00", "EUR"))
STATEMENT = Statement("b.csv", "bb", "plain", "DE1", Overlap.INCREMENTAL, (LINE,), number="41")
EARLIER = Numbered("DE1", StatementNumber(2026, 41), "aa", "a.csv")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("41", StatementNumber(2026, 41)),
        ("0041", StatementNumber(2026, 41)),
        (" 41 ", StatementNumber(2026, 41)),
        ("41/2025", StatementNumber(2025, 41)),
        ("2025-041", StatementNumber(2025, 41)),
        ("202603", StatementNumber(2026, 202603)),
        ("A-41", None),
        ("", None),
    ],
)
def test_a_number_is_of_the_year_that_it_names_or_of_the_last_booking(
    text: str, number: StatementNumber | None
) -> None:
    assert statement_number(text, date(2026, 3, 2)) == number


def test_a_number_is_read_where_the_mapping_says(tmp_path: Path) -> None:
    numbered = mapping(PLAIN + '[outside]\nnumber = { label = "Statement" }\n')

    assert read(tmp_path, "Statement;0041\nDate;Text;Amount\n02.03.2026;a;1,00\n", numbered).number == "0041"


def test_a_number_that_comes_again_with_other_content_refuses_the_file() -> None:
    with pytest.raises(UnusableFile) as refused:
        Numbers(lambda: [EARLIER]).admit(STATEMENT)

    assert str(refused.value) == (
        'b.csv: statement 41 of account "DE1" came before as "a.csv", with other content. If the bank corrected it, enter the '
        "difference by hand; if its numbers do not count statements, take outside.number out of the mapping"
    )


def test_a_number_that_comes_twice_in_one_run_refuses_the_second_file() -> None:
    numbers = Numbers(list)
    numbers.admit(STATEMENT)

    with pytest.raises(UnusableFile, match=r'came before as "b\.csv"'):
        numbers.admit(replace(STATEMENT, file="c.csv", sha256="cc"))


@pytest.mark.parametrize(
    "statement",
    [
        replace(STATEMENT, sha256="aa"),
        replace(STATEMENT, number="42"),
        replace(STATEMENT, number="41/2025"),
        replace(STATEMENT, number=""),
        replace(STATEMENT, account="DE2"),
        replace(STATEMENT, overlap=Overlap.FULL_DAYS),
        replace(STATEMENT, overlap=Overlap.BALANCE),
    ],
    ids=["same bytes", "next number", "other year", "no number", "other account", "full days", "balance"],
)
def test_everything_else_is_admitted(statement: Statement) -> None:
    assert Numbers(lambda: [EARLIER]).admit(statement) == statement


def test_the_plan_keeps_the_number_and_older_plans_have_none() -> None:
    plan = every_kind()
    document = json.loads(to_json(plan))
    del document["seal"]
    assert (document["files"][0].pop("number"), from_json(to_json(plan))) == ("0041", plan)

    assert from_json(json.dumps(document)).files == (replace(plan.files[0], number=""),)
