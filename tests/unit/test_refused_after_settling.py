"""A plan that is refused says what was found of the lines that earlier runs had left open: something may have been written."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import Exit, PlanChanged
from importer.outcome import Outcome, telling
from importer.writer import Policy, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, lost_before


def settled(desk: Desk) -> Outcome:
    return desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy()))


def refused(outcome: Outcome) -> PlanChanged:
    with pytest.raises(PlanChanged) as caught, telling(outcome):
        raise PlanChanged("The plan no longer holds; nothing of it was written.")
    return caught.value


def test_lines_without_an_outcome_count_more_than_the_refusal_and_lines_that_were_sent_are_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.server.answers = [lost_before]
    desk.run(LINES[:1])
    early = refused(settled(desk))
    assert early.exit_code is Exit.UNKNOWN_OUTCOME
    assert "\nEarlier runs had left 1 lines or changes of lines open; now: 1 unknown.\nLine " in str(early)
    desk.clock.sleep(PAST_HORIZON_S)
    late = refused(settled(desk))
    assert (late.exit_code, desk.amounts) == (Exit.FILE_REJECTED, ["-10.00"])
    assert str(late).endswith("Earlier runs had left 1 lines or changes of lines open; now: 1 created.")


def test_where_nothing_was_open_the_refusal_says_nothing_of_it(tmp_path: Path) -> None:
    plain = refused(settled(Desk(tmp_path)))
    assert (plain.exit_code, str(plain)) == (
        Exit.FILE_REJECTED,
        "The plan no longer holds; nothing of it was written.",
    )
