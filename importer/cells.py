"""Text → exact numbers and dates, exactly as told. Nothing is guessed: what the format does not say is `Wrong`.

Only ASCII digits count, no exponent, no underscore; an amount is a Decimal, never a float. A number cell of a workbook is
a binary number: it becomes the decimal with the fewest digits that denotes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from importer.months import month_numbers

FIRST_YEAR = 1753  # Business Central's first date
LARGEST = Decimal("999999999999999.99")  # Business Central's largest amount
_SEPARATED = re.compile(r"[+-]?[0-9][0-9.,' ]*")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000\t"), " ")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell cannot be read: the rule and a sentence with what was wanted."""

    rule: str
    message: str


class Sign(StrEnum):
    """Forms of a sign that a bank may use beside a leading + or -."""

    TRAILING = "trailing"  # 12,50-
    PARENTHESES = "parentheses"  # (12,50)
    UNICODE = "unicode"  # U+2212 and the dashes that look like it
    SPACED = "spaced"  # - 12.50


class Grouping(StrEnum):
    """Where thousands marks stand."""

    THREES = "threes"  # 1,234,567.00
    INDIAN = "indian"  # 12,34,567.00


@dataclass(frozen=True)
class NumberFormat:
    """How a bank writes numbers.

    `symbols` are the marks that may stand before or after the number and the currency each stands for ("" = none);
    `blanks` are the words for "no value"; `decimals` how many decimals may be written, None = those of the currency.
    """

    decimal: str
    thousands: tuple[str, ...] = ()
    grouping: Grouping = Grouping.THREES
    signs: frozenset[Sign] = frozenset()
    symbols: Mapping[str, str] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    decimals: int | None = None

    def is_blank(self, text: str) -> bool:
        """True for an empty cell and for the bank's words for "no value"."""
        return not (bare := text.translate(_SPACES).strip()) or bare in self.blanks

    def split_symbol(self, text: str) -> tuple[str, str]:
        """The text without its currency mark, and the currency the mark stands for, "" when there is none."""
        bare = text.translate(_SPACES).strip()
        for symbol in self._by_length:
            for sign in ("", "-", "+"):
                if bare.startswith(sign + symbol):
                    return sign + bare[len(sign + symbol) :].strip(), self.symbols[symbol]
            if bare.endswith(symbol):
                return bare[: -len(symbol)].strip(), self.symbols[symbol]
        return bare, ""

    @cached_property
    def _by_length(self) -> list[str]:
        return sorted(self.symbols, key=len, reverse=True)

    def parse(self, text: str, decimals: int) -> Decimal | Wrong:
        """The number; `decimals` is how many the currency has."""
        if found := self._pattern(decimals).fullmatch(text):
            return self._exact(found.group(), decimals)
        return self._parse_signed(text, decimals)

    def _parse_signed(self, text: str, decimals: int) -> Decimal | Wrong:
        bare, negative = self._unsigned(text.translate(_SPACES).strip())
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
        return rf"[+-]?(?:{'|'.join(['[0-9]+', *map(self._grouped, self.thousands)])}){fraction}"

    def _grouped(self, mark: str) -> str:
        escaped = re.escape(mark)
        if self.grouping is Grouping.INDIAN:
            return f"[0-9]{{1,2}}(?:{escaped}[0-9]{{2}})*{escaped}[0-9]{{3}}"
        return f"[0-9]{{1,3}}(?:{escaped}[0-9]{{3}})+"


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


_TOKENS = {
    "%d": r"(?P<d>[0-9]{1,2})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%b": r"(?P<b>[^\W\d_]+\.?)",
    "%B": r"(?P<b>[^\W\d_]+\.?)",
    "%H": r"[0-9]{1,2}",
    "%I": r"[0-9]{1,2}",
    "%M": r"[0-9]{2}",
    "%S": r"[0-9]{2}",
    "%f": r"[0-9]+",
    "%p": r"[AaPp]\.?[Mm]\.?",
    "%a": r"[^\W\d_]+\.?",
    "%A": r"[^\W\d_]+\.?",
    "%z": r"(?:Z|[+-][0-9]{2}:?[0-9]{2})",
    "%Z": r"[A-Z]{3,4}",
    "%*": r".*",
    "%%": "%",
}
_TIGHT = re.compile(r"(?:%[dmYy]){2,}")
SERIALS = {"excel": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}


@dataclass(frozen=True)
class DateFormat:
    """How a bank writes dates: strptime formats in the order they are tried, %* for any rest, and the month names' language.

    Two-digit years below `pivot` are of this century, the others of the last. Times are read over, not kept.
    "excel" and "excel-1904" stand for the serial numbers of workbooks.
    """

    formats: tuple[str, ...]
    language: str = "en"
    pivot: int = 70

    def parse(self, text: str, *, ends_on: date | None = None) -> date | Wrong:
        """The date. `ends_on` is the last day of the statement: it gives the year where the format has none."""
        bare = text.translate(_SPACES).strip()
        for pattern in self._patterns:
            if found := pattern.fullmatch(bare):
                return self._dated(found, ends_on)
        if self._serials and re.fullmatch(r"[0-9]{2,5}(\.[0-9]+)?", bare):
            return self.serial(float(bare))
        return Wrong("DAT-1", f"is not a date written as {' or '.join(self.formats)}")

    @property
    def has_serials(self) -> bool:
        """True when serial numbers of workbooks stand for dates."""
        return bool(self._serials)

    @cached_property
    def _serials(self) -> list[str]:
        return [name for name in self.formats if name in SERIALS]

    def serial(self, number: float) -> date | Wrong:
        """The date of a workbook's serial number; below 61 Excel's own calendar is wrong (29.02.1900)."""
        system = self._serials[0]
        if (system == "excel" and number < 61) or not 0 < number < 2_958_466:
            return Wrong("DAT-2", "is not the serial number of a date after February 1900")
        return SERIALS[system] + timedelta(days=int(number))

    def _dated(self, found: re.Match[str], ends_on: date | None) -> date | Wrong:
        parts = found.groupdict()
        month = self._month(parts)
        year = self._year(parts, month, ends_on)
        try:
            day = date(year, month, int(parts["d"]))
        except ValueError:
            return Wrong("DAT-1", "is not a day of the calendar")
        if year < FIRST_YEAR:
            return Wrong("DAT-3", f"is before {FIRST_YEAR}, the first year of Business Central")
        return day

    def _month(self, parts: Mapping[str, str | None]) -> int:
        if name := parts.get("b"):
            return month_numbers(self.language).get(name.rstrip(".").casefold(), 0)
        return int(parts.get("m") or 0)

    def _year(self, parts: Mapping[str, str | None], month: int, ends_on: date | None) -> int:
        if year := parts.get("Y"):
            return int(year)
        if short := parts.get("y"):
            return int(short) + (2000 if int(short) < self.pivot else 1900)
        if ends_on is None:
            return 0
        return ends_on.year if month <= ends_on.month else ends_on.year - 1

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return [date_pattern(text) for text in self.formats if text not in SERIALS]


def date_pattern(text: str) -> re.Pattern[str]:
    """The pattern of one date format; digits that touch have their full width, others may lack a leading zero.

    Raises:
        ValueError: for a token that is not known.
    """
    pattern = ""
    for piece in re.split(r"((?:%[dmYy]){2,}|%.|\s+)", text):
        if _TIGHT.fullmatch(piece):
            pattern += "".join(_TOKENS[token].replace("{1,2}", "{2}") for token in re.findall("%.", piece))
        elif piece.startswith("%"):
            if piece not in _TOKENS:
                raise ValueError(f'"{piece}" is not a part of a date; known are {" ".join(_TOKENS)}')
            pattern += _TOKENS[piece]
        else:
            pattern += r"\s+" if piece.isspace() else re.escape(piece)
    return re.compile(pattern)


def contradict(formats: Sequence[str]) -> tuple[str, str] | None:
    """Two formats that read the same text as different days, such as %d/%m/%Y and %m/%d/%Y; None when there are none."""
    seen: dict[str, str] = {}
    for text in formats:
        shape = re.sub("%[dmy]", "%d", text.replace("%*", ""))
        if (other := seen.setdefault(shape, text)) != text:
            return other, text
    return None


def native_date(value: date | datetime) -> date | Wrong:
    """The day of a date cell of a workbook."""
    day = value.date() if isinstance(value, datetime) else value
    if day.year < 1900 or day < date(1900, 3, 1):
        return Wrong("DAT-2", "is not a date after February 1900")
    return day
