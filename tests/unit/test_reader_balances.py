"""Running balances that nobody has proven: what the file itself shows (formats.md §5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, warnings
from tests.unit.test_reader_layouts import HEADER, TOP, changed

BALANCED = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
)
NOTICES = BALANCED + '[[leave_out]]\ncolumn = "Text"\nequals = ["pending"]\nbecause = "not booked yet"\n'


def statement(amounts: list[str], balances: list[str], way: int = 1) -> str:
    rows = [
        f"{day:02}.03.2026;t{day};{amount};{balance}"
        for day, (amount, balance) in enumerate(zip(amounts, balances, strict=True), 1)
    ]
    return "\n".join(["Date;Text;Amount;Balance", *rows[::way]]) + "\n"


AMOUNTS = ["10,00", "-3,00", "5,00", "1,00", "-4,00", "2,00"]
RIGHT = ["110,00", "107,00", "112,00", "113,00", "109,00", "111,00"]
TURNED = ["90,00", "93,00", "88,00", "87,00", "91,00", "89,00"]
BEFORE = ["100,00", "110,00", "107,00", "112,00", "113,00", "109,00"]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("balances", [RIGHT, BEFORE, ["7,00"] * 6, [""] * 6])
def test_balances_that_follow_or_never_follow_or_come_before_the_booking_are_no_reason_to_doubt(
    tmp_path: Path, balances: list[str], way: int
) -> None:
    read_statement = read(tmp_path, statement(AMOUNTS, balances, way), mapping(BALANCED))

    assert (len(read_statement.lines), warnings(read_statement)) == (6, [])


@pytest.mark.parametrize("way", [1, -1])
def test_balances_that_follow_only_with_turned_signs_refuse_the_file(tmp_path: Path, way: int) -> None:
    content = statement(AMOUNTS, TURNED, way)

    assert "only if money that came is read as money that went" in refusal(tmp_path, content, mapping(BALANCED))


def test_few_balances_prove_no_turned_signs(tmp_path: Path) -> None:
    content = statement(AMOUNTS[:4], TURNED[:4])

    assert len(read(tmp_path, content, mapping(BALANCED)).lines) == 4


def test_one_balance_that_does_not_follow_is_told_with_its_row(tmp_path: Path) -> None:
    found = read(tmp_path, statement(AMOUNTS, [*RIGHT[:3], "114,00", "110,00", "112,00"]), mapping(BALANCED))

    expected = (
        "kto.csv, row 5: 1 of 6 balances do not follow from the one before; is a row missing, doubled or changed?"
    )
    assert [str(warning) for warning in found.warnings] == [f"{expected} (rule BAL-1)"]


def test_the_balance_after_rows_that_were_left_out_is_not_doubted(tmp_path: Path) -> None:
    content = statement(AMOUNTS, [*RIGHT[:3], "114,00", "110,00", "112,00"])
    content = content.replace("04.03.2026;t4", "04.03.2026;pending;1,00;\n04.03.2026;t4")

    assert warnings(read(tmp_path, content, mapping(NOTICES))) == ["ROW-LEFT-OUT"]


def test_a_proven_balance_refuses_instead(tmp_path: Path) -> None:
    proven = mapping(BALANCED.replace(TOP, TOP + '\nrunning = "after"'))

    assert "row 5: balance 114.00 EUR" in refusal(
        tmp_path, statement(AMOUNTS, [*RIGHT[:3], "114,00", "110,00", "112,00"]), proven
    )
