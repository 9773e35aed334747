"""A statement as plain facts: what `importer mapping check` prints and what the expected results of the samples hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from importer.errors import UnusableFile
from importer.mapping import Mapping, load_mappings
from importer.model import BankLine, Problem, Statement
from importer.shipped import shipped

EXPECTED = ".expected.json"


def statement_facts(statement: Statement) -> dict[str, object]:
    """The statement as JSON values: amounts as text with the decimals of their currency, dates as ISO text."""
    problems = [problem for row in statement.unread for problem in row.problems]
    return {
        "file": statement.file,
        "mapping": statement.mapping,
        "account": statement.account,
        "lines": [_line_facts(line) for line in statement.lines],
        "problems": [_problem_facts(problem) for problem in (*problems, *statement.warnings)],
    }


def _line_facts(line: BankLine) -> dict[str, object]:
    return {
        "record": line.record,
        "booked_on": line.booked_on.isoformat(),
        "value_on": line.value_on.isoformat() if line.value_on else None,
        "amount": line.amount.text(),
        "currency": line.amount.currency,
        "text": line.text,
        "counterparty": line.counterparty,
        "iban": line.iban,
        "reference": line.reference,
        "balance": line.balance.text() if line.balance is not None else None,
    }


def _problem_facts(problem: Problem) -> dict[str, object]:
    return {
        "row": problem.row or None,
        "column": problem.column or None,
        "value": problem.value or None,
        "rule": problem.rule,
        "message": problem.message,
    }


def as_text(statement: Statement) -> str:
    """The statement for a person: one line per booking, problems below."""
    head = f"{statement.file}: {statement.mapping}, account {statement.account or 'not stated'}"
    lines = [_line_text(line) for line in statement.lines]
    problems = [f"  {problem}" for row in statement.unread for problem in row.problems]
    warnings = [f"  {problem}" for problem in statement.warnings]
    count = f"{len(statement.lines)} lines read, {len(statement.unread)} rows rejected"
    return "\n".join([head, *lines, *problems, *warnings, count])


def _line_text(line: BankLine) -> str:
    what = (line.reference or line.text)[:50]
    return f"{line.record:>6}  {line.booked_on}  {line.amount!s:>20}  {line.counterparty[:30]:<30}  {what}"


def sample_files(folder: Path) -> list[Path]:
    """The sample statements below the folder: every file with an expected result beside it."""
    return [path.with_name(path.name.removesuffix(EXPECTED)) for path in sorted(folder.rglob(f"*{EXPECTED}"))]


def read_sample(sample: Path, mappings: Sequence[Mapping]) -> Statement:
    """A sample as its user reads it: recognised, or with the expected mapping where that is read only when named."""
    from importer.reader import read_statement

    expected = expected_facts(sample)["mapping"]
    named = any(mapping.id == expected and mapping.table.only_when_named for mapping in mappings)
    return read_statement(sample, mappings, str(expected) if named else None)


def differing_samples(own: Sequence[Path] = ()) -> list[str]:
    """The samples that are not read as expected, each with the first difference; and shipped mappings without a sample.

    Args:
        own: folders of mappings beside the shipped ones; their samples are in a folder `samples` beside each, if anywhere.
    """
    mappings = load_mappings([shipped("mappings"), *own])
    folders = dict.fromkeys(
        path.resolve() for path in (shipped("samples"), *(each.resolve().parent / "samples" for each in own))
    )
    names = {path: path.relative_to(folder).as_posix() for folder in folders for path in sample_files(folder)}
    different = [
        f"{name}: {difference}" for path, name in names.items() if (difference := _sample_difference(path, mappings))
    ]
    sampled = {expected_facts(path)["mapping"] for path in names}
    collected = load_mappings([shipped("mappings")]) if own else mappings
    return different + [f"{mapping.id}: has no sample" for mapping in collected if mapping.id not in sampled]


def _sample_difference(sample: Path, mappings: Sequence[Mapping]) -> str:
    try:
        return _difference(expected_facts(sample), statement_facts(read_sample(sample, mappings)))
    except UnusableFile as error:
        return f"is not read: {error}"


def _difference(expected: object, read: object, place: str = "") -> str:
    """Where two documents of the same form first differ, "" when they do not."""
    if isinstance(expected, dict) and isinstance(read, dict) and expected.keys() == read.keys():
        found = (_difference(expected[key], read[key], f"{place} {key}".strip()) for key in expected)
        return next(filter(None, found), "")
    if isinstance(expected, list) and isinstance(read, list) and len(expected) == len(read):
        found = (
            _difference(*pair, f"{place} {number}") for number, pair in enumerate(zip(expected, read, strict=True), 1)
        )
        return next(filter(None, found), "")
    shown = [json.dumps(each, ensure_ascii=False) for each in (read, expected)]
    return (
        "" if expected == read else f"{place or 'the whole'} is read as {shown[0][:200]}, expected is {shown[1][:200]}"
    )


def expected_facts(sample: Path) -> dict[str, object]:
    """The expected result beside a sample."""
    return dict(json.loads(sample.with_name(sample.name + EXPECTED).read_text(encoding="utf-8")))
