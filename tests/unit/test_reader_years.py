"""Dates without a year get theirs from the last day of the statement, wherever the file says it, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import ConfigurationError
from tests.unit.reader_files import PLAIN, mapping, read, rules

YEARLESS = PLAIN.replace('"%d.%m.%Y"', '"%d.%m."') + '[outside]\nends_on = { file_name = "_(\\\\d{8})\\\\." }\n'
STATED = YEARLESS.replace('"%d.%m."]', '"%d.%m."]\nstated_formats = ["%Y%m%d"]')


def days(tmp_path: Path, *written: str, name: str) -> list[str]:
    content = "Date;Text;Amount\n" + "".join(f"{day};a;1,00\n" for day in written)
    return [line.booked_on.isoformat() for line in read(tmp_path, content, mapping(STATED), name=name).lines]


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("kto_20260331.csv", ["02.03.", "31.03."], ["2026-03-02", "2026-03-31"]),
        ("kto_20260115.csv", ["28.12.", "02.01."], ["2025-12-28", "2026-01-02"]),
        ("kto_20240331.csv", ["29.02."], ["2024-02-29"]),
        ("kto_20250115.csv", ["29.02."], ["2024-02-29"]),
    ],
)
def test_the_name_of_the_file_says_the_year(tmp_path: Path, name: str, written: list[str], meant: list[str]) -> None:
    assert days(tmp_path, *written, name=name) == meant


@pytest.mark.parametrize(
    ("name", "rule"), [("kto.csv", "DAT-4"), ("kto_20261399.csv", "DAT-4"), ("kto_20260331.csv", "DAT-1")]
)
def test_a_date_is_rejected_where_no_year_is_said_or_the_year_has_no_such_day(
    tmp_path: Path, name: str, rule: str
) -> None:
    statement = read(tmp_path, "Date;Text;Amount\n29.02.;a;1,00\n", mapping(STATED), name=name)

    assert (len(statement.lines), rules(statement)) == (0, [rule])


def test_the_account_may_stand_in_the_name_of_the_file_too(tmp_path: Path) -> None:
    named = PLAIN + '[outside]\naccount = { file_name = "^(\\\\d+)-" }\n'

    assert (
        read(tmp_path, "Date;Text;Amount\n02.03.2026;a;1,00\n", mapping(named), name="4711-kto.csv").account == "4711"
    )


def test_a_label_is_found_in_one_way_only() -> None:
    with pytest.raises(ConfigurationError, match="give one of label, pattern and file_name"):
        mapping(YEARLESS.replace("ends_on = {", 'ends_on = { label = "Until",'))
