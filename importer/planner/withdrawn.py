"""Bookings that an earlier export has of a day and this one no longer: the bank may have taken them back (reliability.md ID3).

It is told and nothing is deleted: what is in the journal or posted is a person's to correct.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import takewhile

from importer.history import EarlierFile, EarlierLine, History
from importer.identity import account_key
from importer.model import BankLine, Overlap, Problem, Statement

_NAMED = 5
_Facts = tuple[date, Decimal]


def withdrawn(statement: Statement, history: History) -> tuple[Problem, ...]:
    """One warning for all of them; none where a row of this file could not be read, for it may be the one.

    The first and the last day of an export may be in part; of the days between, files that repeat whole days have everything.
    """
    if statement.overlap is not Overlap.FULL_DAYS or statement.unread or not statement.lines:
        return ()
    have = Counter([_facts(line) for line in statement.lines])
    lost = {line.key: (file, line) for file in _earlier(statement, history) for line in _lacking(file, have)}
    if not lost:
        return ()
    named = ", ".join(_place(file, line, history) for file, line in [*lost.values()][:_NAMED])
    more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
    message = (
        f"bookings that an earlier file has of days of this one are missing here: {named}{more}. The bank may have withdrawn "
        "them, or this export is not whole; what was imported of them stays"
    )
    return (Problem("ROW-WITHDRAWN", message, statement.file),)


def _earlier(statement: Statement, history: History) -> Iterator[EarlierFile]:
    for file in takewhile(lambda file: file.sha256 != statement.sha256, history.files):
        if file.mapping == statement.mapping and account_key(file.account) == account_key(statement.account):
            yield file


def _lacking(file: EarlierFile, have: Counter[_Facts]) -> Iterator[EarlierLine]:
    first, last = min(day for day, _ in have), max(day for day, _ in have)
    theirs = [line for line in file.lines if first < line.booked_on < last and line.is_certain]
    missing = Counter([_facts(line) for line in theirs]) - have
    for line in reversed(theirs if missing else []):
        if missing[_facts(line)] > 0:
            missing[_facts(line)] -= 1
            yield line


def _facts(line: BankLine | EarlierLine) -> _Facts:
    """What a booking is counted by: banks rewrite texts."""
    return line.booked_on, line.amount.amount


def _place(file: EarlierFile, line: EarlierLine, history: History) -> str:
    became = "imported" if history.was_sent(line.key) else "not imported"
    return f"record {line.record} of {file.name} ({line.booked_on}, {line.amount}, {became})"
