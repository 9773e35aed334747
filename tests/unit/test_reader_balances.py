"""Running balances that nobody has proven: what the file itself shows (formats.md §5)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, rules, warnings
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
BROKEN = [*RIGHT[:3], "114,00", "110,00", "112,00"]
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


@pytest.mark.parametrize("balances", [[*TURNED[:4], "", ""], ["", *TURNED[1:4], "", ""]])
def test_few_balances_prove_no_turned_signs(tmp_path: Path, balances: list[str]) -> None:
    assert warnings(read(tmp_path, statement(AMOUNTS, balances), mapping(BALANCED))) == []


@pytest.mark.parametrize("way", [1, -1])
def test_bookings_of_one_day_prove_no_turned_signs(tmp_path: Path, way: int) -> None:
    # Nobody knows which row came first: these balances may be those before each booking, newest first.
    content = re.sub("[0-9]+[.]03", "01.03", statement(AMOUNTS, TURNED, way))

    assert len(read(tmp_path, content, mapping(BALANCED)).lines) == 6


def test_balances_that_follow_with_either_sign_prove_no_turned_signs(tmp_path: Path) -> None:
    content = statement(["1,00", "-1,00"] * 5, ["", "100,00"] * 5)

    assert len(read(tmp_path, content, mapping(BALANCED)).lines) == 10


@pytest.mark.parametrize(("way", "row"), [(1, 5), (-1, 4)])
def test_one_balance_that_does_not_follow_is_told_with_its_row(tmp_path: Path, way: int, row: int) -> None:
    found = read(tmp_path, statement(AMOUNTS, BROKEN, way), mapping(BALANCED))

    message = "1 of 6 balances do not follow from the one before; is a row missing, doubled or changed?"
    assert [str(warning) for warning in found.warnings] == [f"kto.csv, row {row}: {message} (rule BAL-1)"]


def test_a_row_without_a_balance_counts_towards_the_next_one(tmp_path: Path) -> None:
    amounts, balances = [*AMOUNTS, "1,00", "1,00"], [*RIGHT[:3], "", *RIGHT[4:], "112,00", "113,00"]
    assert warnings(read(tmp_path, statement(amounts, balances), mapping(BALANCED))) == []

    amounts[3] = "2,00"
    assert warnings(read(tmp_path, statement(amounts, balances), mapping(BALANCED))) == ["BAL-1"]


@pytest.mark.parametrize(
    ("balances", "told"),
    [
        (["101,00", "103,00", "106,00"], []),
        (["101,00", "103,00", "107,00"], ["BAL-1"]),
        (["101,00", "103,00", "107,00", "112,00"], []),
        (["101,00", "104,00"], []),
        (["101,00", "104,00", "108,00"], []),
    ],
)
def test_one_of_few_balances_is_doubted_when_another_one_follows(
    tmp_path: Path, balances: list[str], told: list[str]
) -> None:
    content = statement(["1,00", "2,00", "3,00", "4,00"][: len(balances)], balances)

    assert warnings(read(tmp_path, content, mapping(BALANCED))) == told


def test_a_fee_beside_an_amount_is_in_the_balance_beside_them(tmp_path: Path) -> None:
    layout = BALANCED.replace('"Balance"]', '"Balance", "Fee"]').replace(
        'balance = "Balance"', 'balance = "Balance"\nfee = "Fee"'
    )
    rows = ["01.03.2026;a;10,00;110,00;", "02.03.2026;b;5,00;114,50;0,50", "03.03.2026;c;1,00;115,50;"]
    right = "\n".join(["Date;Text;Amount;Balance;Fee", *rows, ""])

    assert warnings(read(tmp_path, right, mapping(layout))) == []
    assert warnings(read(tmp_path, right.replace("0,50", "0,60"), mapping(layout))) == ["BAL-1"]


@pytest.mark.parametrize(
    ("row", "expected"), [("04.03.2026;pending;1,00;", ["ROW-LEFT-OUT"]), ("04.03.2026;unread;x,00;", [])]
)
def test_the_balance_after_rows_that_count_for_nothing_is_not_doubted(
    tmp_path: Path, row: str, expected: list[str]
) -> None:
    content = statement(AMOUNTS, BROKEN).replace("04.03.2026;t4", f"{row}\n04.03.2026;t4")

    assert warnings(read(tmp_path, content, mapping(NOTICES))) == expected


def test_a_row_that_cannot_be_read_hides_no_other_doubt(tmp_path: Path) -> None:
    content = statement(AMOUNTS, BROKEN).replace("02.03.2026;t2;-3,00", "02.03.2026;t2;-x,00")
    found = read(tmp_path, content, mapping(BALANCED))

    assert (rules(found), warnings(found)) == (["AMT-1"], ["BAL-1"])


def test_every_account_has_balances_of_its_own(tmp_path: Path) -> None:
    layout = BALANCED.replace('"Balance"]', '"Balance", "Account"]').replace(TOP, TOP + "\nseveral_accounts = true")
    layout = layout.replace('balance = "Balance"', 'balance = "Balance"\naccount = "Account"')
    rows = [f"{row};{account}" for row in statement(AMOUNTS, RIGHT).splitlines()[1:] for account in ("A", "B")]
    content = "\n".join(["Date;Text;Amount;Balance;Account", *rows])

    assert warnings(read(tmp_path, content, mapping(layout))) == []
    assert warnings(read(tmp_path, content.replace("1,00;113,00;B", "2,00;113,00;B"), mapping(layout))) == ["BAL-1"]


def test_a_proven_balance_refuses_instead(tmp_path: Path) -> None:
    proven = mapping(BALANCED.replace(TOP, TOP + '\nrunning = "after"'))

    assert "row 5: balance 114.00 EUR" in refusal(tmp_path, statement(AMOUNTS, BROKEN), proven)
