"""Running balances of a bank of which nobody has proven that they run: what the file itself shows nevertheless.

    every balance follows                   nothing to say
    every one would, were a column right    refused (balance_columns.py)
    all would, were one row written right   that row is damaged: refused
    nearly all follow                       told: a row may be missing, doubled or changed
    few follow                              the column is no running balance, or the file is an extract

Source: formats.md §4 (16), §5 (balance arithmetic settles the sign).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

from msgspec import structs

from importer.errors import UnusableFile
from importer.model import BankLine, Problem
from importer.money import Money

_FEWEST = 4  # so many balances do not follow by chance
_MOST_BREAKS = 5  # one of so many: with more of them the column is no running balance
_MANY = 10  # with fewer it may be the bank that put an odd row on the wrong side
_LOST_MARKS = (-3, -2, -1, 1, 2, 3)  # by so many places an amount is off when its decimal mark is lost or moved
_BREAKS_OF_ONE_ROW = 2  # its own balance, and the one after it


def refuse_damaged_row(lines: Sequence[BankLine], unknown: AbstractSet[int], file: str) -> None:
    """Nothing, unless all balances would follow were one row written right. `lines` and `unknown` as for `doubts`.

    Raises:
        UnusableFile: they would: a row that is missing or doubled is never explained by the numbers of one row.
    """
    ways = ((way, list(_breaks(way, unknown))) for way in (lines, lines[::-1]))
    ordered, broken = min(ways, key=lambda found: len(found[1]))
    stated = _stated(lines)
    if not 1 <= len(broken) <= _BREAKS_OF_ONE_ROW or stated <= _FEWEST:
        return
    for place, line in enumerate(ordered):
        near = ordered[place : place + _BREAKS_OF_ONE_ROW]
        if line.balance is None or not any(each is one for each in near for one in broken):
            continue
        for because, repaired in _repairs(line, line.balance, stated):
            if not any(_breaks([*ordered[:place], repaired, *ordered[place + 1 :]], unknown)):
                raise UnusableFile(
                    f"{file}, row {line.row}: the balance follows only with {because}; the row is damaged. "
                    "Export the file again"
                )


def _repairs(line: BankLine, balance: Money, stated: int) -> Iterator[tuple[str, BankLine]]:
    """The row as it may have been: what happens to the cells of files, and what they were before."""
    if stated >= _MANY:
        yield "the sign turned", structs.replace(line, amount=-line.amount)
    for places in _LOST_MARKS:
        moved = Money(line.amount.amount.scaleb(places), line.amount.currency)
        yield "another decimal mark", structs.replace(line, amount=moved)
    yield "amount and balance exchanged", structs.replace(line, amount=balance, balance=line.amount)


def doubts(lines: Sequence[BankLine], unknown: AbstractSet[int], file: str) -> list[Problem]:
    """A warning where nearly all balances follow from the one before. `lines` are those of one account and currency.

    `unknown` rows, left out or unread, may be part of the balance after them, so nothing is said about that one.
    """
    stated = _stated(lines)
    breaks = min((list(_breaks(way, unknown)) for way in (lines, lines[::-1])), key=len)
    # Of few balances one that follows shows that they run: cents do not by chance.
    most = max(1, stated // _MOST_BREAKS)
    if not breaks or len(breaks) > most or len(breaks) == stated - 1:
        return []
    message = (
        f"{len(breaks)} of {stated} balances do not follow from the one before; is a row missing, doubled or changed?"
    )
    return [Problem("BAL-1", message, file, breaks[0].row)]


def _stated(lines: Sequence[BankLine]) -> int:
    return sum(line.balance is not None for line in lines)


def _breaks(lines: Sequence[BankLine], unknown: AbstractSet[int]) -> Iterator[BankLine]:
    before: Decimal | None = None
    last = 0
    for line in lines:
        if not unknown.isdisjoint(range(min(last, line.row) + 1, max(last, line.row))):
            before = None
        last = line.row
        amount = line.amount.amount
        if line.balance is None:
            before = before + amount if before is not None else None
            continue
        if before is not None and before + amount != line.balance.amount:
            yield line
        before = line.balance.amount
