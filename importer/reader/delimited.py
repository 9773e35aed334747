"""CSV text → rows. A strict parser: text after a closing quote and a quote that is never closed refuse the file.

Source: reliability.md §10.2 (B40-B50), formats.md §4 (3).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from importer.errors import UnusableFile
from importer.mapping.layout import FileRules
from importer.reader.blocks import LONGEST_CELL, Blocks, Splitter, count_lines
from importer.reader.encodings import choose_encoding, text_pieces
from importer.reader.rows import CHUNK_ROWS, MOST_COLUMNS, MOST_ROWS, Chunk, EvenChunk, Row, RowChunk, Sheet
from importer.reader.source import Source

_BREAK = re.compile("\r\n|\r|\n")


def read_delimited(source: Source, rules: FileRules) -> Sheet:
    """The rows of a CSV file; a first line "sep=;" is heeded.

    Raises:
        UnusableFile: at once or while the chunks are taken, when bytes or quotes are broken.
    """
    encoding = choose_encoding(source.content, rules.encodings, source.name)
    return sheet_of(text_pieces(source.content, encoding), rules, source.name)


def sheet_of(pieces: Iterator[str], rules: FileRules, name: str) -> Sheet:
    """The rows of CSV text that comes piece by piece, its line ends as they are in the file."""
    blocks = Blocks(pieces)
    delimiter = _delimiter(blocks.head, rules)
    return Sheet("", _chunks(blocks, rules, delimiter, name), separator=delimiter)


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


def _chunks(blocks: Blocks, rules: FileRules, delimiter: str, name: str) -> Iterator[Chunk]:
    rows = 0
    for chunk in _unlimited(blocks, rules, delimiter, name):
        rows += len(chunk.numbers)
        _within_limits(chunk, rows, name)
        yield chunk


def _unlimited(blocks: Blocks, rules: FileRules, delimiter: str, name: str) -> Iterator[Chunk]:
    dialect, lines = _dialect(rules, delimiter), 0
    if not (rules.stray_quotes or rules.escape or rules.blank_before_quote):
        splitter = Splitter(delimiter, rules.quote, blocks.row_end)
        for block in blocks:
            chunk = splitter.split(block, lines) or _parsed_block(block, dialect, lines)
            if chunk is None:
                yield from _parsed(blocks.rest(block), dialect, name, lines)
                return
            lines += len(chunk.numbers) if isinstance(chunk, EvenChunk) else count_lines(block)
            yield chunk
    yield from _parsed(blocks.rest(""), dialect, name, lines)


def _parsed_block(block: str, dialect: dict[str, object], before: int) -> Chunk | None:
    """The rows of a block; None when it ends inside a row or is damaged."""
    try:
        rows = list(_reader(io.StringIO(block, newline=""), dialect))
    except csv.Error:
        return None
    return RowChunk(rows, _numbers(rows, before, before + count_lines(block)))


def _parsed(lines: Iterable[str], dialect: dict[str, object], name: str, before: int) -> Iterator[Chunk]:
    reader, first = _reader(lines, dialect), before
    while True:
        start = first + reader.line_num
        try:
            rows = list(islice(reader, CHUNK_ROWS))
        except csv.Error as error:
            raise UnusableFile(f"{name}, row {first + reader.line_num}: {_explain(error)}") from error
        if not rows:
            return
        yield RowChunk(rows, _numbers(rows, start, first + reader.line_num))


def _reader(lines: Iterable[str], dialect: dict[str, object]) -> Any:  # the type of csv readers has no public name
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, **dialect)  # type: ignore[arg-type] # the keywords depend on the mapping


def _explain(error: csv.Error) -> str:
    text = str(error)
    if "expected after" in text:
        return "text stands after a closing quote; the file is damaged or the mapping's delimiter or quote is wrong"
    if "unexpected end" in text:
        return "a quote is opened and never closed; the file is damaged or cut off"
    if "field larger" in text:
        return f"a cell holds more than {LONGEST_CELL:,} characters; a quote may not be closed"
    return f"{text}; the file is damaged"


def _within_limits(chunk: Chunk, rows: int, name: str) -> None:
    if rows > MOST_ROWS:
        raise UnusableFile(f"{name}: more than {MOST_ROWS:,} rows; export a shorter period")
    widest = max(chunk.lengths)
    if widest > MOST_COLUMNS:
        first = chunk.numbers[0]
        raise UnusableFile(f"{name}: a row from row {first} on has {widest:,} columns, more than {MOST_COLUMNS}")


def _numbers(rows: Sequence[Sequence[str]], before: int, after: int) -> Sequence[int]:
    if after - before == len(rows):
        return range(before + 1, after + 1)
    numbers = []
    for row in rows:
        numbers.append(before + 1)
        before += 1 + sum(len(_BREAK.findall(cell)) for cell in row)
    return numbers
