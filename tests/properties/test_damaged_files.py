"""However a file is damaged, it is read or refused; a traceback would stop the whole night's run.

What is read at once where all is regular is what is read piece by piece: rows are split or parsed, columns are read whole or
cell by cell.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.cells import NumberFormat
from importer.errors import UnusableFile
from importer.model import BankLine, Statement, UnreadRow
from importer.reader import read_statement, texts
from importer.reader.blocks import Splitter
from importer.reader.tidy import Tidier
from importer.shipped import shipped
from tests.unit.reader_files import GENERIC

SAMPLES = [shipped("samples") / name for name in ("generic.csv", "generic.xlsx")]
PIECES = st.sampled_from([b"", b'"', b",", b"\n", b"\0", b"\xff", b"=", b"9", b"\r", b"-"])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4)
)
def test_a_damaged_file_is_read_or_refused(sample: Path, damages: list[tuple[float, int, bytes]]) -> None:
    content = sample.read_bytes()
    for place, length, piece in damages:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / sample.name
        path.write_bytes(content)
        try:
            statement = read_statement(path, [GENERIC])
        except UnusableFile as error:
            refusal, kinds = str(error), set()
        else:
            refusal, kinds = "", {type(item) for item in (*statement.lines, *statement.unread)}
    assert sample.name in (refusal or sample.name)
    assert kinds <= {BankLine, UnreadRow}


ROWS = list(csv.reader((shipped("samples") / "generic.csv").read_text(encoding="utf-8").splitlines()))
PUT_INTO_CELLS = st.sampled_from(
    ["\n", "\r\n", "\r", " ", '"', "'", "=", '="', "-", "9", ".", "E+", "\u00a0", "\u200b", "x"]
)
CHANGES = st.tuples(st.integers(1, len(ROWS) - 1), st.integers(0, len(ROWS[0]) - 1), st.floats(0, 1), PUT_INTO_CELLS)


@contextmanager
def piece_by_piece() -> Iterator[None]:
    """Without any of the ways to read many cells at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Splitter, "split", lambda *_: None)
        patched.setattr(NumberFormat, "parse_column", lambda *_: None)
        patched.setattr(Tidier, "_is_plain", lambda *_: False)
        patched.setattr(texts, "_plain_texts", lambda *_: None)
        yield


def outcome(path: Path) -> Statement | str:
    try:
        return read_statement(path, [GENERIC])
    except UnusableFile as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=4), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_what_is_read_at_once_is_what_is_read_piece_by_piece(
    changes: list[tuple[int, int, float, str]], quoting: Literal[0, 1]
) -> None:
    rows = [list(row) for row in ROWS]
    for row, column, place, piece in changes:
        cell = rows[row][column]
        at = round(place * len(cell))
        rows[row][column] = cell[:at] + piece + cell[at:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generic.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=quoting, lineterminator="\n").writerows(rows)
        at_once = outcome(path)
        with piece_by_piece():
            assert outcome(path) == at_once
