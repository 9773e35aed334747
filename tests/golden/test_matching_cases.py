"""The project's labelled cases: every one exactly as labelled, and every rule of the matcher needed by at least one."""

from __future__ import annotations

from functools import cache

from importer.matcher import table
from importer.matcher.case_file import load_cases
from importer.matcher.cases import Result, run_case
from importer.matcher.scores import is_exact, tally
from importer.model import Confidence
from importer.shipped import shipped


@cache
def results() -> tuple[Result, ...]:
    return tuple(run_case(case) for case in load_cases(shipped("samples") / "matching-cases.json").cases)


def test_every_case_is_decided_as_labelled() -> None:
    assert [result.case.id for result in results() if not is_exact(result)] == []


def test_no_high_is_wrong_and_all_are_found() -> None:
    found = tally(results())
    assert (found.wrong_high, found.high_found, found.abstained) == (0, found.high_expected, found.abstain_expected)


def test_every_row_of_the_decision_table_decides_a_case() -> None:
    rows = {row.name for row in vars(table).values() if isinstance(row, table.Row)}
    assert rows - {result.match.reasons[0].rule for result in results()} == set()


def test_every_contradiction_alone_keeps_a_case_from_high() -> None:
    high = {
        row.name for row in vars(table).values() if isinstance(row, table.Row) and row.confidence is Confidence.HIGH
    }
    decisive = set()
    for result in results():
        row, *others = [reason.rule for reason in result.match.reasons]
        told = table.CONTRADICTIONS.keys() & set(others)
        if row in high and len(told) == 1:
            decisive |= told
    assert set(table.CONTRADICTIONS) - decisive == set()


def test_every_match_adds_up() -> None:
    for result in results():
        match, line = result.match, result.case.statement_line
        parts = sum(part.amount.amount for part in match.applications)
        deducted = sum(money.amount for money in (match.discount, match.tolerance, match.fee) if money)
        same_currency = all(
            part.amount.currency == match.unapplied.currency for part in match.applications if match.unapplied
        )
        if match.applications and match.unapplied and same_currency:
            assert parts - deducted + match.unapplied.amount == line.amount, result.case.id
            assert sum(p.deducted.amount for p in match.applications if p.deducted) == deducted, result.case.id
