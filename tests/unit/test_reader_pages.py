"""A page that stands for a workbook is whole: everything that it opens is closed (reliability.md B16, B43)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal

PAGES = PLAIN.replace('delimiter = ";"', 'kinds = ["html"]')
ROWS = [("Date", "Text", "Amount"), *((f"{day:02}.03.2026", f"payment {day}", f"{day},00") for day in range(1, 9))]
ROW = "<tr><td>{}</td><td>{}</td><td>{}</td></tr>"
PAGE = f"<html><body><table>{''.join(ROW.format(*cells) for cells in ROWS)}</table></body></html>"


def test_a_page_that_ends_anywhere_before_its_end_is_refused(tmp_path: Path) -> None:
    layout = mapping(PAGES)
    assert len(read(tmp_path, PAGE, layout, name="kto.xls").lines) == len(ROWS) - 1
    cuts = range(PAGE.index("payment 2"), len(PAGE) - 1)
    assert [cut for cut in cuts if "cut off" not in refusal(tmp_path, PAGE[:cut], layout, name="kto.xls")] == []


@pytest.mark.parametrize("tag", ["<tr>", "</tr>", "<table>", "</table>"])
def test_a_tag_that_is_lost_refuses_the_file(tag: str, tmp_path: Path) -> None:
    at = PAGE.index(tag, PAGE.index("payment 2") if "r" in tag else 0)
    assert "cut off or damaged" in refusal(tmp_path, PAGE[:at] + PAGE[at + len(tag) :], mapping(PAGES), name="kto.xls")


def test_a_row_that_lost_both_its_tags_refuses_the_file(tmp_path: Path) -> None:
    row = ROW.format(*ROWS[2])
    page = PAGE.replace(row, row.removeprefix("<tr>").removesuffix("</tr>"))
    assert "cut off or damaged" in refusal(tmp_path, page, mapping(PAGES), name="kto.xls")


def test_cells_that_are_not_closed_are_read(tmp_path: Path) -> None:
    page = PAGE.replace("</td>", "")
    assert read(tmp_path, page, mapping(PAGES), name="kto.xls").lines[0].text == "payment 1"
