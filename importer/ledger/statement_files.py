"""The imported files of a company as the ledger keeps them: account, days, balances, number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, select

from importer.ledger.tables import file, line
from importer.numbering import StatementNumber, statement_number


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What the ledger keeps of one imported file; balances and number are None where the file states none."""

    sha256: str
    name: str
    account: str
    currency: str
    first: date
    last: date
    opening: Decimal | None = None
    closing: Decimal | None = None
    number: StatementNumber | None = None


def between(earlier: StatementFile, later: StatementFile) -> str:
    """Two files with the days where one ends and the other begins, for a sentence."""
    return f'between "{earlier.name}" ({earlier.last}) and "{later.name}" ({later.first})'


def statement_files(connection: Connection, company_id: str) -> tuple[StatementFile, ...]:
    """The imported files of a company that have lines, by account and day."""
    currency = (
        select(func.min(line.c.currency))
        .where(line.c.company_id == file.c.company_id, line.c.sha256 == file.c.sha256)
        .scalar_subquery()
    )
    columns = (file.c.sha256, file.c.name, file.c.account, file.c.first_date, file.c.last_date)
    query = select(*columns, file.c.opening, file.c.closing, file.c.number, currency.label("currency"))
    here = (file.c.company_id == company_id, file.c.first_date.is_not(None))
    return tuple(
        StatementFile(
            row.sha256,
            row.name,
            row.account,
            row.currency or "",
            date.fromisoformat(row.first_date),
            last := date.fromisoformat(row.last_date),
            _amount(row.opening),
            _amount(row.closing),
            statement_number(row.number or "", last),
        )
        for row in connection.execute(query.where(*here).order_by(file.c.account, file.c.first_date, file.c.sha256))
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
