"""A draft of a mapping for a file that no mapping knows. What the file does not prove is marked; a person confirms it.

    dialect.py (letters.py) ─▶ grid.py (split.py, stacked.py) ─▶ columns.py (dates.py, order.py, figures.py) ─▶ days.py, …
    words.py: what headers say      arithmetic.py: what balances prove      rehearse.py: the draft read by the reader proper

Statements are never read by guessing; this is the workbench of `importer mapping new`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from importer.errors import UnusableFile
from importer.mapping.exchange import convert_exchange_definition, is_exchange_definition
from importer.reader.draft.apart import (
    decide_balance_rows,
    decide_reserved,
    decide_sum_row,
    decide_undated,
    is_balance_row,
)
from importer.reader.draft.columns import Profile
from importer.reader.draft.currency import decide_currency
from importer.reader.draft.days import decide_days
from importer.reader.draft.dialect import find_rows
from importer.reader.draft.fees import tell_fees
from importer.reader.draft.finding import Draft
from importer.reader.draft.grid import Grid, find_grid
from importer.reader.draft.money import decide_money
from importer.reader.draft.numbers import decide_decimals, decide_numbers
from importer.reader.draft.outside import decide_outside
from importer.reader.draft.rehearse import rehearsed
from importer.reader.draft.split import refuse_split_numbers
from importer.reader.draft.stacked import refuse_accounts, without_pending
from importer.reader.draft.status import decide_status
from importer.reader.draft.texts import decide_texts
from importer.reader.draft.unused import tell_unused
from importer.reader.draft.write import header_cells
from importer.reader.source import open_source

__all__ = ["draft_mapping"]


def draft_mapping(path: Path) -> str:
    """The text of a mapping file; lines that nobody could prove carry a remark that begins with CONFIRM.

    Raises:
        UnusableFile: the file cannot be opened, has no table, several that would be read as one, or numbers in pieces.
    """
    if path.is_file() and is_exchange_definition(content := path.read_bytes()):
        return convert_exchange_definition(content, path.name)
    source, draft = open_source(path), Draft()
    rows = find_rows(draft, source)
    grid = find_grid(rows)
    if grid is None:
        raise UnusableFile(f"{source.name}: no table with at least one booking was found in it")
    refuse_split_numbers(grid, rows, draft.value("file.delimiter"), source.name)
    refuse_accounts(grid, source.name)
    grid = without_pending(draft, grid, rows, source.name)
    profile = _profile(grid)
    days = _decide(draft, profile)
    _write_head(draft, days)
    return rehearsed(draft, source, grid)


def _profile(grid: Grid) -> Profile:
    bookings = grid.bookings
    apart = is_balance_row(grid).reindex(bookings.index)
    return Profile(grid, bookings[~apart] if not apart.all() else bookings)


def _decide(draft: Draft, profile: Profile) -> list[date | None]:
    grid = profile.grid
    draft.header = _without_blank_end(grid.header)
    days = decide_days(draft, profile)
    option = decide_money(draft, profile, days)
    decide_texts(draft, profile)
    tell_fees(draft, profile, option)
    decide_numbers(draft, profile, option)
    decide_currency(draft, profile, option)
    decide_decimals(draft, profile)
    decide_outside(draft, profile, option)
    decide_status(draft, profile)
    decide_reserved(draft, profile)
    decide_balance_rows(draft, profile)
    decide_sum_row(draft, profile, option)
    decide_undated(draft, profile)
    tell_unused(draft, profile)
    _write_table(draft, grid)
    return days


def _without_blank_end(header: tuple[str, ...]) -> tuple[str, ...]:
    return header[: max((place + 1 for place, name in enumerate(header) if name), default=0)]


def _write_table(draft: Draft, grid: Grid) -> None:
    if not draft.header:
        draft.prove("table.width", grid.lengths[0])
        why = "without a header, files of other banks look the same; delete it if all of this shape are of this bank"
        draft.guess("table.only_when_named", value=True, why=why)
        if grid.above:
            draft.prove("table.skip", len(grid.above), "rows above the first booking")
        return
    draft.prove("table.header", header_cells(draft))
    if grid.header_rows > 1:
        draft.guess("table.header_rows", grid.header_rows, "the header takes several rows; they are joined")
    if grid.repeats:
        draft.prove("repeated_header", value=True, why="the header stands in the file again")


def _write_head(draft: Draft, days: list[date | None]) -> None:
    draft.guess("title", "New bank", "name it")
    draft.prove("evidence", "draft", "say sample_file when every line is confirmed")
    if last := max((day for day in days if day is not None), default=None):
        draft.prove("last_seen", f"{last:%Y-%m}")
    draft.guess("overlap", "full_days", "full_days, incremental or balance; see mappings/README.md")
