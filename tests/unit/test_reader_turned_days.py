"""Dates that a program in between has turned are found by the order of the file, where several or the last one are (B57)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from importer.reader.turned_days import turned
from tests.unit.reader_files import PLAIN, mapping, read, refusal, rules

MARCH = [date(2026, 3, day) for day in (2, 2, 4, 5, 8, 9, 11, 12, 14, 17, 20, 23)]


def file(days: Sequence[date]) -> str:
    rows = [f"{day:%d.%m.%Y};payment {number};{number}.50" for number, day in enumerate(days, 1)]
    return "\n".join(["Date;Text;Amount", *rows, ""])


LAYOUT = mapping(PLAIN, decimal='"."')


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("places", [(4, 5), (1, 3, 7), range(8)], ids=["two", "three", "all that can be"])
def test_several_turned_dates_refuse_the_file(places: Sequence[int], order: int, tmp_path: Path) -> None:
    days = [turned(day) if place in places else day for place, day in enumerate(MARCH)][::order]
    message = refusal(tmp_path, file(days), LAYOUT)
    assert "more dates are out of order, and with day and month the other way round all dates are in order" in message
    assert refusal(tmp_path, file(MARCH[::order]), LAYOUT) == ""


def test_one_turned_date_in_the_middle_is_set_aside_and_the_others_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, file([*MARCH[:5], turned(MARCH[5]), *MARCH[6:]]), LAYOUT)
    assert (len(found.lines), rules(found)) == (11, ["DAT-6"])


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("odd", [date(2026, 1, 3), date(2026, 12, 3)], ids=["the oldest", "the newest"])
def test_one_turned_date_at_an_end_is_set_aside(odd: date, order: int, tmp_path: Path) -> None:
    days = sorted([*(date(2026, 3, day) for day in (2, 4, 5, 6, 8, 9, 11)), odd])
    found = read(tmp_path, file(days[::order]), LAYOUT)
    assert (len(found.lines), rules(found)) == (7, ["DAT-6"])
    assert f"{odd.replace(month=3, day=odd.month)}, day and month the other way round" in str(found.unread[0].problems)


@pytest.mark.parametrize(
    "days",
    [
        [date(2026, 3, 2)] * 5 + [date(2026, 3, 1)] * 2 + [date(2026, 3, 2)] * 3,  # turned they would lie further apart
        [date(2026, 3, 2) + timedelta(n) for n in (0, 15, 9, 30, 2, 3, 41, 8, 7, 60)],  # in no order at all
        [
            date(2026, 1, 2),
            date(2026, 2, 5),
            date(2026, 3, 9),
            *(date(2026, month, 3) for month in range(4, 10)),
        ],  # monthly
        [date(2026, 3, 2), date(2026, 3, 4), date(2026, 12, 3)],  # few rows show no order
        [*(date(2026, 3, day) for day in (2, 4, 5, 6, 8, 9, 11)), date(2026, 9, 3)],  # turned it would be out of order
        [
            *(date(2026, 3, day) for day in (2, 4, 5, 6, 8, 9, 11)),
            date(2026, 12, 5),
        ],  # turned it would be far away, too
    ],
)
def test_days_that_are_as_the_bank_has_them_are_read(days: Sequence[date], tmp_path: Path) -> None:
    assert len(read(tmp_path, file(days), LAYOUT).lines) == len(days)
