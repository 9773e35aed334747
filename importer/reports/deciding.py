"""What makes a sheet one to decide in: cells for the clerk, drop-downs with hints, and the invoices she can choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from importer.reports import sheets
from importer.reports.grid import TINT, Look, cell_at, dress, put, table
from importer.reports.rows import Row
from importer.reports.sheets import Column

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_LINE_HEIGHT = 15  # points
_TALLEST = 409  # points; no row of Excel is taller
_MOST_OFFERED = 40  # documents in one drop-down; the sheet Open invoices has all


def wrap_texts(sheet: Worksheet, columns: Sequence[Column]) -> None:
    """All of a text in view, in rows tall enough: a spreadsheet does not reliably make them so when it opens a file."""
    for place, row in enumerate(sheet.iter_rows(min_row=2), start=2):
        lines = 1
        for cell, column in zip(row, columns, strict=True):
            dress(cast("Cell", cell), Look.TALL_AMOUNT if column is sheets.AMOUNT else Look.TALL)
            if isinstance(cell.value, str) and column.caption != sheets.KEY:
                lines = max(lines, sum(len(line) // (column.width - 2) + 1 for line in cell.value.split("\n")))
        sheet.row_dimensions[place].height = min(lines * _LINE_HEIGHT, _TALLEST)


def add_decisions(sheet: Worksheet, columns: Sequence[Column], hints: Mapping[str, str], lines: int) -> None:
    """Tinted cells and drop-downs for the clerk's columns, each with the hint that a spreadsheet shows beside a chosen cell.

    On paper the columns behind hers are left out.
    """
    from openpyxl.utils import get_column_letter

    captions = [column.caption for column in columns]
    letters = {caption: get_column_letter(captions.index(caption) + 1) for caption in hints}
    for caption, letter in letters.items():
        _tint(sheet, captions.index(caption) + 1, caption)
        if lines:
            _add_choice(sheet, caption, hints[caption], f"{letter}2:{letter}{lines + 1}", _offered(captions, hints))
    if sheets.KEY in captions:
        sheet.column_dimensions[get_column_letter(captions.index(sheets.KEY) + 1)].hidden = True
    last = max(letters.values(), key=lambda letter: (len(letter), letter))
    sheet.print_area = f"A1:{last}{lines + 1}"


def _tint(sheet: Worksheet, place: int, caption: str) -> None:
    from openpyxl.styles import PatternFill

    cell_at(sheet, 1, place).fill = PatternFill("solid", fgColor=TINT)
    for (cell,) in sheet.iter_rows(min_col=place, max_col=place, min_row=2):
        dress(cast("Cell", cell), Look.ENTRY_AMOUNT if caption == sheets.AMOUNTS else Look.ENTRY)
        if caption == sheets.AMOUNTS:
            cell.number_format = "#,##0.00"


def _offered(captions: Sequence[str], hints: Mapping[str, str]) -> Mapping[str, str]:
    """What the drop-downs offer. In the sheet of certain lines there is only one thing to decide."""
    from openpyxl.utils import get_column_letter

    if sheets.CUSTOMER not in hints:
        return {sheets.DECISION: f'"{sheets.IGNORE}"'}
    key = f"${get_column_letter(captions.index(sheets.KEY) + 1)}2"
    return {
        sheets.DECISION: f'"{sheets.ACCEPT},{sheets.OTHER},{sheets.IGNORE}"',
        sheets.CUSTOMER: _candidates_of(key, "A", "B"),
        sheets.DOCUMENTS: _candidates_of(key, "D", "E"),
    }


def _add_choice(sheet: Worksheet, caption: str, hint: str, cells: str, offered: Mapping[str, str]) -> None:
    """What is typed is not limited to the list, except for the decision itself."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(
        type="list" if caption in offered else None, formula1=offered.get(caption), allow_blank=True
    )
    choice.promptTitle, choice.prompt = caption, hint
    choice.showInputMessage = True
    choice.showErrorMessage = caption == sheets.DECISION
    choice.errorTitle, choice.error = caption, hint
    choice.add(cells)
    sheet.add_data_validation(choice)


def _candidates_of(key: str, keys: str, values: str) -> str:
    # Looked up by the key in the same row, so that the right list is offered after sorting too.
    lists = sheets.LISTS
    return f"OFFSET({lists}!${values}$1,MATCH({key},{lists}!${keys}:${keys},0)-1,0,COUNTIF({lists}!${keys}:${keys},{key}),1)"


def add_lists(book: Workbook, rows: Sequence[Row]) -> None:
    """Column A names a key and B a customer, D names a key and E documents; the rows of one key stand together."""
    if not rows:
        return
    sheet = book.create_sheet(sheets.LISTS)
    sheet.sheet_state = "hidden"
    customers = [(row.key, number) for row in rows for number in _customers(row) or [""]]
    documents = [(row.key, numbers) for row in rows for numbers in _documents(row) or [""]]
    for column, pairs in ((1, customers), (4, documents)):
        for place, (key, value) in enumerate(pairs, start=1):
            put(cell_at(sheet, place, column), key)
            put(cell_at(sheet, place, column + 1), value)


def add_open_invoices(book: Workbook, rows: Sequence[Row]) -> None:
    """A sheet with the open invoices of every customer whom a waiting line names, the oldest first; none if there are none."""
    customers = sorted({number for row in rows for number in _customers(row)})
    found = [
        document for row in rows[:1] for number in customers for document in row.basis.open_invoices.get(number, ())
    ]
    if not found:
        return
    captions = (
        ("Customer No.", 14),
        ("Customer Name", 34),
        ("No.", 22),
        ("Posting Date", 12),
        ("Due Date", 12),
        ("Remaining Amount", 16),
        ("Currency", 9),
    )
    basis = rows[0].basis
    sheet = book.create_sheet(sheets.OPEN_INVOICES)
    table(
        sheet,
        captions,
        (
            (
                d.customer,
                basis.name_of(d.customer),
                d.number,
                d.posting_date,
                d.due_date,
                d.remaining,
                d.remaining.currency,
            )
            for d in found
        ),
    )


def _customers(row: Row) -> Sequence[str]:
    """The customers to offer: the proposed one first, each once."""
    named = [row.customer, *(candidate.customer or "" for candidate in row.candidates)]
    return list(dict.fromkeys(filter(None, named)))


def _documents(row: Row) -> Sequence[str]:
    """The documents to offer: the proposed ones together, the candidates, then what else the customers owe."""
    named = ["; ".join(row.invoices), *(candidate.invoice or "" for candidate in row.candidates), *_owed(row)]
    return list(dict.fromkeys(filter(None, named)))[:_MOST_OFFERED]


def _owed(row: Row) -> Iterator[str]:
    owed = row.basis.open_invoices
    return (document.number for customer in _customers(row) for document in owed.get(customer, ()))
