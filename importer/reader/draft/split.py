"""Numbers that the delimiter has cut in two: 812,62 without quotes in a file of commas. Nobody can put them together safely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from importer.errors import UnusableFile
from importer.mapping.headers import plain_row
from importer.reader.draft.grid import Grid
from importer.reader.rows import Row, text_of

_WHOLE = re.compile(r"[-+]?\d{1,3}(?:[. ']?\d{3})*|[-+]?\d+")
_CENTS = re.compile(r"\d{2}")


def refuse_split_numbers(grid: Grid, rows: Sequence[Row], delimiter: object, file: str) -> None:
    """Refuse a file of which each row that is longer than the header has a number and its two decimals in two cells.

    Raises:
        UnusableFile: with the first such row.
    """
    width = len(plain_row(grid.header))
    texts = {number: _without_blank_end(rows[number - 1]) for number in grid.bookings.index}
    wide = {number: row for number, row in texts.items() if len(row) > width}
    if not width or delimiter != "," or not wide or any(_halves(row) < len(row) - width for row in wide.values()):
        return
    number, row = next(iter(wide.items()))
    raise UnusableFile(
        f"{file}: the delimiter also stands inside numbers: row {number} has {len(row)} cells below {width} headers, with "
        'decimals in cells of their own. Export with another delimiter, such as ";", or with quotes'
    )


def _without_blank_end(row: Row) -> list[str]:
    texts = [text_of(cell).strip() for cell in row]
    return texts[: max((place + 1 for place, text in enumerate(texts) if text), default=0)]


def _halves(texts: Sequence[str]) -> int:
    """How many cells of a row may be the decimals of the whole number in front of them."""
    return sum(bool(_WHOLE.fullmatch(one) and _CENTS.fullmatch(other)) for one, other in pairwise(texts))
