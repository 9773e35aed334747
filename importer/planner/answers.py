"""What is remembered of the doubted lines of a file that comes again: a person's answer stands, an open question stays.

A line that was planned and never sent, or that waits in a review, leaves its key to an equal one that a person accepts, so that
both cannot become payments; then it is the one to be asked about. Source: reliability.md §3.3, ID4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from importer.history import Doubt, EarlierLine, History
from importer.model import BankLine, Overlap, Reason, Statement
from importer.money import Money
from importer.plan import DOUBTED, LEFT_OUT

# What no mapping of text columns changes: where a line stands in its file, when it was booked, how much it is.
Facts = tuple[int, date, Money]
_LEFT_OUT = Reason(LEFT_OUT, "a person left it out as the same booking; `importer import --again` asks anew")


def remembered(statement: Statement, history: History) -> Mapping[Facts, EarlierLine]:
    """The lines of this file as they were when it first came, with the doubt about them as it stands now."""
    earlier = [line for file in history.files if file.sha256 == statement.sha256 for line in file.lines]
    others = [line for file in history.files if file.sha256 != statement.sha256 for line in file.lines]
    bookings = {line.key for line in others if line.is_certain}
    decided = {line.key for line in others if line.doubt is Doubt.DISPELLED}

    def doubt(line: EarlierLine) -> Doubt:
        """What became a payment is a booking of its own; a line that left its key to another one is doubted."""
        match line.doubt:
            case Doubt.NONE | Doubt.OPEN if history.was_sent(line.key) and line.key not in bookings:
                return Doubt.DISPELLED
            case Doubt.NONE if line.key in decided and statement.overlap is Overlap.INCREMENTAL:
                return Doubt.OPEN
            case unchanged:
                return unchanged

    return {facts(line): replace(line, doubt=doubt(line)) for line in earlier}


def facts(line: BankLine | EarlierLine) -> Facts:
    """What tells a line of a file that comes again."""
    return line.record, line.booked_on, line.amount


def answer(line: EarlierLine, asked: Reason | None, statement: Statement, history: History) -> Reason | None:
    """Why the line still waits or stays out; None when it is a booking of its own.

    Args:
        asked: what the files themselves say against it now.
    """
    match line.doubt:
        case Doubt.CONFIRMED:
            return _LEFT_OUT
        case Doubt.DISPELLED:
            return None
        case Doubt.OPEN if asked is None and _overlaps_as_before(statement, history):
            return _still_open(line, statement, history)
        case _:
            return asked


def _overlaps_as_before(statement: Statement, history: History) -> bool:
    """The mapping still says the same of how files overlap; a corrected one answers what was open."""
    return any(file.overlap is statement.overlap for file in history.files if file.sha256 == statement.sha256)


def _still_open(line: EarlierLine, statement: Statement, history: History) -> Reason:
    others = (file for file in history.files if file.sha256 != statement.sha256)
    equal = [f"record {one.record} of {file.name}" for file in others for one in file.lines if _are_equal(one, line)]
    where = " and ".join(equal) or "an earlier booking"
    return Reason(DOUBTED, f"equal to {where}: the same booking again, or another one? Nobody decided so far")


def _are_equal(one: EarlierLine, line: EarlierLine) -> bool:
    return one.fingerprint == line.fingerprint and one.doubt is not Doubt.CONFIRMED
