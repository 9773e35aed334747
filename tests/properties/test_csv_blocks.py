"""Splitting regular CSV text gives what parsing it gives: the same cells, the same row numbers, the same refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import UnusableFile
from importer.mapping.layout import FileRules
from importer.reader.blocks import Blocks, Splitter
from importer.reader.delimited import sheet_of

Rows = list[tuple[int, list[str]]]

LETTERS = st.sampled_from([*'aZ9ä€ ";,', "\r", "\n", "\r\n", '""'])
CELLS = st.lists(LETTERS, max_size=4).map("".join)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)
RAGGED = st.lists(st.lists(CELLS, max_size=4), max_size=6)
RAW = st.lists(st.one_of(CELLS, st.sampled_from([";", '"', '";"', '"\n"', "\n", "\r\n"])), max_size=30).map("".join)


@st.composite
def written(draw: st.DrawFn) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=";",
        quoting=draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    writer.writerows(draw(st.one_of(TABLES, RAGGED)))
    return out.getvalue()


def parsed(text: str) -> Rows | str:
    rows: Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    before = 0
    try:
        for row in reader:
            rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error:
        return "refused"
    return rows


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def read(text: str, size: int) -> Rows | str:
    sheet = sheet_of(pieces(text, size), FileRules(delimiter=";"), "x.csv")
    rows: Rows = []
    try:
        for chunk in sheet.chunks:
            assert chunk.lengths == {len(row) for row in chunk.rows}
            for place in range(min(chunk.lengths)):
                assert chunk.column(place) == [row[place] for row in chunk.rows]
            rows += zip(chunk.numbers, map(list, chunk.rows), strict=True)  # type: ignore[arg-type] # cells are texts
    except UnusableFile:
        return "refused"
    return rows


@given(written(), st.integers(1, 40))
def test_written_tables_are_read_as_the_parser_reads_them(text: str, size: int) -> None:
    assert read(text, size) == parsed(text)


@given(RAW, st.integers(1, 40))
def test_any_text_is_read_or_refused_as_by_the_parser(text: str, size: int) -> None:
    assert read(text, size) == parsed(text)


@given(TABLES, st.sampled_from(["\n", "\r\n"]))
def test_what_is_split_is_what_the_parser_gives(table: list[list[str]], row_end: str) -> None:
    text = "".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) + row_end for row in table)
    blocks = Blocks(iter([text]))
    for block in blocks:
        chunk = Splitter(";", '"', blocks.row_end).split(block, 0)
        if chunk is not None:
            assert list(zip(chunk.numbers, chunk.rows, strict=True)) == parsed(block)


REGULAR = [f'"2026-03-{day % 28 + 1:02}";"Zahlung {day:06} für Rechnung";"{day},50"' for day in range(12_000)]
IRREGULAR = {
    "none": [],
    "a quote in a cell": ['"2026-03-02";"sagt ""hallo""";"1,00"'],
    "a row end in a cell": ['"2026-03-02";"zwei\r\nZeilen";"1,00"'],
    "a line feed in a cell": ['"2026-03-02";"zwei\nZeilen";"1,00"'],
    "a cell that is a row end": ['"2026-03-02";"\r\n";"1,00"'],
    "cells without quotes": ["2026-03-02;Zahlung;1,00"],
    "a longer row": ['"2026-03-02";"Zahlung";"1,00";"x"'],
    "a blank row": [""],
    "a quote that is never closed": ['"2026-03-02;"Zahlung";"1,00"'],
    "text after a quote": ['"2026-03-02"x;"Zahlung";"1,00"'],
    "another row end": ['"2026-03-02";"Zahlung";"1,00"\n"2026-03-02";"Zahlung";"2,00"'],
}


@pytest.mark.parametrize("irregular", IRREGULAR.values(), ids=list(IRREGULAR))
@pytest.mark.parametrize("last", ["\r\n", ""], ids=["ended", "not ended"])
def test_a_long_file_with_one_irregular_row_is_read_as_the_parser_reads_it(irregular: list[str], last: str) -> None:
    text = "\r\n".join([*REGULAR[:9_000], *irregular, *REGULAR[9_000:]]) + last

    assert read(text, 65_537) == parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        '"a";"b\n',
        '"a";"b"\n"c";"d\n',
        '"\n',
        "a;b\r\nc;d\n\r\n",
        "a;b\n\nc;d\n",
        "\n",
        "a\nb\n",
        "a;b;c\nd;e\n",
        "a;b;c\nd;e;f;g;h\nx\ni;j;k\n",  # as many cells as four rows of three have
        '"a";"b";"c"\n"d";"e"\n',
    ],
)
def test_short_texts_that_look_regular_are_read_as_the_parser_reads_them(text: str) -> None:
    assert read(text, 65_537) == parsed(text)


def test_regular_text_is_split_not_parsed() -> None:
    for text in ("a;b\n1;2\n", '"a";"b"\r\n"1";""\r\n', 'a;b\n1;"x;y"\n'):
        blocks = Blocks(iter([text]))
        chunks = [Splitter(";", '"', blocks.row_end).split(block, 0) for block in blocks]
        assert (chunks[0] is None) == ("x;y" in text)
