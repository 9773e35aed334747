"""The labelled benchmark: no high is wrong. A short run belongs to the suite, the long one is run with -m bench."""

from __future__ import annotations

import pytest

from tests.bench.judge import judge


def test_no_high_is_wrong_on_invented_ledgers() -> None:
    judgement = judge(seed=7, ledgers=6)
    assert (judgement.mistakes, judgement.unjustified) == ([], [])
    assert judgement.ours.high > 300


def test_the_same_seed_gives_the_same_figures() -> None:
    assert judge(seed=3, ledgers=1).text() == judge(seed=3, ledgers=1).text()


@pytest.mark.bench
def test_no_high_of_thirty_thousand_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    judgement = judge(seed=11, ledgers=640)
    with capsys.disabled():
        print("\n" + judgement.text())  # noqa: T201 - the figures are what the benchmark is for
    assert (judgement.mistakes, judgement.unjustified) == ([], [])
    assert judgement.ours.high >= 30_000
    assert judgement.ours.wrong < judgement.business_central.wrong
