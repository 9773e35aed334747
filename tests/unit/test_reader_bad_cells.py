"""Cells of workbooks that a spreadsheet has spoiled, and those that only look so, by the ids of reliability.md §10.1."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from importer.mapping import parse_mapping
from importer.shipped import shipped
from tests.unit.reader_files import ACCOUNT, generic, generic_workbook, read, refusal, repacked, row, rules

SPOILED = {
    "error": (b'<c r="D2" t="e"><v>#N/A</v></c>', "CELL-1"),
    "attributes in another order": (b'<c t="e" r="D2"><v>#N/A</v></c>', "CELL-1"),
    "single quotes": (b"<c r='D2' t='e'><v>#N/A</v></c>", "CELL-1"),
    "never calculated": (b'<c r="D2"><f>5+5</f><v></v></c>', "CELL-2"),
    "text never calculated": (b'<c r="D2" t="str"><f>5+5</f></c>', "CELL-2"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_b28_a_cell_without_a_value_rejects_its_row_however_it_is_written(case: str, tmp_path: Path) -> None:
    cell, rule = SPOILED[case]

    def spoil(name: str, content: bytes) -> bytes:
        return re.sub(rb'<c r="D2"[^>]*>.*?</c>', cell, content) if name.endswith("sheet1.xml") else content

    content = repacked(generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR"]), spoil)

    assert rules(read(tmp_path, content, name="kto.xlsx")) == [rule]


@pytest.mark.parametrize("cell", [b'<c t="e"><v>#N/A</v></c>', b"<c><f>5+5</f></c>"])
def test_b28_one_that_does_not_say_which_it_is_refuses_the_file(cell: bytes, tmp_path: Path) -> None:
    def spoil(name: str, content: bytes) -> bytes:
        return re.sub(rb'<c r="D2"[^>]*>.*?</c>', cell, content) if name.endswith("sheet1.xml") else content

    content = repacked(generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR"]), spoil)

    assert "and the workbook does not say which one" in refusal(tmp_path, content, name="kto.xlsx")


def test_b28_a_formula_whose_value_is_the_empty_text_has_a_value(tmp_path: Path) -> None:
    def formula(name: str, content: bytes) -> bytes:
        cell = b'<c r="I2" t="str"><f>IF(TRUE,"","x")</f><v></v></c>'
        return re.sub(rb'<c r="I2"[^>]*>.*?</c>', cell, content) if name.endswith("sheet1.xml") else content

    content = repacked(
        generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR", None, None, None, "a text", None]), formula
    )

    assert [line.text for line in read(tmp_path, content, name="kto.xlsx").lines] == [""]


@pytest.mark.parametrize(("form", "number"), [("%Y%m%d", 20260302), ("%d%m%Y", 12022026), ("%d.%m.%Y", None)])
def test_b29_a_number_is_a_date_where_the_bank_writes_dates_in_nothing_but_digits(
    tmp_path: Path, form: str, number: int | None
) -> None:
    layout = parse_mapping(
        (shipped("mappings") / "generic.toml").read_text(encoding="utf-8").replace("%Y-%m-%d", form),
        "digits",
        source="",
    )
    cells = [[ACCOUNT, cell, None, 1, "EUR"] for cell in (number or 20260302, 2022026, 46000)]
    statement = read(tmp_path, generic_workbook(*cells), layout, name="kto.xlsx")

    expected = {20260302: [date(2026, 3, 2)], 12022026: [date(2026, 2, 12)], None: []}[number]
    assert [line.booked_on for line in statement.lines] == expected
    assert rules(statement) == ["DAT-1"] * (3 - len(expected))


@pytest.mark.parametrize("value", [1.23457e15, 12345678901234567890, "1.23457E+15", "1,79447E+11"])
@pytest.mark.parametrize("column", ["reference", "bank_reference"])
def test_b30_a_reference_that_a_spreadsheet_destroyed_rejects_its_row(
    tmp_path: Path, value: object, column: str
) -> None:
    references = [value, None, None] if column == "reference" else [None, None, value]
    content = generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR", None, None, *references])

    assert rules(read(tmp_path, content, name="kto.xlsx")) == ["TXT-1"]


def test_b30_a_reference_that_says_more_than_such_a_number_is_read(tmp_path: Path) -> None:
    content = generic(row(reference="RE 1.23457E+15"), row(reference="1.23457E+15"), row(reference="4E5"))
    statement = read(tmp_path, content)

    assert [line.reference for line in statement.lines] == ["RE 1.23457E+15", "4E5"]
    assert rules(statement) == ["TXT-1"]


def test_b30_the_column_with_the_destroyed_number_is_named(tmp_path: Path) -> None:
    text = (shipped("mappings") / "generic.toml").read_text(encoding="utf-8")
    both = re.sub(r"reference +=.*\n", 'reference = ["reference", "counterparty_name"]\n', text, count=1)
    layout = parse_mapping(both, "both", source="")
    statement = read(tmp_path, generic(row(reference="R7", name="1.23457E+15")), layout)

    (problem,) = statement.unread[0].problems
    assert (problem.rule, problem.column, problem.value) == ("TXT-1", "counterparty_name", "1.23457E+15")


def test_of_alternatives_the_first_that_is_filled_is_read(tmp_path: Path) -> None:
    text = (shipped("mappings") / "generic.toml").read_text(encoding="utf-8")
    for field in ("reference", "counterparty", "iban", "bank_reference"):
        choice = f'{field} = {{ first_filled = ["reference", "text"] }}\n'
        text = re.sub(rf"(?m)^{field} +=.*\n", choice, text, count=1)
    layout = parse_mapping(text, "choice", source="")
    first, second = read(tmp_path, generic(row(reference="R7", text="T1"), row(text="T2")), layout).lines

    assert [first.reference, first.counterparty, first.iban, first.bank_reference] == ["R7"] * 4
    assert [second.reference, second.counterparty, second.iban, second.bank_reference] == ["T2"] * 4
