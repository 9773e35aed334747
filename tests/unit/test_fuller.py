"""A booking that a later export words more fully keeps its key; what is less certain is asked about (reliability.md ID5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.history import Earlier, History, Known
from importer.identity import line_key
from importer.ledger import open_ledger
from importer.model import BankLine, Overlap, Reason, Statement
from importer.money import Money
from importer.plan import Create, Decision, Patch, Review, Seen, Skip
from importer.planner import name_lines
from importer.planner.answers import Question
from importer.writer import Ports
from tests.unit.journal_in_memory import COMPANY_ID
from tests.unit.ledger_places import Place
from tests.unit.planner_books import PAYMENTS
from tests.unit.small_imports import bank_line, run_import, statement


def worded(*bookings: str) -> list[BankLine]:
    """ "10 Invoice 7" is a line of ten with that text."""
    pairs = (booking.partition(" ")[::2] for booking in bookings)
    return [bank_line(record, f"{amount}.00", text) for record, (amount, text) in enumerate(pairs, start=1)]


def exported(name: str, lines: Sequence[BankLine], overlap: Overlap = Overlap.FULL_DAYS) -> Statement:
    return replace(statement(name, [], overlap), lines=tuple(lines))


def decided(folder: Path, *statements: Statement) -> list[Decision]:
    """The decisions on the last statement, after the others were imported one by one."""
    place = Place(str(folder / "state" / "importer.db"))
    found: Sequence[Decision] = ()
    for one in statements:
        with open_ledger(place.state, place.clock.now) as ledger:
            ports = Ports(place.server, ledger, place.clock.now, place.clock.sleep)
            found = run_import(ports, [one]).plan.decisions
    return list(found)


def test_a_later_export_with_fuller_text_changes_the_line_that_stands_there(tmp_path: Path) -> None:
    before = exported("monday.csv", worded("10 Invoice 7", "20 Invoice 8"))
    after = exported("tuesday.csv", worded("30 Invoice 9", "10 Our invoice 7 of May", "20 Invoice 8"))
    decisions = decided(tmp_path, before, after)
    assert [type(decision) for decision in decisions] == [Create, Patch, Skip]
    assert isinstance(decisions[1], Patch)
    assert [(each.field, each.new) for patch in decisions[1].patches for each in patch.changes] == [
        ("description", "Our invoice 7 of May"),
        ("comment", decisions[1].payments[0].comment),
    ]


def test_it_keeps_its_key_also_when_it_comes_a_third_time(tmp_path: Path) -> None:
    texts = ["10 Invoice 7", "10 Invoice 7 of May", "10 Invoice 7 of May 2026"]
    files = [exported(f"{number}.csv", worded(text)) for number, text in enumerate(texts)]
    assert [type(decision) for decision in decided(tmp_path, *files)] == [Patch]


DOUBTFUL = {
    "a word is missing": (["10 Invoice 7"], ["10 Our 7 of May"]),
    "a number goes on": (["10 Invoice 7"], ["10 Our invoice 71"]),
    "a word comes once that came twice": (["10 Invoice 7 7"], ["10 Our invoice 7 of May"]),
    "two earlier ones may be meant": (["10 Invoice 7", "10 invoice of May"], ["10 Our invoice 7 of May"]),
    "the day is there only in part": (["10 Invoice 7", "20 Invoice 8"], ["10 Invoice 7 of May"]),
    "two new ones may be meant": (["10 Invoice 7"], ["10 Invoice 7 of May", "10 Invoice 7 of June"]),
}


@pytest.mark.parametrize(("before", "after"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_it_is_asked_about_when(before: list[str], after: list[str], tmp_path: Path) -> None:
    decisions = decided(tmp_path, exported("old.csv", worded(*before)), exported("new.csv", worded(*after)))
    assert {(type(one), one.finding.reasons[0].rule) for one in decisions} == {(Review, "near_duplicate")}


def test_it_is_another_booking_when_the_earlier_one_is_still_there(tmp_path: Path) -> None:
    before, after = worded("10 Invoice 7"), worded("10 Invoice 7", "10 Invoice 7 of May")
    decisions = decided(tmp_path, exported("old.csv", before), exported("new.csv", after))
    assert [type(decision) for decision in decisions] == [Skip, Create]


@pytest.mark.parametrize(("overlap", "expected"), [(Overlap.INCREMENTAL, Create), (Overlap.BALANCE, Review)])
def test_files_that_do_not_repeat_whole_days_prove_nothing(
    overlap: Overlap, expected: type[Decision], tmp_path: Path
) -> None:
    before, after = worded("10 Invoice 7"), worded("10 Invoice 7 of May")
    decisions = decided(tmp_path, exported("old.csv", before, overlap), exported("new.csv", after, overlap))
    assert [type(decision) for decision in decisions] == [expected]


@pytest.mark.parametrize("layouts", [("generic", "other"), ("other", "generic")])
def test_a_file_of_another_layout_proves_nothing(layouts: tuple[str, str], tmp_path: Path) -> None:
    before = replace(exported("old.csv", worded("10 Invoice 7")), mapping=layouts[0])
    after = replace(exported("new.csv", worded("10 Invoice 7 of May")), mapping=layouts[1])
    assert [type(decision) for decision in decided(tmp_path, before, after)] == [Review]


@pytest.mark.parametrize(("doubted", "kept"), [((), False), ((("new.csv", 1),), True), ((("new.csv", 2),), False)])
def test_a_line_that_may_be_another_one_for_other_reasons_keeps_its_own_key(
    doubted: Sequence[tuple[str, int]], kept: bool
) -> None:
    (old,), (new,) = worded("10 Invoice 7"), worded("10 Invoice 7 of May")
    seen = Seen("old.csv", 1, "run-1")
    sent = replace(PAYMENTS[0], comment=f"{old.counterparty} · {old.text}")
    earlier = Earlier("EARLIER", old.account, old.booked_on, old.amount, "generic", seen)
    history = History({"EARLIER": Known(seen, done=(sent,))}, earlier=(earlier,))
    (named,) = name_lines(
        [exported("new.csv", [new])], COMPANY_ID, history, {one: Question(Reason("rule", "why")) for one in doubted}
    )
    assert named.key == (line_key(COMPANY_ID, new, 1) if kept else "EARLIER")


def test_what_was_sent_is_forgotten_after_a_purge_so_nothing_is_proven() -> None:
    (new,) = worded("10 Invoice 7 of May")
    seen = Seen("old.csv", 1, "run-1")
    earlier = Earlier("EARLIER", new.account, new.booked_on, new.amount, "generic", seen)
    history = History({"EARLIER": Known(seen, done=(replace(PAYMENTS[0], comment=""),))}, earlier=(earlier,))
    (named,) = name_lines([exported("new.csv", [new])], COMPANY_ID, history)
    assert named.key == line_key(COMPANY_ID, new, 1)


def test_of_two_lines_that_may_be_the_earlier_one_the_fuller_one_does_not_pass_for_it(tmp_path: Path) -> None:
    closes, opens = Money.of("110", "EUR"), Money.of("110", "EUR")
    before = replace(exported("old.csv", worded("10 Invoice 7")), closing=closes)
    after = replace(exported("new.csv", worded("10 Invoice 7", "10 Invoice 7 of May")), opening=opens)
    decisions = decided(tmp_path, before, after)
    assert [(type(one), one.finding.reasons[0].rule) for one in decisions] == [
        (Review, "overlap_contradicted"),
        (Review, "near_duplicate"),
    ]


@pytest.mark.parametrize("again", ["10 Our invoice 7", "10 OUR INVOICE, 7"])
def test_an_earlier_file_that_comes_again_takes_no_words_back(again: str, tmp_path: Path) -> None:
    files = [exported("1.csv", worded("10 Our invoice 7")), exported("2.csv", worded("10 Our invoice 7 of May"))]
    assert [type(one) for one in decided(tmp_path, *files, exported("3.csv", worded(again)))] == [Skip]


def test_a_booking_in_other_letters_is_no_reason_to_change_a_line(tmp_path: Path) -> None:
    files = [exported("1.csv", worded("10 Our invoice 7")), exported("2.csv", worded("10 OUR INVOICE 7"))]
    assert [type(one) for one in decided(tmp_path, *files)] == [Skip]
