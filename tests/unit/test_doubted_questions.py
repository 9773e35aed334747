"""A question names every equal place and what became of it: what a person answers depends on it."""

from __future__ import annotations

from pathlib import Path

from importer.model import Statement
from importer.plan import Review
from tests.unit.doubting import FULL, accept, bank, decide, leave_out, say, told
from tests.unit.small_imports import Done
from tests.unit.writer_desk import PAST_HORIZON_S, Desk

FIRST, X, Y, Z = (bank(name, "a30") for name in ("0.csv", "x.csv", "y.csv", "z.csv"))


def asked(done: Done, file: Statement) -> str:
    """The places that the question about a file's line names."""
    found = (one for one in done.plan.decisions if isinstance(one, Review) and one.source.file == file.file)
    return next(found).finding.reasons[0].message.removeprefix("equal to ").partition(":")[0]


def lost(desk: Desk) -> None:
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)


def test_of_files_that_come_together_the_one_imported_before_does_not_wait(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    both = desk.run_files([FIRST, X])
    assert asked(both, X) == "record 1 of 0.csv"
    assert asked(desk.run_files([Y, X]), Y) == "record 1 of 0.csv and record 1 of x.csv (waits, too)"


def test_a_copy_that_left_its_key_to_an_accepted_one_is_not_imported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    desk.run_files([X])
    say(desk, desk.run_files([Y]).plan, accept)
    assert (
        asked(desk.run_files([Z]), Z) == "record 1 of 0.csv and record 1 of x.csv (not imported) and record 1 of y.csv"
    )


def test_a_copy_that_was_left_out_is_not_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    say(desk, desk.run_files([X]).plan, leave_out)
    assert asked(desk.run_files([Y]), Y) == "record 1 of 0.csv"


def test_equal_bookings_of_two_files_are_named_one_after_the_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([bank("two.csv", "a30 b20 a30")])
    waits = desk.run_files([bank("again.csv", "a30 b20 a30 a30")]).plan.decisions
    places = [one.finding.reasons[0].message.removeprefix("equal to ").partition(":")[0] for one in waits]
    assert places == [f"record {number} of two.csv" for number in (1, 2, 3, 3)]


def test_a_line_never_sent_that_left_its_key_to_an_accepted_one_is_not_imported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.stop = lambda: "stopped"
    desk.run_files([FIRST])
    desk.stop = str
    say(desk, desk.run_files([X]).plan, accept)
    assert asked(desk.run_files([Y]), Y) == "record 1 of 0.csv (not imported) and record 1 of x.csv"


def test_what_waits_is_also_told_of_copies_that_were_accepted_since(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    assert asked(desk.run_files([X]), X) == "record 1 of 0.csv"
    say(desk, desk.run_files([Y]).plan, accept)
    assert asked(desk.run_files([X]), X) == "record 1 of 0.csv and record 1 of y.csv"


def test_a_payment_found_in_the_journal_is_that_of_the_copy_that_was_accepted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    lost(desk)
    desk.run_files([X, Y])
    assert len(decide(desk, desk.run_files([Z]).plan, accept).problems) == 1
    assert asked(desk.run_files([X]), X) == "record 1 of y.csv (not imported) and record 1 of z.csv"
    assert desk.amounts == ["-30.00"]


def test_a_copy_that_was_left_out_takes_no_key_from_one_that_is_accepted_beside_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([FIRST])
    say(desk, desk.run_files([X]).plan, leave_out)
    say(desk, desk.run_files([X, Y]).plan, accept)
    lost(desk)
    assert told(desk.run_files([FIRST])) == ["Skip in_journal"]
    (problem,) = decide(desk, desk.run_files([Y]).plan, accept).problems
    assert ("already in the journal" in problem.message, desk.amounts) == (True, ["-30.00"] * 2)


def test_a_booking_that_an_agreeing_file_brought_is_not_asked_about_because_a_third_file_contradicts_both(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    desk.run_files([bank("a.csv", "a30 b20", FULL)])
    desk.run_files([bank("b.csv", "a30 c40", FULL)])
    assert told(desk.run_files([bank("c.csv", "a30 b20", FULL)])) == ["Skip already_imported"] * 2
    assert told(desk.run_files([bank("d.csv", "a30 b20 d50", FULL)])) == ["Skip already_imported"] * 2 + ["Create"]


def test_a_question_names_the_place_of_the_payment_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([bank("a.csv", "a30 b20", FULL)])
    desk.run_files([bank("b.csv", "a30 c40", FULL)])
    (asked, *_) = desk.run_files([bank("c.csv", "a30 d50", FULL)]).plan.decisions
    message = asked.finding.reasons[0].message
    assert message.startswith("equal to record 1 of a.csv and record 1 of b.csv (not imported): the same booking")
