"""What makes a sheet one to decide in: cells for the clerk, drop-downs with hints, and the invoices she can choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importer.money import Money
from importer.reports import sheets
from importer.reports.grid import Look, NewBook, NewSheet
from importer.reports.rows import Row
from importer.reports.sheets import Column, Value

_LINE_HEIGHT = 15  # points
_TALLEST = 409  # points; no row of Excel is taller
_MOST_OFFERED = 40  # documents in one drop-down; the sheet Open invoices has all


def put_lines(sheet: NewSheet, columns: Sequence[Column], rows: Sequence[Row], hints: Mapping[str, str]) -> None:
    """Lines with all of their texts in view, and with tinted cells and drop-downs in the columns of the clerk.

    Args:
        hints: her columns by caption, each with what a spreadsheet shows beside a chosen cell. On paper the columns behind
            hers are left out.
    """
    captions = [(column.caption, column.width) for column in columns]
    lines = [[column.shown(row) for column in columns] for row in rows]
    sheet.put_table(captions, lines, [_look(column, hints) for column in columns])
    for place, values in enumerate(lines, start=1):
        # A spreadsheet does not reliably make rows as tall as their texts when it opens a file.
        sheet.page.set_row(place, min(_height(values, columns), _TALLEST))
    if hints:
        _add_choices(sheet, columns, hints, len(rows))


def _look(column: Column, hints: Mapping[str, str]) -> Look:
    if column.caption not in hints:
        return Look.TALL
    return Look.ENTRY_AMOUNT if column.caption == sheets.AMOUNTS else Look.ENTRY


def _height(values: Sequence[Value | Money], columns: Sequence[Column]) -> int:
    """How tall a row has to be for all of its texts, in points."""
    lines = (
        sum(len(line) // (column.width - 2) + 1 for line in value.split("\n"))
        for value, column in zip(values, columns, strict=True)
        if isinstance(value, str)
    )
    return _LINE_HEIGHT * max(lines)


def _add_choices(sheet: NewSheet, columns: Sequence[Column], hints: Mapping[str, str], lines: int) -> None:
    """What is typed is not limited to the list, except for the decision itself."""
    captions = [column.caption for column in columns]
    offered = _offered(captions, hints)
    places = {caption: captions.index(caption) for caption in hints}
    for caption, place in places.items() if lines else ():
        choice = {
            "validate": "list" if caption in offered else "any",
            "value": offered.get(caption),
            "input_title": caption,
            "input_message": hints[caption],
            "show_error": caption == sheets.DECISION,
            "error_title": caption,
            "error_message": hints[caption],
        }
        sheet.page.data_validation(1, place, lines, place, choice)
    for place, column in enumerate(columns):
        if column.caption == sheets.KEY:
            sheet.page.set_column(place, place, column.width, None, {"hidden": True})
    sheet.page.print_area(0, 0, lines, max(places.values()))


def _offered(captions: Sequence[str], hints: Mapping[str, str]) -> Mapping[str, str | list[str]]:
    """What the drop-downs offer. In the sheet of certain lines there is only one thing to decide."""
    from xlsxwriter.utility import xl_col_to_name

    if sheets.CUSTOMER not in hints:
        return {sheets.DECISION: [sheets.IGNORE]}
    key = f"${xl_col_to_name(captions.index(sheets.KEY))}2"
    return {
        sheets.DECISION: [sheets.ACCEPT, sheets.OTHER, sheets.IGNORE],
        sheets.CUSTOMER: _candidates_of(key, "A", "B"),
        sheets.DOCUMENTS: _candidates_of(key, "D", "E"),
    }


def _candidates_of(key: str, keys: str, values: str) -> str:
    # Looked up by the key in the same row, so that the right list is offered after sorting too.
    lists = sheets.LISTS
    return f"=OFFSET({lists}!${values}$1,MATCH({key},{lists}!${keys}:${keys},0)-1,0,COUNTIF({lists}!${keys}:${keys},{key}),1)"


def add_lists(book: NewBook, rows: Sequence[Row]) -> None:
    """Column A names a key and B a customer, D names a key and E documents; the rows of one key stand together."""
    if not rows:
        return
    sheet = book.sheet(sheets.LISTS)
    sheet.page.hide()
    customers = [(row.key, number) for row in rows for number in _customers(row) or [""]]
    documents = [(row.key, numbers) for row in rows for numbers in _documents(row) or [""]]
    for column, pairs in ((0, customers), (3, documents)):
        for place, (key, value) in enumerate(pairs):
            sheet.put(place, column, key)
            sheet.put(place, column + 1, value)


def add_open_invoices(book: NewBook, rows: Sequence[Row]) -> None:
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
    book.sheet(sheets.OPEN_INVOICES).put_table(
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
