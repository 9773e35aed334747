"""A file whose header is not the mapping's is read where every column is sure, and else refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.reader import read_statement, recognise
from tests.unit.reader_files import PLAIN, mapping
from tests.unit.test_reader_layouts import HEADER, changed

COUNTED = PLAIN.replace('amount = "Amount"', "amount = 3")
LEFT_OUT = PLAIN + '[[leave_out]]\ncolumn = 2\nequals = ["pending"]\nbecause = "not booked"\n'
LENIENT = changed((HEADER, f'{HEADER}\nrows = "lenient"'))


def named(tmp_path: Path, content: str, layout: str = PLAIN) -> list[str]:
    """The amounts of a file that is read by the mapping that somebody named."""
    (tmp_path / "kto.csv").write_text(content)
    statement = read_statement(tmp_path / "kto.csv", [mapping(layout)], "plain")
    return [line.amount.text() for line in statement.lines]


@pytest.mark.parametrize(
    ("content", "layout", "refused"),
    [
        ("Date;Text;New;Amount\n01.03.2026;a;9;1,00\n", PLAIN, ""),
        ("Date;Text;Amount;New\n01.03.2026;a;1,00;9\n", COUNTED, ""),
        ("Date;Text;New;Amount\n01.03.2026;a;9,00;1,00\n", COUNTED, "the table of mapping plain is not in the file"),
        (
            "Date;New;Text;Amount\n01.03.2026;x;pending;1,00\n",
            LEFT_OUT,
            "the table of mapping plain is not in the file",
        ),
        ("Date;New;Text;Amount;\n01.03.2026;a;1,00;\n", PLAIN, "row 2: has 4 columns, the header has 5 and is not the"),
        ("Date;New;Text;Amount\n01.03.2026;a;1,00\n", LENIENT, "row 2: has 3 columns, the header has 4 and is not the"),
        ("Date;Text;Amount\n01.03.2026;a;1,00\n", LENIENT, ""),
    ],
)
def test_a_column_that_may_be_another_refuses_the_file(tmp_path: Path, content: str, layout: str, refused: str) -> None:
    if not refused:
        assert named(tmp_path, content, layout) == ["1.00"]
        return
    with pytest.raises(UnusableFile, match=refused):
        named(tmp_path, content, layout)


def test_a_column_that_most_of_few_rows_contradict_refuses_the_file(tmp_path: Path) -> None:
    rows = "01.03.2026;a;x;1,00\n02.03.2026;b;x;b\n03.03.2026;c;x;c\n"

    with pytest.raises(UnusableFile, match='column "Amount": value "b" - 2 of 3 rows cannot be read for this column'):
        named(tmp_path, "Date;Text;New;Amount\n" + rows)
    assert named(tmp_path, "Date;Text;New;Amount\n" + rows.replace(";c\n", ";3,00\n")) == ["1.00", "3.00"]
    assert named(tmp_path, "Date;Text;Amount\n" + rows.replace(";x", "")) == ["1.00"]


WIDE = """
title = "Wide"
evidence = "specification"
overlap = "full_days"
{currency}
[table]
header = ["Date", "Text", "Amount", "Payer", "Branch", "Note", "Reference", {last}]
[columns]
booked_on = "Date"
text = "Text"
amount = "Amount"
{columns}
[dates]
formats = ["%d.%m.%Y"]
[numbers]
decimal = "."
"""
EUR = 'currency = "EUR"'


def is_claimed(tmp_path: Path, new: str, last: str, *, columns: str = "", currency: str = EUR) -> bool:
    """True when a file with a column more than the mapping of eight knows is taken for the mapping's."""
    (tmp_path / "kto.csv").write_text(
        f"Date,Text,Amount,Payer,Branch,Note,Reference,{last},{new}\n01.03.2026,a,1.00,,,,,,\n"
    )
    layout = mapping(WIDE.format(last=f'"{last}"', columns=columns, currency=currency))
    return recognise(tmp_path / "kto.csv", [layout]).how == "columns"


@pytest.mark.parametrize(
    ("new", "claimed"),
    [
        ("Category", True),
        ("Address State", True),
        ("State", False),
        ("Estado", False),
        ("Fee", False),
        ("Currency", False),
        ("Original currency", True),
    ],
)
def test_a_column_more_that_may_undo_or_change_a_booking_makes_it_another_layout(
    tmp_path: Path, new: str, *, claimed: bool
) -> None:
    assert is_claimed(tmp_path, new, "Terminal") is claimed


@pytest.mark.parametrize(
    ("new", "last", "columns", "currency"),
    [
        ("State", "Status", "", EUR),
        ("Total fee", "Fee", 'fee = "Fee"', EUR),
        ("Fee", "Balance", 'balance = "Balance"', EUR),
        ("Currency", "Account currency", 'currency = "Account currency"', ""),
    ],
)
def test_a_column_more_that_says_what_the_mapping_knows_from_another_column_changes_nothing(
    tmp_path: Path, new: str, last: str, columns: str, currency: str
) -> None:
    assert is_claimed(tmp_path, new, last, columns=columns, currency=currency)
