"""A line that may be an earlier booking once more: it keeps nothing from a certain one, and what a person says of it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.model import Overlap, Statement
from importer.plan import Review
from importer.ports import Refused
from tests.unit.doubting import FULL, Say, accept, ask_again, bank, decide, leave_out, say, told
from tests.unit.small_imports import Done, with_balances
from tests.unit.writer_desk import PAST_HORIZON_S, Desk

FIRST, AGAIN, NEXT = bank("0.csv", "a30"), bank("0.csv", "a30", saved=2), bank("1.csv", "a30 b9")
ORDERS: dict[str, Sequence[Sequence[Statement]]] = {
    "the doubted file alone, then both": [[FIRST], [AGAIN], [AGAIN, NEXT]],
    "both files at once": [[FIRST], [AGAIN, NEXT]],
    "the new file at last": [[FIRST], [AGAIN], [NEXT]],
    "the doubted file after the new one": [[FIRST], [NEXT], [AGAIN]],
    "saved anew twice": [[FIRST], [AGAIN], [bank("0.csv", "a30", saved=3)], [AGAIN, NEXT]],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_lost_ledger_finds_the_payments_again_whatever_was_asked_before(
    order: Sequence[Sequence[Statement]], tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    for files in order:
        desk.run_files(files)
    assert desk.amounts.count("-30.00") == 2
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    for file in (FIRST, NEXT):
        assert set(told(desk.run_files([file]))) == {"Skip in_journal"}
    assert sorted(desk.amounts) == ["-30.00", "-30.00", "-9.00"]


@pytest.mark.parametrize("word", [accept, leave_out])
def test_it_also_does_when_a_person_had_decided(word: Say, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    say(desk, desk.run_files([AGAIN]).plan, word)
    desk.run_files([AGAIN, NEXT])
    before = sorted(desk.amounts)
    assert before == ["-30.00"] * (3 if word is accept else 2) + ["-9.00"]
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    for file in (FIRST, NEXT):
        assert set(told(desk.run_files([file]))) == {"Skip in_journal"}
    assert sorted(desk.amounts) == before


def test_a_line_that_became_a_payment_is_not_asked_about_when_a_copy_comes_with_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    both = [FIRST, bank("copy.csv", "a30")]
    assert told(desk.run_files(both)) == ["Skip already_imported", "Review overlap_contradicted"]
    assert told(desk.run_files([NEXT])) == ["Create", "Create"]


def test_a_doubted_line_that_was_found_in_the_journal_counts_as_a_payment(tmp_path: Path) -> None:
    """A person had it imported before the ledger was lost; now she is told that it stands there."""
    desk, second = Desk(tmp_path), bank("second.csv", "a30")
    desk.run_files([FIRST])
    say(desk, desk.run_files([second]).plan, accept)
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run_files([FIRST])
    asked = desk.run_files([second]).plan
    (problem,) = decide(desk, asked, accept).problems
    assert "already in the journal" in problem.message
    assert told(desk.run_files([second])) == ["Skip already_imported"]
    assert told(desk.run_files([NEXT])) == ["Create", "Create"]
    assert sorted(desk.amounts) == ["-30.00"] * 3 + ["-9.00"]


def test_which_of_two_equal_lines_a_person_accepts_makes_no_gap_that_a_lost_ledger_would_fall_into(
    tmp_path: Path,
) -> None:
    desk, second, third = Desk(tmp_path), bank("2.csv", "a30"), bank("3.csv", "a30")
    desk.run_files([FIRST])
    asked = desk.run_files([second, third]).plan
    say(desk, asked, lambda key, entry: (accept if entry.row else leave_out)(key, entry))
    assert [told(desk.run_files([file])) for file in (second, third)] == [
        ["Skip left_out_before"],
        ["Skip already_imported"],
    ]
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    assert told(desk.run_files([FIRST])) == ["Skip in_journal"]
    (problem,) = decide(desk, desk.run_files([third]).plan, accept).problems
    assert ("already in the journal" in problem.message, desk.amounts) == (True, ["-30.00"] * 2)


SAME_AGAIN = {
    "a statement saved anew": ([bank("0.csv", "a30")], bank("0.csv", "a30", saved=2)),
    "parts of a day": ([bank("0.csv", "a30 b20", FULL)], bank("1.csv", "a30 c40", FULL)),
    "two parts of a day at once": ([], bank("1.csv", "a30 c40", FULL)),
}


@pytest.mark.parametrize("case", SAME_AGAIN)
@pytest.mark.parametrize(("word", "payments"), [(accept, 2), (leave_out, 1)])
def test_what_a_person_says_of_it_is_carried_out_and_stands(
    case: str, word: Say, payments: int, tmp_path: Path
) -> None:
    desk, (earlier, doubted) = Desk(tmp_path), SAME_AGAIN[case]
    for file in earlier:
        desk.run_files([file])
    files = [doubted] if earlier else [bank("0.csv", "a30 b20", FULL), doubted]
    asked = desk.run_files(files).plan
    if not earlier:
        payments = 2 * (payments - 1)  # both lines wait, and both get the same answer
    say(desk, asked, word)
    assert desk.amounts.count("-30.00") == payments
    again = desk.run_files(files)
    assert {one for one in told(again) if "Review" in one} == set()
    assert desk.amounts.count("-30.00") == payments


@pytest.mark.parametrize(("word", "payments"), [(accept, 2), (leave_out, 1)])
def test_a_balance_that_returned_is_asked_about_once_whatever_file_brings_the_booking_later(
    word: Say, payments: int, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    first, second = (with_balances(bank(f"{texts}.csv", texts, Overlap.BALANCE), 100) for texts in ("a30 b-30", "a30"))
    desk.run_files([first])
    say(desk, desk.run_files([second]).plan, word)
    assert desk.amounts == ["-30.00"] * payments
    whole = with_balances(bank("whole.csv", "a30 b-30 a30" if word is accept else "a30 b-30", Overlap.BALANCE), 100)
    for file in (first, second, whole):
        assert {"Create", "Review overlap_contradicted"}.isdisjoint(told(desk.run_files([file])))
    assert desk.amounts == ["-30.00"] * payments


def test_what_is_left_out_as_the_same_booking_does_not_take_the_payment_of_another_for_its_own(tmp_path: Path) -> None:
    desk, other = Desk(tmp_path), bank("other.csv", "a30 c40")
    desk.run_files([FIRST])
    desk.run_files([other])
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run_files([FIRST])
    say(desk, desk.run_files([AGAIN]).plan, leave_out)
    assert told(desk.run_files([other])) == ["Skip in_journal"] * 2
    assert sorted(desk.amounts) == ["-30.00", "-30.00", "-40.00"]


def test_what_was_left_out_as_the_same_booking_is_asked_about_anew_when_somebody_wants_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    say(desk, desk.run_files([AGAIN]).plan, leave_out)
    desk.run_files([NEXT])
    assert told(desk.run_files([AGAIN])) == ["Skip left_out_before"]
    assert (ask_again(desk, NEXT), told(desk.run_files([AGAIN]))) == (0, ["Skip left_out_before"])
    assert (ask_again(desk, AGAIN), told(desk.run_files([AGAIN]))) == (1, ["Review overlap_contradicted"])


def test_what_nobody_decided_stays_open_when_one_of_two_files_comes_again_alone(tmp_path: Path) -> None:
    desk, both = Desk(tmp_path), [bank("0.csv", "a30"), bank("x.csv", "a30")]
    assert told(desk.run_files(both)) == ["Review overlap_contradicted"] * 2
    for file in both:
        assert told(desk.run_files([file])) == ["Review overlap_contradicted"]


def test_a_corrected_mapping_answers_what_was_open(tmp_path: Path) -> None:
    desk, both = Desk(tmp_path), [bank("0.csv", "a30"), bank("x.csv", "a30")]
    desk.run_files(both)
    corrected = [replace(file, overlap=FULL) for file in both]
    assert told(desk.run_files(corrected)) == ["Create", "Skip repeated_in_run"]


def test_the_doubted_line_has_a_payment_of_its_own_to_be_accepted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([bank("0.csv", "a30 b20", FULL)])
    (review,) = (
        one for one in desk.run_files([bank("1.csv", "a30 c40", FULL)]).plan.decisions if isinstance(one, Review)
    )
    assert [payment.amount.text() for payment in review.payments] == ["-30.00"]


def stopped(desk: Desk, file: Statement) -> None:
    """The file is planned, and the run is stopped before anything is sent."""
    desk.stop = lambda: "stopped"
    desk.run_files([file])
    desk.stop = str
    assert desk.amounts == []


def question(done: Done) -> str:
    (review,) = (one for one in done.plan.decisions if isinstance(one, Review))
    return review.finding.reasons[0].message.partition("?")[0]


def test_a_question_says_which_of_the_equal_bookings_was_never_imported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    stopped(desk, FIRST)
    assert question(desk.run_files([AGAIN])) == (
        "equal to record 1 of 0.csv (not imported): the same booking again, or another one"
    )
    desk.run_files([FIRST])
    assert question(desk.run_files([AGAIN])) == "equal to record 1 of 0.csv: the same booking again, or another one"


@pytest.mark.parametrize(("word", "payments"), [(accept, 2), (leave_out, 1)])
def test_what_takes_the_place_of_a_line_that_was_never_sent_is_paid_once_unless_a_person_says_so(
    word: Say, payments: int, tmp_path: Path
) -> None:
    desk, anew = Desk(tmp_path), bank("anew.csv", "a30")
    stopped(desk, FIRST)
    say(desk, desk.run_files([anew]).plan, accept)
    assert (desk.amounts, told(desk.run_files([anew]))) == (["-30.00"], ["Skip already_imported"])
    comes = desk.run_files([FIRST])
    assert (told(comes), question(comes)) == (
        ["Review overlap_contradicted"],
        "equal to record 1 of anew.csv: the same booking again, or another one",
    )
    say(desk, comes.plan, word)
    assert desk.amounts == ["-30.00"] * payments
    assert {one.partition(" ")[0] for file in (anew, FIRST) for one in told(desk.run_files([file]))} == {"Skip"}


def test_what_takes_the_place_of_a_refused_line_is_not_paid_a_second_time_when_that_one_is_tried_again(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    desk.server.answers.append(lambda _, payments: tuple(Refused("no", "no") for _ in payments))
    desk.run_files([FIRST])
    say(desk, desk.run_files([AGAIN]).plan, accept)
    desk.run_files([FIRST])
    assert desk.amounts == ["-30.00"]


def test_what_takes_the_place_of_a_line_that_was_never_sent_does_so_in_the_journal_too(tmp_path: Path) -> None:
    """The ledger was put back from a backup: it does not know that the line was sent since."""
    desk = Desk(tmp_path)
    stopped(desk, FIRST)
    kept = {file: file.read_bytes() for file in desk.path.parent.iterdir() if file.is_file()}
    desk.run_files([FIRST])
    desk.lose_ledger()
    for file, content in kept.items():
        file.write_bytes(content)
    desk.clock.sleep(PAST_HORIZON_S)
    assert told(desk.run_files([AGAIN])) == ["Review overlap_contradicted"]
    assert desk.amounts == ["-30.00"]


def test_an_accepted_copy_gets_the_first_key_whatever_the_order_of_those_that_wait(tmp_path: Path) -> None:
    desk, others = Desk(tmp_path), [bank(f"{name}.csv", "a30") for name in "abcd"]
    desk.run_files(others)
    say(desk, desk.run_files([FIRST]).plan, accept)
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    assert told(desk.run_files([FIRST])) == ["Skip in_journal"]


def test_a_payment_that_took_a_key_since_the_workbook_was_made_stops_no_other_line_of_it(tmp_path: Path) -> None:
    desk, second, third = Desk(tmp_path), bank("2.csv", "a30"), bank("3.csv", "a30")
    desk.run_files([FIRST])
    asked = desk.run_files([second, third]).plan
    desk.run_files([NEXT])
    say(desk, asked, lambda key, entry: (accept if entry.row else leave_out)(key, entry))
    assert desk.amounts.count("-30.00") == 3
