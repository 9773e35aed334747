"""One balance that does not follow, and would if the row said something else, proves that the row is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, warnings
from tests.unit.test_reader_balances import AMOUNTS, BALANCED, RIGHT, statement


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(
    ("amount", "balance", "because"),
    [
        ("500", None, "another decimal mark"),
        ("50,0", None, "another decimal mark"),
        ("112,00", "5,00", "amount and balance exchanged"),
    ],
)
def test_a_damaged_row_that_its_balance_explains_refuses_the_file(
    tmp_path: Path, amount: str, balance: str | None, because: str, way: int
) -> None:
    amounts, balances = [*AMOUNTS], [*RIGHT]
    amounts[2], balances[2] = amount, balance or RIGHT[2]
    told = refusal(tmp_path, statement(amounts, balances, way), mapping(BALANCED))

    assert told.startswith(f"kto.csv, row {4 if way > 0 else 5}: the balance follows only with {because}")


@pytest.mark.parametrize("way", [1, -1])
def test_a_turned_sign_takes_more_rows_as_a_bank_may_put_an_odd_one_on_the_wrong_side(tmp_path: Path, way: int) -> None:
    amounts = [*AMOUNTS[:2], "-5,00", *AMOUNTS[3:], *["1,00"] * 4]
    balances = [*RIGHT, "112,00", "113,00", "114,00", "115,00"]

    assert "follows only with the sign turned" in refusal(
        tmp_path, statement(amounts, balances, way), mapping(BALANCED)
    )
    assert warnings(read(tmp_path, statement(amounts[:6], RIGHT, way), mapping(BALANCED))) == ["BAL-1"]


@pytest.mark.parametrize("way", [1, -1])
def test_a_change_that_no_damage_explains_is_only_told(tmp_path: Path, way: int) -> None:
    found = read(tmp_path, statement([*AMOUNTS[:2], "6,00", *AMOUNTS[3:]], RIGHT, way), mapping(BALANCED))

    assert warnings(found) == ["BAL-1"]


def test_balances_that_never_follow_explain_nothing(tmp_path: Path) -> None:
    content = statement(["5,00"] * 6, ["100,00", "95,00", "7,00", "33,00", "21,00", "80,00"])

    assert warnings(read(tmp_path, content, mapping(BALANCED))) == []


def test_few_balances_explain_nothing(tmp_path: Path) -> None:
    content = statement([*AMOUNTS[:2], "500", AMOUNTS[3]], RIGHT[:4])

    assert warnings(read(tmp_path, content, mapping(BALANCED))) == ["BAL-1"]
