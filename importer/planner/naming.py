"""The key of every bank line, counted so that equal lines stay separate payments (reliability.md §3.3)."""

from __future__ import annotations

from collections.abc import Sequence
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
    counted = dict(history.equals)
    for statement in _once(statements):
        lines = [_with_balance(line) if statement.overlap is Overlap.BALANCE else line for line in statement.lines]
        occurrences = number_equals(lines, counted if statement.overlap is Overlap.INCREMENTAL else None)
        keys = [line_key(company_id, line, number) for line, number in zip(lines, occurrences, strict=True)]
        records: list[Source] = [Source(statement.file, row) for row in statement.unread]
        records += [Source(statement.file, line, key) for line, key in zip(statement.lines, keys, strict=True)]
        named += sorted(records, key=lambda source: source.line.record)
        if statement.overlap is Overlap.INCREMENTAL:
            for line in lines:
                counted[fingerprint(line)] = counted.get(fingerprint(line), 0) + 1
    return tuple(named)


def _once(statements: Sequence[Statement]) -> Sequence[Statement]:
    # The same bytes under two names are one file: an incremental bank's lines must not be counted twice.
    seen: dict[str, Statement] = {}
    renamed = []
    for statement in statements:
        overlap = Overlap.FULL_DAYS if statement.sha256 in seen else statement.overlap
        seen.setdefault(statement.sha256, statement)
        renamed.append(replace(statement, overlap=overlap) if overlap is not statement.overlap else statement)
    return renamed


def _with_balance(line: BankLine) -> BankLine:
    # Where each row carries the running balance, the balance tells equal lines apart in every file they appear in.
    return replace(line, bank_reference=f"{line.bank_reference} {line.balance.minor if line.balance else ''}")
