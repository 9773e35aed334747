"""Rows that carry more text of the booking before them (formats.md §4 (18))."""

from __future__ import annotations

from pathlib import Path

from tests.unit.reader_files import mapping, read
from tests.unit.test_reader_layouts import TOP, changed, lines


def test_more_text_may_stand_in_the_column_of_dates_where_the_mapping_says_so(tmp_path: Path) -> None:
    layout = changed((TOP, TOP + '\ncontinuation = "undated"'), ('text = "Text"', 'text = "Text"\ndetail = "Date"'))

    assert lines(tmp_path, "Date;Text;Amount\n01.03.2026;a;1,00\n4 more words;;\n", layout) == [
        ("2026-03-01", "a 4 more words", "1.00")
    ]
    lost = read(tmp_path, "Date;Text;Amount\n01.03.2026;a;1,00\n02.03.2026;lost;\n", mapping(layout))
    assert [unread.row for unread in lost.unread] == [3]
