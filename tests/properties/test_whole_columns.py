"""What is done with a whole column at once gives what is given cell by cell."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import BankLine
from importer.money import Money
from importer.reader.frozen import frozen_values
from importer.reader.rows import RowChunk
from importer.reader.texts import LONGEST, clean, code, codes, free_texts

LETTERS = st.sampled_from([*"aZ9ä€ '=\"\u00a0\u00ad\u0085\t\n\x7f\u200b", '="', '="a"', "E+", "1.2E+15"])
TEXTS = st.lists(st.one_of(st.lists(LETTERS, max_size=4).map("".join), st.text(max_size=4)), min_size=1, max_size=5)


@given(TEXTS)
def test_codes_of_a_column_are_the_codes_of_its_cells(texts: list[str]) -> None:
    assert list(codes(texts)) == list(map(code, texts))


@given(TEXTS)
def test_texts_of_a_column_are_the_cleaned_texts_of_its_cells(texts: list[str]) -> None:
    rows = RowChunk([[text] for text in texts], range(1, len(texts) + 1))

    assert list(free_texts(rows, (0,), " ")) == list(map(clean, texts))


@pytest.mark.parametrize("letter", [*map(chr, range(0x180))])
def test_every_letter_is_cleaned_beside_others(letter: str) -> None:
    rows = RowChunk([[f"a{letter}b"], ["c"]], range(1, 3))

    assert list(free_texts(rows, (0,), " ")) == [clean(f"a{letter}b"), "c"]


def test_a_text_that_is_too_long_is_one_beside_short_ones() -> None:
    rows = RowChunk([["a"], ["b" * (LONGEST + 1)], ["c" * LONGEST]], range(1, 4))

    assert [isinstance(text, str) for text in free_texts(rows, (0,), " ")] == [True, False, True]


def test_values_made_together_are_those_that_their_constructor_makes() -> None:
    amounts = frozen_values(Money, [Decimal("1.50"), Decimal(-2)], ["EUR", "USD"])
    days, texts = [date(2026, 3, 1), date(2026, 3, 2)], ["a", ""]
    lines = frozen_values(
        BankLine, range(1, 3), [2, 3], days, amounts, texts, [None, days[0]], *[texts] * 5, [None, amounts[0]]
    )

    first, second = Money.of("1.50", "EUR"), Money.of(-2, "USD")
    expected = [
        BankLine(1, 2, days[0], first, "a", None, "a", "a", "a", "a", "a"),
        BankLine(2, 3, days[1], second, value_on=days[0], balance=first),
    ]
    assert (lines, list(map(type, lines)), set(lines)) == (expected, [BankLine] * 2, set(expected))


def test_values_made_together_are_frozen() -> None:
    (money,) = frozen_values(Money, [Decimal(1)], ["EUR"])

    with pytest.raises(FrozenInstanceError):
        money.currency = "USD"  # type: ignore[misc] # what is tested
