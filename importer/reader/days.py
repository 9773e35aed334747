"""Date cells → days. A file has few days and many rows, so each cell is read once."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from importer.cells import DateFormat, Wrong, native_date
from importer.reader.amounts import unwrapped
from importer.reader.rows import Cell, is_number, text_of

_MISSING = Wrong("DAT-1", "the booking date is missing")
_NUMBER = Wrong("DAT-1", "is a number, not a date; format the column as a date and export again")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a column by cell, None for one that is `wrong`; `ends_on` gives the year where none is written."""

    form: DateFormat
    ends_on: date | None = None
    known: dict[Cell, date | None] = field(default_factory=dict)
    wrong: dict[Cell, Wrong] = field(default_factory=dict)

    def learn(self, cells: AbstractSet[Cell]) -> None:
        """Read the cells that are not known yet."""
        for cell in cells - self.known.keys():
            day = self._day(cell)
            if isinstance(day, Wrong):
                self.wrong[cell] = day
            self.known[cell] = None if isinstance(day, Wrong) else day

    def _day(self, cell: Cell) -> date | Wrong:
        if isinstance(cell, date):
            return native_date(cell)
        if isinstance(cell, Wrong):
            return cell
        if is_number(cell):
            return self._of_number(text_of(cell))
        text = unwrapped(text_of(cell))
        return self.form.parse(text, ends_on=self.ends_on) if text else _MISSING

    def _of_number(self, digits: str) -> date | Wrong:
        # 20260302 is no serial: that would be a day in the year 57370. With fewer digits a zero is gone, and 1022026 two days.
        if len(digits) == len("20260302") and not isinstance(day := self.form.parse(digits), Wrong):
            return day
        return self.form.serial(float(digits)) if self.form.has_serials else _NUMBER
