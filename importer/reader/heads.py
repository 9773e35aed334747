"""The first rows of a file, read once for every way in which the mappings would read it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from datetime import date

from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.mapping.headers import DAMAGED, plain_header, plain_row
from importer.mapping.layout import FileRules, Kind
from importer.reader.delimited import first_rows
from importer.reader.encodings import marked_encoding
from importer.reader.lines import LineReader, Surroundings
from importer.reader.located import sheets_of
from importer.reader.rows import Row, RowChunk, Sheet, text_of
from importer.reader.skipped import refuse_skipped_booking
from importer.reader.source import Source
from importer.reader.table import HEAD_ROWS, find_table, fits_plain, header_at, trimmed
from importer.reader.tidy import Notes, Tidier
from importer.reader.words_above import refuse_other_words

_HEAD_BYTES = 131_072
_ANY_LAST_DAY = date(2000, 12, 31)  # of a leap year: dates without a year are dates whatever their year is


class Heads:
    """The heads of one file by dialect. A dialect that cannot read the file has the rows before its error."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rows: dict[FileRules, list[list[Row]]] = {}
        self._plain: dict[FileRules, set[tuple[str, ...]]] = {}
        self._begun: dict[tuple[FileRules, int], list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        self._damaged: dict[FileRules, bool] = {}
        self._named: dict[FileRules, list[dict[str, str]]] = {}
        self._texts: dict[tuple[str, ...], str] = {}

    def rows(self, mapping: Mapping) -> list[Row]:
        """The first rows of all sheets, as the mapping would read them."""
        return [row for rows in self._sheets(mapping.file) for row in rows]

    def plain_rows(self, mapping: Mapping) -> set[tuple[str, ...]]:
        """The same in comparable form, see mapping/headers.py."""
        if mapping.file not in self._plain:
            self._plain[mapping.file] = set(map(plain_row, self.rows(mapping)))
        return self._plain[mapping.file]

    def texts(self, mapping: Mapping) -> list[dict[str, str]]:
        """The first rows without their blank cells: the text of each cell by its comparable form."""
        if mapping.file not in self._named:
            rows = ({plain_header(text): text.strip() for text in map(text_of, row)} for row in self.rows(mapping))
            self._named[mapping.file] = [{plain: text for plain, text in row.items() if plain} for row in rows]
        return self._named[mapping.file]

    def has_header(self, mapping: Mapping) -> bool:
        """True when one of the mapping's headers stands in the head, cell by cell."""
        table, plain = mapping.table, self.plain_rows(mapping)
        if any(row in plain for row in table.literal_headers):
            return True
        # Only a header that is more than its words, or a damaged file, needs the slow comparison.
        if not table.header or (table.is_literal and not self._is_damaged(mapping.file)):
            return False
        lengths = {len(trimmed(columns)) for columns in table.headers}
        if table.header_rows == 1 and not table.more_columns and not any(len(row) in lengths for row in plain):
            return False
        return any(
            fits_plain(columns, header, comparable, mapping)
            for header, comparable in self._headers(mapping)
            for columns in table.headers
        )

    def _headers(self, mapping: Mapping) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What would be the header if it began at a row, for each of the first rows; and the same in comparable form."""
        rules = mapping.file, mapping.table.header_rows
        if rules not in self._begun:
            sheets = self._sheets(mapping.file)
            begun = (header_at(rows, index, mapping) for rows in sheets for index in range(len(rows)))
            self._begun[rules] = [(header, plain_row(header)) for header in begun if header is not None]
        return self._begun[rules]

    def _is_damaged(self, rules: FileRules) -> bool:
        if rules not in self._damaged:
            self._damaged[rules] = any(DAMAGED in cell for row in self._plain[rules] for cell in row)
        return self._damaged[rules]

    def has_structure(self, mapping: Mapping) -> bool:
        """True when a mapping without a header reads every one of the first rows."""
        if mapping.table.header:
            return False
        fitting = [rows for rows in self._sheets(mapping.file) if find_table(_sheet(rows), mapping)]
        return any(_reads(rows, declared) for rows in fitting for declared in mapping.declarations)

    def likely_headers(self) -> Iterator[tuple[str, ...]]:
        """Rows that may be the header, the likeliest first: many cells, no digits."""
        rows = [row for sheets in self._rows.values() for rows in sheets for row in rows[:60]]
        texts = [tuple(cell.strip() for cell in row if isinstance(cell, str)) for row in rows]
        worded = [
            row for row in texts if sum(map(bool, row)) > 1 and not any(c.isdigit() for cell in row for c in cell)
        ]
        yield from sorted(worded, key=lambda row: -sum(map(bool, row)))

    def _sheets(self, rules: FileRules) -> list[list[Row]]:
        if rules not in self._rows:
            self._rows[rules] = self._read(rules)
        return self._rows[rules]

    def _read(self, rules: FileRules) -> list[list[Row]]:
        if self._source.kind is not Kind.CSV:
            # Only the choice of the sheet matters here, and pages that name their own charset are all alike.
            alike = FileRules(kinds=(self._source.kind,), sheet=rules.sheet)
            if alike not in self._rows:
                self._rows[alike] = [_first_rows(sheet) for sheet in sheets_of(self._source, alike)]
            return self._rows[alike]
        return [first_rows(self._text(rules.encodings), rules, HEAD_ROWS)]

    def _text(self, encodings: tuple[str, ...]) -> str:
        if encodings not in self._texts:
            self._texts[encodings] = self._decoded(encodings)
        return self._texts[encodings]

    def _decoded(self, encodings: tuple[str, ...]) -> str:
        head = self._source.content[:_HEAD_BYTES]
        marked = marked_encoding(head)
        for encoding in (marked,) if marked else encodings:
            try:
                return codecs.getincrementaldecoder(encoding)().decode(head)
            except UnicodeError:
                continue
        # The reading proper will say where the damage is; here only the header counts.
        return head.decode(marked or encodings[0], errors="replace")


def _sheet(rows: Sequence[Row]) -> Sheet:
    return Sheet("", iter([RowChunk(list(rows), range(1, len(rows) + 1))]))


def _reads(rows: Sequence[Row], mapping: Mapping) -> bool:
    """True when the mapping, which has no header, reads every row."""
    table = find_table(_sheet(rows), mapping)
    if table is None:
        return False
    notes = Notes()
    tidier = Tidier(table, notes, file="", separator=";")
    reader = LineReader(table, Surroundings(ends_on=_ANY_LAST_DAY), notes, file="", separator=";")
    try:
        refuse_other_words(table, "")
        if mapping.table.only_when_named:
            # One that claims the file refuses it for that later, with words that help; one that is suggested fits.
            refuse_skipped_booking(table, "")
        read = [reader.read(records) for records in tidier.records()]
    except UnusableFile:
        return False
    return any(part.lines for part in read) and not any(part.unread for part in read)


def _first_rows(sheet: Sheet) -> list[Row]:
    rows: list[Row] = []
    try:
        for chunk in sheet.chunks:
            rows += chunk.rows[:HEAD_ROWS]
            if len(rows) >= HEAD_ROWS:
                break
    except UnusableFile:
        pass
    return rows[:HEAD_ROWS]
