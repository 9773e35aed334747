"""Lines that somebody asks for again: deleted ones come back, posted ones and those that stand never do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from importer.plan import Payment
from importer.ports import Reply
from importer.states import State
from importer.writer import Gone, Policy, Ports, certify, look_for
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.small_imports import bank_line
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, lost_before


def ask(desk: Desk) -> tuple[Gone, int]:
    """Ask for all lines again: what is unclear, and how many bank lines may come."""

    def work(ports: Ports) -> tuple[Gone, int]:
        known = ports.ledger.intents(COMPANY_ID, JOURNAL.id, frozenset(State))
        keys = {one.key for one in known}
        return look_for(COMPANY_ID, JOURNAL.id, keys, ports, Policy()), ports.ledger.again(COMPANY_ID, keys, ())

    return desk.with_ledger(work)


def imported(folder: Path, *, look_up: bool = True) -> Desk:
    desk = Desk(folder, look_up=look_up)
    desk.run(LINES[:2])
    return desk


def test_a_deleted_line_comes_back_once_it_is_certain_that_it_was_deleted(tmp_path: Path) -> None:
    desk = imported(tmp_path)
    desk.server.delete_by_hand(min(desk.server.rows))
    noticed = desk.clock.time
    for _ in range(2):
        gone, allowed = ask(desk)
        assert ([one.state for one in gone.waiting], gone.untold, allowed) == ([State.GONE], (), 0)
        assert gone.certain_at == noticed + Policy().settle_after
        desk.run(LINES[:2])
        assert desk.created == 2
    desk.clock.sleep(PAST_HORIZON_S)
    assert ask(desk) == (Gone(), 1)
    desk.run(LINES[:2])
    assert (desk.created, desk.amounts) == (3, ["-10.00", "-20.00"])


@pytest.mark.parametrize("posted", [True, False])
def test_lines_that_were_posted_or_stand_do_not_come_again(tmp_path: Path, *, posted: bool) -> None:
    desk = imported(tmp_path)
    if posted:
        desk.server.post()
    for _ in range(3):
        assert ask(desk) == (Gone(), 0)
        desk.clock.sleep(PAST_HORIZON_S)
    desk.run(LINES[:2])
    assert desk.created == 2


def test_what_stands_is_read_and_nothing_is_noted(tmp_path: Path) -> None:
    desk = imported(tmp_path)
    before = desk.with_ledger(lambda ports: len(ports.ledger.runs(COMPANY_ID)))
    ask(desk)
    assert desk.with_ledger(lambda ports: len(ports.ledger.runs(COMPANY_ID))) == before


def test_without_a_look_up_nobody_can_say_that_a_line_was_deleted(tmp_path: Path) -> None:
    desk = imported(tmp_path, look_up=False)
    desk.server.delete_by_hand(min(desk.server.rows))
    for _ in range(3):
        gone, allowed = ask(desk)
        assert ([one.state for one in gone.untold], gone.waiting, gone.certain_at, allowed) == (
            [State.GONE],
            (),
            None,
            0,
        )
        desk.clock.sleep(timedelta(days=1).total_seconds())


def test_of_a_line_that_lost_its_key_posted_entries_do_not_tell_whether_it_was_deleted(tmp_path: Path) -> None:
    desk = imported(tmp_path)
    number = min(desk.server.rows)
    desk.server.edit(number, external_document_number="")
    run = desk.with_ledger(lambda ports: ports.ledger.runs(COMPANY_ID)[0].id)
    desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    desk.server.post()
    for _ in range(3):
        gone, allowed = ask(desk)
        assert ([one.payment.line_number for one in gone.untold], gone.waiting, allowed) == ([number], (), 0)
        desk.clock.sleep(PAST_HORIZON_S)


def test_of_two_equal_payments_of_a_bank_line_one_entry_does_not_tell_which_was_posted(tmp_path: Path) -> None:
    desk, line = Desk(tmp_path), [bank_line(1, "20.00", "INV1+INV2")]
    desk.server.answers.append(first_only)
    desk.run(line)
    numbers = list(desk.server.rows)
    desk.server.post()
    for _ in range(3):
        gone, allowed = ask(desk)
        assert ([one.payment.line_number for one in gone.untold], gone.waiting, allowed) == (numbers, (), 0)
        desk.clock.sleep(PAST_HORIZON_S)


def first_only(server: Server, payments: Sequence[Payment]) -> tuple[Reply, ...]:
    """The first payment is created; of the others there is no answer, and they never were."""
    return (*Server.create(server, payments[:1]), *lost_before(server, payments[1:]))
