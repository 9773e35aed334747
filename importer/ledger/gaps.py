"""Gaps between statements: what the files that were imported say of each other (reliability.md §14, formats.md §4).

Two files of one account follow each other when the later one begins after the earlier one ends. Where both state balances,
the opening balance must be the closing balance before it, and then missing days are days without bookings. Where they do
not, a working day that no file covers is told, because nobody else can know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, select

from importer.ledger.database import open_database
from importer.ledger.tables import file, line

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What the ledger keeps of one imported file; balances are None where the file states none."""

    sha256: str
    name: str
    account: str
    currency: str
    first: date
    last: date
    opening: Decimal | None = None
    closing: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something is missing between two files. `difference` is the money that the missing lines come to.

    Where the files state no balances it is None, and all that is known is that no file covers the days between.
    """

    earlier: StatementFile
    later: StatementFile
    difference: Decimal | None = None

    def __str__(self) -> str:
        between = f'between "{self.earlier.name}" ({self.earlier.last}) and "{self.later.name}" ({self.later.first})'
        if self.difference is None:
            return f"No statement covers every day {between}. If there were bookings, get the statement and import it."
        return (
            f"A statement is missing {between}: it closed with {self.earlier.closing:,.2f}, the next opens with "
            f"{self.later.opening:,.2f}, {self.difference:+,.2f} {self.later.currency}. Get the statement and import it."
        )


def statement_gaps(state: str, company_id: str, files: Collection[str]) -> tuple[Gap, ...]:
    """The gaps beside these files, given by their sha256: before them or after them, by account and day."""
    with closing(open_database(state)) as database, database.reading() as connection:
        known = statement_files(connection, company_id)
    return tuple(gap for gap in gaps(known) if gap.earlier.sha256 in files or gap.later.sha256 in files)


def statement_files(connection: Connection, company_id: str) -> tuple[StatementFile, ...]:
    """The imported files of a company that have lines, by account and day."""
    currency = (
        select(func.min(line.c.currency))
        .where(line.c.company_id == file.c.company_id, line.c.sha256 == file.c.sha256)
        .scalar_subquery()
    )
    columns = (file.c.sha256, file.c.name, file.c.account, file.c.first_date, file.c.last_date)
    query = select(*columns, file.c.opening, file.c.closing, currency.label("currency"))
    here = (file.c.company_id == company_id, file.c.first_date.is_not(None))
    return tuple(
        StatementFile(
            row.sha256,
            row.name,
            row.account,
            row.currency or "",
            date.fromisoformat(row.first_date),
            date.fromisoformat(row.last_date),
            _amount(row.opening),
            _amount(row.closing),
        )
        for row in connection.execute(query.where(*here).order_by(file.c.account, file.c.first_date, file.c.sha256))
    )


def gaps(files: Sequence[StatementFile]) -> tuple[Gap, ...]:
    """Every gap between the files of each account and currency."""
    accounts: defaultdict[tuple[str, str], list[StatementFile]] = defaultdict(list)
    for one in files:
        accounts[one.account, one.currency].append(one)
    return tuple(gap for key in sorted(accounts) for gap in _gaps_of(accounts[key]))


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
    days = [earlier.last + timedelta(days=number) for number in range(1, (later.first - earlier.last).days)]
    return Gap(earlier, later) if any(day.weekday() < _SATURDAY for day in days) else None


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
