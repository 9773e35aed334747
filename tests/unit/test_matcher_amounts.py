"""Sums: which documents an amount explains, and when arithmetic is only chance."""

from __future__ import annotations

import pytest

from importer.matcher.amounts import Allowance
from importer.matcher.settings import MatchingSettings
from importer.matcher.subsets import few_subsets, is_accidental, only_subset, reaches

EIGHT = [11820, 34000, 7690, 51235, 9999, 2701, 64000, 8175]


def test_the_only_subset_is_found() -> None:
    assert only_subset(EIGHT, 27685) == (0, 2, 7)


@pytest.mark.parametrize(
    ("amounts", "wanted"), [([100, 200, 300], 300), (EIGHT, 1), ([], 5), ([5] * 30, 5), ([-5, 10], 5)]
)
def test_there_is_no_only_subset_of_two_none_or_too_many(amounts: list[int], wanted: int) -> None:
    assert only_subset(amounts, wanted) is None


def test_two_subsets_are_told_from_none() -> None:
    assert len(few_subsets([100, 200, 300], 300) or ()) == 2
    assert few_subsets([100, 200], 50) == ()
    assert few_subsets([1] * 26, 5) is None


@pytest.mark.parametrize("size", [3, 9, 14, 15, 20])
def test_reaching_a_sum_is_what_trying_all_subsets_says(size: int) -> None:
    amounts = [1000 + 37 * n * n for n in range(size)]
    sums = {0}
    for amount in amounts:
        sums |= {amount + other for other in sums}
    for wanted in range(1000, sum(amounts) + 500, 487):
        assert reaches(amounts, wanted) == (wanted in sums)


def test_what_cannot_be_searched_counts_as_reached() -> None:
    assert reaches([-5, 3], 4)
    assert reaches([7] * 200, 8)


def test_prices_make_combinations_accidental_and_scattered_amounts_do_not() -> None:
    assert is_accidental([4900, 9900, 11900, 23800, 4900, 9900, 11900, 59500, 4900, 9900], 26600, 3)
    assert not is_accidental(EIGHT, 27685, 3)


@pytest.mark.parametrize(
    ("settings", "total", "allowed"),
    [
        (MatchingSettings(payment_tolerance_pct=5), 10000, 500),  # type: ignore[arg-type]  # a whole number will do
        (MatchingSettings(payment_tolerance_pct=5, max_payment_tolerance_amount=2), 10000, 200),  # type: ignore[arg-type]  # dito
        (MatchingSettings(max_payment_tolerance_amount=2), 100, 200),  # type: ignore[arg-type]  # dito
        (MatchingSettings(), 10000, 0),
    ],
)
def test_payment_tolerance_is_the_lower_of_percentage_and_maximum(
    settings: MatchingSettings, total: int, allowed: int
) -> None:
    assert Allowance(settings, "EUR").payment_tolerance(total) == allowed


def test_the_match_tolerance_is_never_more_than_half_of_the_money() -> None:
    amount = Allowance(MatchingSettings(tolerance_value=300), "EUR")  # type: ignore[arg-type]  # a whole number will do
    share = Allowance(MatchingSettings(tolerance_type="Percentage", tolerance_value=10), "EUR")  # type: ignore[arg-type]  # dito
    assert [amount.match_tolerance(10000), amount.match_tolerance(100000), share.match_tolerance(10000)] == [
        5000,
        30000,
        1000,
    ]
