"""Decimals that a file has lost refuse it; decimals that no mark shows are read where the mapping says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import ConfigurationError
from importer.mapping import parse_mapping
from tests.unit.reader_files import PLAIN, mapping, read, refusal, rules, workbook

ALWAYS = PLAIN.replace('decimal = ","', 'decimal = ","\nthousands = "."\nall_decimals = true')
CENTS = PLAIN.replace('decimal = ","', 'decimal = ","\nimplied_decimals = 2')


def bookings(*amounts: str) -> str:
    return "Date;Text;Amount\n" + "".join(f"1{day}.03.2026;t{day};{amount}\n" for day, amount in enumerate(amounts))


def read_amounts(folder: Path, content: str, layout: str) -> list[str]:
    return [str(line.amount) for line in read(folder, content, mapping(layout)).lines]


def test_a_file_in_which_no_amount_has_the_decimals_that_its_bank_always_writes_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, bookings("2000", "250001"), mapping(ALWAYS)).endswith(
        "kto.csv, row 2: 2 of 2 amounts have no decimals, but the bank writes them with every amount, as in 20,00: a "
        "spreadsheet has probably made 2000 of it. Export the file again; do not save it in a spreadsheet"
    )


@pytest.mark.parametrize("kept", ["1.278,00", "-5.542,30"])
def test_amounts_that_kept_their_decimals_show_that_the_others_lost_theirs(kept: str, tmp_path: Path) -> None:
    assert "row 2: 2 of 3 amounts have no decimals" in refusal(
        tmp_path, bookings("4590", "85000", kept), mapping(ALWAYS)
    )


@pytest.mark.parametrize(
    ("layout", "amounts"),
    [
        (ALWAYS, ["20,00", "2500,01"]),
        (ALWAYS, ["20", "2000", "12,5"]),
        (ALWAYS, ["20", "1.278,00"]),  # one alone
        (ALWAYS, ["20", "12,5"]),  # as a spreadsheet with the same marks saves them
        (PLAIN, ["2000", "250001"]),  # of a bank that may write whole amounts so
        (ALWAYS.replace('"EUR"', '"JPY"'), ["2000", "250001"]),  # a currency without decimals
    ],
)
def test_amounts_that_may_be_as_the_bank_wrote_them_are_read(tmp_path: Path, layout: str, amounts: list[str]) -> None:
    assert len(read_amounts(tmp_path, bookings(*amounts), layout)) == len(amounts)


def test_number_cells_of_a_workbook_need_no_decimals(tmp_path: Path) -> None:
    content = workbook(["Date", "Text", "Amount"], ["13.03.2026", "a", 20], ["14.03.2026", "b", 2500])
    excel = mapping(ALWAYS.replace("[file]", '[file]\nkinds = ["excel"]'))
    statement = read(tmp_path, content, excel, name="kto.xlsx")
    assert [str(line.amount) for line in statement.lines] == ["20.00 EUR", "2,500.00 EUR"]


def test_amounts_in_cents_are_read_where_the_mapping_says_that_decimals_are_implied(tmp_path: Path) -> None:
    assert read_amounts(tmp_path, bookings("124000", "-5", "+1050"), CENTS) == [
        "1,240.00 EUR",
        "-0.05 EUR",
        "10.50 EUR",
    ]


def test_an_amount_with_a_decimal_mark_is_an_error_where_decimals_are_implied(tmp_path: Path) -> None:
    statement = read(tmp_path, bookings("1240", "12,40"), mapping(CENTS))
    assert [(row.row, row.problems[0].rule) for row in statement.unread] == [(3, "AMT-4")]


@pytest.mark.parametrize("other", ["all_decimals = true", "decimals = 4"])
def test_implied_decimals_exclude_written_ones(other: str) -> None:
    with pytest.raises(ConfigurationError, match="where decimals are implied"):
        parse_mapping(CENTS + other + "\n", "cents", source="cents.toml")


def test_full_width_amounts_are_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n１３．０３．２０２６;a;－１２，５０\n"
    declared = mapping(PLAIN.replace('decimal = ","', 'decimal = ","\nsigns = ["full_width"]'))
    (line,) = read(tmp_path, content, declared).lines
    assert (str(line.booked_on), str(line.amount)) == ("2026-03-13", "-12.50 EUR")
    assert rules(read(tmp_path, content, mapping(PLAIN))) == ["AMT-1"]


def test_a_year_of_the_buddhist_calendar_is_an_error_of_its_row(tmp_path: Path) -> None:
    statement = read(tmp_path, "Date;Text;Amount\n13.03.2569;a;1,00\n14.03.2026;b;1,00\n", mapping(PLAIN))
    assert [(row.row, row.problems[0].rule) for row in statement.unread] == [(2, "DAT-9")]
