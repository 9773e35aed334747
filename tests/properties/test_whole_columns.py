"""What is done with a whole column at once gives what is given cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cells import NumberFormat
from importer.reader.rows import RowChunk
from importer.reader.texts import LONGEST, TOO_LONG, Texts, clean, code, codes, free_texts

COMMA = NumberFormat(",", (".",))
NUMBERS = st.one_of(
    st.text("0123456789,.-+\n\r ", max_size=9), st.decimals(-(10**16), 10**16, places=2).map("{:.2f}".format)
)
LETTERS = st.sampled_from([*"aZ9ä€ '=\"\u00a0\u00ad\u0085\t\n\x7f\u200b", '="', '="a"', "E+", "1.2E+15"])
TEXTS = st.lists(st.one_of(st.lists(LETTERS, max_size=4).map("".join), st.text(max_size=4)), min_size=1, max_size=5)


@given(TEXTS)
def test_codes_of_a_column_are_the_codes_of_its_cells(texts: list[str]) -> None:
    assert codes(texts) == Texts.of(list(map(code, texts)))


@given(TEXTS)
def test_texts_of_a_column_are_the_cleaned_texts_of_its_cells(texts: list[str]) -> None:
    rows = RowChunk([[text] for text in texts], range(1, len(texts) + 1))

    assert free_texts([rows.column(0)], " ") == Texts(list(map(clean, texts)))


@given(st.lists(NUMBERS.map(lambda text: text.replace(".", ",")), max_size=5), st.sampled_from([0, 2, 3]))
def test_numbers_of_a_column_are_the_numbers_of_its_cells(texts: list[str], decimals: int) -> None:
    column = COMMA.parse_column(texts, decimals)
    if column is not None:
        assert column == [COMMA.parse(text, decimals) if text else None for text in texts]


@pytest.mark.parametrize("letter", [*map(chr, range(0x180))])
def test_every_letter_is_cleaned_beside_others(letter: str) -> None:
    rows = RowChunk([[f"a{letter}b"], ["c"]], range(1, 3))

    assert free_texts([rows.column(0)], " ") == Texts([clean(f"a{letter}b"), "c"])


def test_a_text_that_is_too_long_is_one_beside_short_ones() -> None:
    rows = RowChunk([["a"], ["b" * (LONGEST + 1)], ["c" * LONGEST]], range(1, 4))

    assert free_texts([rows.column(0)], " ") == Texts(["a", "", "c" * LONGEST], {1: TOO_LONG})
