"""A draft reads numbers as whole columns write them; what no number shows is marked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from importer.cells import Sign
from importer.errors import UnusableFile
from importer.reader.draft.figures import figure_of, number_format, number_of, writing
from tests.unit.drafts import draft
from tests.unit.reader_files import workbook


@pytest.mark.parametrize(
    ("text", "number", "beside", "signs"),
    [
        ("1.234,56", "1.234,56", "", set()),
        ("-1,5", "1,5", "", set()),
        ("12,50-", "12,50", "", {Sign.TRAILING}),
        ("(12.50)", "12.50", "", {Sign.PARENTHESES}),
        ("($85.00)", "85.00", "$", {Sign.PARENTHESES}),
        ("\u2212 12.50", "12.50", "", {Sign.UNICODE, Sign.SPACED}),
        ("CHF - 12.50", "12.50", "CHF", {Sign.SPACED}),
        ("2,500.00 Cr", "2,500.00", "Cr", set()),
        ("$.23", ".23", "$", {Sign.BARE_FRACTION}),
        ("12 345,60 Kč", "12 345,60", "Kč", set()),
    ],
)
def test_a_number_is_told_from_what_stands_beside_it(text: str, number: str, beside: str, signs: set[Sign]) -> None:
    found = figure_of(text)

    assert found is not None
    assert (found.number, found.beside, set(found.signs)) == (number, beside, signs)


@pytest.mark.parametrize("text", ["", "a", "0 Prozent", "12 Stück", "EUR 5 USD", "AB12", "12.03.2026 x"])
def test_a_text_is_no_number(text: str) -> None:
    assert figure_of(text) is None


@pytest.mark.parametrize(
    ("texts", "decimals"),
    [
        (["1.234,56"], (",",)),
        (["1,234.56"], (".",)),
        (["12,5", "3.000"], (",",)),
        (["1.234.567"], (",",)),
        (["0.350"], (".",)),
        (["1234.567"], (".",)),
        (["1.234"], (",", ".")),
        (["1234", "5"], (",", ".")),
        (["12'345.60"], (".",)),
        (["1,23,456.00"], (".",)),
    ],
)
def test_one_number_that_can_be_read_in_one_way_only_proves_the_decimal_mark(
    texts: list[str], decimals: tuple[str, ...]
) -> None:
    found = writing(texts)

    assert found is not None
    assert found.decimals == decimals


@pytest.mark.parametrize(
    ("texts", "blanks"), [(["1.5", "-", "—", ""], {"-", "—"}), (["1.5", "/"], {"/"}), (["1.5", "--"], {"--"})]
)
def test_dashes_in_a_column_of_numbers_are_no_value(texts: list[str], blanks: set[str]) -> None:
    found = writing(texts)

    assert found is not None
    assert found.blanks == blanks


@pytest.mark.parametrize("texts", [["1.5", "n. a."], ["1.5", "-", "--", "/"], ["", ""], ["1,5", "1.5"], ["1.2.3,4,5"]])
def test_a_column_with_anything_else_holds_no_numbers(texts: list[str]) -> None:
    assert writing(texts) is None


def test_numbers_keep_the_sign_that_they_show() -> None:
    form = number_format(".")
    texts = ["12.50-", "(12.50)", "\u221212.50", "- 12.50", "-$12.50", "+12.50", "12.50", "", "-", '="-12.50"']

    assert [number_of(text, form, frozenset({"-"})) for text in texts] == [
        *[Decimal("-12.50")] * 5,
        *[Decimal("12.50")] * 2,
        None,
        None,
        Decimal("-12.50"),
    ]


def table(*amounts: str, name: str = "Amount") -> str:
    rows = "".join(f"{day + 13}.03.2026|a|{amount}\n" for day, amount in enumerate(amounts))
    return f"Date|Text|{name}\n{rows}"


@pytest.mark.parametrize(
    ("content", "said", "marked", "amounts"),
    [
        (table("1.234,56", "-7,00"), {"decimal": ",", "thousands": [".", " "]}, [], ["1234.56", "-7.00"]),
        (table("1,234.56", "-7.00"), {"decimal": ".", "thousands": [","]}, [], ["1234.56", "-7.00"]),
        (table("12'345.60", "-7.00"), {"decimal": ".", "thousands": ["'", ","]}, [], ["12345.60", "-7.00"]),
        (table("1,23,456.00", "-7.00"), {"thousands": [","], "grouping": "indian"}, [], ["123456.00", "-7.00"]),
        (table("12,50", "7,00-"), {"signs": ["trailing"]}, [], ["12.50", "-7.00"]),
        (table("12.50", "(7.00)"), {"signs": ["parentheses"]}, [], ["12.50", "-7.00"]),
        (table("5.000", "-7.000"), {"decimal": ".", "decimals": 3}, ["decimal"], ["5.00", "-7.00"]),
        (table("5.990", "-7.000", "1.234"), {"decimal": ","}, ["decimal"], ["5990.00", "-7000.00", "1234.00"]),
        (table("5.000", "-7.000", "250"), {"decimal": ","}, ["decimal"], ["5000.00", "-7000.00", "250.00"]),
        (table("5,000", "-7,000"), {"decimal": "."}, ["decimal"], ["5000.00", "-7000.00"]),
        (table("5", "-7"), {"decimal": "."}, ["decimal"], ["5.00", "-7.00"]),
        (table("5.10 €", "-7.00 €"), {"symbols": {"€": "EUR"}}, [], ["5.10", "-7.00"]),
        (table("$5.10", "-$7.00"), {"symbols": {"$": "USD"}}, ["symbols"], ["5.10", "-7.00"]),
        (table("¥5.10", "¥-7.00"), {"symbols": {"¥": "CNY"}}, ["symbols"], ["5.10", "-7.00"]),
        (table('="5.10"', '="-7.00"'), {"decimal": "."}, [], ["5.10", "-7.00"]),
    ],
)
def test_a_draft_says_how_numbers_are_written(
    tmp_path: Path, content: str, said: dict[str, object], marked: list[str], amounts: list[str]
) -> None:
    made = draft(tmp_path, content)

    assert {key: made.values[f"numbers.{key}"] for key in said} == said
    assert [key for key in made.marked if key in ("decimal", "symbols")] == marked
    assert [amount for _, amount in made.lines] == amounts


def test_number_cells_need_no_mark_and_texts_beside_them_do(tmp_path: Path) -> None:
    head = ("Date", "Text", "Amount")
    cells = draft(tmp_path, workbook(head, ("13.03.2026", "a", 1.5), ("14.03.2026", "b", -2)), "a.xlsx")
    mixed = draft(tmp_path, workbook(head, ("13.03.2026", "a", "1.234,50"), ("14.03.2026", "b", -2)), "b.xlsx")

    assert (cells.lines, "decimal" in cells.marked) == ([("2026-03-13", "1.50"), ("2026-03-14", "-2.00")], False)
    assert (mixed.lines[0], mixed.values["numbers.decimal"]) == (("2026-03-13", "1234.50"), ",")


def test_a_few_cells_that_are_no_numbers_are_rejected_rows_not_another_column(tmp_path: Path) -> None:
    made = draft(tmp_path, table("5,10", "235,61(refunded 235,50)", "-7,00"))

    assert made.values["columns.amount"] == "Amount"
    assert (len(made.lines), len(made.statement.unread)) == (2, 1)
    assert "2 bookings, 1 rows rejected" in made.text


def test_decimal_commas_in_a_file_of_commas_refuse_the_draft(tmp_path: Path) -> None:
    content = "Date,Text,Amount,Balance\n2026-03-13,a,-812,62,29775,00\n2026-03-14,b,5,00,29780,00\n"

    with pytest.raises(
        UnusableFile, match="the delimiter also stands inside numbers: row 2 has 6 cells below 4 headers"
    ):
        draft(tmp_path, content)


def test_commas_in_texts_of_a_file_of_commas_are_no_decimals(tmp_path: Path) -> None:
    content = "Date,Text,Amount\n2026-03-13,a, b and c,-812.62\n2026-03-14,b,5.00\n2026-03-15,c,6.00\n"

    assert draft(tmp_path, content).says("table.rows") == ["joined"]


WHOLE = (
    "Date;Text;Amount;Balance{unit}\n13.03.2026;a;{first};217000\n14.03.2026;b;-3000;214000\n15.03.2026;c;-14;213986\n"
)


@pytest.mark.parametrize(
    ("content", "is_asked"),
    [
        pytest.param(WHOLE.format(unit="", first="124000"), True, id="no mark in the whole file"),
        pytest.param(WHOLE.format(unit="", first="124000,00"), False, id="one decimal mark"),
        pytest.param(WHOLE.format(unit="", first="124.000"), False, id="a mark between thousands"),
        pytest.param(WHOLE.format(unit=" (JPY)", first="124000"), False, id="a currency without decimals"),
    ],
)
def test_amounts_without_any_mark_may_be_cents_and_are_asked_about(
    tmp_path: Path, content: str, is_asked: bool
) -> None:
    made = draft(tmp_path, content)

    remark = dict(made.remarks)["amount"]
    assert (remark.startswith("CONFIRM") and "or in cents? In cents: add implied_decimals = 2" in remark) is is_asked
