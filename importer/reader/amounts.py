"""Amount cells → signed amounts, by the mapping's amount model. A sign that contradicts its marker is an error of the row.

Source: formats.md §4 (11)-(13), reliability.md §10.3 (B55-B65).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from importer.cells import NumberFormat, Wrong, exact, exact_column
from importer.mapping.schema import AmountModel, Amounts, Side
from importer.money import decimals_of
from importer.reader.rows import Cell

Number = Decimal | Wrong | None  # None is a blank cell

ZERO = Wrong("AMT-6", "the amount is zero; leave such rows out in the mapping if the bank uses them for notices")
BLANK = Wrong("AMT-5", "the amount is missing")
BOTH = Wrong("AMT-7", "debit and credit are both filled; a booking has one of them")
CONTRADICTION = Wrong("AMT-8", "the sign contradicts the word that says whether money came or went")
NEUTRAL = Wrong("NEUTRAL", "neither money received nor paid out, says the bank")
NOTICE = Wrong(NEUTRAL.rule, "a notice without an amount")
UNSIGNED = Wrong("AMT-9", "the amount has a sign although the column has none; check amounts.model in the mapping")


@dataclass(slots=True)
class Mixture:
    """The cells of columns that hold both numbers and texts: how many are whole numbers, other numbers, texts with decimals.

    `grouped` are those of the texts that have both marks, of decimals and of thousands.
    """

    whole: int = 0
    fractions: int = 0
    texts: int = 0
    grouped: int = 0

    def note(self, cell: Cell, number: Number) -> None:
        """Count one cell; `number` is what was read in it."""
        if not isinstance(number, Decimal):
            return
        is_whole = number == number.to_integral_value()
        if isinstance(cell, str):
            self.texts += not is_whole
            self.grouped += not is_whole and "," in cell and "." in cell
        else:
            self.whole += is_whole
            self.fractions += not is_whole


class NumberReader:
    """Reads number cells of one mapping: text as the mapping says, numbers of a workbook exactly.

    `mixture` is of the columns read so far that are not all of one kind.
    """

    def __init__(self, numbers: NumberFormat) -> None:
        self._numbers = numbers
        self.mixture = Mixture()

    def read(self, cell: Cell, currency: str) -> Number:
        """The number in a cell; None for a blank one."""
        number = self._as_written(cell, self._decimals(currency))
        implied = self._numbers.implied_decimals
        return number.scaleb(-implied) if implied and isinstance(number, Decimal) else number

    def _decimals(self, currency: str) -> int:
        return 0 if self._numbers.implied_decimals else decimals_of(currency)

    def _as_written(self, cell: Cell, decimals: int) -> Number:
        if isinstance(cell, str):
            return self._read_text(cell, decimals)
        if isinstance(cell, Wrong):
            return cell
        if isinstance(cell, float | int) and not isinstance(cell, bool):
            most = self._numbers.decimals
            return exact(cell, decimals if most is None else most)
        return Wrong("AMT-1", "is not a number")

    def column(self, cells: Sequence[Cell], currencies: Sequence[str]) -> Sequence[Number]:
        """The numbers of a column; `currencies` has one for each cell."""
        if at_once := self._column_at_once(cells, set(currencies)):
            return at_once
        numbers = list(map(self.read, cells, currencies))
        for cell, number in zip(cells, numbers, strict=True):
            self.mixture.note(cell, number)
        return numbers

    def _column_at_once(self, cells: Sequence[Cell], currencies: set[str]) -> Sequence[Number] | None:
        if len(currencies) != 1 or self._numbers.implied_decimals:
            return None
        decimals = decimals_of(next(iter(currencies)))
        types = set(map(type, cells))
        if types == {str}:
            return self._numbers.parse_column(cells, decimals)  # type: ignore[arg-type] # they are texts
        return exact_column(cells, decimals) if types == {float} else None  # type: ignore[arg-type] # they are floats

    def symbol(self, cell: Cell) -> str:
        """The currency that the mark in a cell stands for, "" when there is none."""
        return self._numbers.split_symbol(unwrapped(cell))[1] if isinstance(cell, str) else ""

    def _read_text(self, text: str, decimals: int) -> Number:
        if not text:
            return None
        number = self._numbers.parse(text, decimals)
        if isinstance(number, Decimal):
            return number
        bare, _ = self._numbers.split_symbol(unwrapped(text))
        if self._numbers.is_blank(bare):
            return None
        return self._numbers.parse(bare, decimals)


def unwrapped(text: str) -> str:
    """Text without the wrapping that forces workbooks to keep it as text: ="…", =… and a leading apostrophe."""
    bare = text.strip()
    if bare.startswith('="') and bare.endswith('"'):
        return bare[2:-1]
    if bare[:1] in ("'", "="):
        return bare[1:]
    return bare


class Signer:
    """Puts the sign on amounts of one mapping. Words are compared without case and blanks around."""

    def __init__(self, amounts: Amounts) -> None:
        self._amounts = amounts
        self._credit = re.compile(amounts.credit_pattern) if amounts.credit_pattern else None
        self._words: Mapping[str, str] = {
            word.casefold(): side
            for side, words in (
                (Side.DEBIT, amounts.debit),
                (Side.CREDIT, amounts.credit),
                ("neutral", amounts.neutral),
            )
            for word in words
        }

    @property
    def has_words(self) -> bool:
        """True when the mapping names words for debit, credit or neither."""
        return bool(self._words)

    def single(self, number: Number) -> Number:
        """The signed amount of a single column."""
        if isinstance(number, Decimal) and self._amounts.model is AmountModel.INVERTED:
            return -number
        return number

    def pair(self, debit: Number, credit: Number) -> Number:
        """The signed amount of a debit and a credit column; zero in the unused one counts as blank."""
        for side in (debit, credit):
            if isinstance(side, Wrong):
                return side
        if debit and credit:
            return BOTH
        if self._amounts.model is AmountModel.DEBIT_CREDIT_SIGNED:
            return self._signed_pair(debit, credit)
        if not self._amounts.reversals and any(isinstance(side, Decimal) and side < 0 for side in (debit, credit)):
            return UNSIGNED
        if isinstance(debit, Decimal) and debit:
            return -debit
        return credit if isinstance(credit, Decimal) else debit

    def _signed_pair(self, debit: Number, credit: Number) -> Number:
        if isinstance(debit, Decimal) and debit > 0 and not self._amounts.reversals:
            return CONTRADICTION
        if isinstance(credit, Decimal) and credit < 0 and not self._amounts.reversals:
            return CONTRADICTION
        return debit or credit or (debit if credit is None else credit)

    def marked(self, number: Number, word: str) -> Number:
        """The signed amount by its word; NEUTRAL when the word says that it is neither."""
        side = self.side(word)
        if side is None:
            return Wrong(
                CONTRADICTION.rule, f'"{word}" is none of the words for debit and credit that the mapping knows'
            )
        if side == "neutral" or not isinstance(number, Decimal):
            return NEUTRAL if side == "neutral" else number
        if self._amounts.reversals:
            return -number if side == "debit" else number
        if number < 0 and side == "credit":
            return CONTRADICTION
        return -abs(number) if side == "debit" else number

    def agreeing(self, number: Number, word: str) -> Number:
        """An amount that has its sign already; CONTRADICTION when the word beside it says something else."""
        if not isinstance(number, Decimal) or not number:
            return number
        side = self.side(word)
        if side == "neutral":
            return NEUTRAL
        return number if side == (Side.CREDIT if number > 0 else Side.DEBIT) else CONTRADICTION

    def side(self, word: str) -> str | None:
        """What a word says: "debit", "credit" or "neutral"; None for a word that the mapping does not know."""
        if self._credit is not None and self._credit.search(word):
            return Side.CREDIT
        return self._words.get(word.strip().casefold(), self._amounts.otherwise)

    def split_word(self, text: str) -> tuple[str, str]:
        """The number and the word beside it, as in "2,500.00 Dr"."""
        bare = text.strip()
        for word in sorted(self._words, key=len, reverse=True):
            if word and bare.casefold().endswith(word):
                return bare[: -len(word)].strip(), word
            if word and bare.casefold().startswith(word):
                return bare[len(word) :].strip(), word
        return bare, ""
