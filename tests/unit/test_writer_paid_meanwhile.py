"""A line that was proven absent is not sent again onto an invoice that was paid meanwhile: the clerk may have entered it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.money import Money
from importer.states import State
from importer.writer import Policy, Word, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.small_imports import bank_line
from tests.unit.test_writer_without_look_up import OPEN
from tests.unit.writer_desk import PAST_HORIZON_S, Desk, lost_before, states

PAYS = [bank_line(1, "100.00", f"{OPEN.number}")]


def lost(folder: Path) -> Desk:
    desk = Desk(folder)
    desk.server.invoices = (replace(OPEN, remaining=Money.of("100.00", "EUR")),)
    desk.server.answers = [lost_before]
    desk.run(PAYS)
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def left(desk: Desk, amount: str) -> None:
    desk.server.invoices = (replace(OPEN, remaining=Money.of(amount, "EUR")),)


def test_an_invoice_that_is_still_open_is_paid(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    assert (states(desk.run(PAYS).settled), desk.amounts) == ([State.CREATED], ["-100.00"])


@pytest.mark.parametrize("amount", ["0.00", "99.99"])
def test_one_that_was_paid_meanwhile_waits_for_a_person(amount: str, tmp_path: Path) -> None:
    desk = lost(tmp_path)
    left(desk, amount)
    desk.run(PAYS)
    settled = desk.run(PAYS).settled
    assert (states(settled), settled.exit_code, desk.amounts) == ([State.DOUBTFUL], Exit.REVIEW, [])
    assert f"invoice {OPEN.number} was paid meanwhile" in settled.intents[0].reason


@pytest.mark.parametrize(("word", "amounts"), [(Word.ABSENT, ["-100.00"]), (Word.FOUND, [])])
def test_what_she_says_is_done(word: Word, amounts: list[str], tmp_path: Path) -> None:
    desk = lost(tmp_path)
    left(desk, "0.00")
    (intent,) = desk.run(PAYS).settled.intents
    words = {intent.payment.line_number: word}
    after = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy(words=words)))
    assert (states(after), desk.amounts) == ([State.CREATED], amounts)


def test_one_to_which_another_line_of_the_journal_is_applied_waits_too(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    other = Desk(tmp_path / "another machine")
    other.server = desk.server
    other.clock = desk.clock
    other.run([bank_line(1, "100.00", f"{OPEN.number}+thanks")])
    assert desk.amounts == ["-100.00"]
    assert (states(desk.run(PAYS).settled), desk.amounts) == ([State.DOUBTFUL], ["-100.00"])


def test_once_the_invoice_is_open_again_the_line_is_sent(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    left(desk, "0.00")
    desk.run(PAYS)
    left(desk, "100.00")
    assert (states(desk.run(PAYS).settled), desk.amounts) == ([State.CREATED], ["-100.00"])
