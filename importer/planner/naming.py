"""The key of every bank line, counted so that equal lines stay separate payments (reliability.md §3.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from importer.history import EarlierLine, History
from importer.identity import fingerprint, line_key
from importer.model import BankLine, Overlap, Statement
from importer.money import Money
from importer.plan import Source
from importer.planner.fuller import with_earlier_keys
from importer.planner.overlap import Place

# What no mapping of text columns changes: where a line stands in its file, when it was booked, how much it is.
_Facts = tuple[int, date, Money]


def name_lines(
    statements: Sequence[Statement], company_id: str, history: History, doubted: Collection[Place] = ()
) -> tuple[Source, ...]:
    """Every record of the statements with the key of its bank line, in order of file and record.

    The lines of a file that came before keep their keys, whatever its mapping makes of their texts now (reliability.md I10),
    and so does a booking that a later export words more fully (fuller.py).
    Equal lines of one day are counted: per file where files repeat whole days, across files where they never repeat a
    line, and not at all where the running balance tells them apart (reliability.md §3.3).

    Args:
        doubted: lines that may be an earlier one once more; no key of a certain line depends on them.
    """
    files = {statement.sha256: statement for statement in reversed(statements)}
    kept = {sha256: _kept(statement, history) for sha256, statement in files.items()}
    through_all = _Names(company_id, _given_away(history).union(*(keys.values() for keys in kept.values())))

    def names(statement: Statement) -> _Names:
        is_counted_through = statement.overlap is Overlap.INCREMENTAL
        return through_all if is_counted_through else _Names(company_id, set(kept[statement.sha256].values()))

    named = {sha256: names(statement) for sha256, statement in files.items()}
    # The same bytes under two names are one file, whose lines must not be counted twice.
    once = (statement for statement in statements if files[statement.sha256] is statement)
    lines = [(statement, line) for statement in once for line in statement.lines]
    keys: dict[tuple[str, int], str] = {}
    for statement, line in sorted(lines, key=lambda one: (one[0].file, one[1].record) in doubted):
        sha256 = statement.sha256
        keys[sha256, line.record] = kept[sha256].get(_facts(line)) or named[sha256].of(_told_by(line, statement))
    sources = [source for statement in statements for source in _sources(statement, keys)]
    return with_earlier_keys(sources, statements, history, doubted)


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

    def of(self, line: BankLine) -> str:
        """The key of a line that has none yet."""
        equal = fingerprint(line)
        while True:
            self.counted[equal] += 1
            key = line_key(self.company_id, line, self.counted[equal])
            if key not in self.taken:
                self.taken.add(key)
                return key


def _kept(statement: Statement, history: History) -> Mapping[_Facts, str]:
    """The keys that the lines of this file got when it first came."""
    lines = (line for file in history.files if file.sha256 == statement.sha256 for line in file.lines)
    return {_facts(line): line.key for line in lines}


def _given_away(history: History) -> set[str]:
    """The keys of all earlier lines, except of those that may be another one once more."""
    return {line.key for file in history.files for line in file.lines if not line.is_doubtful}


def _facts(line: BankLine | EarlierLine) -> _Facts:
    return line.record, line.booked_on, line.amount


def _told_by(line: BankLine, statement: Statement) -> BankLine:
    """The line with what tells it from its equals: a running balance does so in every file it appears in."""
    if statement.overlap is not Overlap.BALANCE:
        return line
    return replace(line, bank_reference=f"{line.bank_reference} {line.balance.minor if line.balance else ''}")
