"""People post, delete and lose ledgers while answers are missing; each payment still comes once (reliability.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import structs

from importer.errors import Exit, ServerUnavailable
from importer.model import BankLine
from importer.plan import Payment
from importer.ports import PostedEntries, Reply
from importer.states import State
from importer.writer import Policy, Word, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.small_imports import bank_line, statement
from tests.unit.test_writer_without_look_up import hidden
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, late, lost_after, lost_before, states

ALL = ["-10.00", "-15.00", "-15.00", "-20.00"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_lines_created_unseen_and_posted_at_once_are_found_in_the_entries(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code) == ([State.POSTED] * 4, Exit.DONE)
    assert (desk.run().plan.creates, desk.created) == ((), 4)


def test_lines_created_unseen_and_posted_before_the_next_run_are_found_in_the_entries(desk: Desk) -> None:
    desk.server.answers = [late(60)]
    desk.run()
    desk.clock.sleep(120)
    desk.server.post()
    done = desk.run()
    assert (states(done.settled), done.plan.creates, desk.created) == ([State.POSTED] * 4, (), 4)


def test_a_request_lost_before_the_journal_was_posted_is_sent_after_it(desk: Desk) -> None:
    desk.run()
    desk.server.answers = [lost_before]
    desk.run([*LINES, bank_line(4, "40.00")])
    desk.server.post()
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([*LINES, bank_line(4, "40.00")]).settled) == [State.CREATED]
    assert desk.amounts == ["-40.00"]


def test_lines_created_unseen_and_deleted_by_a_person_come_back_once(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.rows.clear]
    desk.run()
    desk.clock.sleep(PAST_HORIZON_S)
    done = desk.run()
    assert (states(done.settled), sorted(desk.amounts)) == ([State.CREATED] * 4, ALL)


SECOND: dict[str, tuple[Callable[[Server], None], str]] = {
    "it stands in the journal": (
        lambda _: None,
        ", and the journal holds line {} for it. Do not post the journal before that is deleted.",
    ),
    "it was posted, too": (Server.post, ": look in the customer's ledger entries, and reverse what is too much."),
}


@pytest.mark.parametrize(("then", "advice"), SECOND.values(), ids=SECOND.keys())
def test_a_line_posted_unseen_while_it_was_sent_again_is_told(
    desk: Desk, then: Callable[[Server], None], advice: str
) -> None:
    """It was hidden when it was looked for, and posted before its number was tried."""

    def posted_meanwhile(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        server.post()
        replies = tuple(server.create_one(payment) for payment in payments)
        then(server)
        return replies

    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, lambda: desk.server.hidden.update(desk.server.rows)]
    (intent,) = desk.run(LINES[:1]).outcome.intents
    desk.server.answers = [posted_meanwhile]
    desk.clock.sleep(PAST_HORIZON_S)
    alarms = desk.run(LINES[:1]).settled.alarms
    what = f"Of bank line {intent.key} more payments were posted than it has"
    assert alarms == (f"{what}{advice.format(intent.payment.line_number)}",)


def test_what_is_sent_again_for_good_reason_is_no_cause_for_alarm(desk: Desk) -> None:
    desk.server.answers = [lost_before]
    desk.run()
    desk.clock.sleep(PAST_HORIZON_S)
    settled = desk.run().settled
    assert (states(settled), settled.alarms) == ([State.CREATED] * 4, ())


def test_a_created_line_that_a_person_deleted_does_not_come_back(desk: Desk) -> None:
    desk.run()
    desk.server.rows.clear()
    done = desk.run()
    assert (done.plan.creates, desk.created, desk.amounts) == ((), 4, [])


@pytest.mark.parametrize("word", Word)
def test_that_a_line_is_absent_nobody_can_say_while_its_request_may_still_be_carried_out(
    desk: Desk, word: Word
) -> None:
    desk.server.answers = [late(60)]
    (intent,) = desk.run(LINES[:1]).outcome.intents
    words = {intent.payment.line_number: word}
    after = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words=words)))
    assert states(after) == [State.CREATED if word is Word.FOUND else State.UNKNOWN]
    assert len(desk.server.creates) == 1


def test_a_lost_ledger_is_rebuilt_from_the_keys_in_the_journal(desk: Desk) -> None:
    desk.run()
    desk.lose_ledger()
    done = desk.run()
    assert (done.plan.creates, states(done.outcome), desk.created) == ((), [State.CREATED] * 4, 4)
    desk.server.post()
    assert desk.run().plan.creates == ()


def test_after_a_lost_ledger_nothing_is_sent_while_what_it_had_sent_may_still_arrive(desk: Desk) -> None:
    desk.run(LINES[:1])
    desk.server.answers = [late(60)]
    desk.run(LINES[:2])
    desk.lose_ledger()
    early = desk.run(LINES[:2]).outcome
    assert (early.exit_code, early.with_state(State.PLANNED)[0].payment.amount.text()) == (Exit.TEMPORARY, "-20.00")
    desk.clock.sleep(PAST_HORIZON_S)
    desk.server.post()
    assert desk.run(LINES[:2]).outcome.exit_code is Exit.DONE
    assert (desk.created, desk.amounts) == (2, [])


def test_after_a_lost_ledger_posted_lines_are_found_in_the_entries(desk: Desk) -> None:
    desk.run()
    desk.server.post()
    desk.lose_ledger()
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.POSTED] * 4, Exit.DONE, 4)


def test_a_journal_posted_between_two_readings_does_not_make_its_lines_absent(desk: Desk) -> None:
    def down() -> None:
        raise ServerUnavailable("no answer")

    desk.server.answers = [lost_after, late(600)]
    desk.server.on_read = [int, int, down]
    desk.run(LINES[:2], Policy(chunk=1))
    desk.server.post()
    desk.clock.sleep(PAST_HORIZON_S)
    real = desk.server.posted

    def posted_just_after(keys: Collection[str]) -> PostedEntries | None:
        found = real(keys)
        desk.server.post()
        return found

    desk.server.posted = posted_just_after  # type: ignore[method-assign]  # somebody posts at that moment
    desk.run(LINES[:2])
    assert desk.created == 2


def test_a_line_that_a_person_moved_and_changed_before_anybody_saw_it_is_not_sent_again(desk: Desk) -> None:
    desk.server.answers = [lost_after]

    def pasted_elsewhere() -> None:
        row = desk.server.rows.pop(next(iter(desk.server.rows)))
        desk.server.rows[30_000] = replace(row, line_number=30_000, amount=Decimal("-9.00"))

    desk.server.on_read = [int, int, pasted_elsewhere]
    desk.run(LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    done = desk.run(LINES[:1])
    assert (states(done.settled), done.settled.exit_code, desk.created) == ([State.MISMATCH], Exit.REVIEW, 1)


HALVES = [bank_line(3, "30.00", "INV1+INV2")]
UNEQUAL = [bank_line(4, "40.00", "INV1+INV2=10")]


def created_in_part(folder: Path, lines: list[BankLine], parts: int) -> Desk:
    """A journal in which only so many parts of one bank line were created, and nobody knows which."""
    desk = Desk(folder)

    def partly(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        lost_after(server, payments[:parts])
        return lost_before(server, payments)

    desk.server.answers = [partly]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run(lines)
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def test_a_part_posted_while_the_entries_were_read_is_not_taken_for_the_part_that_is_missing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def partly(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        lost_after(server, payments[:1])
        return lost_before(server, payments)

    desk.server.answers = [partly]
    desk.run(HALVES)
    desk.clock.sleep(PAST_HORIZON_S)
    real = desk.server.posted

    def posted_just_before(keys: Collection[str]) -> PostedEntries | None:
        if desk.server.rows:
            desk.server.post()
        return real(keys)

    desk.server.posted = posted_just_before  # type: ignore[method-assign]  # somebody posts at that moment
    assert (states(desk.run(HALVES).settled), desk.created) == ([State.UNKNOWN], 1)


def test_the_amounts_of_posted_entries_tell_the_parts_of_a_bank_line_apart(tmp_path: Path) -> None:
    desk = created_in_part(tmp_path, UNEQUAL, 1)
    assert states(desk.run(UNEQUAL).settled) == [State.CREATED]
    everything = [*desk.server.entries, *desk.server.rows.values()]
    assert {(line.invoice, line.amount) for line in everything} == {("INV1", Decimal(-30)), ("INV2", Decimal(-10))}


def test_which_of_two_equal_parts_was_posted_is_left_to_a_person(tmp_path: Path) -> None:
    desk = created_in_part(tmp_path, HALVES, 1)
    assert (states(desk.run(HALVES).settled), desk.created) == ([State.DOUBTFUL] * 2, 1)


def test_after_a_lost_ledger_a_bank_line_that_stands_in_part_is_never_taken_for_whole(desk: Desk) -> None:
    desk.run(LINES[2:])
    number = min(desk.server.rows)
    del desk.server.rows[number]
    desk.lose_ledger()
    twice = [LINES[2], structs.replace(LINES[2], record=2, row=3, text=LINES[2].text)]
    for _ in range(2):
        files = [statement("a.csv", twice[:1]), statement("b.csv", [*twice[:1], bank_line(7, "7.00")])]
        assert type(desk.run_files(files).plan.decisions[0]).__name__ == "Review"


def test_a_hidden_line_says_what_to_do_and_is_done_when_a_person_found_it(tmp_path: Path) -> None:
    desk = hidden(tmp_path)
    [intent] = desk.run([]).settled.intents
    number = intent.payment.line_number
    assert f"Look there for line {number}" in intent.reason
    assert f"`importer run settle --found {number}`" in intent.reason
    after = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words={number: Word.FOUND})))
    assert (intent.state, states(after), desk.created) == (State.HIDDEN, [State.CREATED], 2)
