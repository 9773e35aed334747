"""How a column writes numbers: decimal and thousands marks, signs, currency marks, words beside the number.

A mark is proven by whole columns: by one number that can be read in one way only, never by a guess about a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from importer.cells import Grouping, NumberFormat, Sign, Wrong
from importer.reader.amounts import unwrapped
from importer.reader.draft.words import currency_of, side_words
from importer.reader.rows import Cell, is_filled, is_number

MOST_DECIMALS = 12
_DASHES = "\u2212\u2013\u2012"
_MARKS = (",", ".", "'", "’", "´", " ", "\ufffd")
_SPACES = re.compile("[\u00a0\u202f\u2007\u2009\u3000\t]")
_FIGURE = re.compile(
    r"(?P<head>[^\d]*?)(?P<number>(?:(?<![\w/])[.,])?\d(?:[\d.,'’´ \ufffd]*\d)?)(?P<tail>[^\d]*)", re.DOTALL
)
_EDGES = "()+- " + _DASHES
_LONGEST_MARK = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is written: its digits and marks, what stands beside it, and the forms of its sign."""

    number: str
    beside: str = ""
    signs: frozenset[Sign] = frozenset()
    mark: str = ""  # the + or - that it has


@dataclass(frozen=True, slots=True)
class Writing:
    """How one column writes its numbers. `decimals` are the marks that can be the decimal mark, one when it is proven."""

    figures: tuple[Figure, ...]
    blanks: frozenset[str]
    decimals: tuple[str, ...]
    natives: int = 0
    beside: Counter[str] = field(default_factory=Counter)
    mark: str = ""  # one that is not known as a currency's, before or after every number

    @property
    def signs(self) -> frozenset[Sign]:
        """The forms of signs that are used."""
        return frozenset(sign for figure in self.figures for sign in figure.signs)

    @property
    def are_whole(self) -> bool:
        """True when no number has a mark, a sign or a currency: such columns often hold no amounts."""
        return not self.beside and all(figure.number.isdigit() and not figure.signs for figure in self.figures)


def marked_writing(cells: Sequence[Cell]) -> Writing | None:
    """How a column writes numbers that all have one unknown mark beside them, as in "Q 1,250.50"; None without one."""
    found = (_marked(cell) for cell in cells if is_filled(cell) and isinstance(cell, str))
    marks = {figure.beside for figure in found if figure is not None}
    return writing(cells, marks.pop()) if len(marks) == 1 else None


def _marked(text: str) -> Figure | None:
    """A text as a number with a short mark beside it, whatever that is."""
    found = _FIGURE.fullmatch(_SPACES.sub(" ", unwrapped(text)).strip())
    beside = (found["head"].strip(_EDGES) or found["tail"].strip(_EDGES)) if found is not None else ""
    return figure_of(text, beside) if 0 < len(beside) <= _LONGEST_MARK and " " not in beside else None


def writing(cells: Sequence[Cell], mark: str = "") -> Writing | None:
    """How a column writes numbers; None when it holds anything else, or nothing. `mark` may stand beside all of them."""
    figures, blanks, natives = [], set(), 0
    for cell, count in Counter(cell for cell in cells if not isinstance(cell, Wrong)).items():
        if is_number(cell):
            natives += count
            continue
        text = _SPACES.sub(" ", unwrapped(str(cell))).strip() if isinstance(cell, str) else "a"
        figure = figure_of(text, mark)
        if figure is not None and figure.beside.endswith(mark):
            figures.append(figure)
        elif not any(letter.isalnum() for letter in text):
            blanks |= {text} - {""}
        else:
            return None
    if not (figures or natives) or len(blanks) > 2:
        return None
    decimals = _decimals([figure.number for figure in figures])
    beside = Counter(figure.beside for figure in figures if figure.beside)
    return Writing(tuple(figures), frozenset(blanks), decimals, natives, beside, mark) if decimals else None


def beside_of(cell: Cell) -> str:
    """What stands beside the number in a cell, "" when nothing does, or it is no number."""
    figure = figure_of(_SPACES.sub(" ", unwrapped(cell)).strip()) if isinstance(cell, str) else None
    return figure.beside if figure is not None else ""


@lru_cache(maxsize=65536)
def figure_of(text: str, mark: str = "") -> Figure | None:
    """A text as a number with what may stand beside one, or this mark; None when it is something else."""
    found = _FIGURE.fullmatch(_SPACES.sub(" ", text))
    if found is None:
        return None
    head, tail = found["head"], found["tail"]
    beside = head.strip(_EDGES) or tail.strip(_EDGES)
    if (beside not in ("", mark) and not _is_known(beside)) or (head.strip(_EDGES) and tail.strip(_EDGES)):
        return None
    mark = next((letter for letter in head + tail if letter in "+-"), "")
    return Figure(found["number"], beside, frozenset(_sign_forms(head, found["number"], tail)), mark)


@lru_cache(maxsize=4096)
def _is_known(beside: str) -> bool:
    """True for a mark or code of a currency, also of one that nobody has named, and for words of sides."""
    is_mark = len(beside) <= _LONGEST_MARK and any(unicodedata.category(letter) == "Sc" for letter in beside)
    is_currency = is_mark or bool(currency_of(beside)) or re.fullmatch("[A-Z]{3}", beside) is not None
    return is_currency or side_words([beside]) is not None


def _sign_forms(head: str, number: str, tail: str) -> Iterable[Sign]:
    if "(" in head and ")" in tail:
        yield Sign.PARENTHESES
    if any(dash in head for dash in _DASHES):
        yield Sign.UNICODE
    if re.search(rf"[-+{_DASHES}] ", head):
        yield Sign.SPACED
    if tail.strip()[:1] in ("-", "+"):
        yield Sign.TRAILING
    if number[:1] in (".", ","):
        yield Sign.BARE_FRACTION


def _decimals(numbers: Sequence[str]) -> tuple[str, ...]:
    """The decimal marks in which all the numbers can be read."""
    fitting = tuple(mark for mark in (",", ".") if all(_fits(number, mark) for number in numbers))
    shown = {mark for mark in fitting for number in numbers if mark in number and not _fits(number, _other(mark))}
    return tuple(mark for mark in fitting if mark in shown) if len(shown) == 1 else fitting


def _other(mark: str) -> str:
    return "." if mark == "," else ","


def _fits(number: str, decimal: str) -> bool:
    # Nobody writes 350 as 0.350, so the mark after a leading zero is the decimal mark.
    if number[:1] == "0" and number[1:2] == _other(decimal):
        return False
    return isinstance(number_format(decimal, [number]).parse(number, MOST_DECIMALS), Decimal)


def number_format(decimal: str, numbers: Iterable[str] = ()) -> NumberFormat:
    """A format with this decimal mark and every other mark between thousands, however they are grouped."""
    grouping = Grouping.INDIAN if any(is_indian(number, decimal) for number in numbers) else Grouping.THREES
    marks = tuple(mark for mark in _MARKS if mark != decimal)
    return NumberFormat(decimal, marks, grouping, frozenset(Sign))


def is_indian(number: str, decimal: str) -> bool:
    """True for 1,23,456.00: after the last three digits the marks stand between twos."""
    mark = re.escape(_other(decimal))
    return re.fullmatch(rf"\d{{1,2}}(?:{mark}\d\d)+{mark}\d{{3}}(?:{re.escape(decimal)}\d+)?", number) is not None


def likely_decimal(figures: Sequence[Figure]) -> str:
    """The decimal mark of numbers that fit either way, such as 5.000: hardly any currency has three decimals.

    So the mark stands between thousands. Exports of programs that always write three decimals have a point, and a 0
    behind it as the last digit, in every number.
    """
    numbers = [figure.number for figure in figures]
    are_padded = all("." in number and number.endswith("0") for number in numbers)
    return "," if any("." in number for number in numbers) and not are_padded else "."


def thousands_marks(figures: Iterable[Figure], decimal: str) -> list[str]:
    """The marks between thousands that are used with this decimal mark."""
    numbers = "".join(figure.number for figure in figures)
    return [mark for mark in _MARKS if mark != decimal and mark in numbers]


def decimal_places(figures: Iterable[Figure], decimal: str) -> int:
    """The most decimals that are written."""
    return max((len(figure.number.rpartition(decimal)[2]) for figure in figures if decimal in figure.number), default=0)


def number_of(cell: Cell, form: NumberFormat, blanks: frozenset[str], mark: str = "") -> Decimal | None:
    """The number in a cell with the sign that it shows, without what stands beside it; None when there is none."""
    if is_number(cell):
        return Decimal(repr(cell))
    text = _SPACES.sub(" ", unwrapped(str(cell))).strip()
    figure = None if text in blanks else figure_of(text, mark)
    if figure is None:
        return None
    number = form.parse(figure.number, MOST_DECIMALS)
    if not isinstance(number, Decimal):
        return None
    return -number if _is_negative(text, figure) else number


def _is_negative(text: str, figure: Figure) -> bool:
    outside = text.replace(figure.number, "")
    return any(dash in outside for dash in "-" + _DASHES) or Sign.PARENTHESES in figure.signs
