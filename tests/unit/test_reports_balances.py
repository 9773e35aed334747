from __future__ import annotations

from dataclasses import replace

import pytest

from importer.money import Money
from importer.plan import Decision
from importer.reports.balances import balance_checks
from tests.unit import report_plans as plans


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


EVERY = plans.every_kind()
READABLE = tuple(decision for decision in EVERY.decisions if decision.source.key)
ADDS_UP = "Opening balance plus lines is the closing balance."


@pytest.mark.parametrize(
    ("decisions", "opening", "closing", "difference", "verdict"),
    [
        (READABLE, eur("10000.00"), eur("16814.10"), eur("0"), ADDS_UP),
        (
            READABLE,
            eur("10000.00"),
            eur("16814.00"),
            eur("0.10"),
            "Opening balance plus lines differs from the closing balance 16,814.00 EUR by 0.10 EUR.",
        ),
        (READABLE, eur("10000.00"), None, None, "The file states no opening and closing balance."),
        (
            READABLE,
            Money.of(1, "USD"),
            Money.of(2, "USD"),
            None,
            "The balances cannot be checked: they and the lines are not all in one currency.",
        ),
        (
            EVERY.decisions,
            eur("10000.00"),
            eur("16814.10"),
            eur("0"),
            "The balances cannot be checked: 1 record could not be read.",
        ),
        ((), eur("5.00"), eur("5.00"), eur("0"), ADDS_UP),
    ],
)
def test_a_file_adds_up_or_the_report_says_why_not(
    decisions: tuple[Decision, ...],
    opening: Money | None,
    closing: Money | None,
    difference: Money | None,
    verdict: str,
) -> None:
    file = replace(EVERY.files[0], opening=opening, closing=closing)
    (check,) = balance_checks(replace(EVERY, decisions=decisions, files=(file,)))
    assert (check.difference, check.verdict) == (difference, verdict)


@pytest.mark.parametrize(
    ("decisions", "closing", "alarming"),
    [
        (READABLE, eur("16814.10"), "no"),
        (READABLE, eur("16814.00"), "yes"),
        (EVERY.decisions, eur("16814.10"), "yes"),
        (EVERY.decisions, None, "no"),
    ],
)
def test_only_stated_balances_that_do_not_agree_alarm(
    decisions: tuple[Decision, ...], closing: Money | None, alarming: str
) -> None:
    file = replace(EVERY.files[0], closing=closing)
    (check,) = balance_checks(replace(EVERY, decisions=decisions, files=(file,)))
    assert check.is_alarming is (alarming == "yes")
