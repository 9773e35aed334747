"""The key of every bank line, counted so that equal lines stay separate payments (reliability.md §3.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from importer.history import History
from importer.identity import fingerprint, line_key
from importer.model import BankLine, Overlap, Statement
from importer.plan import LEFT_OUT, Source
from importer.planner.answers import Question, facts, remembered
from importer.planner.fuller import with_earlier_keys
from importer.planner.overlap import Place

_NOTHING: Mapping[Place, Question] = {}


def name_lines(
    statements: Sequence[Statement], company_id: str, history: History, doubted: Mapping[Place, Question] = _NOTHING
) -> tuple[Source, ...]:
    """Every record of the statements with the key of its bank line, in order of file and record.

    The lines of a file that came before keep their keys, whatever its mapping makes of their texts now (reliability.md I10),
    and so does a booking that a later export words more fully (fuller.py). Equal lines of one day are counted: per file where
    files repeat whole days, across files where they never repeat a line, and not at all where the running balance tells them
    apart (reliability.md §3.3).

    Args:
        doubted: lines that may be an earlier one once more. They get the first keys that are left, each time anew: else
            keys would depend on what was asked when, which a lost ledger does not know. An equal line that was never sent
            leaves its key to them: both cannot become payments.
    """
    files = _each_once(statements)
    kept = {sha256: remembered(statement, history) for sha256, statement in files.items()}
    through_all = _Names(company_id, set(history.bookings))
    left = _Names(company_id, {*history.bookings, *history.known})

    def names_of(statement: Statement) -> _Names:
        certain = {line.key for line in kept[statement.sha256].values() if line.is_certain}
        return through_all if statement.overlap is Overlap.INCREMENTAL else _Names(company_id, certain)

    names = {sha256: names_of(statement) for sha256, statement in files.items()}
    keys, used = dict[tuple[str, int], str](), set[str]()
    for statement, line, question in _in_turn(files.values(), doubted):
        sha256, before = statement.sha256, kept[statement.sha256].get(facts(line))
        if before and before.is_certain:
            key = before.key
        elif question:
            key = next((key for key in question.keys if key not in used), "") or left.next_of(_told_by(line, statement))
        else:
            key = names[sha256].next_of(_told_by(line, statement))
        keys[sha256, line.record] = key
        used.add(key)
        left.taken.add(key)
    sources = [source for statement in statements for source in _sources(statement, keys)]
    return with_earlier_keys(sources, statements, history, doubted)


def _each_once(statements: Sequence[Statement]) -> Mapping[str, Statement]:
    """The statements by digest: the same bytes under two names are one file."""
    files: dict[str, Statement] = {}
    for statement in statements:
        files.setdefault(statement.sha256, statement)
    return files


def _in_turn(
    files: Collection[Statement], doubted: Mapping[Place, Question]
) -> Iterator[tuple[Statement, BankLine, Question | None]]:
    """The lines of all files in their order; after them the doubted ones, by name of the file; those left out come last."""
    lines = [(file, line, doubted.get((file.file, line.record))) for file in files for line in file.lines]
    yield from (one for one in lines if one[2] is None)
    doubts = [(one, one[2].reason.rule == LEFT_OUT) for one in lines if one[2] is not None]
    yield from (one for one, _ in sorted(doubts, key=lambda pair: (pair[1], pair[0][0].file)))


def _sources(statement: Statement, keys: Mapping[tuple[str, int], str]) -> Sequence[Source]:
    """The records of a statement in their order, bank lines with their key."""
    lines = [Source(statement.file, line, keys[statement.sha256, line.record]) for line in statement.lines]
    unread = [Source(statement.file, row) for row in statement.unread]
    return sorted([*unread, *lines], key=lambda source: source.line.record)


@dataclass
class _Names:
    """Gives every line the first key of its equals that is free."""

    company_id: str
    taken: set[str]
    counted: Counter[str] = field(default_factory=Counter)

    def next_of(self, line: BankLine) -> str:
        equal = fingerprint(line)
        while True:
            self.counted[equal] += 1
            key = line_key(self.company_id, line, self.counted[equal])
            if key not in self.taken:
                self.taken.add(key)
                return key


def _told_by(line: BankLine, statement: Statement) -> BankLine:
    """The line with what tells it from its equals: a running balance does so in every file it appears in."""
    if statement.overlap is not Overlap.BALANCE:
        return line
    return structs.replace(line, bank_reference=f"{line.bank_reference} {line.balance.minor if line.balance else ''}")
