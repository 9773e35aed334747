"""Whether files overlap as their mapping says they do; where they do not, a person is asked (reliability.md §3.3, ID2 to ID4).

The declaration decides whether an equal booking is the same again or another one, and a wrong one loses or doubles money. So it
is held against every file: of a bank that repeats whole days, one file must have all bookings of a day that the other has; of a
bank that never repeats a booking, two files have hardly ever two different ones in common.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import takewhile

from importer.history import Doubt, EarlierFile, EarlierLine, History
from importer.identity import account_key, fingerprint
from importer.model import BankLine, Overlap, Statement
from importer.money import Money
from importer.planner.answers import Question, answer, facts, question, remembered

# The place of a line in the plan: its file and record.
Place = tuple[str, int]
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class _Equal:
    """A line of the statement that stands in another file too, where, and why that is strange."""

    record: int
    file: EarlierFile
    line: EarlierLine
    why: str


def contradictions(statements: Sequence[Statement], history: History) -> Mapping[Place, Question]:
    """The lines that may be the same booking again or another one, because the files contradict their mapping.

    Of two files that come together nobody knows which one was first, so the lines of both wait. What a person said of a line
    stands; until then it waits, unless the mapping says now that files overlap in another way (answers.py).
    """
    read = {statement.sha256: statement for statement in statements if statement.lines}
    known = {file.sha256: file for file in history.files}
    found: dict[Place, Question] = {}
    for statement in read.values():
        others = [file for file in history.files if file.sha256 not in read]
        beside = [_as_file(other, known.get(other.sha256)) for other in read.values() if other is not statement]
        account = account_key(statement.account)
        of_account = [file for file in (*others, *beside) if account_key(file.account) == account]
        before = {file.sha256 for file in _before(statement, history)}
        earlier = [file for file in of_account if file.sha256 in before]
        repeated = {record for file in earlier for record in _repeated_days(statement, file)}
        equal = [one for file in of_account for one in _between(statement, file) if one.record not in repeated]
        found |= _as_answered(statement, history, _Asked(equal, before, read))
    return found


@dataclass(frozen=True)
class _Asked:
    """The equal lines of other files; `before` are the digests of those that came first, `together` of those of this run."""

    equal: Sequence[_Equal]
    before: Collection[str]
    together: Collection[str]

    def of(self, line: BankLine, earlier: EarlierLine | None, history: History) -> Question | None:
        """One question for a line, with all places where an equal one stands; files that came later matter while it is open."""
        ones = self.by_record.get(line.record, ())
        if earlier is None or earlier.doubt is not Doubt.OPEN:
            ones = [one for one in ones if one.file.sha256 in self.before or one.file.sha256 in self.together]
        equal = [(one.file, one.line) for one in ones]
        return question(equal, history, ones[0].why, self.together) if ones else None

    @cached_property
    def by_record(self) -> Mapping[int, Sequence[_Equal]]:
        """The equal lines by record of the statement."""
        found: defaultdict[int, list[_Equal]] = defaultdict(list)
        for one in self.equal:
            found[one.record].append(one)
        return found


def _as_answered(statement: Statement, history: History, asked: _Asked) -> Iterator[tuple[Place, Question]]:
    """What is asked of a statement after what is remembered of its lines."""
    lines = remembered(statement, history)
    for line in statement.lines:
        earlier = lines.get(facts(line))
        why = asked.of(line, earlier, history)
        why = answer(earlier, why) if earlier else why
        if why:
            yield (statement.file, line.record), why


def _before(statement: Statement, history: History) -> Iterator[EarlierFile]:
    """The files that came before this one did; all of them when it is new."""
    return takewhile(lambda file: file.sha256 != statement.sha256, history.files)


def _between(statement: Statement, file: EarlierFile) -> Iterator[_Equal]:
    is_other_layout = file.mapping != statement.mapping
    match statement.overlap:
        case Overlap.FULL_DAYS if not is_other_layout:
            return _not_whole_days(statement, file)
        case Overlap.INCREMENTAL if is_other_layout:
            return _equal_ones(statement.lines, file, f"that file is of another layout, {file.mapping}. Decide")
        case Overlap.INCREMENTAL:
            return _repeated(statement, file)
        case Overlap.BALANCE if not is_other_layout:
            return _once_more(statement, file)
        case _:
            return iter(())


def _not_whole_days(statement: Statement, file: EarlierFile) -> Iterator[_Equal]:
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


def _repeated_days(statement: Statement, file: EarlierFile) -> Iterator[int]:
    """The records of lines that an earlier file has too, of days that it has without contradiction: they are its bookings.

    What a third file says against both of that day is a question about that one's bookings.
    """
    if statement.overlap is not Overlap.FULL_DAYS or file.mapping != statement.mapping:
        return
    for day in {line.booked_on for line in statement.lines}:
        mine = [line for line in statement.lines if line.booked_on == day]
        theirs = [line for line in file.lines if line.booked_on == day and line.is_certain]
        if theirs and not (_each_lacks_some(mine, theirs) or _follows(statement, file, day)):
            left = Counter(line.fingerprint for line in theirs)
            for line in mine:
                left[fingerprint(line)] -= 1
                if left[fingerprint(line)] >= 0:
                    yield line.record


def _each_lacks_some(mine: Iterable[BankLine], theirs: Iterable[EarlierLine]) -> bool:
    ours, others = (Counter(line.amount for line in lines if line.amount.is_incoming) for lines in (mine, theirs))
    return bool(ours - others) and bool(others - ours)


def _follows(statement: Statement, file: EarlierFile, day: date) -> bool:
    """The statement opens on that day with the balance with which the file closed: it goes on, it does not repeat."""
    is_border = statement.first_date == file.last == day
    return is_border and statement.opening is not None and statement.opening == file.closing


def _repeated(statement: Statement, file: EarlierFile) -> Iterator[_Equal]:
    """Lines that stand in the earlier file too: at least two different ones, or all of both files."""
    mine = Counter(fingerprint(line) for line in statement.lines)
    theirs = Counter(line.fingerprint for line in file.lines)
    if len(mine.keys() & theirs.keys()) < _SEVERAL and mine != theirs:
        return iter(())
    why = "both files have several bookings in common, but files of this bank are said never to repeat one"
    return _equal_ones(statement.lines, file, f"{why}. {_or_correct(file)}")


def _once_more(statement: Statement, file: EarlierFile) -> Iterator[_Equal]:
    """Lines of a file that goes on where the other one closed, with a booking and a balance that stand there, too.

    A running balance tells bookings apart until the money has left again: 100 in, 100 out, 100 in. A file that has all
    bookings of that day repeats them.
    """
    mine = [line for line in statement.lines if line.booked_on == file.last]
    theirs = [line for line in file.lines if line.booked_on == file.last]
    had, have = Counter(line.fingerprint for line in theirs), Counter(map(fingerprint, mine))
    if file.closing is None or not _follows(statement, file, file.last) or not had - have:
        return iter(())
    balances = {*_balances(theirs, file.closing), *_balances(theirs[::-1], file.closing)}
    again = [line for line in mine if (fingerprint(line), line.balance) in balances]
    why = f"that file closes with the balance with which this one opens, {file.closing}. Look at the bank's list of that day"
    return _equal_ones(again, file, why)


def _balances(lines: Sequence[EarlierLine], closing: Money) -> Iterator[tuple[str, Money]]:
    """The lines with the balances after and before them; `closing` is the one after the last."""
    for line in reversed(lines):
        yield line.fingerprint, closing
        closing -= line.amount
        yield line.fingerprint, closing


def _or_correct(file: EarlierFile) -> str:
    return f"Correct `overlap` in mapping {file.mapping}, or decide"


def _equal_ones(mine: Iterable[BankLine], file: EarlierFile, why: str) -> Iterator[_Equal]:
    theirs: defaultdict[str, list[EarlierLine]] = defaultdict(list)
    for earlier in reversed(file.lines):
        if earlier.doubt is not Doubt.CONFIRMED:
            theirs[earlier.fingerprint].append(earlier)
    for line in mine:
        # One after the other; of more here than there the rest may be the last one again.
        if equal := theirs.get(fingerprint(line)):
            yield _Equal(line.record, file, equal.pop() if len(equal) > 1 else equal[0], why)


def _as_file(statement: Statement, known: EarlierFile | None) -> EarlierFile:
    """A file of this run as others see it, under the name that it has in this run."""
    if known:
        return replace(known, name=statement.file)
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
