"""Where posted entries cannot be read: a line that somebody applied to another invoice before he posted is not paid twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.model import BankLine
from importer.plan import Payment
from importer.ports import Reply
from importer.states import State
from importer.writer import Policy, Word, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.small_imports import bank_line
from tests.unit.test_writer_without_look_up import OPEN, PAYS_8, PAYS_9
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Answer, Desk, lost_after, lost_before, states

PAYS_6 = [bank_line(6, "50.00", "INV6")]
BOTH = bank_line(1, "100.00", "INV8+INV9")


def desk_of(folder: Path) -> Desk:
    """A journal without look-up and three open invoices."""
    desk = Desk(folder, look_up=False)
    desk.server.invoices = (OPEN, replace(OPEN, number="INV8"), replace(OPEN, number="INV6"))
    return desk


def posted_otherwise(desk: Desk, invoice: str) -> Callable[[], None]:
    """Applies the line for this invoice to another one, if it is there, and posts the journal."""

    def post() -> None:
        for line in list(desk.server.rows.values()):
            if line.invoice == invoice:
                desk.server.edit(line.line_number, invoice="INV7")
        desk.server.post()

    return post


@pytest.mark.parametrize("answer", [lost_before, lost_after])
def test_an_unpaid_invoice_proves_nothing_once_older_lines_have_left_the_journal(
    tmp_path: Path, answer: Answer
) -> None:
    desk = desk_of(tmp_path)
    desk.run(LINES[:1])
    desk.server.answers = [answer]
    desk.server.on_read = [int, int, posted_otherwise(desk, "INV9")]
    for lines in ([*LINES[:1], *PAYS_9], LINES[:1], LINES[:1]):
        desk.run(lines)
        desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run(LINES[:1]).settled) == [State.DOUBTFUL]
    assert desk.created == 1 + (answer is lost_after)


def test_an_unpaid_invoice_proves_nothing_where_that_of_a_line_sent_beside_it_is_settled(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, posted_otherwise(desk, "INV8")]
    desk.run([*PAYS_8, *PAYS_9])
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run([]).settled) == [State.DOUBTFUL] * 2
    assert desk.created == 2


@pytest.mark.parametrize("lines", [[BOTH], [BOTH, *PAYS_6]], ids=["a part", "a part, and another line"])
def test_an_unpaid_invoice_proves_nothing_where_that_of_another_part_of_the_payment_is_settled(
    tmp_path: Path, lines: list[BankLine]
) -> None:
    desk = desk_of(tmp_path)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, posted_otherwise(desk, "INV8")]
    desk.run(lines)
    for _ in range(3):
        desk.clock.sleep(PAST_HORIZON_S)
        assert State.DOUBTFUL in states(desk.run([]).settled)
    assert desk.created == len(lines) + 1


def test_what_a_person_found_does_not_make_an_unpaid_invoice_a_proof(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, posted_otherwise(desk, "INV8")]
    desk.run([*PAYS_8, *PAYS_9])
    desk.clock.sleep(PAST_HORIZON_S)
    doubtful = desk.run([]).settled.with_state(State.DOUBTFUL)
    words = {intent.payment.line_number: Word.FOUND for intent in doubtful if intent.payment.invoice == "INV9"}
    desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words=words)))
    assert (states(desk.run([]).settled), desk.created) == ([State.DOUBTFUL], 2)


@pytest.mark.parametrize("word", [None, Word.FOUND])
def test_what_was_concluded_of_lines_sent_earlier_tells_of_one_that_had_to_wait(
    tmp_path: Path, word: Word | None
) -> None:
    desk = desk_of(tmp_path)
    earlier = PAYS_8 if word else [*PAYS_8, *PAYS_9]

    def slowly(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        desk.clock.sleep(300)
        return lost_after(server, payments)

    desk.server.answers = [*([lost_after] * (len(earlier) - 1)), slowly, lost_after]
    desk.server.on_read = [int, int, posted_otherwise(desk, "INV6")]
    desk.run([*earlier, *PAYS_6], Policy(chunk=1))
    desk.clock.sleep(PAST_HORIZON_S - 200)
    early = desk.run([]).settled
    assert [intent.payment.invoice for intent in early.with_state(State.UNKNOWN)] == ["INV6"]
    doubtful = early.with_state(State.DOUBTFUL)
    words = {intent.payment.line_number: word for intent in doubtful if word}
    desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words=words)))
    for _ in range(3):
        desk.clock.sleep(PAST_HORIZON_S)
        assert State.CREATED not in states(desk.run([]).settled)
    assert desk.created == len(earlier) + 1
