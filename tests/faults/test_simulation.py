"""The real planner, writer and ledger in seeded schedules of faults, deaths and people: nothing lost, nothing doubled."""

from __future__ import annotations

from collections import Counter

import pytest

from importer.writer import Settling
from tests.faults.simulation import FAULTS, Report, Settings, run_schedule

KINDS = {
    "strict, people at work": (Settings(), 1_000, 50),
    "ledger lost between runs": (Settings(ledger_lost=0.3, look_up=True), 2_000, 20),
    "fast, nobody posts": (Settings(settling=Settling.FAST, people=False), 3_000, 20),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Report]]:
    folder = tmp_path_factory.mktemp("schedules")
    return {
        kind: [run_schedule(seed, folder, settings) for seed in range(first, first + count)]
        for kind, (settings, first, count) in KINDS.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_payment_is_created_exactly_once_and_nothing_stays_open(
    kind: str, reports: dict[str, list[Report]]
) -> None:
    assert [str(report) for report in reports[kind] if not report.is_good] == []


def test_every_kind_of_fault_occurs_in_the_schedules(reports: dict[str, list[Report]]) -> None:
    seen = sum((report.seen for some in reports.values() for report in some), Counter[str]())
    people = {"posted", "deleted by hand", "edited by hand", "key removed by hand", "hidden by hand", "foreign line"}
    deaths = {"killed", "killed before ledger", "killed after ledger", "ledger lost"}
    assert (set(FAULTS) | people | deaths) - set(seen) == set()
