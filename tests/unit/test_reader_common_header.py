"""A header of words that many banks use is read as its known bank's, and that is told; not where dates contradict."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.mapping import parse_mapping
from importer.model import Problem
from importer.reader import read_statement
from tests.unit.reader_files import PLAIN
from tests.unit.test_mapping_command import run

COMMON = """
title = "First of Many"
banks = ["First of Many"]
country = "GB"
evidence = "sample_file"
overlap = "full_days"
currency = "GBP"
[table]
header = ["Date", "Description", "Amount"]
common_header = true
[columns]
booked_on = "Date"
text = "Description"
amount = "Amount"
[dates]
formats = ["%d/%m/%Y"]
[numbers]
decimal = "."
"""
MANY = parse_mapping(COMMON, "gb/many", source="many.toml")
OWN = parse_mapping(COMMON.replace("common_header = true\n", ""), "own/many", source="own.toml")


def bank_file(folder: Path, *dates: str) -> Path:
    path = folder / "bank.csv"
    path.write_text("Date,Description,Amount\n" + "".join(f"{day},Invoice {day},10.00\n" for day in dates))
    return path


def test_what_a_common_header_made_us_assume_is_told(tmp_path: Path) -> None:
    statement = read_statement(bank_file(tmp_path, "03/03/2026", "04/03/2026"), [MANY])
    assert statement.warnings == (
        Problem(
            "HEAD-2",
            "many banks use this header; read as a file of First of Many in GBP. "
            "If it is another bank's, draft a mapping: importer mapping new bank.csv",
            "bank.csv",
        ),
    )


def test_nothing_is_assumed_for_somebody_who_names_the_mapping(tmp_path: Path) -> None:
    assert read_statement(bank_file(tmp_path, "03/03/2026", "03/04/2026"), [MANY], "gb/many").warnings == ()


def test_dates_that_lie_closer_together_turned_refuse_a_common_header(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile) as refused:
        read_statement(bank_file(tmp_path, "03/02/2026", "03/03/2026", "03/04/2026"), [MANY])
    assert str(refused.value) == (
        "bank.csv: its dates are 2026-02-03 to 2026-04-03 as mapping gb/many reads them, but lie closer together with day and "
        "month the other way round, 2026-03-02 to 2026-03-04, and many banks use its header. If it is another bank's, draft a "
        "mapping: importer mapping new bank.csv. If it is from First of Many, name the mapping: --mapping gb/many; for every "
        "night put a copy of it, without common_header, into the folder of your mappings"
    )


@pytest.mark.parametrize(
    "dates",
    [
        ("03/03/2026",),
        ("04/03/2026",),
        ("02/03/2026", "05/03/2026"),  # closer together as they are
        ("01/03/2026", "01/04/2026", "13/04/2026"),  # no month is a thirteenth
    ],
)
def test_dates_that_do_not_speak_against_it_are_read(tmp_path: Path, dates: tuple[str, ...]) -> None:
    assert len(read_statement(bank_file(tmp_path, *dates), [MANY]).lines) == len(dates)


def test_a_copy_of_ones_own_without_the_mark_goes_first(tmp_path: Path) -> None:
    statement = read_statement(bank_file(tmp_path, "03/03/2026", "03/04/2026"), [MANY, OWN])
    assert (statement.mapping, statement.warnings) == ("own/many", ())


def test_a_file_without_bookings_says_nothing_of_its_dates(tmp_path: Path) -> None:
    assert read_statement(bank_file(tmp_path), [MANY]).lines == ()


def test_detect_tells_what_is_assumed(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Date,Description,Amount,Balance\n04/03/2026,Invoice 1,10.00,10.00\n")
    assert run("detect", path) == (
        0,
        (
            "bank.csv: gb/first-direct\n"
            "  gb/first-direct: its header is in the file, cell by cell\n"
            "  bank.csv: many banks use this header; read as a file of first direct in GBP. "
            "If it is another bank's, draft a mapping: importer mapping new bank.csv (rule HEAD-2)\n"
        ),
    )


DAYS = 'formats = ["%d.%m.%Y"]'
SLASHES = 'formats = ["%m/%d/%Y"]'
RIVALS = [
    parse_mapping(PLAIN.replace(DAYS, form), name, source="") for name, form in (("dots", DAYS), ("slashes", SLASHES))
]


@pytest.mark.parametrize(
    "days", [("05.03.2026", "05.04.2026", "05.05.2026"), ("03/05/2026", "04/05/2026", "05/05/2026")]
)
def test_dates_that_a_spreadsheet_turned_do_not_make_the_file_one_of_another_bank_with_its_header(
    tmp_path: Path, days: tuple[str, ...]
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Date;Text;Amount\n" + "".join(f"{day};a;1,00\n" for day in days), encoding="utf-8")
    rival = "slashes" if "." in days[0] else "dots"
    with pytest.raises(UnusableFile, match=f"2026-05-03 to 2026-05-05, and mapping {rival} has the same header"):
        read_statement(path, RIVALS)


def test_dates_that_lie_as_close_as_they_can_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Date;Text;Amount\n03.05.2026;a;1,00\n04.05.2026;b;1,00\n", encoding="utf-8")
    assert read_statement(path, RIVALS).mapping == "dots"
