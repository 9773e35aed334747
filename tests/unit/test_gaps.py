from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from importer.ledger.gaps import Gap, gaps
from importer.ledger.numbers import MissingNumbers, NumbersGoBack, SameNumber
from importer.ledger.statement_files import StatementFile
from importer.numbering import StatementNumber


def file(
    name: str, first: int, last: int, balances: tuple[str, str] | None = None, account: str = "DE1", number: int = 0
) -> StatementFile:
    """A file of November 2026; the second is a Monday, the seventh and eighth a weekend."""
    opening, closing = map(Decimal, balances) if balances else (None, None)
    days = date(2026, 11, first), date(2026, 11, last)
    counted = StatementNumber(2026, number) if number else None
    return StatementFile(name, name, account, "EUR", *days, opening, closing, counted)


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
    "the next number, whatever days lie between": [file("a", 2, 3, number=41), file("b", 12, 13, number=42)],
    "numbers from 1 in a new year": [
        replace(file("a", 2, 3, number=52), number=StatementNumber(2025, 52)),
        file("b", 4, 5, number=1),
    ],
    "numbers of several accounts": [file("a", 2, 3, number=4), file("b", 4, 5, account="DE2", number=9)],
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


def test_a_number_that_is_missing_is_told_and_a_late_file_closes_it() -> None:
    a, c = file("a", 2, 3, number=41), file("c", 12, 13, number=43)
    (missing,) = gaps([c, a])

    assert missing == MissingNumbers(a, c, range(42, 43))
    assert missing.is_certain
    assert str(missing) == (
        'Statement 42 is missing between "a" (2026-11-03) and "c" (2026-11-12). '
        "Get what is missing from the bank and import it."
    )
    assert gaps([a, c, file("b", 4, 6, number=42)]) == ()


def test_of_many_missing_numbers_the_first_are_named() -> None:
    (missing,) = gaps([file("a", 2, 3, number=1), file("b", 4, 5, number=9)])

    assert str(missing).startswith("7 statements (2, 3, 4, 5, 6 …) are missing between")


def test_numbers_that_go_back_are_told() -> None:
    a, b = file("a", 2, 3, number=43), file("b", 4, 5, number=40)
    (back,) = gaps([a, b])

    assert (back, back.is_certain) == (NumbersGoBack(a, b), True)
    assert str(back) == (
        'The numbers of the statements go back between "a" (2026-11-03) and "b" (2026-11-04): 43, then 40. Look whether both '
        "are of this account and the bank's own files."
    )


def test_a_number_that_came_twice_is_told_but_may_be_right() -> None:
    a, b = file("a", 2, 3, number=43), file("b", 2, 5, number=43)
    (same,) = gaps([a, b])

    assert (same, same.is_certain) == (SameNumber(a, b), False)
    assert str(same) == '"a" and "b" have the same statement number 43 and other content; look whether both are right.'


def test_balances_say_more_than_numbers_that_follow() -> None:
    a, b = file("a", 2, 3, ("0", "10"), number=41), file("b", 4, 5, ("4", "7"), number=42)
    assert gaps([a, b]) == (Gap(a, b, Decimal(-6)),)


@pytest.mark.parametrize(
    ("last", "first", "is_told"),
    [
        ("2026-12-24", "2026-12-28", False),  # Christmas and a weekend
        ("2025-12-31", "2026-01-02", False),  # New Year
        ("2026-04-02", "2026-04-07", False),  # Easter
        ("2026-04-30", "2026-05-04", False),  # the first of May
        ("2026-12-23", "2026-12-28", True),  # Christmas Eve is a bank day
        ("2026-04-02", "2026-04-08", True),  # so is the Tuesday after Easter
    ],
)
def test_days_on_which_no_bank_settles_are_no_gap(last: str, first: str, is_told: bool) -> None:
    a = StatementFile("a", "a", "DE1", "EUR", date(2025, 12, 1), date.fromisoformat(last))
    b = StatementFile("b", "b", "DE1", "EUR", date.fromisoformat(first), date(2026, 12, 31))
    assert bool(gaps([a, b])) is is_told
