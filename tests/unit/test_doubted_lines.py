"""A line that may be an earlier booking once more: it keeps nothing from a certain one, and what a person says of it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from importer.choices import Accept, Choice, Choices, Entry, Ignore
from importer.model import Overlap, Statement
from importer.plan import Plan, Review
from importer.plan_json import to_json
from importer.planner import Ground, Reviewed, contradictions, name_lines, reviewed_plan
from importer.ports import Refused
from importer.writer import Policy, Ports, write
from tests.unit.journal_in_memory import COMPANY_ID
from tests.unit.small_imports import Done, bank_line, statement
from tests.unit.writer_desk import PAST_HORIZON_S, Desk

NEVER, FULL = Overlap.INCREMENTAL, Overlap.FULL_DAYS
Say = Callable[[str, Entry], Choice]


def bank(name: str, words: str, overlap: Overlap = NEVER, *, saved: int = 1) -> Statement:
    """ "a10 b20" are two lines with these texts and amounts; the bytes are others each time the file is saved."""
    lines = [bank_line(record, f"{word[1:]}.00", word[0]) for record, word in enumerate(words.split(), start=1)]
    return replace(statement(name, lines, overlap), sha256=sha256(f"{name} {saved}".encode()).hexdigest())


def told(done: Done | Plan) -> list[str]:
    """What becomes of each line, and why."""
    plan = done.plan if isinstance(done, Done) else done
    reasons = [next((reason.rule for reason in one.finding.reasons), "") for one in plan.decisions]
    return [f"{type(one).__name__} {why}".rstrip() for one, why in zip(plan.decisions, reasons, strict=True)]


def accept(key: str, entry: Entry) -> Choice:
    return Accept(key, entry)


def leave_out(key: str, entry: Entry) -> Choice:
    return Ignore(key, entry)


def say(desk: Desk, plan: Plan, word: Say) -> Plan:
    """A person says so of every line in review; it is carried out."""
    choices = tuple(
        word(one.source.key, Entry("To review", row, "", "Eva"))
        for row, one in enumerate(plan.decisions)
        if isinstance(one, Review)
    )

    def work(ports: Ports) -> Reviewed:
        books, history = desk.server.snapshot(), ports.ledger.history(COMPANY_ID)
        reviewed = reviewed_plan(
            Choices(plan, choices, (), {}),
            Ground(books, history),
            lambda payments, _: [() for _ in payments],
            ports.now(),
        )
        write(reviewed.plan, ports.ledger.start(reviewed.plan, to_json(reviewed.plan)), ports, Policy())
        return reviewed

    reviewed = desk.with_ledger(work)
    assert reviewed.problems == ()
    return reviewed.plan


def ask_again(desk: Desk, *files: Statement) -> int:
    def work(ports: Ports) -> int:
        history = ports.ledger.history(COMPANY_ID, [file.sha256 for file in files])
        named = name_lines(files, COMPANY_ID, history, contradictions(files, history))
        return ports.ledger.again(COMPANY_ID, {one.key for one in named}, {file.sha256 for file in files})

    return desk.with_ledger(work)


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
    with pytest.raises(AssertionError, match="already in the journal"):
        say(desk, asked, accept)
    assert told(desk.run_files([second])) == ["Skip already_imported"]
    assert told(desk.run_files([NEXT])) == ["Create", "Create"]
    assert sorted(desk.amounts) == ["-30.00"] * 3 + ["-9.00"]


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


@pytest.mark.parametrize("overlap", Overlap)
@pytest.mark.parametrize("words", ["a30", "x30"])
@pytest.mark.parametrize("together", [True, False])
def test_the_same_bookings_in_two_layouts_are_paid_once(
    overlap: Overlap, words: str, together: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    both = [bank("b.csv", "a30", overlap), replace(bank("a.xlsx", words, overlap), mapping="other")]
    for files in [both] if together else [both[:1], both[1:]]:
        desk.run_files(files)
    assert desk.amounts in (["-30.00"], [])
    for files in (both, both[::-1], both[:1], both[1:]):
        desk.run_files(files)
    assert desk.amounts in (["-30.00"], [])


def test_a_booking_that_two_exports_word_differently_is_paid_once_when_they_come_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert told(desk.run_files([bank("1.csv", "a30 b20", FULL), bank("2.csv", "x30 b20 c40", FULL)])) == [
        *["Create"] * 2,
        "Review near_duplicate",
        "Skip repeated_in_run",
        "Create",
    ]


def test_a_line_known_before_comes_first_whatever_the_name_of_its_file(tmp_path: Path) -> None:
    desk, other = Desk(tmp_path), replace(bank("a.xlsx", "x30"), mapping="other")
    desk.run_files([bank("b.csv", "a30")])
    assert told(desk.run_files([other, bank("b.csv", "a30")])) == ["Review near_duplicate", "Skip already_imported"]


def test_equal_amounts_in_different_words_are_two_payments_where_files_never_repeat_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert told(desk.run_files([bank("1.csv", "a30"), bank("2.csv", "x30")])) == ["Create"] * 2


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
