"""Dates whose day and month were turned by a program in between, as the order of the file shows.

    several dates     with them turned back all dates are in order and lie closer together: the file is refused
    one date          the same of it alone, or it stands at an end, far from all others, and turned back beside them: its row
                      is set aside (DAT-6)

Source: formats.md §5 (day and month).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from importer.errors import UnusableFile
from importer.model import BankLine
from importer.reader.overview import Overview

_SEVERAL = 2
_FEWEST_ROWS = 8  # which an order by chance is not expected of
_SHORTEST = 27  # days between a date and the turned one, at least
_FAR = 6  # times as far from its neighbour as any other row from its own
_MONTHS = 12


def turned(day: date) -> date:
    """The date with day and month the other way round; the same where no month has the number of its day."""
    return day.replace(month=day.day, day=day.month) if day.day <= _MONTHS else day


def turned_rows(overview: Overview, file: str) -> Sequence[tuple[BankLine, date]]:
    """The row of a turned date, with the date turned back; of files of few rows none.

    Raises:
        UnusableFile: there are several, with the first of them.
    """
    if len(overview.days) < _FEWEST_ROWS:
        return ()
    if overview.is_ordered:
        return list(_at_an_end(overview))
    found = _out_of_order(overview)
    if len(found) < _SEVERAL:
        return found
    first, _ = found[0]
    raise UnusableFile(
        f"{file}, row {first.row}: {first.booked_on} and {len(found) - 1} more dates are out of order, and with day and month "
        "the other way round all dates are in order; a program in between has turned them. Export the file again; do not save "
        "it in a spreadsheet"
    )


def _out_of_order(overview: Overview) -> Sequence[tuple[BankLine, date]]:
    """The fewest rows that turned back put all in order and closer together; none where nothing does."""
    days = overview.days
    for way in (_in_order(days), _in_order(days[::-1])[::-1]):
        if way and _span(way) + _SHORTEST <= _span(days):
            return [(line, day) for line, day in zip(overview.lines, way, strict=True) if line.booked_on != day]
    return ()


def _at_an_end(overview: Overview) -> Iterator[tuple[BankLine, date]]:
    """The first or last row, when its date lies far from all others and turned back beside them, in the same order."""
    days = overview.days
    for line, rest in ((overview.lines[0], days[1:]), (overview.lines[-1], days[-2::-1])):
        near, back = rest[0], turned(line.booked_on)
        off, off_back = abs((line.booked_on - near).days), abs((back - near).days)
        if off <= _SHORTEST or back == line.booked_on or (back - near).days * (near - rest[-1]).days < 0:
            continue
        widest = max(1, *(abs((one - other).days) for one, other in pairwise(rest)))
        if off > _FAR * widest and off_back <= widest:
            yield line, back


def _in_order(days: Sequence[date]) -> list[date]:
    """The days, as few of them turned as puts them in rising order; none where that cannot be."""
    # Of each way to take a day: how many are turned so far, the day, and the way taken before it.
    steps = [[(0, date.min, 0)]]
    for day in days:
        step = []
        for choice, more in {turned(day): 1, day: 0}.items():
            ways = [(cost, place) for place, (cost, last, _) in enumerate(steps[-1]) if last <= choice]
            if ways:
                cost, place = min(ways)
                step.append((cost + more, choice, place))
        if not step:
            return []
        steps.append(step)
    place = steps[-1].index(min(steps[-1]))
    chain = []
    for step in reversed(steps[1:]):
        _, day, place = step[place]
        chain.append(day)
    return chain[::-1]


def _span(days: Sequence[date]) -> int:
    return (max(days) - min(days)).days
