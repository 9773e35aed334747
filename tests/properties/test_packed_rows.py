"""Rows of a workbook come out of their packing as they went in, as often as they are wanted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from importer.cells import Wrong
from importer.reader.packed import Packed
from importer.reader.rows import EvenChunk

CELLS = st.sampled_from(
    [
        *("", "a", "ä€", 0.0, -0.0, 1.0, True, False, Wrong("CELL-1", "is in error")),
        *(date(2026, 3, 1), datetime(2026, 3, 1), time(0), timedelta(0)),  # noqa: DTZ001 - cells have no zone
    ]
)
COLUMNS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4)


def shown(chunk: EvenChunk) -> tuple[str, list[list[str]]]:
    return repr(chunk.numbers), [list(map(repr, column)) for column in chunk.columns]


@given(st.lists(COLUMNS, max_size=3))
def test_packed_rows_are_the_same_rows(sheets: list[list[list[str]]]) -> None:
    chunks = [EvenChunk(columns, range(3 * place + 1, 3 * place + 4)) for place, columns in enumerate(sheets)]
    packed = Packed.of(chunks)

    for _ in range(2):
        assert list(map(shown, packed.chunks())) == list(map(shown, chunks))
