"""Rows that read well and cannot be right beside all the others of their file: they are set aside for a person.

    DAT-5   a date decades away from all others           DAT-6   one date out of an order that all others keep
    DAT-7   value date and booking date far apart         AMT-10  an amount that is a day written as digits
    AMT-11  the one amount without decimals in a column where whole amounts have theirs (100.00)
    DAT-8   a date that is more than a year ahead         ROW-TWICE the row of another once more, its reference of the bank too

Only what hardly ever happens by itself is taken for damage. Source: reliability.md §10.3 (B57, B70), formats.md §5.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from msgspec import structs

from importer.cells import DateFormat
from importer.mapping import Mapping
from importer.mapping.schema import Order, Running
from importer.model import BankLine, Problem, Statement, UnreadRow
from importer.money import decimals_of
from importer.reader.overview import Overview
from importer.reader.repeated import refuse_repeated
from importer.reader.turned_days import turned_rows

_DECADES = 18 * 366  # days; files with a gap of fifteen years are known
_FAR_APART = 180  # days between value and booking date; 61 are known
_MOST_OUT_OF_ORDER = 10  # one row of so many
_DAYS_AS_DIGITS = (DateFormat(("%Y%m%d",)), DateFormat(("%d%m%Y",)))
_ADVICE = "check the row in the bank's file"
_AHEAD = timedelta(days=366)  # no order is placed for later, and clocks of banks and of this machine differ by less
_FEWEST_ALIKE = 9  # other amounts, all with their decimals; other bookings, all with references of their own


@dataclass(frozen=True, slots=True)
class Orderly:
    """How many rows show an order, and by how many days a row has to be out of it to be doubted."""

    rows: int
    days: int


# Where the bank is known to keep an order few rows show it, and the shortest step between day and month turned is enough.
_DECLARED, _SEEN = Orderly(4, 27), Orderly(10, 180)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a line."""

    rule: str
    value: str
    because: str


def set_doubtful_aside(overview: Overview, mapping: Mapping, file: str) -> tuple[Overview, list[UnreadRow]]:
    """The lines without those of doubtful rows, and these rows with the reason for each.

    Raises:
        UnusableFile: all of its rows are doubtful, because the whole file stands there twice or dates are turned.
    """
    refuse_repeated(overview, file)
    found = (
        _far_away(overview),
        _turned(overview, file),
        _out_of_order(overview, mapping.order),
        _far_apart(overview),
        _wrong_amounts(overview, mapping.running),
        _rows_twice(overview) if mapping.columns.bank_reference is not None else (),
    )
    lines, unread = _set_aside(overview.lines, chain.from_iterable(found), file)
    return (Overview(lines) if unread else overview), unread


def set_future_aside(statement: Statement, today: date) -> Statement:
    """The statement without lines that are booked more than a year after `today`; they are rows for a person."""
    ahead = (
        (line, Doubt("DAT-8", str(line.booked_on), f"is more than a year ahead of today, {today}; {_ADVICE}"))
        for line in statement.lines
        if line.booked_on - today > _AHEAD
    )
    lines, unread = _set_aside(statement.lines, ahead, statement.file)
    if not unread:
        return statement
    rows = sorted((*statement.unread, *unread), key=lambda row: row.record)
    return replace(statement, lines=tuple(lines), unread=tuple(rows))


def _set_aside(
    lines: Sequence[BankLine], found: Iterable[tuple[BankLine, Doubt]], file: str
) -> tuple[Sequence[BankLine], list[UnreadRow]]:
    doubts: dict[int, Doubt] = {}
    for line, doubt in found:
        doubts.setdefault(line.row, doubt)
    if not doubts:
        return lines, []
    first = {line.row: line for line in reversed(lines) if line.row in doubts}
    return [line for line in lines if line.row not in doubts], [
        _unread(first[row], doubt, file) for row, doubt in sorted(doubts.items())
    ]


def _unread(line: BankLine, doubt: Doubt, file: str) -> UnreadRow:
    parts = (str(line.booked_on), str(line.amount), line.counterparty, line.text)
    problem = Problem(doubt.rule, doubt.because, file, line.row, value=doubt.value)
    return UnreadRow(line.record, line.row, "; ".join(filter(None, parts)), (problem,))


def _far_away(overview: Overview) -> Iterator[tuple[BankLine, Doubt]]:
    if overview.span <= _DECADES:
        return
    days, ordered = overview.days, sorted(overview.days)
    if (ordered[-1] - ordered[0]).days <= _DECADES:
        return
    cut = max(range(1, len(ordered)), key=lambda place: ordered[place] - ordered[place - 1])
    if (ordered[cut] - ordered[cut - 1]).days <= _DECADES or min(cut, len(days) - cut) * 2 > max(cut, len(days) - cut):
        return
    few = set(ordered[cut:] if cut * 2 > len(days) else ordered[:cut])
    for line in overview.lines:
        if line.booked_on in few:
            yield line, Doubt("DAT-5", str(line.booked_on), f"is decades away from the other dates; {_ADVICE}")


def _out_of_order(overview: Overview, order: Order) -> Iterator[tuple[BankLine, Doubt]]:
    days, enough = overview.days, _SEEN if order is Order.ANY else _DECLARED
    if len(days) < enough.rows or overview.is_ordered:
        return
    kept = _in_order(days)
    if (len(days) - len(kept)) * _MOST_OUT_OF_ORDER > max(len(days), _MOST_OUT_OF_ORDER):
        return
    for place, before, after in _between(kept, len(days)):
        near = [days[neighbour] for neighbour in (before, after) if neighbour is not None]
        off = max((min(near) - days[place]).days, (days[place] - max(near)).days)
        if off > enough.days:
            shown = " and ".join(map(str, near))
            because = f"is {off} days out of the order that all other rows keep, beside {shown}; {_ADVICE}"
            yield overview.lines[place], Doubt("DAT-6", str(days[place]), because)


def _turned(overview: Overview, file: str) -> Iterator[tuple[BankLine, Doubt]]:
    for line, back in turned_rows(overview, file):
        because = f"is far from the dates beside it, and {back}, day and month the other way round, is not; {_ADVICE}"
        yield line, Doubt("DAT-6", str(line.booked_on), because)


def _in_order(days: Sequence[date]) -> list[int]:
    """The places of as many days as can be kept in an order, those that lie closest together.

    Of two rows at the beginning or the end each may be the odd one; the other way round the search takes the other one.
    """
    numbers = [day.toordinal() for day in days]
    back = [-number for number in reversed(numbers)]
    last = len(days) - 1
    ways = (
        _longest_rise(numbers),
        [last - place for place in reversed(_longest_rise(back))],
        [last - place for place in reversed(_longest_rise(numbers[::-1]))],
        _longest_rise(back[::-1]),
    )
    return max(ways, key=lambda kept: (len(kept), -abs(numbers[kept[-1]] - numbers[kept[0]])))


def _longest_rise(days: Sequence[int]) -> list[int]:
    """The places of as many days as can be kept so that none is before the one above it."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for place, day in enumerate(days):
        length = bisect_right(ends, day)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [day]
        at[length : length + 1] = [place]
    kept = []
    place = at[-1]
    while place >= 0:
        kept.append(place)
        place = before[place]
    return kept[::-1]


def _between(kept: Sequence[int], count: int) -> Iterator[tuple[int, int | None, int | None]]:
    """The places that are not kept, each with the kept ones around it."""
    for before, after in zip([None, *kept], [*kept, None], strict=True):
        for place in range(0 if before is None else before + 1, count if after is None else after):
            yield place, before, after


def _far_apart(overview: Overview) -> Iterator[tuple[BankLine, Doubt]]:
    for line in overview.lines if overview.span > _FAR_APART else ():
        if line.value_on is not None and abs((line.value_on - line.booked_on).days) > _FAR_APART:
            because = f"is the booking date, {line.value_on} the value date; {_ADVICE}"
            yield line, Doubt("DAT-7", str(line.booked_on), because)


def _wrong_amounts(overview: Overview, running: Running) -> Iterator[tuple[BankLine, Doubt]]:
    lines = overview.lines
    for currency in filter(decimals_of, sorted(overview.currencies)):
        cents, amounts = Decimal(1).scaleb(-decimals_of(currency)), overview.amounts
        if len(overview.currencies) > 1:
            amounts = [line.amount.amount for line in lines if line.amount.currency == currency]
        # A file has many amounts: those that cannot be wrong are passed over at once.
        if all(map(cents.same_quantum, amounts)):
            continue
        odd = [
            line
            for line in lines
            if line.amount.currency == currency
            and Decimal(1).same_quantum(line.amount.amount)
            and not (running is not Running.UNPROVEN and line.balance is not None)
        ]
        yield from _days_for_amounts(odd)
        if len(odd) == 1 and _keep_decimals(amounts, cents):
            because = f"is the only amount without decimals, and whole amounts have theirs here; {_ADVICE}"
            yield odd[0], Doubt("AMT-11", str(odd[0].amount.amount), because)


def _rows_twice(overview: Overview) -> Iterator[tuple[BankLine, Doubt]]:
    """Rows that repeat another in everything, where the bank gives every other booking of the file a reference of its own."""
    references = [line.bank_reference for line in overview.lines]
    names = set(references)
    if len(names) == len(references) or "" in names or len(names) <= _FEWEST_ALIKE:
        return
    first: dict[str, BankLine] = {}
    again = []
    for line in overview.lines:
        one = first.setdefault(line.bank_reference, line)
        if one.row == line.row:  # itself, or the fee of its row
            continue
        if structs.replace(line, record=one.record, row=one.row) != one:
            return
        again.append((line, one))
    for line, one in again:
        because = (
            f"is the reference of row {one.row}, and all else is equal: the row stands twice in the file; {_ADVICE}"
        )
        yield line, Doubt("ROW-TWICE", line.bank_reference, because)


def _keep_decimals(amounts: Sequence[Decimal], cents: Decimal) -> bool:
    """True when all amounts but one have the decimals of their currency, whole amounts among them."""
    alike = [amount for amount in amounts if cents.same_quantum(amount)]
    return len(alike) == len(amounts) - 1 >= _FEWEST_ALIKE and any(amount == int(amount) for amount in alike)


def _days_for_amounts(lines: Sequence[BankLine]) -> Iterator[tuple[BankLine, Doubt]]:
    for line in lines:
        digits = str(abs(line.amount.amount))
        days = [form.parse(digits) for form in _DAYS_AS_DIGITS if len(digits) == len("20260131")]
        near = [day for day in days if isinstance(day, date) and abs((day - line.booked_on).days) <= _FAR_APART]
        if near:
            yield line, Doubt("AMT-10", digits, f"is a day, {near[0]}, not an amount; {_ADVICE}")
