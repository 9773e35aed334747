"""The writer creates every planned line exactly once, whatever becomes of its requests (reliability.md §4, §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import AccessDenied, Exit, ServerContradiction
from importer.identity import line_number
from importer.money import Money
from importer.outcome import Stopped
from importer.plan import Payment
from importer.ports import NotApplied, Reply
from importer.states import State
from importer.writer.session import Policy
from tests.unit.journal_in_memory import BLOCKED, Server
from tests.unit.small_imports import bank_line
from tests.unit.writer_desk import FAST, LINES, PAST_HORIZON_S, Desk, late, lost_after, lost_before, states

ALL = ["-10.00", "-15.00", "-15.00", "-20.00"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_plan_is_created_and_created_once(desk: Desk) -> None:
    first, again = desk.run(), desk.run()
    assert (states(first.outcome), first.outcome.exit_code) == ([State.CREATED] * 4, Exit.DONE)
    assert sorted(desk.amounts) == ALL
    assert (again.plan.creates, states(again.outcome), again.outcome.exit_code) == ((), [], Exit.DONE)
    assert len(desk.server.creates) == 1


def test_a_lost_answer_is_looked_up_at_the_end_of_the_run(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.CREATED] * 4, Exit.DONE, 4)


def test_a_request_that_got_lost_waits_until_it_can_no_longer_be_carried_out(desk: Desk) -> None:
    desk.server.answers = [lost_before]
    first = desk.run()
    soon = desk.run()
    desk.clock.sleep(PAST_HORIZON_S)
    later = desk.run()
    assert (states(first.outcome), first.outcome.exit_code) == ([State.UNKNOWN] * 4, Exit.UNKNOWN_OUTCOME)
    assert (soon.settled.exit_code, len(desk.server.creates)) == (Exit.UNKNOWN_OUTCOME, 2)
    assert (states(later.settled), later.settled.exit_code, desk.created) == ([State.CREATED] * 4, Exit.DONE, 4)


def test_the_first_half_hour_after_a_lost_request_sends_nothing(desk: Desk) -> None:
    desk.server.answers = [lost_before]
    desk.run()
    for _ in range(3):
        desk.clock.sleep(300)
        desk.run()
    assert len(desk.server.creates) == 1


def test_in_fast_mode_a_lost_request_is_sent_again_at_once(desk: Desk) -> None:
    desk.server.answers = [lost_before]
    done = desk.run(policy=FAST)
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.CREATED] * 4, Exit.DONE, 4)


def test_a_request_carried_out_late_is_found_not_repeated(desk: Desk) -> None:
    desk.server.answers = [late(19 * 60)]
    desk.run()
    desk.clock.sleep(PAST_HORIZON_S)
    done = desk.run()
    assert (states(done.settled), desk.created, len(desk.server.creates)) == ([State.CREATED] * 4, 4, 1)


def test_a_late_request_after_a_fast_second_one_is_refused_by_the_line_number(desk: Desk) -> None:
    desk.server.answers = [late(60)]
    desk.run(policy=FAST)
    desk.clock.sleep(120)
    assert (desk.created, desk.run().outcome.exit_code) == (4, Exit.DONE)


def test_a_reading_that_lacks_a_line_known_to_be_created_proves_nothing(desk: Desk) -> None:
    desk.run(LINES[:1])
    desk.server.answers = [lost_before]
    desk.run()
    desk.clock.sleep(PAST_HORIZON_S)
    row = desk.server.rows.popitem()
    done = desk.run()
    assert {intent.state for intent in done.settled.intents} == {State.UNKNOWN}
    desk.server.rows.update([row])
    assert states(desk.run().settled) == [State.CREATED] * 3


def test_throttling_is_waited_for(desk: Desk) -> None:
    begun = desk.clock.time
    desk.server.answers = [lambda _, payments: (NotApplied("429", "slow down"),) * len(payments)] * 3
    done = desk.run()
    assert (done.outcome.exit_code, desk.created, len(desk.server.creates)) == (Exit.DONE, 4, 4)
    assert (desk.clock.time - begun).total_seconds() == 2 + 4 + 8


def test_a_server_that_only_throttles_ends_the_run_and_the_next_one_goes_on(desk: Desk) -> None:
    desk.server.answers = [lambda _, payments: (NotApplied("429", "slow down"),) * len(payments)] * 99
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code) == ([State.PLANNED] * 4, Exit.UNAVAILABLE)
    assert len(desk.server.creates) < 10
    desk.server.answers = []
    assert (desk.run().outcome.exit_code, desk.created) == (Exit.DONE, 4)


def test_a_server_that_never_answers_is_left_alone_after_five_chunks(desk: Desk) -> None:
    lines = [bank_line(record, f"{record}.00") for record in range(1, 40)]
    desk.server.answers = [lost_before] * 99
    done = desk.run(lines, Policy(chunk=2))
    assert (len(desk.server.creates), done.outcome.exit_code) == (5, Exit.UNKNOWN_OUTCOME)
    assert len(done.outcome.with_state(State.PLANNED)) == 29


def test_access_denied_ends_the_run_with_nothing_unknown(desk: Desk) -> None:
    def denied(*_: object) -> tuple[Reply, ...]:
        raise AccessDenied("the secret has expired")

    desk.server.answers = [denied]
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code) == ([State.PLANNED] * 4, Exit.DENIED)
    assert done.outcome.stopped == Stopped(Exit.DENIED, "the secret has expired")
    assert desk.run().outcome.exit_code is Exit.DONE


def test_an_error_of_our_own_after_sending_leaves_the_chunk_unknown_not_failed(desk: Desk) -> None:
    def crash(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        lost_after(server, payments)
        raise ZeroDivisionError("a bug")

    desk.server.answers = [crash]
    with pytest.raises(ZeroDivisionError):
        desk.run()
    done = desk.run()
    assert (states(done.settled), desk.created) == ([State.CREATED] * 4, 4)


def test_a_refusal_is_kept_in_the_servers_words_and_the_rest_goes_on(desk: Desk) -> None:
    lines = [*LINES, bank_line(4, "40.00", customer=BLOCKED)]
    done = desk.run(lines)
    (refused,) = done.outcome.with_state(State.REJECTED)
    assert refused.reason == "Customer 90000 is blocked with type All (Application_DialogException)"
    assert (done.outcome.exit_code, desk.created) == (Exit.REVIEW, 4)
    assert len(desk.run(lines).plan.creates) == 1


def test_a_line_that_another_host_created_since_the_plan_is_adopted(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.server, other.clock = desk.server, desk.clock
    desk.server.on_read = [int, other.run]
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.CREATED] * 4, Exit.DONE, 4)
    assert len(desk.server.creates) == 1


def test_a_line_that_another_host_created_a_moment_before_is_adopted(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.server, other.clock = desk.server, desk.clock

    def other_first(_: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        other.run()
        return desk.server.create(payments)

    desk.server.answers = [other_first]
    done = desk.run()
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.CREATED] * 4, Exit.DONE, 4)


def test_beside_a_foreign_line_the_next_number_is_taken(desk: Desk) -> None:
    def foreign_first(_: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        desk.server.insert_by_hand(payments[0].line_number)
        return desk.server.create(payments)

    desk.server.answers = [foreign_first]
    done = desk.run(LINES[:1])
    (intent,) = done.outcome.intents
    number = line_number(intent.key, intent.payment.posting_date, 0, 1)
    assert (intent.state, intent.probe, intent.payment.line_number) == (State.CREATED, 1, number)
    assert sorted(desk.amounts) == ["-10.00", "-7.00"]
    assert desk.run(LINES[:1]).plan.creates == ()


def test_a_number_taken_by_a_line_that_is_not_shown_waits_for_a_person(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, lambda: desk.server.hidden.update(desk.server.rows)]
    desk.run(LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    done = desk.run(LINES[:1])
    assert (states(done.settled), done.settled.exit_code, desk.created) == ([State.HIDDEN], Exit.REVIEW, 1)
    desk.server.hidden.clear()
    assert (states(desk.run(LINES[:1]).settled), desk.created) == ([State.CREATED], 1)


def test_a_line_without_its_key_on_our_number_with_our_facts_is_ours(desk: Desk) -> None:
    desk.server.answers = [lost_after]
    number: list[int] = []

    def clear_key() -> None:
        number.extend(desk.server.rows)
        desk.server.edit(number[0], external_document_number="")

    desk.server.on_read = [int, int, clear_key]
    done = desk.run(LINES[:1])
    assert (states(done.outcome), done.outcome.exit_code, desk.created) == ([State.MISMATCH], Exit.REVIEW, 1)


def test_a_value_stored_other_than_sent_waits_for_a_person(desk: Desk) -> None:
    def rounded(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        return tuple(server.create_one(replace(payment, amount=Money.of("-9.00", "EUR"))) for payment in payments)

    desk.server.answers = [rounded]
    done = desk.run(LINES[:1])
    assert (states(done.outcome), done.outcome.exit_code) == ([State.MISMATCH], Exit.REVIEW)
    assert done.outcome.intents[0].reason == "amount: sent -10.00, in the journal -9.00"
    assert done.outcome.certificate is not None
    number, key = done.outcome.intents[0].payment.line_number, done.outcome.intents[0].key
    [reason] = done.outcome.certificate.reasons
    assert reason.startswith(
        f"line {number} ({key}) stands otherwise than it was sent: {done.outcome.intents[0].reason}"
    )


def test_a_doubled_line_in_the_journal_stops_everything_before_anything_is_sent(desk: Desk) -> None:
    done = desk.run(LINES[:1])
    desk.server.insert_by_hand(77, amount="-10.00", key=done.outcome.intents[0].key)
    with pytest.raises(ServerContradiction, match="holds lines 77, "):
        desk.run()
    assert desk.created == 1


def test_a_line_doubled_while_the_run_was_at_work_is_an_alarm(desk: Desk) -> None:
    def copied() -> None:
        (row,) = desk.server.rows.values()
        desk.server.insert_by_hand(77, amount="-10.00", key=row.external_document_number)

    desk.server.on_read = [int, int, copied]
    done = desk.run(LINES[:1])
    assert (done.outcome.exit_code, len(done.outcome.alarms)) == (Exit.INTEGRITY, 1)


def test_a_run_asked_to_stop_ends_between_chunks_and_the_next_goes_on(desk: Desk) -> None:
    asked = iter(["", "the deadline has passed"])
    desk.stop = lambda: next(asked)
    first = desk.run(policy=Policy(chunk=1))
    desk.stop = str
    assert (first.outcome.exit_code, desk.created) == (Exit.TEMPORARY, 1)
    second = desk.run()
    assert (second.outcome.exit_code, sorted(desk.amounts)) == (Exit.DONE, ALL)


def test_the_rest_of_a_bank_line_sent_in_part_is_sent_by_the_next_run(desk: Desk) -> None:
    asked = iter(["", "a signal"])
    desk.stop = lambda: next(asked)
    desk.run(LINES[2:], Policy(chunk=1))
    desk.stop = str
    second = desk.run(LINES[2:])
    assert (states(second.settled), second.plan.creates, desk.amounts) == ([State.CREATED], (), ["-15.00", "-15.00"])
