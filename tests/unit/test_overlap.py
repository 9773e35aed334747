"""Files are held against what their mapping says of how they overlap; what cannot be told waits with both places (ID2, ID4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from importer.history import EarlierFile, EarlierLine, History, Known
from importer.identity import fingerprint
from importer.model import Overlap, Statement
from importer.money import Money
from importer.plan import Seen
from importer.planner import contradictions
from tests.unit.journal_in_memory import COMPANY_ID
from tests.unit.ledger_places import Place
from tests.unit.planner_books import PAYMENTS
from tests.unit.small_imports import bank_line, statement, with_balances

SEEN = Seen("old.csv", 1, "run-1")
DAY, NEXT = date(2026, 2, 26), date(2026, 2, 27)
FULL, NEVER, BALANCE = Overlap.FULL_DAYS, Overlap.INCREMENTAL, Overlap.BALANCE


def read(name: str, texts: str, overlap: Overlap, *, opening: int | None = None, day: date = DAY) -> Statement:
    """A statement of one day: "a10 b20" are two lines with these texts and amounts; "a10@" is of the day after."""
    lines = [
        bank_line(number, f"{word[1:].rstrip('@')}.00", word[0], day=NEXT if word.endswith("@") else day)
        for number, word in enumerate(texts.split(), start=1)
    ]
    money = None if opening is None else Money.of(opening, "EUR")
    return Statement(name, f"{name} {texts}", "generic", "DE1", overlap, tuple(lines), opening=money)


def imported(name: str, texts: str, overlap: Overlap, *, closing: int | None = None) -> EarlierFile:
    """The same, imported in an earlier run."""
    lines = read(name, texts, overlap).lines
    days = [line.booked_on for line in lines]
    kept = tuple(
        EarlierLine(line.record, line.booked_on, line.amount, fingerprint(line), f"KEY {line.record}") for line in lines
    )
    money = None if closing is None else Money.of(closing, "EUR")
    return EarlierFile(f"{name} {texts}", name, "DE1", "generic", overlap, min(days), max(days), money, kept)


@dataclass(frozen=True)
class Case:
    """An earlier file, a new one, and the texts of the new one's lines that nobody can tell."""

    earlier: str
    new: str
    overlap: Overlap
    asked: str = ""


CASES = {
    "the day grew": Case("a10 b20", "a10 b20 c30", FULL),
    "an older export comes later": Case("a10 b20 c30", "a10", FULL),
    "the same": Case("a10 b20", "b20 a10", FULL),
    "nothing in common": Case("a10", "b20", FULL),
    "pieces of a day that have a booking in common": Case("a10 b20", "a10 c30", FULL, "a"),
    "equal bookings of a day in pieces": Case("a10 a10 b20", "a10 c30", FULL, "a"),
    "a text was rewritten": Case("a10 b20", "a10 c20", FULL),
    "another day differs": Case("a10 b20@", "a10 c30@", FULL),
    "only money paid out differs": Case("a10 b-20", "a10 c-30", FULL),
    "one equal booking in two statements": Case("a10 b20", "a10 c30", NEVER),
    "equal bookings of one kind in two statements": Case("a10 a10 b20", "a10 a10 c30", NEVER),
    "the same statement saved again": Case("a10 b20", "a10 b20", NEVER, "ab"),
    "the same statement with more in it": Case("a10 b20", "c30 b20 a10", NEVER, "ab"),
    "the same statement of one booking": Case("a10", "a10", NEVER, "a"),
    "a running balance tells them apart": Case("a10 b20", "a10 b20", BALANCE),
}


def asked(statements: Sequence[Statement], history: History) -> dict[str, str]:
    """The texts of the lines that are asked about, by file."""
    found = contradictions(statements, history)
    return {
        read.file: texts
        for read in statements
        if (texts := "".join(sorted(line.text for line in read.lines if (read.file, line.record) in found)))
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_files_contradict_is_asked_about(case: Case) -> None:
    history = History(files=(imported("old.csv", case.earlier, case.overlap),))
    expected = {"new.csv": case.asked} if case.asked else {}
    assert asked([read("new.csv", case.new, case.overlap)], history) == expected


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_files_that_come_together_are_held_against_one_another_whatever_their_order(case: Case) -> None:
    both = [read("old.csv", case.earlier, case.overlap), read("new.csv", case.new, case.overlap)]
    of_new = asked(both, History()).get("new.csv", "")
    assert (of_new, asked(both, History())) == (case.asked, asked(both[::-1], History()))


def test_a_file_that_opens_where_the_other_closed_goes_on_and_does_not_repeat() -> None:
    history = History(files=(imported("old.csv", "a10 b20", FULL, closing=130),))
    assert asked([read("new.csv", "a10 c20", FULL, opening=130)], history) == {"new.csv": "a"}
    assert asked([read("new.csv", "a10 c20", FULL, opening=100)], history) == {}


@pytest.mark.parametrize(
    ("earlier", "closing", "new", "opening", "expected"),
    [
        ("a10 b-10", 100, "a10", 100, "a"),
        ("b-10 a10", 100, "a10", 100, "a"),  # newest first
        ("a10 b-10", 100, "a10 c20", 100, "a"),
        ("a10 b-10", 100, "a10 b-10 c20", 100, ""),
        ("a10 b-10", 100, "a10 b-10", 100, ""),
        ("a10 b-10", 100, "c20 a10", 100, ""),  # another balance
        ("a10 b20", 130, "a10", 130, ""),  # another balance
        ("a10 b-10", 100, "a10", 90, ""),
        ("a10 b-10@", 100, "a10", 100, ""),
    ],
)
def test_a_balance_that_returns_does_not_tell_bookings_apart(
    earlier: str, closing: int, new: str, opening: int, expected: str
) -> None:
    history = History(files=(imported("old.csv", earlier, BALANCE, closing=closing),))
    assert asked([with_balances(read("new.csv", new, BALANCE), opening)], history) == (
        {"new.csv": expected} if expected else {}
    )


def test_a_balance_that_returns_may_also_be_the_one_before_the_booking() -> None:
    history = History(files=(imported("old.csv", "c5 a10 b-15", BALANCE, closing=100),))
    new = read("new.csv", "c5 a10", BALANCE, opening=100)
    balances = (Money.of(100, "EUR"), Money.of(105, "EUR"))
    lines = (structs.replace(line, balance=balance) for line, balance in zip(new.lines, balances, strict=True))
    assert asked([replace(new, lines=tuple(lines))], history) == {"new.csv": "ac"}


def test_another_account_says_nothing() -> None:
    other = replace(read("new.csv", "a10 b20", NEVER), account="DE2")
    assert contradictions([other], History(files=(imported("old.csv", "a10 b20", NEVER),))) == {}


@pytest.mark.parametrize(("overlap", "expected"), [(FULL, {}), (NEVER, {"new.csv": "a"}), (BALANCE, {})])
def test_every_equal_booking_of_another_layout_is_asked_about_where_it_would_count_as_one_more(
    overlap: Overlap, expected: dict[str, str]
) -> None:
    history = History(files=(imported("old.csv", "a10 b20", NEVER),))
    other = replace(read("new.csv", "a10 c30", overlap), mapping="de/other")
    assert asked([other], history) == expected


def test_both_places_are_named() -> None:
    history = History(files=(imported("old.csv", "b20 a10", FULL),))
    (asked_of,) = contradictions([read("new.csv", "a10 c30", FULL)], history).values()
    assert asked_of.reason.message.startswith(
        "equal to record 2 of old.csv (not imported): the same booking again, or another one?"
    )


def test_all_places_are_named_where_several_files_have_an_equal_booking() -> None:
    history = History(files=tuple(imported(f"{number}.csv", "a10", NEVER) for number in range(2)))
    (asked_of,) = contradictions([read("new.csv", "a10", NEVER)], history).values()
    assert asked_of.reason.message.startswith(
        "equal to record 1 of 0.csv (not imported) and record 1 of 1.csv (not imported): "
    )


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (None, "record 1 of old.csv (not imported):"),
        (Known(SEEN, refused=PAYMENTS), "record 1 of old.csv (not imported):"),
        (Known(SEEN, unsettled=PAYMENTS), "record 1 of old.csv (outcome unknown):"),
        (Known(SEEN, done=PAYMENTS), "record 1 of old.csv:"),
    ],
)
def test_a_question_says_what_became_of_the_equal_booking(known: Known | None, told: str) -> None:
    old = imported("old.csv", "a10", NEVER)
    old = replace(old, lines=(replace(old.lines[0], key="KEY"),))
    history = History({"KEY": known} if known else {}, files=(old,))
    (asked_of,) = contradictions([read("new.csv", "a10", NEVER)], history).values()
    assert asked_of.reason.message.startswith(f"equal to {told} the same booking again, or another one?")


def test_a_file_that_comes_again_is_held_against_those_before_it_only() -> None:
    new = read("new.csv", "a10 c30", FULL)
    later = imported("later.csv", "a10 b20", FULL)
    earlier = imported("old.csv", "a10 b20", FULL)
    itself = imported("new.csv", "a10 c30", FULL)
    assert asked([new], History(files=(itself, later))) == {}
    assert asked([new], History(files=(earlier, itself))) == {"new.csv": "a"}


def test_the_ledger_keeps_of_a_day_that_files_repeat_unchanged_only_the_first(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "state" / "importer.db"))
    grown = [bank_line(1, "1.00"), bank_line(2, "5.00"), bank_line(3, "6.00")]
    files = {
        "z.csv": [bank_line(1, "1.00"), bank_line(2, "2.00", day=DAY)],
        "same.csv": [bank_line(1, "1.00"), bank_line(2, "2.00", day=DAY)],
        "grown.csv": grown,
        "a.csv": grown,
    }
    for name, lines in files.items():
        with place.locked() as ledger:
            place.start(ledger, statement(name, lines))
    with place.locked() as ledger:
        history = ledger.history(COMPANY_ID, first=DAY, last=NEXT)
    kept = {file.name: [line.amount.text() for line in file.lines] for file in history.files}
    assert kept == {"z.csv": ["1.00", "2.00"], "same.csv": [], "grown.csv": ["1.00", "5.00", "6.00"], "a.csv": []}


def test_lines_of_banks_that_never_repeat_one_are_kept_of_all_files(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "state" / "importer.db"))
    first = statement("a.csv", [bank_line(1, "1.00"), bank_line(2, "2.00")], NEVER)
    second = statement("b.csv", [bank_line(1, "3.00")], NEVER)
    with place.locked() as ledger:
        for one in (first, second):
            place.start(ledger, one)
        history = ledger.history(COMPANY_ID, first=DAY, last=NEXT)
    assert {file.name: len(file.lines) for file in history.files} == {"a.csv": 2, "b.csv": 1}


def test_which_file_came_first_is_known_although_the_clock_was_set_back(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "state" / "importer.db"))
    lines = [bank_line(1, "1.00"), bank_line(2, "2.00")]
    names, history = ["z.csv", "a.csv"], History()
    for name in names:
        with place.locked() as ledger:
            place.start(ledger, statement(name, lines, NEVER))
            history = ledger.history(COMPANY_ID, first=DAY, last=NEXT)
        place.clock.time -= timedelta(hours=2)
    assert [file.name for file in history.files] == names


def test_of_two_files_that_came_together_only_one_can_be_the_first() -> None:
    both = [read(name, "a10 b20", NEVER) for name in ("a.csv", "b.csv")]
    history = History(files=tuple(imported(name, "a10 b20", NEVER) for name in ("a.csv", "b.csv")))
    assert [asked([one], history) for one in both] == [{}, {"b.csv": "ab"}]
