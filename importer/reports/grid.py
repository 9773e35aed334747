"""Cells of a workbook: real numbers and dates, texts that can never become formulas, and one look for all sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from importer.money import Money, decimals_of
from importer.reports.sheets import Value, cell_value

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import NamedStyle
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"  # the one openpyxl gives all other cells
HEAD, TINT, _LINE = "E5E9F0", "FFF6D6", "8A94A6"
AS_TEXT = "@"  # a number format under which typed digits stay text: 00123 is a customer, not 123
_FIRST_DATE = date(1900, 3, 1)  # spreadsheets disagree about the days before, or have none
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at this row and column, both from 1."""
    # No cell of ours is merged with another.
    return cast("Cell", sheet.cell(row, column))


def put(cell: Cell, value: Value | Money) -> None:
    """Put a value into a cell: money and numbers as numbers, dates as dates, everything else as text that is never run.

    Source: reliability.md §11.6.
    """
    match value:
        case None | "":
            return
        case Money():
            cell.value = value.amount
            cell.number_format = amount_format(value.currency)
            dress(cell, Look.AMOUNT)
        case date() if value < _FIRST_DATE:
            _put_text(cell, value.isoformat())
        case date():
            cell.value = value
            cell.number_format = "yyyy-mm-dd"
            dress(cell, Look.DATE)
        case str():
            _put_text(cell, value)
        case _:
            cell.value = value


def amount_format(currency: str) -> str:
    """The number format of amounts in this currency; a spreadsheet shows it with the separators of its reader."""
    decimals = decimals_of(currency)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def table(sheet: Worksheet, captions: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value | Money]]) -> None:
    """A sheet that is one table: captions with their widths, frozen and filtered, then the rows."""
    from openpyxl.utils import get_column_letter

    for column, (caption, width) in enumerate(captions, start=1):
        head(cell_at(sheet, 1, column), caption)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for place, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            put(cell_at(sheet, place, column), value)
    for column in range(1, len(captions) + 1):
        if isinstance(cell_at(sheet, 2, column).value, int | Decimal):
            align_right(cell_at(sheet, 1, column))
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def head(cell: Cell, caption: str) -> None:
    """A caption at the head of a column."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    put(cell, caption)
    cell.font = Font(name=FONT, bold=True)
    cell.fill = PatternFill("solid", fgColor=HEAD)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.border = Border(bottom=Side("thin", color=_LINE))


def align_right(cell: Cell) -> None:
    """A caption above numbers."""
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(horizontal="right", wrap_text=True, vertical="center", indent=1)


class Look(StrEnum):
    """How a cell looks, as a named style of the workbook: thousands of cells share one, each set in one step."""

    AMOUNT = "Amount"
    DATE = "Date"
    TALL = "Tall"  # in a row of several lines, all of the text
    TALL_AMOUNT = "Tall amount"
    ENTRY = "Entry"  # for the clerk, kept as it is typed
    ENTRY_AMOUNT = "Entry amount"


def dress(cell: Cell, look: Look) -> None:
    """Give the cell this look; its number format, and the mark of a text that could become a formula, stay."""
    kept, is_marked = cell.number_format, cell.quotePrefix
    try:
        cell.style = look.value
    except ValueError:  # the first cell of its workbook that looks so
        cast("Workbook", cast("Worksheet", cell.parent).parent).add_named_style(_named(look))
        cell.style = look.value
    if look is not Look.ENTRY:
        cell.number_format = kept
    if is_marked:
        cell.quotePrefix = True


def _named(look: Look) -> NamedStyle:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    named, line = NamedStyle(look.value), Side("hair", color=_LINE)
    is_number, is_flat = look in (Look.AMOUNT, Look.TALL_AMOUNT, Look.ENTRY_AMOUNT), look in (Look.AMOUNT, Look.DATE)
    named.font = Font(name=FONT)
    named.alignment = Alignment(
        horizontal="right" if is_number else "left",
        vertical="bottom" if is_flat else "top",
        wrap_text=not is_flat,
        indent=1 if is_number else 0,
    )
    if not is_flat:
        named.border = Border(left=line, right=line, bottom=line)
    if look in (Look.ENTRY, Look.ENTRY_AMOUNT):
        named.fill = PatternFill("solid", fgColor=TINT)
        named.number_format = AS_TEXT if look is Look.ENTRY else "General"
    return named


def _put_text(cell: Cell, text: str) -> None:
    shown = cell_value(text)
    cell.value = shown
    cell.data_type = "s"
    if str(shown).lstrip().startswith(_RISKY):
        # Without this mark a spreadsheet would turn the text into a formula as soon as somebody edits the cell.
        cell.quotePrefix = True
