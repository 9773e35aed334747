"""What is remembered of the doubted lines of a file that comes again: a person's answer stands, an open question stays.

A line that was planned and never sent, or that waits in a review, leaves its key to an equal one that a person accepts, so that
both cannot become payments; then it is the one to be asked about. Source: reliability.md §3.3, ID4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from importer.history import Doubt, EarlierFile, EarlierLine, History, Known
from importer.model import BankLine, Overlap, Reason, Statement
from importer.money import Money
from importer.plan import DOUBTED, LEFT_OUT

# What no mapping of text columns changes: where a line stands in its file, when it was booked, how much it is.
Facts = tuple[int, date, Money]


@dataclass(frozen=True, slots=True)
class Question:
    """Why a line waits or stays out. `keys` are those of the equal lines it names that were planned and never sent.

    Accepted, the line takes the place of one of them: both cannot become payments.
    """

    reason: Reason
    keys: tuple[str, ...] = ()


_LEFT_OUT = Question(Reason(LEFT_OUT, "a person left it out as the same booking; `importer import --again` asks anew"))


def remembered(statement: Statement, history: History) -> Mapping[Facts, EarlierLine]:
    """The lines of this file as they were when it first came, with the doubt about them as it stands now."""
    earlier = [line for file in history.files if file.sha256 == statement.sha256 for line in file.lines]
    others = [line for file in history.files if file.sha256 != statement.sha256 for line in file.lines]
    bookings = {line.key for line in others if line.is_certain}

    def doubt(line: EarlierLine) -> Doubt:
        """What became a payment is a booking of its own; a line that left its key to another one is doubted."""
        match line.doubt:
            case Doubt.NONE | Doubt.OPEN if history.was_sent(line.key) and line.key not in bookings:
                return Doubt.DISPELLED
            case Doubt.NONE if line.key in history.decided and statement.overlap is Overlap.INCREMENTAL:
                return Doubt.OPEN
            case unchanged:
                return unchanged

    return {facts(line): replace(line, doubt=doubt(line)) for line in earlier}


def facts(line: BankLine | EarlierLine) -> Facts:
    """What tells a line of a file that comes again."""
    return line.record, line.booked_on, line.amount


def answer(line: EarlierLine, asked: Question | None) -> Question | None:
    """Why the line still waits or stays out; None when it is a booking of its own.

    Args:
        asked: what the files themselves say against it now.
    """
    match line.doubt:
        case Doubt.CONFIRMED:
            return _LEFT_OUT
        case Doubt.DISPELLED:
            return None
        case Doubt.NONE | Doubt.OPEN:
            return asked


def question(
    equal: Sequence[tuple[EarlierFile, EarlierLine]], history: History, why: str, together: Collection[str]
) -> Question:
    """What is asked of a line that stands in other files too.

    Args:
        together: the digests of the files that come in this run.
    """
    where = " and ".join(_place(file, line, history, together) for file, line in equal)
    unpaid = (line.key for _, line in equal if line.key and line.is_certain and not history.was_sent(line.key))
    return Question(Reason(DOUBTED, f"equal to {where}: the same booking again, or another one? {why}"), tuple(unpaid))


def _place(file: EarlierFile, line: EarlierLine, history: History, together: Collection[str]) -> str:
    """Where an equal line stands, and what became of it when it is no payment: a person's answer depends on it."""
    where = f"record {line.record} of {file.name}"
    match history.known.get(line.key):
        case Known(unsettled=(_, *_)) if not _is_anothers(file, line, history):
            return f"{where} (outcome unknown)"
        case Known(done=(_, *_)) if not _is_anothers(file, line, history):
            return where
        case _:
            return f"{where} (waits, too)" if file.sha256 in together else f"{where} (not imported)"


def _is_anothers(file: EarlierFile, line: EarlierLine, history: History) -> bool:
    """The key of the line went to another one: of a doubted line to a certain one, of an unsent one to what was accepted."""
    match line.doubt:
        case Doubt.OPEN:
            return line.key in history.bookings
        case Doubt.NONE:
            return file.overlap is Overlap.INCREMENTAL and line.key in history.decided
        case _:
            return False
