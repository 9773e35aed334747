"""Numbers of statements: which one follows which, and which one was there before (reliability.md §3.3 ID2, §10.2 B53).

Banks count their statements up, many of them from 1 every year: "41", "0041", "41/2026", "2026-041". So numbers are compared
within one year only, that of the number or of the last booking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from importer.errors import UnusableFile
from importer.identity import account_key
from importer.model import Overlap, Statement

_YEAR = "(?P<year>(?:19|20)[0-9]{2})"
_FORMS = tuple(
    map(
        re.compile,
        (f"(?P<number>[0-9]{{1,6}})[/.-]{_YEAR}", f"{_YEAR}[/.-](?P<number>[0-9]{{1,6}})", "(?P<number>[0-9]{1,9})"),
    )
)


@dataclass(frozen=True, slots=True)
class StatementNumber:
    """The `number`-th statement of a year."""

    year: int
    number: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """A bank file with a number; `account` is our own, `file` its name."""

    account: str
    number: StatementNumber
    sha256: str
    file: str


def statement_number(text: str, last: date | None) -> StatementNumber | None:
    """The number in a text of the bank; `last` is the day of the last booking. None where it is in no known form."""
    found = next((found for form in _FORMS if (found := form.fullmatch(text.strip()))), None)
    if found is None or last is None:
        return None
    return StatementNumber(int(found.groupdict().get("year") or last.year), int(found["number"]))


class Numbers:
    """The numbers of the statements that came before, in the ledger and in this run; the ledger is asked when one is needed."""

    def __init__(self, imported: Callable[[], Iterable[Numbered]]) -> None:
        self._imported = imported
        self._known: dict[tuple[str, StatementNumber], Numbered] | None = None

    def admit(self, statement: Statement) -> Statement:
        """The statement, unless its bank never repeats a booking and its number came before with other content.

        Raises:
            UnusableFile: its bookings would be counted as new although they may be the same ones.
        """
        number = statement_number(statement.number, statement.last_date)
        if number is None or statement.overlap is not Overlap.INCREMENTAL:
            return statement
        if self._known is None:
            self._known = {(account_key(one.account), one.number): one for one in self._imported()}
        mine = Numbered(statement.account, number, statement.sha256, statement.file)
        earlier = self._known.setdefault((account_key(mine.account), mine.number), mine)
        if earlier.sha256 == mine.sha256:
            return statement
        raise UnusableFile(
            f'{statement.file}: statement {statement.number} of account "{statement.account}" came before as "{earlier.file}", '
            "with other content. If the bank corrected it, enter the difference by hand; if its numbers do not count "
            "statements, take outside.number out of the mapping"
        )
