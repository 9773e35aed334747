"""Whether files overlap as their mapping says they do; where they do not, a person is asked (reliability.md §3.3, ID2 to ID4).

The declaration decides whether an equal booking is the same again or another one, and a wrong one loses or doubles money. So it
is held against every file: of a bank that repeats whole days, one file must have all bookings of a day that the other has; of a
bank that never repeats a booking, two files have hardly ever two different ones in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile

from importer.history import EarlierFile, EarlierLine, History
from importer.identity import fingerprint
from importer.model import BankLine, Overlap, Reason, Statement
from importer.plan import DOUBTED

# The place of a line in the plan: its file and record.
Place = tuple[str, int]
_SEVERAL = 2


def contradictions(statements: Sequence[Statement], history: History) -> Mapping[Place, Reason]:
    """The lines that may be the same booking again or another one, because the files contradict their mapping.

    Of two files that come together nobody knows which one was first, so the lines of both wait.
    """
    read = {statement.sha256: statement for statement in statements}
    found: dict[Place, Reason] = {}
    for statement in read.values():
        earlier = [file for file in _before(statement.sha256, history) if file.sha256 not in read]
        beside = [_as_file(other) for other in read.values() if other is not statement and other.lines]
        for file in (*earlier, *beside):
            if (file.account, file.mapping) == (statement.account, statement.mapping):
                found |= {(statement.file, record): reason for record, reason in _between(statement, file)}
    return found


def _before(sha256: str, history: History) -> Iterator[EarlierFile]:
    """The files that came before this one did; all of them when it is new."""
    return takewhile(lambda file: file.sha256 != sha256, history.files)


def _between(statement: Statement, file: EarlierFile) -> Iterator[tuple[int, Reason]]:
    match statement.overlap:
        case Overlap.FULL_DAYS:
            return _not_whole_days(statement, file)
        case Overlap.INCREMENTAL:
            return _repeated(statement, file)
        case Overlap.BALANCE:
            return iter(())


def _not_whole_days(statement: Statement, file: EarlierFile) -> Iterator[tuple[int, Reason]]:
    """Lines of days on which each of the two files has bookings that the other lacks, or one begins where the other ended.

    Receipts are counted by amount: banks rewrite texts, and what was only rewritten is told elsewhere; and they book out
    what was only reserved.
    """
    for day in sorted({line.booked_on for line in statement.lines}):
        mine = [line for line in statement.lines if line.booked_on == day]
        theirs = [line for line in file.lines if line.booked_on == day]
        if theirs and (_each_lacks_some(mine, theirs) or _follows(statement, file, day)):
            why = f"of {day} each of the two files has bookings that the other lacks"
            yield from _equal_ones(mine, theirs, f"{why}, but files of this bank are said to repeat whole days", file)


def _each_lacks_some(mine: Iterable[BankLine], theirs: Iterable[EarlierLine]) -> bool:
    ours, others = (Counter(line.amount for line in lines if line.amount.is_incoming) for lines in (mine, theirs))
    return bool(ours - others) and bool(others - ours)


def _follows(statement: Statement, file: EarlierFile, day: date) -> bool:
    """The statement opens on that day with the balance with which the file closed: it goes on, it does not repeat."""
    is_border = statement.first_date == file.last == day
    return is_border and statement.opening is not None and statement.opening == file.closing


def _repeated(statement: Statement, file: EarlierFile) -> Iterator[tuple[int, Reason]]:
    """Lines that stand in the earlier file too: at least two different ones, or all of both files."""
    mine = Counter(fingerprint(line) for line in statement.lines)
    theirs = Counter(line.fingerprint for line in file.lines)
    if len(mine.keys() & theirs.keys()) < _SEVERAL and mine != theirs:
        return iter(())
    why = "both files have several bookings in common, but files of this bank are said never to repeat one"
    return _equal_ones(statement.lines, file.lines, why, file)


def _equal_ones(
    mine: Iterable[BankLine], theirs: Iterable[EarlierLine], why: str, file: EarlierFile
) -> Iterator[tuple[int, Reason]]:
    records = {line.fingerprint: line.record for line in theirs}
    for line in mine:
        record = records.get(fingerprint(line))
        if record is not None:
            text = (
                f"equal to record {record} of {file.name}: the same booking again, or another one? {why}. "
                f"Correct `overlap` in mapping {file.mapping}, or decide"
            )
            yield line.record, Reason(DOUBTED, text)


def _as_file(statement: Statement) -> EarlierFile:
    days = [line.booked_on for line in statement.lines]
    lines = tuple(
        EarlierLine(line.record, line.booked_on, line.amount, fingerprint(line), "") for line in statement.lines
    )
    return EarlierFile(
        sha256=statement.sha256,
        name=statement.file,
        account=statement.account,
        mapping=statement.mapping,
        overlap=statement.overlap,
        first=min(days),
        last=max(days),
        closing=statement.closing,
        lines=lines,
    )
