"""Lines without an answer in a journal that was replaced, or that importer.toml no longer names (reliability.md §8, K36)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.outcome import Outcome
from importer.states import State
from importer.writer import Policy, Ports, Word, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, late, lost_before, states

OTHER = "5f8a2b1c-0000-4000-8000-00000000a002"
ONE = LINES[:1]


def lost(folder: Path, *, look_up: bool = True, carried_out: bool = False) -> Desk:
    """A line was sent without an answer, long ago; then its journal was deleted with all its lines."""
    desk = Desk(folder, look_up=look_up)
    desk.server.answers = [late(600) if carried_out else lost_before]
    desk.run(ONE)
    desk.clock.sleep(PAST_HORIZON_S)
    return desk


def settled(desk: Desk, journal: str = OTHER, words: Mapping[int, Word] | None = None) -> Outcome:
    return desk.with_ledger(lambda ports: settle(COMPANY_ID, journal, ports, Policy(words=words or {})))


@pytest.mark.parametrize("look_up", [True, False])
def test_they_stay_unknown_with_their_exit_code_and_say_what_a_person_can_do(look_up: bool, tmp_path: Path) -> None:
    desk = lost(tmp_path, look_up=look_up)
    settled(desk)
    outcome = settled(desk)
    assert (states(outcome), outcome.exit_code, outcome.safe_to_post) == ([State.UNKNOWN], Exit.UNKNOWN_OUTCOME, False)
    number = outcome.intents[0].payment.line_number
    assert "sent to another journal" in outcome.intents[0].reason
    assert f"--found {number}" in outcome.intents[0].reason
    assert f"--absent {number}" in outcome.intents[0].reason
    assert desk.amounts == []


def test_one_in_the_posted_entries_is_posted(tmp_path: Path) -> None:
    desk = lost(tmp_path, carried_out=True)
    desk.server.post()
    assert states(settled(desk)) == [State.POSTED]
    assert states(settled(desk)) == []


def test_one_that_a_person_found_is_not_sent_again(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    number = settled(desk).intents[0].payment.line_number
    assert states(settled(desk, words={number: Word.FOUND})) == [State.CREATED]
    assert (states(settled(desk)), desk.amounts) == ([], [])


@pytest.mark.parametrize("look_up", [True, False])
def test_one_that_a_person_calls_absent_is_sent_into_the_journal_of_today(look_up: bool, tmp_path: Path) -> None:
    desk = lost(tmp_path, look_up=look_up)
    number = settled(desk).intents[0].payment.line_number
    assert states(settled(desk, words={number: Word.ABSENT})) == [State.CREATED]
    assert desk.amounts == ["-10.00"]
    assert (states(settled(desk)), states(settled(desk, JOURNAL.id)), desk.created) == ([], [], 1)


def test_its_line_number_may_be_given_away_in_the_journal_of_today(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    intent = settled(desk).intents[0]

    def given_away(ports: Ports) -> Outcome:
        twin = replace(intent, journal_id=OTHER, payment=replace(intent.payment, external_document_number="BI1TWIN"))
        ports.ledger.adopt(intent.seen.run, [replace(twin, state=State.UNDONE)])
        return settle(COMPANY_ID, OTHER, ports, Policy(words={intent.payment.line_number: Word.ABSENT}))

    outcome = desk.with_ledger(given_away)
    assert (states(outcome), outcome.intents[0].payment.line_number != intent.payment.line_number) == (
        [State.CREATED],
        True,
    )


def test_they_are_settled_as_ever_once_their_journal_is_named_again(tmp_path: Path) -> None:
    desk = lost(tmp_path)
    settled(desk)
    assert states(settled(desk, JOURNAL.id)) == [State.CREATED]
    assert desk.amounts == ["-10.00"]


def test_a_part_that_was_never_sent_waits_for_a_person_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.server.answers = [
        lambda server, payments: (server.create_one(payments[0]), *lost_before(server, payments[1:]))
    ]
    desk.run(LINES[2:])
    desk.clock.sleep(PAST_HORIZON_S)
    outcome = settled(desk)
    assert (states(outcome), outcome.exit_code) == ([State.UNKNOWN], Exit.UNKNOWN_OUTCOME)
    number = outcome.intents[0].payment.line_number
    assert states(settled(desk, words={number: Word.ABSENT})) == [State.CREATED]
    assert sorted(desk.amounts) == ["-15.00", "-15.00"]
