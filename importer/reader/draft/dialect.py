"""The bytes of an unknown file → rows: its encoding, delimiter and quotes, or the sheet that holds its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from importer.errors import UnusableFile
from importer.mapping.layout import FileRules, Kind
from importer.reader.delimited import first_rows, sheet_of
from importer.reader.draft.finding import Draft
from importer.reader.draft.grid import count_bookings
from importer.reader.draft.letters import likely_encoding
from importer.reader.encodings import marked_encoding
from importer.reader.located import sheets_of
from importer.reader.rows import Row, Sheet
from importer.reader.source import Source

_MOST_ROWS = 5000
_TRIED_ROWS = 300
_DELIMITERS = ";,\t|"
# Beside the usual quotes; the first that reads the whole file and finds most bookings counts.
_QUOTES: Sequence[Mapping[str, object]] = (
    {},
    {"blank_before_quote": True},
    {"escape": "\\"},
    {"stray_quotes": True},
    {"quote": ""},
)
_SINGLE_QUOTES: Sequence[Mapping[str, object]] = ({}, {"quote": "'"})


@dataclass(frozen=True, slots=True)
class _Reading:
    rules: Mapping[str, object]
    rows: list[Row]

    @property
    def worth(self) -> tuple[int, int, int]:
        """Bookings found, rows of the usual length, and quotes that are left around cells as a minus."""
        tried = self.rows[:_TRIED_ROWS]
        lengths = [len(row) for row in tried]
        usual = max((lengths.count(length) for length in set(lengths) - {1}), default=0)
        return count_bookings(tried), usual, -sum(_is_quoted(cell) for row in tried for cell in row)


def _is_quoted(cell: object) -> bool:
    return isinstance(cell, str) and len(bare := cell.strip()) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"


def find_rows(draft: Draft, source: Source) -> list[Row]:
    """The rows of the file's table, with the lines of [file] written.

    Raises:
        UnusableFile: the file cannot be read as text, workbook or page.
    """
    return _text_rows(draft, source) if source.kind is Kind.CSV else _sheet_rows(draft, source)


def _text_rows(draft: Draft, source: Source) -> list[Row]:
    marked = marked_encoding(source.content)
    encoding, why = (marked, "") if marked else likely_encoding(source.content)
    shown = "utf-8" if encoding.startswith("utf-8") else encoding
    if why:
        draft.guess("file.encodings", [shown], why)
    else:
        draft.prove("file.encodings", [shown])
    text = source.content.decode(encoding, errors="replace").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=lambda each: _delimited_worth(text, each))
    usable = _QUOTES if '"' in text else _SINGLE_QUOTES if "'" in text else _QUOTES[:1]
    readings = [reading for quotes in usable if (reading := _read(text, {"delimiter": delimiter, **quotes}))]
    if not readings:
        raise UnusableFile(f"{source.name}: cannot be read as CSV with any delimiter and quotes that are known")
    best = max(readings, key=lambda reading: reading.worth)
    for key, value in best.rules.items():
        if key in ("stray_quotes", "quote"):
            draft.guess(f"file.{key}", value, _why_not_usual(readings))
        else:
            draft.prove(f"file.{key}", value)
    return best.rows


def _why_not_usual(readings: Sequence[_Reading]) -> str:
    is_readable = any(not reading.rules.keys() - {"delimiter"} for reading in readings)
    worse = "there are fewer bookings, uneven rows or quotes left around cells"
    return f"with the usual quotes {worse if is_readable else 'the file cannot be read as a whole'}"


def _delimited_worth(text: str, delimiter: str) -> tuple[int, int, int]:
    return max(_worth(text, FileRules(delimiter=delimiter, quote=quote)) for quote in ('"', ""))


def _worth(text: str, rules: FileRules) -> tuple[int, int, int]:
    rows = first_rows(text[:100_000], rules, _TRIED_ROWS)
    widths = [len(row) for row in rows if len(row) > 1]
    usual = max(set(widths), key=widths.count, default=0)
    return count_bookings(rows), widths.count(usual), usual


def _read(text: str, rules: Mapping[str, object]) -> _Reading | None:
    """The rows in this dialect; None when it cannot read the file to its end."""
    sheet = sheet_of(iter([text]), FileRules.model_validate(rules), "draft")
    try:
        rows = list(_rows(sheet))
    except UnusableFile:
        return None
    return _Reading(rules, rows[:_MOST_ROWS])


def _rows(sheet: Sheet) -> Iterator[Row]:
    for chunk in sheet.chunks:
        yield from chunk.rows


def _sheet_rows(draft: Draft, source: Source) -> list[Row]:
    draft.prove("file.kinds", [source.kind.value])
    sheets = [
        (sheet.name, list(islice(_rows(sheet), _MOST_ROWS)))
        for sheet in sheets_of(source, FileRules(kinds=(source.kind,)))
    ]
    counted = [(count_bookings(rows), name, rows) for name, rows in sheets]
    most = max((count for count, _, _ in counted), default=0)
    best = next(((name, rows) for count, name, rows in counted if count == most), ("", []))
    if sum(count > 0 for count, _, _ in counted) > 1:
        draft.guess("file.sheet", best[0], "several sheets hold bookings")
    return best[1]
