"""How banks write numbers, and reading them exactly.

Source: formats.md §4 (11), reliability.md §10.3 (B55-B65).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

from importer.cells.wrong import FULL_WIDTH, SPACES, Wrong

LARGEST = Decimal("999999999999999.99")  # Business Central's largest amount
_SURELY_SMALL = 15  # characters, with which no number is larger than that
_SHAPE = str.maketrans("123456789", "0" * 9)  # leaves of a number where digits stand, and what stands between them
_MOST_SHAPES = 1024
_SEPARATED = re.compile(r"[+-]?[0-9][0-9.,' ]*")


class Sign(StrEnum):
    """Forms of a number that a bank may use beside digits with a leading + or -."""

    TRAILING = "trailing"  # 12,50-
    PARENTHESES = "parentheses"  # (12,50)
    UNICODE = "unicode"  # U+2212 and the dashes that look like it
    SPACED = "spaced"  # - 12.50
    BARE_FRACTION = "bare_fraction"  # .50
    FULL_WIDTH = "full_width"  # １２．５０


class Grouping(StrEnum):
    """Where thousands marks stand."""

    THREES = "threes"  # 1,234,567.00
    INDIAN = "indian"  # 12,34,567.00


@dataclass(frozen=True)
class NumberFormat:
    """How a bank writes numbers.

    `symbols` are the marks that may stand before or after the number and the currency each stands for ("" = none);
    `blanks` are the words for "no value"; `decimals` how many decimals may be written, None = those of the currency;
    `implied_decimals` how many of the digits are decimals although no mark says so: 2000 is 20.00 with two.
    """

    decimal: str
    thousands: tuple[str, ...] = ()
    grouping: Grouping = Grouping.THREES
    signs: frozenset[Sign] = frozenset()
    symbols: Mapping[str, str] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    decimals: int | None = None
    implied_decimals: int = 0

    def is_blank(self, text: str) -> bool:
        """True for an empty cell and for the bank's words for "no value"."""
        return not (bare := text.translate(SPACES).strip()) or bare in self.blanks

    def split_symbol(self, text: str) -> tuple[str, str]:
        """The text without its currency mark, and the currency the mark stands for, "" when there is none."""
        bare = text.translate(SPACES).strip()
        for symbol in self._by_length:
            for sign in ("", "-", "+", "(", "- ", "+ "):
                if bare.startswith(sign + symbol):
                    return sign.strip() + bare[len(sign + symbol) :].strip(), self.symbols[symbol]
            if bare.endswith(symbol):
                return bare[: -len(symbol)].strip(), self.symbols[symbol]
        return bare, ""

    @cached_property
    def _by_length(self) -> list[str]:
        return sorted(self.symbols, key=len, reverse=True)

    def parse(self, text: str, decimals: int) -> Decimal | Wrong:
        """The number; `decimals` is how many the currency has."""
        if Sign.FULL_WIDTH in self.signs:
            text = text.translate(FULL_WIDTH)
        if found := self._pattern(decimals).fullmatch(text):
            return self._exact(found.group(), decimals)
        return self._parse_signed(text, decimals)

    def parse_column(self, texts: Sequence[str], decimals: int) -> list[Decimal | None] | None:
        """The numbers of a column at once, None for blank cells; None when a cell needs the slower `parse`."""
        joined = "\n".join(texts)
        shapes = set(joined.translate(_SHAPE).split("\n"))
        if not all(self._is_plain(shape, decimals) for shape in shapes):
            return None
        plain = joined.translate(self._plain).split("\n")
        if len(plain) != len(texts):  # a cell has lines of its own
            return None
        return [Decimal(text) if text else None for text in plain] if "" in shapes else list(map(Decimal, plain))

    @cached_property
    def _is_plain(self) -> Callable[[str, int], bool]:
        """Whether cells of a shape need no look of their own; each shape is judged once."""
        return lru_cache(_MOST_SHAPES)(self._judge_shape)

    def _judge_shape(self, shape: str, decimals: int) -> bool:
        is_short = len(shape.translate(self._plain)) <= _SURELY_SMALL
        # Surplus decimals have to be looked at one by one.
        has_surplus = (self.decimals or 0) > decimals
        return not shape or (is_short and not has_surplus and self._pattern(decimals).fullmatch(shape) is not None)

    def _parse_signed(self, text: str, decimals: int) -> Decimal | Wrong:
        bare, negative = self._unsigned(text.translate(SPACES).strip())
        found = self._pattern(decimals).fullmatch(bare)
        if found is None or (negative and bare[0] in "+-"):
            return self._explain(text)
        number = self._exact(bare, decimals)
        return -number if negative and isinstance(number, Decimal) else number

    def _unsigned(self, bare: str) -> tuple[str, bool]:
        if Sign.UNICODE in self.signs and bare[:1] in "\u2212\u2013\u2012" and bare:
            bare = "-" + bare[1:]
        if Sign.SPACED in self.signs and bare[:1] in "+-":
            bare = bare[:1] + bare[1:].strip()
        if Sign.TRAILING in self.signs and bare[-1:] in ("-", "+"):
            return bare[:-1].rstrip(), bare[-1] == "-"
        if Sign.PARENTHESES in self.signs and bare.startswith("(") and bare.endswith(")"):
            return bare[1:-1].strip(), True
        return bare, False

    def _exact(self, text: str, decimals: int) -> Decimal | Wrong:
        number = Decimal(text.translate(self._plain))
        if not -LARGEST <= number <= LARGEST:
            return Wrong("AMT-2", f"the amount is larger than {LARGEST:,}, the most that Business Central can hold")
        if self.decimals is not None and self.decimals > decimals and number != round(number, decimals):
            return Wrong("AMT-4", f"the amount has more than the {decimals} decimals of its currency")
        return number or Decimal(0)

    def _explain(self, text: str) -> Wrong:
        marks = f'decimal mark "{self.decimal}"' + "".join(f', thousands mark "{mark}"' for mark in self.thousands)
        if self._pattern(40).fullmatch(text):
            return Wrong("AMT-4", "the amount has more decimals than its currency")
        if _SEPARATED.fullmatch(text):
            return Wrong(
                "AMT-4", f"the separators do not stand as the mapping says ({marks}); check the mapping's [numbers]"
            )
        return Wrong(
            "AMT-1", f"is not a number with {marks}; check the row in the bank's file, or the mapping's [numbers]"
        )

    @cached_property
    def _plain(self) -> dict[int, str | None]:
        return {ord(mark): None for mark in self.thousands} | {ord(self.decimal): "."}

    @cached_property
    def _patterns(self) -> dict[int, re.Pattern[str]]:
        return {}

    def _pattern(self, decimals: int) -> re.Pattern[str]:
        pattern = self._patterns.get(decimals)
        if pattern is None:
            pattern = self._patterns[decimals] = re.compile(self._grammar(decimals))
        return pattern

    def _grammar(self, decimals: int) -> str:
        most = max(decimals, self.decimals or 0)
        fraction = f"(?:{re.escape(self.decimal)}[0-9]{{1,{most}}})?" if most else ""
        whole = f"{self._whole}{fraction}"
        if Sign.BARE_FRACTION in self.signs and most:
            whole = f"(?:{whole}|{fraction.removesuffix('?')})"
        return f"[+-]?{whole}"

    @property
    def _whole(self) -> str:
        if self.grouping is Grouping.INDIAN:
            grouped = (f"(?:{re.escape(mark)}[0-9]{{2}})*{re.escape(mark)}[0-9]{{3}}" for mark in self.thousands)
            return f"(?:{'|'.join([*(f'[0-9]{{1,2}}{rest}' for rest in grouped), '[0-9]+'])})"
        # After three digits at most it is decided how the number goes on, so nothing is tried twice.
        grouped = (f"(?:{re.escape(mark)}[0-9]{{3}})++" for mark in self.thousands)
        return f"[0-9]{{1,3}}+(?:{'|'.join([*grouped, '[0-9]*+'])})"


def exact(number: float, decimals: int) -> Decimal | Wrong:
    """A number cell of a workbook as the shortest decimal that denotes it; an error when that has too many decimals."""
    text = repr(number)
    if "e" in text or "n" in text:
        return Wrong(
            "AMT-1", "is not a number in the range of an amount; format the column as a number and export again"
        )
    whole, _, fraction = text.partition(".")
    if fraction.strip("0") == "":
        return Decimal(whole)
    if len(fraction) > decimals:
        return Wrong(
            "AMT-4", "the number in the cell has more decimals than its currency; round it where it comes from"
        )
    return Decimal(text)


def exact_column(numbers: Sequence[float], decimals: int) -> list[Decimal] | None:
    """A column of number cells at once, as `exact` reads each; None when a cell needs the slower way."""
    texts = list(map(repr, numbers))
    cell = rf"-?[0-9]{{1,13}}\.[0-9]{{1,{max(decimals, 1)}}}"
    if decimals == 0 or not re.fullmatch(rf"{cell}(?:\n{cell})*+", "\n".join(texts)):
        return None
    return list(map(Decimal, texts))
