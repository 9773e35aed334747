"""Before somebody posts, the posted entries are held against the journal: what stands in both would be paid twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.outcome import Certificate
from importer.plan import Payment
from importer.ports import Reply
from importer.writer import Policy, certify
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.writer_desk import LINES, Desk


def certified(desk: Desk, run: str) -> Certificate:
    return desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))


def test_a_line_that_another_machine_created_and_somebody_posted_is_not_safe_to_post_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    run = desk.run(LINES[:1]).outcome.run
    assert certified(desk, run).safe_to_post
    desk.server.entries.extend(desk.server.rows.values())
    (why,) = certified(desk, run).reasons
    number = next(iter(desk.server.rows))
    assert why.endswith(f"the journal holds line {number} for it. Do not post the journal before that is deleted.")


def test_another_ledger_that_split_the_bank_line_otherwise_leaves_too_much_money_and_it_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def whole_line_first(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
        whole = sum((payment.amount for payment in payments[1:]), payments[0].amount)
        first = min(payments, key=lambda payment: payment.line_number)
        assert len(server.create([replace(first, amount=whole)])) == 1
        return server.create(payments)

    desk.server.answers = [whole_line_first]
    outcome = desk.run(LINES[2:]).outcome
    (alarm,) = outcome.alarms
    assert "2 payment(s) of 30.00 in all, but the journal holds lines" in alarm
    assert alarm.endswith("of 45.00 for it. Do not post the journal before the surplus line is deleted.")
    assert (outcome.exit_code, certified(desk, outcome.run).safe_to_post) == (Exit.INTEGRITY, False)


def test_what_a_person_raised_in_the_journal_is_hers(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    run = desk.run(LINES[:1]).outcome.run
    number, row = next(iter(desk.server.rows.items()))
    desk.server.rows[number] = replace(row, amount=row.amount * 2)
    assert certified(desk, run).reasons == ()


@pytest.mark.parametrize("look_up", [True, False])
def test_parts_of_a_bank_line_may_be_posted_before_the_others(look_up: bool, tmp_path: Path) -> None:
    desk = Desk(tmp_path, look_up=look_up)
    run = desk.run(LINES[2:]).outcome.run
    number = next(iter(desk.server.rows))
    desk.server.entries.append(desk.server.rows.pop(number))
    assert certified(desk, run).safe_to_post
