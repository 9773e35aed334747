"""Where posted entries cannot be read: what invoices and people tell of a payment without an answer (reliability.md §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.model import BankLine, Document
from importer.money import Money
from importer.plan import Payment
from importer.ports import Reply
from importer.states import State
from importer.writer import Policy, Settling, Word, settle
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


def posted_beside_a_payment_of_an_invoice(folder: Path) -> Desk:
    """A journal without look-up, posted with a payment on account and one of invoice INV9, whose answers were both lost."""
    desk = Desk(folder, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run([*LINES[:1], *PAYS_9])
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def test_without_a_look_up_a_settled_invoice_tells_that_the_payment_was_posted(tmp_path: Path) -> None:
    desk = emptied_while_unknown(tmp_path, lost_after)
    assert (states(desk.run(LINES[:1]).settled), desk.created) == ([State.POSTED], 2)


def test_without_a_look_up_an_invoice_never_paid_tells_that_the_payment_was_not_posted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.server.answers = [lost_before]
    desk.run(PAYS_9)
    desk.clock.sleep(PAST_HORIZON_S)
    assert (states(desk.run(PAYS_9).settled), desk.amounts, desk.created) == ([State.CREATED], ["-50.00"], 1)


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
    desk = posted_beside_a_payment_of_an_invoice(tmp_path)
    assert states(desk.run([*LINES[:1], *PAYS_9]).settled) == [State.DOUBTFUL] * 2
    assert desk.created == 2


PAYS_8 = [bank_line(8, "50.00", "INV8")]


def test_without_a_look_up_what_is_doubtful_stays_so_after_the_lines_beside_it_were_concluded(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN, replace(OPEN, number="INV8"))
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    lines = [*LINES[:1], *PAYS_8, *PAYS_9]
    desk.run(lines)
    desk.clock.sleep(PAST_HORIZON_S)
    assert sorted(states(desk.run(lines).settled)) == [State.DOUBTFUL, State.POSTED, State.POSTED]
    assert (states(desk.run(lines).settled), desk.created) == ([State.DOUBTFUL], 3)


@dataclass(frozen=True)
class Beside:
    """Payments that were sent five minutes before another one, and what an early settling and a person say of them."""

    lines: Sequence[BankLine]
    concluded: Sequence[State]
    word: Word | None = None


@pytest.mark.parametrize(
    "beside",
    [
        Beside([*PAYS_8, *PAYS_9], [State.POSTED, State.POSTED, State.UNKNOWN]),
        Beside(PAYS_9, [State.DOUBTFUL, State.UNKNOWN], Word.FOUND),
    ],
)
def test_without_a_look_up_lines_that_were_concluded_earlier_tell_of_one_that_had_to_wait(
    tmp_path: Path, beside: Beside
) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN, replace(OPEN, number="INV8"))

    def slowly(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        desk.clock.sleep(300)
        return lost_after(server, payments)

    desk.server.answers = [*([lost_after] * (len(beside.lines) - 1)), slowly, lost_after]
    desk.server.on_read = [int, int, desk.server.post]
    desk.run([*beside.lines, *LINES[:1]], Policy(chunk=1))
    desk.clock.sleep(PAST_HORIZON_S - 200)
    early = desk.run([]).settled
    assert sorted(states(early)) == sorted(beside.concluded)
    if beside.word:
        words = {intent.payment.line_number: beside.word for intent in early.with_state(State.DOUBTFUL)}
        desk.with_ledger(partial(settle, COMPANY_ID, JOURNAL.id, policy=Policy(words=words)))
    for _ in range(2):
        desk.clock.sleep(PAST_HORIZON_S)
        assert states(desk.run([]).settled) == [State.DOUBTFUL]
    assert desk.created == len(beside.lines) + 1


def test_without_a_look_up_what_a_person_found_makes_no_other_line_certain(tmp_path: Path) -> None:
    desk = posted_beside_a_payment_of_an_invoice(tmp_path)
    found, other = sorted(desk.run([]).settled.intents, key=lambda intent: intent.payment.invoice, reverse=True)
    words = {found.payment.line_number: Word.FOUND}
    for policy in (Policy(words=words), Policy(), Policy()):
        after = desk.with_ledger(partial(settle, COMPANY_ID, JOURNAL.id, policy=policy))
        assert (other.key, State.DOUBTFUL) in {(intent.key, intent.state) for intent in after.intents}
        desk.clock.sleep(PAST_HORIZON_S)
    assert desk.created == 2


def test_without_a_look_up_a_payment_that_was_reversed_makes_no_other_line_certain(tmp_path: Path) -> None:
    desk = posted_beside_a_payment_of_an_invoice(tmp_path)
    assert states(desk.run([]).settled) == [State.DOUBTFUL] * 2
    desk.server.entries = [entry for entry in desk.server.entries if not entry.invoice]
    for _ in range(2):
        desk.clock.sleep(PAST_HORIZON_S)
        settled = desk.run([]).settled
        assert [intent.state for intent in settled.intents if not intent.payment.invoice] == [State.DOUBTFUL]


def test_without_a_look_up_a_line_that_was_only_hidden_for_a_while_is_no_sign_of_posting(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN,)
    desk.server.answers = [lost_before]
    desk.run(PAYS_9)
    desk.run([*LINES[:1], *PAYS_9])
    desk.server.hidden.update(desk.server.rows)
    desk.clock.sleep(PAST_HORIZON_S)
    desk.run([])
    desk.server.hidden.clear()
    [line] = desk.server.rows.values()
    desk.server.entries = [replace(line, external_document_number="BY HAND", invoice="INV9", amount=Decimal(-50))]
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([]).settled) == [State.DOUBTFUL]


@pytest.mark.parametrize(("older", "expected"), [(True, [State.CREATED]), (False, [State.DOUBTFUL])])
def test_without_a_look_up_only_an_older_line_that_stands_proves_that_nothing_was_posted(
    tmp_path: Path, expected: list[State], *, older: bool
) -> None:
    desk = Desk(tmp_path, look_up=False)
    if older:
        desk.run(LINES[1:2])
    desk.server.answers = [lost_before]
    desk.run(LINES[:2] if older else LINES[:1])
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([]).settled) == expected


def test_without_a_look_up_the_word_that_nobody_posts_is_enough(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.answers = [lost_before]
    desk.run(LINES[:1])
    after = desk.with_ledger(partial(settle, COMPANY_ID, JOURNAL.id, policy=Policy(settling=Settling.FAST)))
    assert (states(after), desk.created) == ([State.CREATED], 1)


def test_without_a_look_up_settled_invoices_are_no_sign_of_posting_while_an_older_line_stands(tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=False)
    desk.server.invoices = (OPEN, replace(OPEN, number="INV8"))
    desk.run(LINES[:1])
    [line] = desk.server.rows.values()
    desk.server.answers = [lost_before]
    desk.run([*LINES[:1], *PAYS_8, *PAYS_9])
    by_hand = replace(line, external_document_number="BY HAND", amount=Decimal(-50))
    desk.server.entries = [replace(by_hand, invoice=number) for number in ("INV8", "INV9")]
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([]).settled) == [State.DOUBTFUL] * 2


def hidden(folder: Path) -> Desk:
    """A journal with a line whose answer was lost, and that somebody changed so that the API does not show it."""
    desk = Desk(folder, look_up=False)
    desk.run(LINES[1:2])
    desk.server.answers = [lost_after]
    older = set(desk.server.rows)
    desk.server.on_read = [int, int, lambda: desk.server.hidden.update(set(desk.server.rows) - older)]
    desk.run(LINES[:2])
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def test_without_a_look_up_a_line_whose_number_is_taken_is_not_sent_again_and_again(tmp_path: Path) -> None:
    desk = hidden(tmp_path)
    assert states(desk.run([]).settled) == [State.HIDDEN]
    desk.clock.sleep(PAST_HORIZON_S)
    assert (states(desk.run([]).settled), desk.created) == ([State.DOUBTFUL], 2)


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
