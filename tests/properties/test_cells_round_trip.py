"""Laws of reading: what is written as declared is read back exactly; what is read does not depend on how it is cut up."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.cells import DateFormat, NumberFormat, Wrong, exact
from importer.errors import UnusableFile
from importer.model import Statement
from importer.reader import delimited
from tests.unit.reader_files import generic, read, row

CENTS = st.integers(-(10**16), 10**16)
DAYS = st.dates(date(1970, 1, 1), date(2069, 12, 31))


def written(cents: int, decimal: str, thousands: str) -> str:
    text = f"{abs(Decimal(cents).scaleb(-2)):,.2f}"
    return ("-" if cents < 0 else "") + text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@given(CENTS, st.sampled_from([(",", "."), (",", " "), (".", ","), (".", "'"), (",", "")]))
def test_an_amount_is_read_back_to_the_cent(cents: int, marks: tuple[str, str]) -> None:
    decimal, thousands = marks
    form = NumberFormat(decimal, (thousands,) if thousands else ())

    assert form.parse(written(cents, decimal, thousands), 2) == Decimal(cents).scaleb(-2)


@given(CENTS)
def test_an_amount_is_never_read_with_the_other_decimal_mark(cents: int) -> None:
    assert isinstance(NumberFormat(".", (",",)).parse(written(cents, ",", "."), 2), Wrong)


@given(st.integers(-(10**13), 10**13))
def test_a_number_cell_is_read_to_the_cent(cents: int) -> None:
    assert exact(cents / 100, 2) == Decimal(cents).scaleb(-2)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_says_why_not(text: str) -> None:
    number = NumberFormat(",", (".",)).parse(text, 2)

    assert isinstance(number, Wrong) or number == number.quantize(Decimal("0.01"))


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d%m%y", "%d-%m-%Y %H:%M"]))
def test_a_date_is_read_back(day: date, form: str) -> None:
    assert DateFormat((form,)).parse(day.strftime(form)) == day


@given(st.text(max_size=20), st.sampled_from(["%d.%m.%Y", "%Y%m%d", "%d %b %Y", "excel"]))
def test_any_text_is_a_date_or_says_why_not(text: str, form: str) -> None:
    assert isinstance(DateFormat((form,)).parse(text), date | Wrong)


ROWS = st.lists(
    st.builds(
        row,
        date=st.sampled_from(["2026-03-02", "2026-02-30", ""]),
        amount=st.sampled_from(["1.00", "-2.5", "x", "0"]),
        text=st.sampled_from(["a", '"two\nlines"', "ü€"]),
    )
    | st.just(""),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 7))
def test_how_the_rows_are_cut_into_chunks_does_not_matter(rows: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = _outcome(Path(folder), rows)
        with patch.object(delimited, "CHUNK_ROWS", size):
            assert _outcome(Path(folder), rows) == whole


def _outcome(folder: Path, rows: list[str]) -> Statement | str:
    try:
        return read(folder, generic(*rows))
    except UnusableFile as error:
        return str(error)
