"""A file whose mapping leaves the decimal mark open proves it with all its numbers, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import ConfigurationError
from importer.model import Problem
from tests.unit.reader_files import PLAIN, mapping, read, refusal, rules, workbook

PROVEN = PLAIN.replace('decimal = ","', 'decimal = "proven"')
BALANCES = PROVEN.replace('"Amount"]', '"Amount", "Saldo"]').replace(
    'amount = "Amount"', 'amount = "Amount"\nbalance = "Saldo"'
)
HEAD = "Date;Text;Amount\n"


def rows(*amounts: str) -> str:
    return HEAD + "".join(f"{day:02}.03.2026;text;{amount}\n" for day, amount in enumerate(amounts, 1))


def amounts_of(path: Path, *amounts: str, **changes: str) -> list[str]:
    statement = read(path, rows(*amounts), mapping(PROVEN, **changes))
    return [line.amount.text() for line in statement.lines]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (["1.234", "12,50"], ["1234.00", "12.50"]),
        (["1,234", "12.50"], ["1234.00", "12.50"]),
        (["1.234", "1.234,00"], ["1234.00", "1234.00"]),
        (["1.234", "1.234.567"], ["1234.00", "1234567.00"]),
        (["1 234,5", "-7"], ["1234.50", "-7.00"]),
        (["1'234.50", "1'234"], ["1234.50", "1234.00"]),
        (["1\u00a0234,50", "7"], ["1234.50", "7.00"]),
        (["7", "-1234"], ["7.00", "-1234.00"]),
        (["1 234", "7"], ["1234.00", "7.00"]),
    ],
)
def test_one_cell_that_only_one_mark_can_read_decides_for_all(
    tmp_path: Path, written: list[str], read_as: list[str]
) -> None:
    assert amounts_of(tmp_path, *written) == read_as


def test_what_was_proven_is_told_with_the_mark_the_count_and_an_example(tmp_path: Path) -> None:
    statement = read(tmp_path, rows("7", "1.234", "12,50", "-0,99"), mapping(PROVEN))

    told = Problem("DECIMAL-PROVEN", '2 cells prove that the decimal mark is ","', "kto.csv", 4, "Amount", "12,50")
    assert statement.warnings == (told,)


def test_where_nothing_had_to_be_proven_nothing_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, rows("7", "1 234"), mapping(PROVEN)).warnings == ()


def test_a_file_that_shows_both_marks_is_refused_with_a_row_of_each(tmp_path: Path) -> None:
    assert refusal(tmp_path, rows("7", "12,50", "12.50", "1.50"), mapping(PROVEN)) == (
        'kto.csv: the numbers contradict one another: "12,50" (row 3, column Amount) has a decimal comma, "12.50" (row 4, '
        "column Amount) a decimal point; the file is damaged or was put together from two, or the mapping takes a column for "
        "numbers that holds none"
    )


def test_a_file_that_shows_neither_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert refusal(tmp_path, rows("7", "1.234"), mapping(PROVEN)) == (
        'kto.csv: nothing in it shows whether "1.234" (row 3, column Amount) has a decimal or a thousands mark. Export a '
        'longer period, or copy mapping plain into a folder of your own and write decimal = "," or "." into its [numbers]'
    )


@pytest.mark.parametrize("amounts", [["12.500", "0.250"], ["1.000", "-3.000"], ["1,234", "999"]])
def test_three_decimals_are_never_taken_for_thousands(tmp_path: Path, amounts: list[str]) -> None:
    assert "nothing in it shows" in refusal(tmp_path, rows(*amounts), mapping(PROVEN))


def test_where_the_currency_has_no_decimals_any_mark_is_a_thousands_mark(tmp_path: Path) -> None:
    assert amounts_of(tmp_path, "1,234", "7", currency='"JPY"') == ["1234", "7"]
    assert amounts_of(tmp_path, "1.234", "7", currency='"CLP"') == ["1234", "7"]
    assert "nothing in it shows" in refusal(tmp_path, rows("1.234"), mapping(PROVEN, currency='"KWD"'))


def test_every_number_column_is_heard_and_only_cells_of_bookings(tmp_path: Path) -> None:
    head = "Date;Text;Amount;Saldo\n"
    footer = mapping(BALANCES + '[[leave_out]]\ncolumn = "Text"\nequals = ["total"]\nbecause = "a total"\n')

    assert [
        line.amount.text()
        for line in read(tmp_path, head + "01.03.2026;a;1.234;5.000,10\n02.03.2026;total;1.50;9.99\n", footer).lines
    ] == ["1234.00"]


def test_a_balance_above_the_table_is_heard_and_read_with_the_same_mark(tmp_path: Path) -> None:
    stating = mapping(PROVEN + '[outside]\nopening = { label = "Opening" }\nclosing = { label = "Closing" }\n')
    statement = read(tmp_path, f"Opening;1.000,50\nClosing;2.234,50\n{rows('1.234')}", stating)

    assert [str(money) for money in (statement.opening, statement.closing)] == ["1,000.50 EUR", "2,234.50 EUR"]
    contradicting = f"Opening;1,000.50\n{rows('12,50')}"
    assert '"1,000.50" (opening balance) a decimal point' in refusal(tmp_path, contradicting, stating)


def test_a_cell_that_nobody_can_read_is_an_error_of_its_row_only(tmp_path: Path) -> None:
    statement = read(tmp_path, rows("12,50", "1.2.3", "1.234"), mapping(PROVEN))

    assert ([line.amount.text() for line in statement.lines], rules(statement)) == (["12.50", "1234.00"], ["AMT-4"])


def test_the_last_row_of_a_long_file_decides_for_the_first(tmp_path: Path) -> None:
    content = rows("1.234") + "01.04.2026;text;7\n" * 10_000 + "02.04.2026;text;0,5\n"

    assert read(tmp_path, content, mapping(PROVEN)).lines[0].amount.text() == "1234.00"


def test_number_cells_of_a_workbook_need_no_proof_and_give_none(tmp_path: Path) -> None:
    excel = mapping(PROVEN.replace('delimiter = ";"', 'kinds = ["excel"]'))

    numbers = workbook(["Date", "Text", "Amount"], ["01.03.2026", "a", 1.5], ["02.03.2026", "b", "1.234,00"])
    assert [line.amount.text() for line in read(tmp_path, numbers, excel, name="k.xlsx").lines] == ["1.50", "1234.00"]
    assert "nothing in it shows" in refusal(
        tmp_path, workbook(["Date", "Text", "Amount"], ["01.03.2026", "a", 1.5], ["02.03.2026", "b", "1.234"]), excel
    )


def test_marks_and_words_beside_the_number_do_not_hide_it(tmp_path: Path) -> None:
    worded = PROVEN.replace('decimal = "proven"', 'decimal = "proven"\nsymbols = { "€" = "EUR" }') + (
        '[amounts]\nmodel = "word_in_cell"\ndebit = "DR"\ncredit = "CR"\n'
    )
    statement = read(tmp_path, rows("1.234 DR", "€ 0,99 CR"), mapping(worded))

    assert [line.amount.text() for line in statement.lines] == ["-1234.00", "0.99"]


def test_thousands_marks_cannot_be_declared_beside_a_mark_that_is_proven() -> None:
    with pytest.raises(ConfigurationError, match="thousands marks cannot be declared"):
        mapping(PROVEN.replace('"proven"', '"proven"\nthousands = "."'))
