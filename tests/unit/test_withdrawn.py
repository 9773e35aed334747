"""A booking that an export has of a day, and a later one of that day no longer, is told (reliability.md ID3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from importer.history import Doubt, EarlierFile, EarlierLine, History, Known
from importer.identity import fingerprint
from importer.model import Overlap, Statement, UnreadRow
from importer.plan import Seen
from importer.planner.withdrawn import withdrawn
from tests.unit.planner_books import PAYMENTS
from tests.unit.small_imports import bank_line, statement

MONDAY = date(2026, 2, 23)
FULL = Overlap.FULL_DAYS


def read(name: str, words: str, overlap: Overlap = FULL) -> Statement:
    """ "1a10 2b20" are bookings of Monday and Tuesday with these texts and amounts."""
    lines = [
        bank_line(record, f"{word[2:]}.00", word[1], day=MONDAY + timedelta(int(word[0]) - 1))
        for record, word in enumerate(words.split(), start=1)
    ]
    return statement(name, lines, overlap)


def imported(name: str, words: str, overlap: Overlap = FULL) -> EarlierFile:
    earlier = read(name, words, overlap)
    days = [line.booked_on for line in earlier.lines]
    lines = tuple(
        EarlierLine(line.record, line.booked_on, line.amount, fingerprint(line), f"{name} {line.record}")
        for line in earlier.lines
    )
    return EarlierFile(
        earlier.sha256, name, earlier.account, earlier.mapping, overlap, min(days), max(days), lines=lines
    )


def told(new: Statement, files: Sequence[EarlierFile], **known: Known) -> str:
    return " ".join(problem.message for problem in withdrawn(new, History(known=known, files=files)))


def test_what_a_day_in_the_middle_no_longer_has_is_named_with_what_became_of_it() -> None:
    old = imported("old.csv", "1a10 2b20 2c30 3d40")
    message = told(
        read("new.csv", "1a10 2b20 3d40"), [old], **{"old.csv 3": Known(Seen("old.csv", 3, "r"), done=PAYMENTS)}
    )
    assert "are missing here: record 3 of old.csv (2026-02-24, 30.00 EUR, imported). The bank may" in message
    assert "20.00 EUR, not imported" in told(read("new.csv", "1a10 2c30 3d40"), [old])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1a10 2b20 3c30", "1a10 2b20 3c30"),
        ("1a10 2b20 3c30", "1a10 2x20 3c30"),  # the bank rewrote a text
        ("1a10 1b20 3c30", "1a10 3c30"),  # its first day may be in part
        ("1a10 3b20 3c30", "1a10 3c30"),  # its last day, too
        ("1a10 2b20", "3c30 4d40"),
    ],
)
def test_nothing_is_told_where_nothing_is_missing_of_whole_days(old: str, new: str) -> None:
    assert told(read("new.csv", new), [imported("old.csv", old)]) == ""


def test_of_two_equal_bookings_one_may_be_missing() -> None:
    assert "record 3 of" in told(read("new.csv", "1a10 2b20 3c30"), [imported("old.csv", "1a10 2b20 2b20 3c30")])


def test_only_five_are_named() -> None:
    old = imported("old.csv", " ".join(f"2a{number}" for number in range(1, 8)))
    assert "and 2 more. The bank" in told(read("new.csv", "1a10 3c30"), [old])


def test_banks_that_do_not_repeat_days_rows_that_could_not_be_read_and_files_that_came_later_say_nothing() -> None:
    old, new = imported("old.csv", "2b20"), read("new.csv", "1a10 3c30")
    unread = replace(new, unread=(UnreadRow(3, 4, "2026-02-24;2O,00", ()),))
    other = replace(new, account="DE2")
    layout = replace(new, mapping="de/other")
    assert told(new, [old])
    assert [told(each, [old]) for each in (unread, other, layout)] == ["", "", ""]
    assert told(read("new.csv", "1a10 3c30", Overlap.BALANCE), [imported("old.csv", "2b20", Overlap.BALANCE)]) == ""
    assert told(new, [imported("new.csv", "1a10 3c30"), old]) == ""


def test_a_booking_that_a_person_left_out_as_the_same_again_is_not_missed() -> None:
    old = imported("old.csv", "2b20")
    doubted = replace(old, lines=tuple(replace(line, doubt=Doubt.CONFIRMED) for line in old.lines))
    assert told(read("new.csv", "1a10 3c30"), [doubted]) == ""
