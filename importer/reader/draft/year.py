"""The year of days that are written without one: the last day that stands above the table, and how a mapping names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from importer.mapping.layout import Label
from importer.reader.draft.dates import day_formats
from importer.reader.draft.finding import Draft
from importer.reader.outside import look_up
from importer.reader.rows import Row, is_filled, text_of
from importer.reader.table import joined

_MONTH = r"\d{4}年\d{1,2}月(?!\d)"
_DAY = r"[\d./-]{8,10}"
_LONGEST_LABEL = 40


def write_year(draft: Draft, above: Sequence[Row]) -> None:
    """Write where the last day above the table stands."""
    for row in reversed(above):
        for text in map(text_of, reversed(row)):
            if found := re.search(_MONTH, text):
                _write_stated(draft, above, row, "([0-9]{4}年[0-9]{1,2}月)", "%Y年%m月", found[0])
                return
            days = [day for day in re.findall(_DAY, text) if day_formats(day)]
            if days:
                _write_stated(draft, above, row, "([0-9./-]{8,10})[^0-9]*$", day_formats(days[-1])[0], days[-1])
                return
    _write_unseen(draft)


def _write_unseen(draft: Draft) -> None:
    why = "the dates have no year; what stands before the statement's last day?"
    draft.guess("outside.ends_on", {"label": "Period"}, why)


def _write_stated(draft: Draft, above: Sequence[Row], row: Row, pattern: str, form: str, seen: str) -> None:
    """Name the day in the first way that finds it: a pattern may fit a number in a row above, as that of the account."""
    ways = (*_labels(row, seen), {"pattern": pattern}, *_with_start(row, pattern))
    named = next((way for way in ways if text_of(look_up(Label(**way), above, "")).strip() == seen), None)
    if named is None:
        _write_unseen(draft)
        return
    draft.guess("outside.ends_on", named, f'the dates have no year; is "{seen}" the end of the statement?')
    draft.guess("dates.stated_formats", [form], f'how "{seen}" is written')


def _labels(row: Row, seen: str) -> Iterator[Mapping[str, str]]:
    """The text before the day, where both have their own cells."""
    filled = [text_of(cell).strip() for cell in row if is_filled(cell)]
    if seen in filled[1:]:
        label = filled[filled.index(seen, 1) - 1]
        if any(map(str.isalpha, label)) and len(label) <= _LONGEST_LABEL:
            yield {"label": label}


def _with_start(row: Row, pattern: str) -> Iterator[Mapping[str, str]]:
    """The pattern for rows that start with the words of this one."""
    start = re.match(r"[^\d]*", joined(row))
    if start and start[0].strip():
        escaped = re.escape(start[0].rstrip()).replace("\\ ", " ")
        yield {"pattern": f"^{escaped}.*?{pattern}"}
