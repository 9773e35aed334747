"""A row that cannot be right beside all the others of its file is set aside; what may be right is read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from importer.reader import set_future_aside
from tests.unit.reader_files import PLAIN, mapping, read, rules
from tests.unit.test_reader_layouts import HEADER, TOP, changed

ORDERED = PLAIN.replace(TOP, TOP + '\norder = "oldest_first"')
VALUED = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Valuta"]'),
    ('amount = "Amount"', 'amount = "Amount"\nvalue_on = "Valuta"'),
)
PROVEN = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
    (TOP, TOP + '\nrunning = "after"'),
)


def dated(*days: str) -> str:
    return "Date;Text;Amount\n" + "".join(f"{day};a;1,00\n" for day in days)


def paid(*amounts: str) -> str:
    return "Date;Text;Amount\n" + "".join(
        f"0{1 + number // 5}.03.2026;a;{each}\n" for number, each in enumerate(amounts)
    )


def outcome(tmp_path: Path, content: str, layout: str = PLAIN) -> tuple[int, list[str]]:
    statement = read(tmp_path, content, mapping(layout))
    return len(statement.lines), rules(statement)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["01.03.2026", "01.03.5026", "02.03.2026"], (2, ["DAT-5"])),
        (["01.03.2026", "01.03.1826", "02.03.2026"], (2, ["DAT-5"])),
        (["01.03.2026", "01.03.2045", "02.03.2026", "01.04.2045", "02.03.2026", "03.03.2026"], (4, ["DAT-5", "DAT-5"])),
        (["01.03.2026", "01.03.2011", "02.03.2026"], (3, [])),
        (["01.03.2026", "01.03.1976"], (2, [])),
        (["01.03.2026", "01.03.1976", "01.03.1976", "01.03.2026"], (4, [])),
        ([], (0, [])),
    ],
)
def test_b70_a_date_decades_away_from_all_others_is_set_aside(
    tmp_path: Path, days: list[str], expected: tuple[int, list[str]]
) -> None:
    assert outcome(tmp_path, dated(*days)) == expected


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(
    ("layout", "days", "expected"),
    [
        (ORDERED, ["02.03.2026", "03.03.2026", "04.06.2026", "05.03.2026"], (3, ["DAT-6"])),
        (ORDERED, ["02.03.2026", "03.03.2026", "04.01.2026", "05.03.2026"], (3, ["DAT-6"])),
        (ORDERED, ["02.03.2026", "03.03.2026", "25.03.2026", "05.03.2026"], (4, [])),
        (ORDERED, ["02.03.2026", "04.06.2026", "05.03.2026"], (3, [])),
        (ORDERED, ["02.03.2026", "04.06.2026", "05.03.2026", "04.06.2026", "05.03.2026"], (5, [])),
        (PLAIN, ["02.03.2026", "03.03.2026", "04.01.2026", "05.03.2026"], (4, [])),
    ],
)
def test_one_date_out_of_the_order_that_the_bank_keeps_is_set_aside(
    tmp_path: Path, layout: str, days: list[str], expected: tuple[int, list[str]], way: int
) -> None:
    assert outcome(tmp_path, dated(*days[::way]), layout) == expected


@pytest.mark.parametrize(("odd", "expected"), [(181 + 10, (9, ["DAT-6"])), (180, (10, [])), (-200, (9, ["DAT-6"]))])
@pytest.mark.parametrize("way", [1, -1])
def test_one_date_far_out_of_the_order_of_a_long_file_is_set_aside(
    tmp_path: Path, odd: int, expected: tuple[int, list[str]], way: int
) -> None:
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(10)]
    days[4] += timedelta(days=odd)

    assert outcome(tmp_path, dated(*(f"{day:%d.%m.%Y}" for day in days[::way]))) == expected


@pytest.mark.parametrize("damaged", [0, 1, 10, 11])
@pytest.mark.parametrize("years", [1, -1])
@pytest.mark.parametrize("way", [1, -1])
def test_at_the_beginning_and_the_end_it_is_the_row_far_from_the_others_that_is_set_aside(
    tmp_path: Path, damaged: int, years: int, way: int
) -> None:
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(12)]
    days[damaged] += timedelta(days=365 * years)
    statement = read(tmp_path, dated(*(f"{day:%d.%m.%Y}" for day in days[::way])), mapping(ORDERED))

    # Before all others, or behind them, a day is in order.
    is_in_order = (damaged == 0 and years < 0) or (damaged == 11 and years > 0)
    assert rules(statement) == ([] if is_in_order else ["DAT-6"])
    assert is_in_order or days[damaged] not in [line.booked_on for line in statement.lines]


@pytest.mark.parametrize(
    ("valuta", "expected"), [("02.03.2025", (1, ["DAT-7"])), ("01.10.2025", (2, [])), ("", (2, []))]
)
def test_b70_booking_and_value_date_that_are_far_apart_set_the_row_aside(
    tmp_path: Path, valuta: str, expected: tuple[int, list[str]]
) -> None:
    content = f"Date;Text;Amount;Valuta\n01.03.2026;a;1,00;{valuta}\n02.03.2026;b;1,00;02.03.2026\n"

    assert outcome(tmp_path, content, VALUED) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("20260302", (1, ["AMT-10"])), ("-12032026", (1, ["AMT-10"])), ("20260302,00", (2, [])), ("20190302", (2, []))],
)
def test_a_day_in_place_of_the_amount_is_set_aside(
    tmp_path: Path, amount: str, expected: tuple[int, list[str]]
) -> None:
    assert outcome(tmp_path, paid("1,50", amount)) == expected


EVEN = ["1,50", "20,90", "100,00", "7,25", "12,00", "3,10", "4,20", "5,30", "6,40"]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([*EVEN, "2090"], (9, ["AMT-11"])),
        ([*EVEN[:-1], "2090"], (9, [])),
        ([*EVEN, "2090", "12"], (11, [])),
        ([*EVEN, "20,9", "12"], (11, [])),
        ([*EVEN, "20,9"], (10, [])),
        ([each.replace(",00", ",01") for each in EVEN] + ["2090"], (10, [])),
    ],
)
def test_the_one_amount_that_lost_its_decimal_mark_is_set_aside(
    tmp_path: Path, amounts: list[str], expected: tuple[int, list[str]]
) -> None:
    assert outcome(tmp_path, paid(*amounts)) == expected


def test_an_amount_that_the_running_balance_proves_is_not_doubted(tmp_path: Path) -> None:
    balance, rows = 0, []
    for amount in (100, 200, 300, 400, 500, 600, 700, 800, 900):
        balance += amount
        rows.append(f"01.03.2026;a;{amount},00;{balance},00")
    content = "\n".join(["Date;Text;Amount;Balance", *rows, f"01.03.2026;a;2090;{balance + 2090},00"]) + "\n"

    assert outcome(tmp_path, content, PROVEN) == (10, [])


def test_a_row_that_is_set_aside_is_told_with_its_place_and_kept_in_file_order(tmp_path: Path) -> None:
    statement = read(tmp_path, dated("01.03.2026", "x", "01.03.5026", "02.03.2026", "y"), mapping())

    assert [(row.record, row.row, row.problems[0].rule) for row in statement.unread] == [
        (2, 3, "DAT-1"),
        (3, 4, "DAT-5"),
        (5, 6, "DAT-1"),
    ]
    assert (str(statement.unread[1].problems[0]), statement.unread[1].text) == (
        (
            'kto.csv, row 4: value "5026-03-01" - is decades away from the other dates; '
            "check the row in the bank's file (rule DAT-5)"
        ),
        "5026-03-01; 1.00 EUR; a",
    )


def test_b70_a_date_more_than_a_year_ahead_is_set_aside(tmp_path: Path) -> None:
    statement = read(tmp_path, dated("01.03.2026", "02.03.2027", "03.03.2027", "x"), mapping())
    judged = set_future_aside(statement, date(2026, 3, 1))

    assert ([str(line.booked_on) for line in judged.lines], rules(judged)) == (
        ["2026-03-01", "2027-03-02"],
        ["DAT-8", "DAT-1"],
    )
    assert set_future_aside(statement, date(2026, 3, 2)) == statement


NAMED = PLAIN.replace('"Amount"]', '"Amount", "Id"]').replace(
    'amount = "Amount"', 'amount = "Amount"\nbank_reference = "Id"'
)
TEN = [f"{day:02}.03.2026;t{day};1,00;id{day}" for day in range(1, 11)]


@pytest.mark.parametrize(
    ("more", "twice"),
    [
        ([TEN[3]], [12]),
        ([TEN[3], TEN[3], TEN[0]], [12, 13, 14]),
        (["04.03.2026;t4;2,00;id4"], []),  # a reference of several bookings
        ([TEN[3], "05.03.2026;another;1,00;id5"], []),
        ([TEN[3], "05.03.2026;t5;1,00;"], []),  # not every booking has one
        (["04.03.2026;t4;1,00;id99"], []),  # equal, but another booking to the bank
    ],
)
def test_a_row_that_repeats_another_with_its_reference_is_set_aside_where_references_are_unique(
    tmp_path: Path, more: list[str], twice: list[int]
) -> None:
    statement = read(tmp_path, "\n".join(["Date;Text;Amount;Id", *TEN, *more]) + "\n", mapping(NAMED))

    assert [row.row for row in statement.unread] == twice
    assert set(rules(statement)) <= {"ROW-TWICE"}


def test_few_references_prove_nothing(tmp_path: Path) -> None:
    content = "\n".join(["Date;Text;Amount;Id", *TEN[:9], TEN[3]]) + "\n"

    assert len(read(tmp_path, content, mapping(NAMED)).lines) == 10
