"""Gaps between statements: what the files that were imported say of each other (reliability.md §14, formats.md §4).

Two files of one account follow each other when the later one begins after the earlier one ends. Where both state balances,
the opening balance must be the closing balance before it, and then missing days are days without bookings. Where they do
not, a working day that no file covers is told, because nobody else can know, unless the statements have numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.easter import easter

from importer.identity import account_key
from importer.ledger.database import open_database
from importer.ledger.numbers import MissingNumbers, NumbersGoBack, SameNumber, are_compared, number_findings
from importer.ledger.statement_files import StatementFile, between, statement_files

_SATURDAY = 5
_CLOSED = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})


@dataclass(frozen=True, slots=True)
class Gap:
    """Something is missing between two files. `difference` is the money that the missing lines come to.

    Where the files state no balances it is None, and all that is known is that no file covers the days between.
    """

    earlier: StatementFile
    later: StatementFile
    difference: Decimal | None = None

    @property
    def is_certain(self) -> bool:
        """The balances prove it."""
        return bool(self.difference)

    def __str__(self) -> str:
        where = between(self.earlier, self.later)
        if self.difference is None:
            return f"No statement covers every day {where}. If there were bookings, get the statement and import it."
        return (
            f"A statement is missing {where}: it closed with {self.earlier.closing:,.2f}, the next opens with "
            f"{self.later.opening:,.2f}, {self.difference:+,.2f} {self.later.currency}. Get the statement and import it."
        )


Finding = Gap | MissingNumbers | SameNumber | NumbersGoBack


def statement_gaps(state: str, company_id: str, files: Collection[str]) -> tuple[Finding, ...]:
    """The gaps beside these files, given by their sha256: before them or after them, by account and day."""
    with closing(open_database(state)) as database, database.reading() as connection:
        known = statement_files(connection, company_id)
    return tuple(gap for gap in gaps(known) if gap.earlier.sha256 in files or gap.later.sha256 in files)


def gaps(files: Sequence[StatementFile]) -> tuple[Finding, ...]:
    """Every gap between the files of each account and currency, and what the numbers of the statements say."""
    accounts: defaultdict[tuple[str, str], list[StatementFile]] = defaultdict(list)
    for one in files:
        accounts[account_key(one.account), one.currency].append(one)
    return tuple(
        found for key in sorted(accounts) for found in (*_gaps_of(accounts[key]), *number_findings(accounts[key]))
    )


def _gaps_of(files: Sequence[StatementFile]) -> Iterator[Gap]:
    ordered = sorted(files, key=lambda one: (one.first, one.last))
    before = None
    for later in ordered:
        if before is not None and later.first > before.last and (gap := _gap(before, later)):
            yield gap
        # A file inside the days of another one ends nothing.
        before = later if before is None or later.last >= before.last else before


def _gap(earlier: StatementFile, later: StatementFile) -> Gap | None:
    if earlier.closing is not None and later.opening is not None:
        difference = later.opening - earlier.closing
        return Gap(earlier, later, difference) if difference else None
    if are_compared(earlier, later):
        return None
    days = [earlier.last + timedelta(days=number) for number in range(1, (later.first - earlier.last).days)]
    return Gap(earlier, later) if any(map(_is_bank_day, days)) else None


def _is_bank_day(day: date) -> bool:
    """Neither a weekend nor a day on which no bank settles: the closing days of TARGET, the euro area's payment system."""
    sunday = easter(day.year)
    moving = (sunday - timedelta(days=2), sunday + timedelta(days=1))
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _CLOSED and day not in moving
