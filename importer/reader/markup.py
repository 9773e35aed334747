"""HTML tables → rows: what some banks call an Excel file. Only text is taken; nothing is loaded, run or followed.

Source: reliability.md §10.1 (B16), formats.md §1 (HTML named .xls).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from importer.errors import UnusableFile
from importer.mapping.layout import FileRules
from importer.reader.encodings import choose_encoding
from importer.reader.rows import CHUNK_ROWS, MOST_COLUMNS, MOST_ROWS, Chunk, Row, RowChunk, Sheet
from importer.reader.source import Source

_PAIRED = {"html", "table", "tr"}
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)


class _Tables(HTMLParser):
    """Collects rows of the innermost tables; a cell over several columns is followed by blank ones.

    `unclosed` are the page, tables and rows that are open: at the end none is. `is_damaged` says that one was closed out of
    turn, or that a cell stands in no row.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self.unclosed: list[str] = []
        self.is_damaged = False
        self._open: list[Row] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PAIRED:
            self.unclosed.append(tag)
        if tag == "tr":
            self._open.append([])
        elif tag in {"td", "th"}:
            self._close_cell()
            self._cell, self.is_damaged = [], self.is_damaged or not self._open
            wanted = dict(attrs).get("colspan") or "1"
            self._span = min(int(wanted), MOST_COLUMNS) if wanted.isdecimal() and wanted.isascii() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _PAIRED:
            self.is_damaged = self.is_damaged or self.unclosed[-1:] != [tag]
            self.unclosed = self.unclosed[:-1]
        if tag in {"td", "th"}:
            self._close_cell()
        elif tag == "tr" and self._open:
            self._close_cell()
            self.rows.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close_cell(self) -> None:
        if self._cell is not None and self._open:
            self._open[-1] += [" ".join("".join(self._cell).split()), *[""] * (self._span - 1)]
        self._cell = None


def read_markup(source: Source, rules: FileRules) -> list[Sheet]:
    """The rows of all tables of a page, one below the other.

    Raises:
        UnusableFile: there is no table, it is cut off, or it is too large.
    """
    stated = _CHARSET.search(source.content[:4096])
    declared = (stated[1].decode(), *rules.encodings) if stated else rules.encodings
    try:
        text = source.content.decode(choose_encoding(source.content, declared, source.name))
    except LookupError as error:
        raise UnusableFile(f"{source.name}: the page names an unknown encoding ({error})") from error
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.rows and (parser.unclosed or parser.is_damaged):
        raise UnusableFile(
            f"{source.name}: a row or table of the page is not opened or not closed; the file is cut off or damaged. "
            "Export it again"
        )
    if not parser.rows:
        raise UnusableFile(f"{source.name}: the page has no table; export the statement as CSV or Excel")
    if len(parser.rows) > MOST_ROWS or max(map(len, parser.rows)) > MOST_COLUMNS:
        raise UnusableFile(f"{source.name}: the table has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns")
    return [Sheet("", _chunks(parser.rows))]


def _chunks(rows: list[Row]) -> Iterator[Chunk]:
    for first in range(0, len(rows), CHUNK_ROWS):
        part = rows[first : first + CHUNK_ROWS]
        width = max(map(len, part))
        yield RowChunk([row + [""] * (width - len(row)) for row in part], range(first + 1, first + len(part) + 1))
