"""A workbook being written: real numbers and dates, texts that can never become formulas, and one look for all sheets.

Rows and columns are counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from io import BytesIO
from typing import TYPE_CHECKING

from importer.errors import ReportNotWritten
from importer.money import Money, decimals_of
from importer.reports.sheets import Value, cell_value

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FIRST_DATE = date(1900, 3, 1)  # spreadsheets disagree about the days before, or have none
_MOST_ROWS = 1_048_576  # of a sheet, captions included
_DAY_0 = date(1899, 12, 30).toordinal()  # dates are days since then
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CUT = "\0"  # stands in no text that is printable
_HEAD, _TINT, _LINE = "#E5E9F0", "#FFF6D6", "#8A94A6"
_THIN, _HAIR = 1, 7  # lines around a cell, by XlsxWriter's numbers


class Look(StrEnum):
    """How a cell looks; what stands in it adds a number format and a side."""

    PLAIN = auto()
    TITLE = auto()
    BOLD = auto()
    HEAD = auto()
    HEAD_OF_NUMBERS = auto()
    HEAD_OF_ENTRIES = auto()
    TALL = auto()  # in a row of several lines, all of the text
    ENTRY = auto()  # for the clerk, kept as it is typed: 00123 is a customer, not 123
    ENTRY_AMOUNT = auto()


class _Kind(StrEnum):
    """What stands in a cell. Of an amount there is a kind for each number format, which is its text."""

    OTHER = auto()
    RISKY = auto()
    DAY = auto()


_RIGHT = {"align": "right", "indent": 1}
_HEADING = {"bold": True, "bg_color": _HEAD, "text_wrap": True, "valign": "vcenter"}
_HEADING |= {"bottom": _THIN, "bottom_color": _LINE}
_BOX = {"align": "left", "valign": "top", "text_wrap": True}
_BOX |= {"left": _HAIR, "right": _HAIR, "bottom": _HAIR, "border_color": _LINE}
_LOOKS: Mapping[Look, Mapping[str, object]] = {
    Look.PLAIN: {},
    Look.TITLE: {"bold": True, "font_size": 14},
    Look.BOLD: {"bold": True},
    Look.HEAD: _HEADING,
    Look.HEAD_OF_NUMBERS: {**_HEADING, **_RIGHT},
    Look.HEAD_OF_ENTRIES: {**_HEADING, "bg_color": _TINT},
    Look.TALL: _BOX,
    Look.ENTRY: {**_BOX, "bg_color": _TINT, "num_format": "@"},
    Look.ENTRY_AMOUNT: {**_BOX, **_RIGHT, "bg_color": _TINT, "num_format": "#,##0.00"},
}


class NewBook:
    """A workbook that is written in memory: no temporary file holds what a bank wrote.

    The same sheets made at the same time are the same bytes.
    """

    def __init__(self, made_at: datetime) -> None:
        from xlsxwriter import Workbook

        self._content = BytesIO()
        self._book = Workbook(self._content, {"in_memory": True})
        # Without an author: XlsxWriter would also name him as the one who saved the file last, and so as who decided.
        self._book.set_properties({"created": made_at})
        self._formats: dict[tuple[Look, _Kind | str], Format] = {}

    def sheet(self, title: str) -> NewSheet:
        """A further sheet, behind those that are there."""
        return NewSheet(self, self._book.add_worksheet(title))

    def content(self) -> bytes:
        """The workbook as an .xlsx file. Nothing can be added afterwards."""
        self._book.close()
        for page in self._book.worksheets():
            page.table.clear()  # book and sheets hold each other: all the cells would stay until Python looks for cycles
        return self._content.getvalue()

    def format_of(self, look: Look, kind: _Kind | str) -> Format:
        """The format of cells that look so and hold this kind of value, or a number shown in the format `kind`."""
        found = self._formats.get((look, kind))
        if found is None:
            found = self._formats[look, kind] = self._book.add_format({**_LOOKS[look], **_properties(kind)})
        return found


def _properties(kind: _Kind | str) -> Mapping[str, object]:
    match kind:
        case _Kind.OTHER:
            return {}
        case _Kind.RISKY:
            # Without this mark a spreadsheet would turn the text into a formula as soon as somebody edits the cell.
            return {"quote_prefix": True}
        case _Kind.DAY:
            return {"num_format": "yyyy-mm-dd", "align": "left"}
        case number_format:
            return {"num_format": number_format, **_RIGHT}


class NewSheet:
    """A sheet of such a workbook. `page` is for all that is not a cell: widths, printing, drop-downs."""

    def __init__(self, book: NewBook, page: Worksheet) -> None:
        self._book, self.page = book, page

    def put(self, row: int, column: int, value: Value | Money, look: Look = Look.PLAIN) -> None:
        """Put a value into a cell: money and numbers as numbers, dates as dates, everything else as text that is never run.

        Source: reliability.md §11.6.
        """
        match value:
            case None | "":
                if look is not Look.PLAIN:
                    self.page.write_blank(row, column, None, self._book.format_of(look, _Kind.OTHER))
            case Money():
                shown = self._book.format_of(look, amount_format(value.currency))
                self.page.write_number(row, column, float(value.amount), shown)
            case date() if value < _FIRST_DATE:
                self._put_text(row, column, value.isoformat(), look)
            case date():
                self.page.write_number(row, column, value.toordinal() - _DAY_0, self._book.format_of(look, _Kind.DAY))
            case str():
                self._put_text(row, column, value, look)
            case _:
                self.page.write_number(row, column, float(value), self._book.format_of(look, _Kind.OTHER))

    def put_row(self, row: int, values: Iterable[Value | Money], look: Look = Look.PLAIN) -> None:
        """Put values into the cells of a row, from the first on."""
        for column, value in enumerate(values):
            self.put(row, column, value, look)

    def put_table(
        self,
        captions: Sequence[tuple[str, int]],
        rows: Iterable[Sequence[Value | Money]],
        looks: Sequence[Look] = (),
    ) -> None:
        """A sheet that is one table: captions with their widths, in sight and filtered, then the rows.

        Args:
            looks: of the cells under each caption; all plain if none are given.

        Raises:
            ReportNotWritten: there are more rows than a sheet holds; XlsxWriter would leave the rest out.
        """
        looks = looks or [Look.PLAIN] * len(captions)
        heads = [_head_over(look, None) for look in looks]
        last = 0
        for last, values in enumerate(rows, start=1):
            heads = heads if last > 1 else list(map(_head_over, looks, values))
            for column, (value, look) in enumerate(zip(values, looks, strict=True)):
                self.put(last, column, value, look)
        if last >= _MOST_ROWS:
            raise ReportNotWritten(f"{last:,} lines are more than a sheet of a workbook holds. Take --format html.")
        for column, ((caption, width), head) in enumerate(zip(captions, heads, strict=True)):
            self.put(0, column, caption, head)
            self.page.set_column(column, column, width)
        self.page.set_row(0, 32)
        self.page.freeze_panes(1, 0)
        self.page.autofilter(0, 0, last, len(captions) - 1)

    def fit_to_page(self) -> None:
        """Print across, all columns on one page."""
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)

    def _put_text(self, row: int, column: int, value: str, look: Look) -> None:
        text = str(cell_value(value))
        shown = self._book.format_of(look, _Kind.RISKY if text.lstrip().startswith(_RISKY) else _Kind.OTHER)
        runs = _runs(text)
        if len(runs) == 1:
            self.page.write_string(row, column, text, shown)
            return
        dressed: list[str | Format] = [part for run in runs for part in (shown, run)]
        self.page.write_rich_string(row, column, *dressed, shown)


def _runs(text: str) -> list[str]:
    """The text in the pieces in which it has to be written; whoever reads it joins them.

    In one piece XlsxWriter would take <r>…</r> for its own markup, and a spreadsheet _x0041_ for the letter A.
    """
    cut = _ESCAPE.sub(f"_{_CUT}", text)
    return (f"<{_CUT}{cut[1:]}" if cut.startswith("<r>") else cut).split(_CUT)


def _head_over(look: Look, value: Value | Money) -> Look:
    """The look of a caption over a column that looks so and starts with this value."""
    if look in (Look.ENTRY, Look.ENTRY_AMOUNT):
        return Look.HEAD_OF_ENTRIES
    return Look.HEAD_OF_NUMBERS if isinstance(value, int | Decimal | Money) else Look.HEAD


def amount_format(currency: str) -> str:
    """The number format of amounts in this currency; a spreadsheet shows it with the separators of its reader."""
    decimals = decimals_of(currency)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
