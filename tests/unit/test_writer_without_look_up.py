"""Where posted entries cannot be read: what invoices and people tell of a payment without an answer (reliability.md §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.model import Document
from importer.money import Money
from importer.plan import Payment
from importer.ports import Reply
from importer.states import State
from importer.writer import Policy, Word, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.small_imports import DAY, bank_line
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Answer, Desk, lost_after, lost_before, states


def perhaps_posted_with_the_others(folder: Path) -> Desk:
    """A journal without look-up, posted while nobody knew whether one more line was in it; it was."""
    desk = Desk(folder, look_up=False)
    desk.run(LINES[:1])
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run(LINES[:2])
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run(LINES[:2])
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def test_without_a_look_up_a_line_that_may_have_been_posted_with_the_others_is_left_to_a_person(tmp_path: Path) -> None:
    desk = perhaps_posted_with_the_others(tmp_path)
    desk.run(LINES[:2])
    settled = desk.run(LINES[:2]).settled
    assert (states(settled), settled.exit_code, desk.created) == ([State.DOUBTFUL], Exit.REVIEW, 2)
    (intent,) = settled.intents
    assert f"`importer run settle --found {intent.payment.line_number}` or `--absent" in intent.reason


@pytest.mark.parametrize(
    ("word", "expected"),
    [(Word.FOUND, (State.CREATED, 2)), (Word.ABSENT, (State.CREATED, 3)), (None, (State.DOUBTFUL, 2))],
)
def test_what_a_person_says_of_a_doubtful_line_is_done(
    tmp_path: Path, word: Word | None, expected: tuple[State, int]
) -> None:
    desk = perhaps_posted_with_the_others(tmp_path)
    (intent,) = desk.run(LINES[:2]).settled.intents
    words = {intent.payment.line_number: word} if word else {}
    after = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words=words)))
    assert (*states(after), desk.created) == expected
    assert desk.run(LINES[:2]).plan.creates == ()


OPEN = Document("INV9", "10000", Money.of("50.00", "EUR"), DAY, total=Money.of("50.00", "EUR"))
PAYS_9 = [bank_line(9, "50.00", "INV9")]


def emptied_while_unknown(folder: Path, answer: Answer) -> Desk:
    """A journal without look-up, posted while nobody knew whether a payment of invoice INV9 was in it."""
    desk = Desk(folder, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.run(LINES[:1])
    desk.server.answers = [answer]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run([*LINES[:1], *PAYS_9])
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run(LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def test_without_a_look_up_a_settled_invoice_tells_that_the_payment_was_posted(tmp_path: Path) -> None:
    desk = emptied_while_unknown(tmp_path, lost_after)
    assert (states(desk.run(LINES[:1]).settled), desk.created) == ([State.POSTED], 2)


def test_without_a_look_up_an_invoice_never_paid_tells_that_the_payment_was_not_posted(tmp_path: Path) -> None:
    desk = emptied_while_unknown(tmp_path, lost_before)
    assert (states(desk.run(LINES[:1]).settled), desk.amounts, desk.created) == ([State.CREATED], ["-50.00"], 2)


def test_without_a_look_up_a_settled_invoice_alone_stops_a_second_payment(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run(PAYS_9)
    for _ in range(2):
        desk.clock.sleep(PAST_HORIZON_S)
        assert states(desk.run(PAYS_9).settled) == [State.DOUBTFUL]
    assert desk.created == 1


def test_without_a_look_up_a_settled_invoice_speaks_for_the_lines_that_were_sent_beside_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run([*LINES[:1], *PAYS_9])
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([*LINES[:1], *PAYS_9]).settled) == [State.DOUBTFUL] * 2
    assert desk.created == 2


def test_without_a_look_up_a_line_that_was_only_hidden_for_a_while_is_no_sign_of_posting(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.answers = [lost_before]
    desk.run(LINES[:1])
    desk.run(LINES[:2])
    desk.server.hidden.update(desk.server.rows)
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run(LINES[:2])
    desk.server.hidden.clear()
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run(LINES[:2]).settled) == [State.CREATED]
    assert sorted(desk.amounts) == ["-10.00", "-20.00"]


def test_after_a_lost_ledger_without_look_up_a_person_is_asked_of_what_may_have_been_posted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.run([*LINES[:1], *PAYS_9])
    desk.server.post()
    desk.run([*LINES[:2], *PAYS_9])
    desk.lose_ledger()
    desk.clock.sleep(PAST_HORIZON_S)
    never_paid = replace(OPEN, number="INV8")
    desk.server.invoices = (OPEN, never_paid)
    done = desk.run([*LINES[:3], *PAYS_9, bank_line(8, "50.00", "INV8")])
    asked = {intent.payment.amount.text() for intent in done.outcome.with_state(State.DOUBTFUL)}
    assert (asked, done.outcome.exit_code) == ({"-10.00", "-15.00", "-50.00"}, Exit.REVIEW)
    assert desk.amounts == ["-50.00", "-20.00"]


def test_a_line_refused_because_its_number_was_taken_is_sent_once_the_number_is_free(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)

    def foreign_then_blind(_: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        desk.server.insert_by_hand(payments[0].line_number)
        desk.server.on_read = [desk.server.post]
        return desk.server.create(payments)

    desk.run(LINES[:1])
    desk.server.answers = [foreign_then_blind]
    assert states(desk.run(LINES[:2]).outcome) == [State.HIDDEN]
    for _ in range(2):
        desk.clock.sleep(PAST_HORIZON_S)
        desk.run(LINES[:2])
    assert desk.amounts == ["-20.00"]
