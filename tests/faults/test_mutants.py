"""The judge is worth something only if it catches a program that lacks a barrier (reliability.md §7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.ledger import database
from tests.faults.mutants import MUTANTS, Harm, Mutant, weakened
from tests.faults.quick import sharing_engine
from tests.faults.report import Report
from tests.faults.schedule import run_schedule

HARMFUL = [mutant for mutant in MUTANTS if mutant.harm]
HELD = [mutant for mutant in MUTANTS if mutant.why]


@pytest.fixture(autouse=True)
def _compiled_statements_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "create_engine", sharing_engine)


def harms(report: Report) -> set[Harm]:
    verdict = report.verdict
    found: dict[Harm, object] = {
        "lost": report.lost,
        "doubled": verdict.doubled,
        "clobbered": verdict.clobbered,
        "unsettled": report.unsettled,
    }
    return {name for name, value in found.items() if value}


@pytest.mark.parametrize("mutant", HARMFUL, ids=lambda mutant: mutant.name)
def test_a_weakened_program_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    with weakened(mutant):
        caught = (mutant.harm in harms(run_schedule(seed, tmp_path, mutant.settings)) for seed in mutant.seeds)
        assert any(caught), f"no schedule of {mutant.seeds} catches it"


@pytest.mark.parametrize("mutant", HELD, ids=lambda mutant: mutant.name)
def test_where_a_barrier_is_missing_another_one_holds(mutant: Mutant, tmp_path: Path) -> None:
    with weakened(mutant):
        reports = [run_schedule(seed, tmp_path, mutant.settings) for seed in mutant.seeds]
    assert [str(report) for report in reports if not report.is_good] == []


@pytest.mark.parametrize("mutant", HARMFUL, ids=lambda mutant: mutant.name)
def test_the_whole_program_is_not_caught_where_a_weakened_one_is(mutant: Mutant, tmp_path: Path) -> None:
    reports = [run_schedule(seed, tmp_path, mutant.settings) for seed in mutant.seeds[:8]]
    assert [str(report) for report in reports if not report.is_good] == []


def test_every_mutant_is_either_caught_or_explained() -> None:
    assert [mutant.name for mutant in MUTANTS if bool(mutant.harm) == bool(mutant.why)] == []
