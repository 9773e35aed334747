"""A column of which most rows cannot be read is not what the mapping takes it for: what can be read of it is not either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal, rules


def paid(*amounts: str) -> str:
    rows = (f"0{1 + place // 4}.03.2026;text {place};{amount}\n" for place, amount in enumerate(amounts))
    return "Date;Text;Amount\n" + "".join(rows)


def test_b57_amounts_that_are_written_otherwise_in_most_rows_refuse_the_file(tmp_path: Path) -> None:
    content = paid("1.50", "2.75", "12", "3.25", "4.50", "1.234", "5.75")

    assert refusal(tmp_path, content, mapping()) == (
        'kto.csv, row 2, column "Amount": value "1.50" - 6 of 7 rows cannot be read for this column, so it is not what mapping '
        "plain takes it for, and the other rows may be misread; the columns are exchanged, or the mapping's formats are wrong"
    )


@pytest.mark.parametrize(
    ("amounts", "wrong"),
    [
        (["1.50", "2.75", "3.25", "4.50", "12"], 4),
        (["1.50", "2.75", "3.25", "4.50", "5.75", "6.50", "7.25", "8.75", "1", "2"], 8),
        (["1.50", "2.75", "3.25", "4.50", "5.75"], 5),
    ],
)
def test_few_wrong_rows_or_all_are_errors_of_these_rows(tmp_path: Path, amounts: list[str], wrong: int) -> None:
    statement = read(tmp_path, paid(*amounts), mapping())

    assert (len(statement.lines), rules(statement)) == (len(amounts) - wrong, ["AMT-4"] * wrong)


def test_wrong_rows_of_different_columns_are_errors_of_these_rows(tmp_path: Path) -> None:
    content = paid("1.50", "2.75", "3.25", "4.25", "4,50") + "x;a;1,00\n" * 4

    assert len(read(tmp_path, content, mapping()).unread) == 8


def test_blank_cells_are_errors_of_their_rows(tmp_path: Path) -> None:
    assert rules(read(tmp_path, paid("", "", "", "", "", "4,50"), mapping())) == ["AMT-5"] * 5
