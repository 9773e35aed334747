"""What the columns of an unknown table hold: days, numbers, currencies, accounts, words. Whole columns, never one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

import pandas as pd
from stdnum import iban

from importer.cells import NumberFormat
from importer.mapping.headers import plain_row
from importer.reader.amounts import unwrapped
from importer.reader.draft.dates import DayColumn, day_column, days_of, six_digits, yearless_column
from importer.reader.draft.figures import Writing, likely_decimal, marked_writing, number_format, number_of, writing
from importer.reader.draft.grid import Grid
from importer.reader.draft.order import Settled, settle
from importer.reader.draft.words import currency_of, is_code, role, says
from importer.reader.rows import Cell, is_filled, is_number, text_of

_FEW_WORDS = 6
_MONEY = {"amount", "debit", "credit", "balance"}
_SERIALS = range(30_000, 60_000)  # Excel's days of the years 1982 to 2064


@dataclass(frozen=True)
class Profile:
    """The bookings of a grid column by column, `rows`, and what is known of each column."""

    grid: Grid
    rows: pd.DataFrame

    def cells(self, place: int) -> list[Cell]:
        """The cells of a column in the bookings."""
        return list(self.rows[place])

    def texts(self, place: int) -> list[str]:
        """The same as texts, unwrapped."""
        return [unwrapped(text_of(cell)).strip() for cell in self.rows[place]]

    def words(self, place: int) -> list[str]:
        """The different texts of a column, the most frequent first."""
        counts = pd.Series(self.texts(place), dtype=str).value_counts()
        return [word for word in counts.index if word]

    def header(self, place: int) -> str:
        """The header of a column, "" when it has none."""
        return self.grid.header[place].strip() if place < len(self.grid.header) else ""

    def says(self, place: int) -> str:
        """The role of a column of numbers by its header; a column without one is named by a currency column before it."""
        header = self.header(place)
        if (
            not header
            and place
            and self.grid.header
            and all(re.fullmatch("[A-Z]{3}", word) for word in self.words(place - 1))
        ):
            header = self.header(place - 1)
        return role("numbers", header)

    @property
    def places(self) -> range:
        """All columns that a mapping can name: with a header, those below it."""
        return range(len(plain_row(self.grid.header)) or self.rows.shape[1])

    @cached_property
    def days(self) -> Mapping[int, DayColumn]:
        """The columns that hold days."""
        return {place: found for place in self.places if (found := self._days(place)) is not None}

    def _days(self, place: int) -> DayColumn | None:
        texts = [text for text in self.texts(place) if text]
        found = day_column(texts)
        if found is None and (self._is_dated(place) or (not self._is_named(place) and six_digits(texts))):
            found = yearless_column(texts)
        if found is None or any(any(letter.isdigit() for letter in text) for text in found.others):
            return None
        good = len(texts) - sum(text in found.others for text in texts)
        return found if good * 5 >= len(texts) * 3 else None

    def _is_named(self, place: int) -> bool:
        """True when the header of a column says what it holds."""
        header = self.header(place)
        return any(role(group, header) for group in ("dates", "numbers", "texts"))

    def _is_dated(self, place: int) -> bool:
        return bool(role("dates", self.header(place))) and not role("texts", self.header(place))

    @cached_property
    def serials(self) -> tuple[int, ...]:
        """Columns whose header speaks of dates and that hold serial numbers of days."""
        return tuple(place for place in self.places if place not in self.days and self._are_serials(place))

    def _are_serials(self, place: int) -> bool:
        cells = [cell for cell in self.cells(place) if is_filled(cell)]
        numbers = [float(text_of(cell)) for cell in cells if is_number(cell) or re.fullmatch(r"\d{5}", text_of(cell))]
        return (
            bool(cells)
            and bool(role("dates", self.header(place)))
            and len(numbers) == len(cells)
            and all(int(number) in _SERIALS for number in numbers)
        )

    @cached_property
    def settled(self) -> Settled:
        """The formats of the date columns."""
        names = {place: self.grid.name(place) for place in self.days}
        around = [text_of(cell) for row in self.grid.above for cell in row]
        return settle(self.days, names, around)

    def dates(self, place: int) -> list[date | None]:
        """The days of a column, None where there is none."""
        column, formats = self.days[place], self.settled.formats[place]
        known: dict[str, date] = {}
        for shape, form in zip(column.shapes, self._of_shapes(place, formats), strict=True):
            known |= dict(zip(shape.cells, days_of(form, shape.cells, column.language) or (), strict=False))
        return [known.get(text) for text in self.texts(place)]

    def _of_shapes(self, place: int, formats: Sequence[str]) -> list[str]:
        shapes = self.days[place].shapes
        return [next(form for form in formats if form in shape.formats) for shape in shapes]

    @cached_property
    def writings(self) -> Mapping[int, Writing]:
        """The columns that hold numbers."""
        places = (place for place in self.places if place not in self.days and place not in self.serials)
        return {place: found for place in places if (found := self._writing(place)) is not None}

    def _writing(self, place: int) -> Writing | None:
        cells = self.cells(place)
        found = writing(cells)
        if found is None and self.says(place) in _MONEY:
            # The header speaks of money: a few cells that are no numbers are rows to be rejected, not another column.
            good = [cell for cell in cells if not is_filled(cell) or writing([cell]) is not None]
            return writing(good) if len(good) * 3 >= len(cells) * 2 else marked_writing(cells)
        return found

    @cached_property
    def decimal(self) -> str:
        """The decimal mark: the one that most columns with money prove, else the likelier one."""
        proven = [mark for place in self.money for mark in self._proven(place)]
        figures = [figure for place in self.money for figure in self.writings[place].figures]
        return max(sorted(set(proven)), key=proven.count, default=likely_decimal(figures))

    def _proven(self, place: int) -> tuple[str, ...]:
        found = self.writings[place]
        return found.decimals if len(found.decimals) == 1 else ()

    @property
    def is_decimal_proven(self) -> bool:
        """True when the file shows its decimal mark and no column contradicts it."""
        shown = {mark for place in self.money for mark in self._proven(place)}
        natives = all(not self.writings[place].figures for place in self.money)
        return len(shown) == 1 or (natives and not shown)

    @cached_property
    def money(self) -> tuple[int, ...]:
        """The columns of numbers that may be amounts: no ids, codes or counts."""
        found = tuple(place for place in self.writings if not self._is_code(place))
        return found or tuple(place for place in self.writings if self._may_be_whole(place))

    def _may_be_whole(self, place: int) -> bool:
        """Amounts may be whole numbers too where no other column has amounts."""
        return not self._is_named(place) and len(set(self.texts(place))) > 1

    def _is_code(self, place: int) -> bool:
        said, found = self.says(place), self.writings[place]
        if said == "count" or (not said and role("texts", self.header(place))):
            return True
        if said or not found.are_whole:
            return False
        if found.natives and not all(
            float(text_of(cell)).is_integer() for cell in self.cells(place) if is_number(cell)
        ):
            return False
        numbers = [int(text) for text in self.texts(place) if text.isdigit()]
        return bool(numbers) and (
            len(set(numbers)) == 1 or max(numbers) > 10**7 or _counts_up(numbers) or bool(self.grid.header)
        )

    @property
    def is_card(self) -> bool:
        """True when the header, or what stands above it, speaks of a card."""
        texts = [*self.grid.header, *(text_of(cell) for row in self.grid.above for cell in row)]
        return any(says("texts", "card", text) for text in texts)

    @cached_property
    def number_format(self) -> NumberFormat:
        """The numbers of the file, ready to parse."""
        figures = [figure.number for found in self.writings.values() for figure in found.figures]
        return number_format(self.decimal, figures)

    def numbers(self, place: int) -> list[Decimal | None]:
        """The numbers of a column, None for blank cells."""
        found = self.writings[place]
        return [number_of(cell, self.number_format, found.blanks, found.mark) for cell in self.cells(place)]

    def is_currency(self, place: int) -> bool:
        """True when every filled cell is a currency code, or a word for a currency."""
        words = self.words(place)
        coded = all(re.fullmatch("[A-Z]{3}", word) or is_code(word) or currency_of(word) for word in words)
        return bool(words) and coded and says("texts", "currency", self.header(place))

    def is_coded(self, place: int) -> bool:
        """True when every cell is a currency code, whatever the header says."""
        texts = self.texts(place)
        return bool(texts) and all(map(is_code, texts))

    def is_account(self, place: int) -> bool:
        """True when most filled cells are IBANs or long account numbers."""
        words = self.words(place)
        return bool(words) and sum(map(_is_account, words)) * 2 > len(words)

    def few_words(self, place: int) -> list[str]:
        """The words of a column that has only a few of them; [] otherwise."""
        words = self.words(place)
        is_plain = place not in self.days and all(len(word) < 30 for word in words)
        return words if is_plain and 0 < len(words) <= _FEW_WORDS else []


def _counts_up(numbers: Sequence[int]) -> bool:
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return len(numbers) > 2 and steps in ({1}, {-1})


def _is_account(text: str) -> bool:
    bare = re.sub(r"[\s.-]", "", text)
    return (
        iban.is_valid(bare)
        or re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", bare) is not None
        or (len(bare) > 6 and re.fullmatch(r"[\d/*X]+", bare) is not None)
    )
