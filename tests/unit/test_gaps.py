from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from importer.ledger.gaps import Gap, StatementFile, gaps


def file(
    name: str, first: int, last: int, balances: tuple[str, str] | None = None, account: str = "DE1"
) -> StatementFile:
    """A file of November 2026; the second is a Monday, the seventh and eighth a weekend."""
    opening, closing = map(Decimal, balances) if balances else (None, None)
    return StatementFile(name, name, account, "EUR", date(2026, 11, first), date(2026, 11, last), opening, closing)


WHOLE: dict[str, Sequence[StatementFile]] = {
    "nothing": [],
    "one file": [file("a", 2, 3)],
    "the next day": [file("a", 2, 3), file("b", 4, 5)],
    "a weekend between": [file("a", 2, 6), file("b", 9, 10)],
    "days overlap": [file("a", 2, 5), file("b", 4, 9)],
    "the same day again": [file("a", 2, 5, ("0", "10")), file("b", 5, 6, ("4", "12"))],
    "a file inside another": [file("a", 2, 13), file("b", 3, 4), file("c", 16, 17)],
    "days without bookings": [file("a", 2, 3, ("0", "10")), file("b", 12, 13, ("10", "7"))],
    "balances follow, in any order": [file("b", 4, 5, ("10", "7")), file("a", 2, 3, ("0", "10"))],
    "another account": [file("a", 2, 3), file("b", 12, 13, account="DE2")],
}


@pytest.mark.parametrize("files", WHOLE.values(), ids=WHOLE.keys())
def test_nothing_is_missing(files: Sequence[StatementFile]) -> None:
    assert gaps(files) == ()


def test_a_balance_that_does_not_follow_says_how_much_is_missing() -> None:
    a, b = file("a", 2, 3, ("0", "10.00")), file("b", 4, 5, ("4.50", "7"))
    (gap,) = gaps([a, b])
    assert gap == Gap(a, b, Decimal("-5.50"))
    assert str(gap) == (
        'A statement is missing between "a" (2026-11-03) and "b" (2026-11-04): it closed with 10.00, the next opens with '
        "4.50, -5.50 EUR. Get the statement and import it."
    )


@pytest.mark.parametrize(("last", "first"), [(3, 5), (5, 9), (2, 30)])
def test_without_balances_a_working_day_that_no_file_covers_is_told(last: int, first: int) -> None:
    a, b = file("a", 2, last), file("b", first, 30)
    assert gaps([b, a]) == (Gap(a, b),)


def test_a_file_that_fills_the_gap_closes_it() -> None:
    a, c = file("a", 2, 3, ("0", "10")), file("c", 9, 10, ("5", "7"))
    assert gaps([a, c]) == (Gap(a, c, Decimal(-5)),)
    assert gaps([a, c, file("b", 4, 6, ("10", "5"))]) == ()


def test_every_account_and_every_gap_is_told() -> None:
    files = [file(f"{account}{day}", day, day, account=account) for account in ("DE1", "DE2") for day in (2, 4, 6)]
    assert [(gap.earlier.name, gap.later.name) for gap in gaps(files)] == [
        ("DE12", "DE14"),
        ("DE14", "DE16"),
        ("DE22", "DE24"),
        ("DE24", "DE26"),
    ]
