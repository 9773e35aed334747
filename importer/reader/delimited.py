"""CSV text → rows. A strict parser: text after a closing quote and a quote that is never closed refuse the file.

Source: reliability.md §10.2 (B40-B50), formats.md §4 (3).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TextIO

from importer.errors import UnusableFile
from importer.mapping.layout import FileRules
from importer.reader.encodings import choose_encoding, text_lines
from importer.reader.rows import CHUNK_ROWS, MOST_COLUMNS, MOST_ROWS, Chunk, Row, Sheet
from importer.reader.source import Source

_BREAK = re.compile("\r\n|\r|\n")
_FIELD_LIMIT = 131_072


def read_delimited(source: Source, rules: FileRules) -> Sheet:
    """The rows of a CSV file; a first line "sep=;" is heeded.

    Raises:
        UnusableFile: at once or while the chunks are taken, when bytes or quotes are broken.
    """
    encoding = choose_encoding(source.content, rules.encodings, source.name)
    return sheet_of(text_lines(source.content, encoding), rules, source.name)


def sheet_of(text: TextIO, rules: FileRules, name: str) -> Sheet:
    """The rows of CSV text; the text must be opened without translation of line ends."""
    delimiter = _delimiter(text.readline(), rules)
    text.seek(0)
    return Sheet("", _chunks(text, _dialect(rules, delimiter), name), separator=delimiter)


def first_rows(text: str, rules: FileRules, count: int) -> list[Row]:
    """The first rows of CSV text that may end anywhere; after an error there are no more.

    Quotes are not judged here: the text may end inside a quoted cell.
    """
    lenient = rules.model_copy(update={"stray_quotes": True})
    reader = csv.reader(io.StringIO(text, newline=""), **_dialect(lenient, _delimiter(text, rules)))  # type: ignore[arg-type] # see below
    rows: list[Row] = []
    with suppress(csv.Error):
        for row in islice(reader, count):
            rows.append([*row])  # noqa: PERF401 - the rows before an error count
    return rows


def _delimiter(first: str, rules: FileRules) -> str:
    hint = re.match(r'\ufeff?"?sep=(.)"?\s*$', first, re.MULTILINE)
    return hint[1] if hint else rules.delimiter


def _dialect(rules: FileRules, delimiter: str) -> dict[str, object]:
    quoting = csv.QUOTE_MINIMAL if rules.quote else csv.QUOTE_NONE
    return {
        "delimiter": delimiter,
        "quotechar": rules.quote or None,
        "quoting": quoting,
        "escapechar": rules.escape or None,
        "skipinitialspace": rules.blank_before_quote,
        "strict": bool(rules.quote) and not rules.stray_quotes,
    }


def _chunks(text: TextIO, dialect: dict[str, object], name: str) -> Iterator[Chunk]:
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(text, **dialect)  # type: ignore[arg-type] # the keywords depend on the mapping
    done = 0
    while True:
        before = reader.line_num
        try:
            rows = list(islice(reader, CHUNK_ROWS))
        except csv.Error as error:
            raise UnusableFile(f"{name}, row {reader.line_num}: {_explain(error)}") from error
        if not rows:
            return
        done += len(rows)
        _within_limits(rows, done, before, name)
        yield Chunk(rows, _numbers(rows, before, reader.line_num))  # type: ignore[arg-type] # text cells are cells


def _explain(error: csv.Error) -> str:
    text = str(error)
    if "expected after" in text:
        return "text stands after a closing quote; the file is damaged or the mapping's delimiter or quote is wrong"
    if "unexpected end" in text:
        return "a quote is opened and never closed; the file is damaged or cut off"
    if "field larger" in text:
        return f"a cell holds more than {_FIELD_LIMIT:,} characters; a quote may not be closed"
    return f"{text}; the file is damaged"


def _within_limits(rows: Sequence[Sequence[str]], done: int, before: int, name: str) -> None:
    if done > MOST_ROWS:
        raise UnusableFile(f"{name}: more than {MOST_ROWS:,} rows; export a shorter period")
    widest = max(map(len, rows))
    if widest > MOST_COLUMNS:
        raise UnusableFile(f"{name}: a row after row {before} has {widest:,} columns, more than {MOST_COLUMNS}")


def _numbers(rows: Sequence[Sequence[str]], before: int, after: int) -> Sequence[int]:
    if after - before == len(rows):
        return range(before + 1, after + 1)
    numbers = []
    for row in rows:
        numbers.append(before + 1)
        before += 1 + sum(len(_BREAK.findall(cell)) for cell in row)
    return numbers
