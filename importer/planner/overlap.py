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

from importer.history import Doubt, EarlierFile, EarlierLine, History
from importer.identity import fingerprint
from importer.model import BankLine, Overlap, Reason, Statement
from importer.plan import DOUBTED, LEFT_OUT

# The place of a line in the plan: its file and record.
Place = tuple[str, int]
_SEVERAL = 2
_UNDECIDED = Reason(
    DOUBTED, "may be an earlier booking once more, as was asked when the file first came; nobody decided"
)
_LEFT_OUT = Reason(LEFT_OUT, "a person left it out as the same booking; `importer import --again` asks anew")


def contradictions(statements: Sequence[Statement], history: History) -> Mapping[Place, Reason]:
    """The lines that may be the same booking again or another one, because the files contradict their mapping.

    Of two files that come together nobody knows which one was first, so the lines of both wait. What a person said of a line
    stands; until then it waits, unless the mapping says now that files overlap in another way.
    """
    read = {statement.sha256: statement for statement in statements}
    found: dict[Place, Reason] = {}
    for statement in read.values():
        earlier = [file for file in _before(statement.sha256, history) if file.sha256 not in read]
        beside = [_as_file(other) for other in read.values() if other is not statement and other.lines]
        for file in (*earlier, *beside):
            if file.account == statement.account:
                found |= {(statement.file, record): reason for record, reason in _between(statement, file)}
        _hold_to_what_was_said(statement, history, found)
    return found


def _hold_to_what_was_said(statement: Statement, history: History, found: dict[Place, Reason]) -> None:
    for file in (file for file in history.files if file.sha256 == statement.sha256):
        doubts = {(line.record, line.booked_on, line.amount): line.doubt for line in file.lines}
        for line in statement.lines:
            place = statement.file, line.record
            match doubts.get((line.record, line.booked_on, line.amount)):
                case Doubt.OPEN if file.overlap is statement.overlap:
                    found.setdefault(place, _UNDECIDED)
                case Doubt.CONFIRMED:
                    found[place] = _LEFT_OUT
                case Doubt.DISPELLED:
                    found.pop(place, None)
                case _:
                    pass


def _before(sha256: str, history: History) -> Iterator[EarlierFile]:
    """The files that came before this one did; all of them when it is new."""
    return takewhile(lambda file: file.sha256 != sha256, history.files)


def _between(statement: Statement, file: EarlierFile) -> Iterator[tuple[int, Reason]]:
    is_other_layout = file.mapping != statement.mapping
    match statement.overlap:
        case Overlap.FULL_DAYS if not is_other_layout:
            return _not_whole_days(statement, file)
        case Overlap.INCREMENTAL if is_other_layout:
            return _equal_ones(statement.lines, file, f"that file is of another layout, {file.mapping}. Decide")
        case Overlap.INCREMENTAL:
            return _repeated(statement, file)
        case _:
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
            why = (
                f"of {day} each of the two files has bookings that the other lacks, but files of this bank are said to repeat "
                f"whole days. {_or_correct(file)}"
            )
            yield from _equal_ones(mine, file, why)


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
    return _equal_ones(statement.lines, file, f"{why}. {_or_correct(file)}")


def _or_correct(file: EarlierFile) -> str:
    return f"Correct `overlap` in mapping {file.mapping}, or decide"


def _equal_ones(mine: Iterable[BankLine], file: EarlierFile, why: str) -> Iterator[tuple[int, Reason]]:
    records = {line.fingerprint: line.record for line in file.lines}
    for line in mine:
        record = records.get(fingerprint(line))
        if record is not None:
            text = f"equal to record {record} of {file.name}: the same booking again, or another one? {why}"
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
