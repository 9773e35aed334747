"""Rows of the table that are no bookings: reserved ones, balances, totals, titles, further lines of text, footers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft, RowFinding
from importer.reader.draft.grid import Grid, is_number_like
from importer.reader.draft.options import Option
from importer.reader.draft.words import lexicon, mentions
from importer.reader.rows import is_filled, text_of

_MOST_WORDS = 3
_FEWEST_SUMMED = 3  # amounts whose sum is hardly the next amount by chance
_LONGEST_NAME = 60
_FEWEST_LETTERS = 4


def is_balance_row(grid: Grid) -> pd.Series[bool]:
    """Which rows of the body state a balance or a total in a text: they are no bookings even where they have a date."""
    return grid.body.map(_starts_balance).any(axis="columns")


def _starts_balance(cell: object) -> bool:
    if not isinstance(cell, str) or not cell or len(cell) >= _LONGEST_NAME or any(map(str.isdigit, cell)):
        return False
    return mentions("balance_rows", cell)


def decide_reserved(draft: Draft, profile: Profile) -> None:
    """Leave out rows whose text itself says that the money is only reserved."""
    for place in profile.places:
        texts = [text.casefold() for text in profile.texts(place)]
        for phrase in lexicon()["reserved_texts"]:
            if 0 < sum(phrase in text for text in texts) < len(texts):
                _leave_out(draft, place, "pattern", phrase, "not booked yet", "is money of these rows reserved only?")


def decide_balance_rows(draft: Draft, profile: Profile) -> None:
    """Leave out rows that state a balance: dated ones, and those among the bookings that have a number and no date."""
    rows = profile.grid.body[is_balance_row(profile.grid)]
    dated = rows.index.intersection(profile.grid.bookings.index)
    rows = rows.loc[dated.union(_undated_balances(draft, profile))]
    for place in rows.columns:
        texts = sorted({cell.strip() for cell in rows[place] if _starts_balance(cell)})
        if texts:
            pattern = f"^({'|'.join(map(_escaped, texts))})"
            _leave_out(draft, int(place), "pattern", pattern, "a balance, not a booking", "are these rows no bookings?")
            return


def _undated_balances(draft: Draft, profile: Profile) -> list[int]:
    """The rows above the last booking that state a balance and have a blank date."""
    booked, rows = draft.column("booked_on"), profile.grid.body[is_balance_row(profile.grid)]
    if booked is None or profile.rows.empty or rows.empty:
        return []
    is_stating = rows.map(is_number_like).any(axis="columns") & ~_holds(rows[booked], is_filled)
    last = profile.rows.index.max()
    return [int(number) for number in rows.index[is_stating] if number < last]


def decide_sum_row(draft: Draft, profile: Profile, option: Option | None) -> None:
    """Leave out a last row whose amount is the sum of all above it, by its words if they are those of no other row."""
    place = draft.column("text")
    amounts = list(option.amounts) if option is not None and "running" not in draft.findings else []
    if place is None or len(amounts) <= _FEWEST_SUMMED or sum(filter(None, amounts[:-1])) != amounts[-1]:
        return
    *others, text = profile.texts(place)
    if text and text not in others and not any(map(str.isdigit, text)):
        why = "the amount is the sum of all above it; is it no booking?"
        _leave_out(draft, place, "equals", [text], "a total, not a booking", why)


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\ ", " ")


def _as_cell(cells: Sequence[object], label: str) -> str:
    """A pattern for rows that hold this label as the file shows it: as a whole cell, the first one where it is that.

    Rows are matched with tabs between their cells. A text that only holds the word, as "Total Energies", is no label.
    """
    is_first = not any(is_filled(cell) for cell in cells[: cells.index(label)])  # type: ignore[arg-type] # cells
    start = r"^[\t ]*" if is_first else r"(^|\t) *"
    return rf"{start}{_escaped(label.strip())} *(\t|$)"


def _leave_out(draft: Draft, place: int, test: str, value: object, because: str, why: str) -> None:
    draft.rows.append(RowFinding("leave_out", place, test, value, because, why))


def decide_undated(draft: Draft, profile: Profile) -> None:
    """Rows without a booking date: not booked, titles and totals, further text, or a footer."""
    booked = draft.column("booked_on")
    if booked is None or profile.rows.empty:
        return
    amounts = draft.columns("amount", "debit", "credit")
    rows = profile.grid.body.drop(_undated_balances(draft, profile))
    is_last = rows.index > profile.rows.index.max()
    undated = rows[~_holds(rows[booked], _has_digit)]
    paid = undated[undated[amounts].map(is_filled).any(axis="columns").astype(bool)] if amounts else undated.iloc[:0]
    bare = undated.drop(paid.index)
    _decide_paid(draft, paid, booked, profile.rows.index.max())
    _decide_bare(draft, bare, booked, profile)
    trailing = [number for number in rows.index[is_last] if number in bare.index or number in paid.index]
    if trailing and not {"continuation", "table.footer"} & draft.findings.keys():
        _write_footer(draft, rows.loc[trailing], paid, booked)


def _holds(cells: pd.Series[Any], test: Callable[[Any], bool]) -> pd.Series[bool]:
    return cells.map(test).astype(bool)


def _has_digit(cell: object) -> bool:
    return any(letter.isdigit() for letter in text_of(cell))  # type: ignore[arg-type] # cells


def _decide_paid(draft: Draft, paid: pd.DataFrame, booked: int, last: int) -> None:
    """Rows with an amount and no date: a blank one is not booked yet, a word says what the row is."""
    inside = paid[paid.index < last]
    words = {text_of(cell).strip() for cell in inside[booked]}
    if "" in words:
        why = "rows with an amount and without a booking date"
        draft.rows.append(RowFinding("leave_out", booked, "blank", value=True, because="not booked yet", why=why))
    _leave_out_words(draft, booked, sorted(words - {""}))


def _leave_out_words(draft: Draft, place: int, words: Sequence[str]) -> None:
    if not words:
        return
    because = (
        "not booked yet" if any(mentions("pending", word) for word in words) else "a title or a total, not a booking"
    )
    why = "rows that have these words instead of a date"
    common = _common_start(words)
    if len(words) <= _MOST_WORDS:
        _leave_out(draft, place, "equals", words, because, why)
    elif len(common) >= _FEWEST_LETTERS:
        _leave_out(draft, place, "pattern", f"^{_escaped(common)}", because, why)
    else:
        _leave_out(draft, place, "pattern", "^[^0-9]+$", because, why)


def _common_start(words: Sequence[str]) -> str:
    first, last = min(words), max(words)
    length = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length]


def _decide_bare(draft: Draft, bare: pd.DataFrame, booked: int, profile: Profile) -> None:
    """Rows without date and amount among the bookings carry more text of the one before, unless a word stands for the date."""
    inside = bare[(bare.index < profile.rows.index.max()) & (bare.index > profile.rows.index.min())]
    worded = _holds(inside[booked], is_filled)
    _leave_out_words(draft, booked, sorted({text_of(cell).strip() for cell in inside[worded][booked]}))
    ahead = bare[(bare.index < profile.rows.index.min()) & _holds(bare[booked], is_filled)]
    _leave_out_words(draft, booked, sorted({text_of(cell).strip() for cell in ahead[booked]}))
    more = inside[~worded]
    if not more.empty and draft.column("text") is not None:
        draft.guess(
            "continuation", "undated", f"rows without date and amount, such as row {more.index[0]}, carry more text"
        )
        _write_detail(draft, more, profile)


def _write_detail(draft: Draft, more: pd.DataFrame, profile: Profile) -> None:
    parts = [place for place in profile.places if profile.says(place) == "part"]
    filled = [place for place in parts if more[place].map(is_filled).any()]
    if filled:
        draft.prove("columns.detail", filled[:1], "the parts of collective bookings")


def _write_footer(draft: Draft, trailing: pd.DataFrame, paid: pd.DataFrame, booked: int) -> None:
    unnamed = paid.index[~_holds(paid[booked], is_filled)]
    blank = [number for number in trailing.index if number in unnamed]
    if blank:
        cells = trailing.loc[blank[0]].tolist()
        first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
        if first:
            draft.guess("table.footer", "pattern", f"row {blank[0]} looks like a total")
            draft.guess("table.end", _as_cell(cells, first), "does this end the table?")
            return
    draft.prove("table.footer", "undated", f"rows from {trailing.index[0]} on have no date")
