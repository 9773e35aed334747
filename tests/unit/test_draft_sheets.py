"""A draft of a workbook names the sheet with the bookings, and a page that calls itself one is read as a page."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.unit.drafts import draft
from tests.unit.reader_files import workbook
from tests.unit.test_draft_table import HEAD, ONE, READ, TWO


def test_the_sheet_with_bookings_is_taken(tmp_path: Path) -> None:
    def more(book: openpyxl.Workbook) -> None:
        book.create_sheet("Info", 0).append(["Bank", "Demo"])

    head, row = ("Datum", "Text", "Betrag"), ("13.03.2026", "a", -1.5)
    one = draft(tmp_path, workbook(head, row, ("14.03.2026", "b", 2), then=more), "one.xlsx")

    assert (one.values["file.kinds"], one.values.get("file.sheet"), one.lines) == (["excel"], None, READ)


def test_of_several_sheets_with_bookings_the_fullest_is_named(tmp_path: Path) -> None:
    def more(book: openpyxl.Workbook) -> None:
        other = book.create_sheet("Alt")
        other.append(["Datum", "Text", "Betrag"])
        other.append(["13.03.2025", "a", 1])

    head, row = ("Datum", "Text", "Betrag"), ("13.03.2026", "a", -1.5)
    made = draft(tmp_path, workbook(head, row, ("14.03.2026", "b", 2), then=more), "two.xlsx")

    assert (made.values["file.sheet"], "sheet" in made.marked, made.lines) == ("Sheet", True, READ)


def test_a_page_that_calls_itself_a_workbook_is_read_as_a_page(tmp_path: Path) -> None:
    cells = [line.split(";") for line in (HEAD + ONE + TWO).splitlines()]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    made = draft(tmp_path, f"<html><table>{rows}</table></html>", "kto.xls")

    assert (made.values["file.kinds"], made.lines) == (["html"], READ)
