"""The key of every bank line, counted so that equal lines stay separate payments (reliability.md §3.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from importer.history import History
from importer.identity import fingerprint, line_key, number_equals
from importer.model import BankLine, Overlap, Statement
from importer.plan import Source


def name_lines(statements: Sequence[Statement], company_id: str, history: History) -> tuple[Source, ...]:
    """Every record of the statements with the key of its bank line, in order of file and record.

    Equal lines of one day are counted: per file where files repeat whole days, across files where they never repeat a
    line, and not at all where the running balance tells them apart (reliability.md §3.3).
    """
    named: list[Source] = []
    counted = _counted(history, {statement.sha256 for statement in statements})
    keys_of = _kept(history)
    for statement in statements:
        # The same bytes under two names are one file, whose lines must not be counted twice.
        keys = keys_of.get(statement.sha256, [])
        if len(keys) != len(statement.lines):
            keys = keys_of[statement.sha256] = _keys(statement, company_id, counted)
        records: list[Source] = [Source(statement.file, row) for row in statement.unread]
        records += [Source(statement.file, line, key) for line, key in zip(statement.lines, keys, strict=True)]
        named += sorted(records, key=lambda source: source.line.record)
    return tuple(named)


def _counted(history: History, planned: Collection[str]) -> Counter[str]:
    """How many equal lines other files have, by fingerprint; what may be a line once more is not counted twice."""
    others = (file for file in history.files if file.sha256 not in planned)
    return Counter(line.fingerprint for file in others for line in file.lines if not line.is_doubtful)


def _kept(history: History) -> dict[str, list[str]]:
    """The keys that the lines of a file got when it first came: whatever came since, they keep them."""
    return {
        file.sha256: [line.key for line in file.lines] for file in history.files if file.overlap is Overlap.INCREMENTAL
    }


def _keys(statement: Statement, company_id: str, counted: Counter[str]) -> list[str]:
    """The keys of a statement's lines; `counted` takes them in where files never repeat a line."""
    lines = [_with_balance(line) if statement.overlap is Overlap.BALANCE else line for line in statement.lines]
    occurrences = number_equals(lines, counted if statement.overlap is Overlap.INCREMENTAL else None)
    if statement.overlap is Overlap.INCREMENTAL:
        counted.update(map(fingerprint, lines))
    return [line_key(company_id, line, number) for line, number in zip(lines, occurrences, strict=True)]


def _with_balance(line: BankLine) -> BankLine:
    # Where each row carries the running balance, the balance tells equal lines apart in every file they appear in.
    return replace(line, bank_reference=f"{line.bank_reference} {line.balance.minor if line.balance else ''}")
