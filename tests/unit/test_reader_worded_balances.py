"""A balance is signed by the word beside it, whatever says the sign of the amount (formats.md §4 (12)(16))."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, rules

LAYOUT = """
title = "Words beside balances"
evidence = "specification"
overlap = "balance"
running = "after"
currency = "AED"
[file]
delimiter = ";"
[table]
header = ["Date", "Text", "Debit", "Credit", "Balance", "Side"]
[columns]
booked_on = "Date"
text = "Text"
debit = "Debit"
credit = "Credit"
balance = "Balance"
[dates]
formats = ["%d.%m.%Y"]
[numbers]
decimal = ","
[amounts]
model = "debit_credit"
debit = ["Dr"]
credit = ["Cr"]
"""
BESIDE = LAYOUT.replace('balance = "Balance"', 'balance = "Balance"\nbalance_indicator = "Side"')
IN_CELL = ["50,00 Cr;", "-20,00;", "0,00;", "30,00 cr;"]
IN_COLUMN = ["50,00;Cr", "20,00;Dr", "0,00;", "30,00;CR"]


def file(balances: list[str]) -> str:
    amounts = [";50,00", "70,00;", ";20,00", ";30,00"]
    rows = [f"0{day}.03.2026;a;{amounts[day - 1]};{balance}" for day, balance in enumerate(balances, 1)]
    return "\n".join(["Date;Text;Debit;Credit;Balance;Side", *rows, ""])


@pytest.mark.parametrize(
    ("layout", "balances"),
    [(LAYOUT, IN_CELL), (LAYOUT, ["50,00 Cr;", "20,00 Dr;", "0,00 Cr;", "30,00 Cr;"]), (BESIDE, IN_COLUMN)],
)
def test_the_word_signs_the_balance(layout: str, balances: list[str], tmp_path: Path) -> None:
    lines = read(tmp_path, file(balances), mapping(layout)).lines
    assert [str(line.balance) for line in lines] == ["50.00 AED", "-20.00 AED", "0.00 AED", "30.00 AED"]


@pytest.mark.parametrize(("layout", "balances"), [(LAYOUT, IN_CELL), (BESIDE, IN_COLUMN)])
def test_a_balance_on_the_wrong_side_breaks_the_chain(layout: str, balances: list[str], tmp_path: Path) -> None:
    turned = [*balances[:3], balances[3].replace("cr", "Dr").replace("CR", "Dr")]
    assert "balance -30.00 AED, but the rows before it lead to 30.00 AED" in refusal(
        tmp_path, file(turned), mapping(layout)
    )


@pytest.mark.parametrize(("layout", "last"), [(LAYOUT, "30,00 X;"), (BESIDE, "30,00;X")])
def test_an_unknown_word_rejects_the_row(layout: str, last: str, tmp_path: Path) -> None:
    unread = read(tmp_path, file([*(IN_CELL if layout is LAYOUT else IN_COLUMN)[:3], last]), mapping(layout))
    assert (len(unread.lines), len(rules(unread))) == (3, 1)
