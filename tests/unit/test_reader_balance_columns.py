"""Whole columns that balances contradict refuse the file: signs lost, amounts and balances exchanged, decimals cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal
from tests.unit.test_reader_balances import AMOUNTS, BALANCED, RIGHT, TURNED, statement

UNSIGNED = [amount.lstrip("-") for amount in AMOUNTS]
WITH_CENTS = ["110,40", "107,10", "112,30", "113,75", "109,20", "111,60"]
CUT = ["10,00", "-3,00", "5,00", "1,00", "-4,00", "2,00"]


def single_day(content: str) -> str:
    return re.sub("[0-9]+[.]03", "01.03", content)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("whole", [str, single_day], ids=["several days", "one day"])
def test_signs_that_are_lost_refuse_the_file_on_whichever_days(
    tmp_path: Path, way: int, whole: Callable[[str], str]
) -> None:
    told = refusal(tmp_path, whole(statement(UNSIGNED, RIGHT, way)), mapping(BALANCED))

    row = 3 if way == 1 else 6
    assert told.endswith(
        f"kto.csv, row {row}: the amount is 3.00 EUR, but the balance moves by -3.00, and so in 2 of 5 rows: signs are lost. "
        "Export the file again; do not save it in a spreadsheet"
    )


@pytest.mark.parametrize("way", [1, -1])
def test_amounts_and_balances_that_are_exchanged_refuse_the_file(tmp_path: Path, way: int) -> None:
    told = refusal(tmp_path, statement(RIGHT, AMOUNTS, way), mapping(BALANCED))

    assert "amounts and balances are exchanged: every balance is by how much the amounts move" in told


@pytest.mark.parametrize("way", [1, -1])
def test_amounts_without_the_decimals_that_their_balances_have_refuse_the_file(tmp_path: Path, way: int) -> None:
    told = refusal(tmp_path, statement(CUT, WITH_CENTS, way), mapping(BALANCED))

    assert "the amount is -3.00 EUR, but the balance moves by -3.30: the decimals of the amounts are lost" in told


def test_amounts_and_balances_that_have_both_lost_their_decimals_refuse_the_file(tmp_path: Path) -> None:
    balances = ["110,00", "106,00", "112,00", "114,00", "110,00", "112,00"]
    told = refusal(tmp_path, statement(CUT, balances), mapping(BALANCED))

    assert "the amount is -3.00 EUR, but the balance moves by -4.00: the decimals of the amounts are lost" in told


SCALED = {
    "all": ["1000,00", "-300,00", "500,00", "100,00", "-400,00", "200,00"],
    "those without a thousands mark": ["10,00", "-300,00", "500,00", "1,00", "-400,00", "2,00"],
}


@pytest.mark.parametrize("amounts", SCALED.values(), ids=SCALED)
@pytest.mark.parametrize("way", [1, -1])
def test_amounts_that_have_lost_their_decimal_mark_refuse_the_file(
    tmp_path: Path, amounts: list[str], way: int
) -> None:
    told = refusal(tmp_path, statement(amounts, RIGHT, way), mapping(BALANCED))

    assert (
        "-300.00 EUR, but the balance moves by -3.00" in told or "-400.00 EUR, but the balance moves by -4.00" in told
    )
    assert "decimal marks are lost or are others than those of the mapping" in told


def test_one_amount_that_is_off_is_no_matter_of_the_column(tmp_path: Path) -> None:
    told = refusal(tmp_path, statement(["10,00", "-300,00", *AMOUNTS[2:]], RIGHT), mapping(BALANCED))

    assert "decimal marks" not in told


@pytest.mark.parametrize(
    ("amounts", "balances"),
    [
        (UNSIGNED[:4], RIGHT[:4]),  # three steps may agree by chance
        (["10,00"] * 6, ["0,00"] * 6),  # a column that says nothing
        (["10,00", "-3,01", "5,00", "1,00", "-4,00", "2,00"], WITH_CENTS),  # amounts that have decimals
        (CUT, [*RIGHT[:4], "109,20", "111,60"]),  # most follow as they are
        (CUT, ["110,00", "108,50", "114,70", "116,90", "114,40", "118,00"]),  # off by more than decimals
    ],
)
def test_what_may_be_chance_or_another_column_refuses_nothing(
    tmp_path: Path, amounts: list[str], balances: list[str]
) -> None:
    assert len(read(tmp_path, statement(amounts, balances), mapping(BALANCED)).lines) == len(amounts)


def test_turned_signs_may_be_a_balance_of_money_owed_and_that_is_said(tmp_path: Path) -> None:
    assert "Where the balance is money owed, as of a card or a loan, leave balance out of the mapping" in refusal(
        tmp_path, statement(AMOUNTS, TURNED), mapping(BALANCED)
    )


def test_rows_that_are_left_out_prove_nothing(tmp_path: Path) -> None:
    pending = '[[leave_out]]\ncolumn = "Text"\nequals = ["pending"]\nbecause = "not booked yet"\n'
    rows = statement(UNSIGNED, RIGHT).splitlines()
    content = "\n".join([rows[0], *(f"{row}\n05.03.2026;pending;1,00;" for row in rows[1:])]) + "\n"

    assert len(read(tmp_path, content, mapping(BALANCED + pending)).lines) == 6
