"""Text becomes a number or a date exactly as told, or says why not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from importer.cells import DateFormat, NumberFormat, Wrong, contradict, exact, native_date

COMMA = NumberFormat(",", (".", " "))
POINT = NumberFormat(".", (",",))


@pytest.mark.parametrize(
    ("form", "text", "number"),
    [
        (COMMA, "1.234.567,89", "1234567.89"),
        (COMMA, "1 234,5", "1234.5"),
        (COMMA, "-0,00", "0"),
        (COMMA, "3.000", "3000"),
        (POINT, "3.000", None),
        (POINT, "1,234.50", "1234.50"),
        (POINT, "12,34", None),
        (POINT, "", None),
        (POINT, "1.", None),
        (POINT, "1,000,00", None),
    ],
)
def test_numbers(form: NumberFormat, text: str, number: str | None) -> None:
    parsed = form.parse(text, 2)

    assert (parsed if isinstance(parsed, Decimal) else None) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("cell", "decimals", "number"),
    [
        (8414.78, 2, "8414.78"),
        (3.0, 0, "3"),
        (-0.5, 2, "-0.5"),
        (0.1 + 0.2, 2, None),
        (1.5, 0, None),
        (1e22, 2, None),
        (float("nan"), 2, None),
    ],
)
def test_number_cells_are_their_shortest_decimal(cell: float, decimals: int, number: str | None) -> None:
    assert exact(cell, decimals) == (Decimal(number) if number is not None else exact(cell, decimals))
    assert isinstance(exact(cell, decimals), Wrong) is (number is None)


def test_a_column_is_read_as_its_cells_are() -> None:
    texts = ["1.234,50", "", "-3", "1234,5"]

    assert COMMA.parse_column(texts, 2) == [None if not text else COMMA.parse(text, 2) for text in texts]
    assert COMMA.parse_column([*texts, "x"], 2) is None


@pytest.mark.parametrize(
    ("formats", "pair"),
    [
        (["%d/%m/%Y", "%m/%d/%Y"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["%d.%m.%y", "%y.%m.%d"], ("%d.%m.%y", "%y.%m.%d")),
        (["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"], None),
    ],
)
def test_formats_that_read_one_text_as_two_days_contradict(formats: list[str], pair: tuple[str, str] | None) -> None:
    assert contradict(formats) == pair


def test_the_first_format_that_fits_is_taken() -> None:
    form = DateFormat(("%d.%m.%Y", "%d.%m.%y"))

    assert [form.parse("01.03.2026"), form.parse("01.03.26")] == [date(2026, 3, 1)] * 2


@pytest.mark.parametrize("serial", [0.0, 60.0, 3_000_000.0])
def test_excels_wrong_calendar_before_march_1900_is_refused(serial: float) -> None:
    assert isinstance(DateFormat(("excel",)).serial(serial), Wrong)


def test_date_cells() -> None:
    assert native_date(datetime(2026, 3, 1, 9, 30)) == date(2026, 3, 1)  # noqa: DTZ001 - cells have no zone
    assert isinstance(native_date(date(1900, 1, 1)), Wrong)


@pytest.mark.parametrize(
    ("text", "language", "month"),
    [("Mrz", "de", 3), ("Juil.", "fr", 7), ("SETT", "it", 9), ("Eki", "tr", 10), ("Mrt", "af", 3)],
)
def test_month_names_of_the_language(text: str, language: str, month: int) -> None:
    assert DateFormat(("%d %b %Y",), language).parse(f"1 {text} 2026") == date(2026, month, 1)
    assert isinstance(DateFormat(("%d %b %Y",), "en").parse("1 Mrz 2026"), Wrong)


def test_a_wrong_date_is_told_how_dates_are_written_there() -> None:
    said = "is not a date written as YYYY-MM-DD or DD.MM.YY"
    assert DateFormat(("%Y-%m-%d", "%d.%m.%y")).parse("02.13.2026") == Wrong("DAT-1", said)
