"""After the creates: undo, certificates, and numbers for documents that have none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.errors import Exit, ImporterError, ServerContradiction, ServerUnavailable
from importer.outcome import Stopped
from importer.plan import LinePatch
from importer.ports import NotApplied, Refused, Reply, Unknown
from importer.states import State
from importer.writer import certify, undo
from importer.writer.session import Policy
from tests.faults.disk import back_up, put_back
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.writer_desk import LINES, PAST_HORIZON_S, Desk, lost_after, lost_before, states

ALL = ["-10.00", "-15.00", "-15.00", "-20.00"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_undo_deletes_what_the_run_created_and_nobody_touched(desk: Desk) -> None:
    run = desk.run().outcome.run
    edited = min(desk.server.rows)
    desk.server.edit(edited, comment="keep this")

    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert sorted(states(outcome)) == sorted([State.EDITED, *[State.UNDONE] * 3])
    assert list(desk.server.rows) == [edited]
    assert len(outcome.notes) == 1
    assert desk.run().plan.creates == ()


def test_what_a_person_changed_stays_theirs_although_the_importer_looked_at_it_since(desk: Desk) -> None:
    run = desk.run(LINES[:1]).outcome.run
    number = min(desk.server.rows)
    desk.server.edit(number, comment="keep this")
    for comment in ("keep this", ""):
        desk.server.edit(number, comment=comment)
        desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
        outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
        assert (states(outcome), list(desk.server.rows)) == ([State.EDITED], [number])


@pytest.mark.parametrize("change", [{"comment": "keep this"}, {"document_number": "HAND-1"}])
def test_a_line_that_may_have_been_changed_before_it_was_first_seen_is_not_undone(
    desk: Desk, change: dict[str, str]
) -> None:
    desk.server.answers = [lost_after]
    desk.server.on_read = [int, int, lambda: desk.server.edit(min(desk.server.rows), **change)]
    run = desk.run(LINES[:1]).outcome.run
    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (states(outcome), len(desk.server.rows)) == ([State.CREATED], 1)
    assert "its answer was lost" in outcome.notes[0]


def test_a_line_whose_answer_was_lost_is_undone_where_all_it_shows_was_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    desk.server.answers = [lost_after]
    run = desk.run(LINES[:1]).outcome.run
    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (states(outcome), desk.server.rows) == ([State.UNDONE], {})


@pytest.mark.parametrize("answer", [None, "lost"])
def test_a_line_that_was_numbered_by_the_importer_can_be_undone(tmp_path: Path, answer: str | None) -> None:
    desk = Desk(tmp_path, series=False)
    if answer:
        desk.server.patch_answers = [lambda server, patches: (server.patch(patches), lost(patches))[1]]
    run = desk.run(LINES[:1]).outcome.run
    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (states(outcome), desk.server.rows) == ([State.UNDONE], {})


def lost(patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
    return tuple(Unknown("no answer") for _ in patches)


def test_a_part_that_was_refused_is_not_taken_for_the_other_one_that_was_posted(desk: Desk) -> None:
    desk.server.answers = [lambda server, payments: (server.create_one(payments[0]), Refused("", "closed"))]
    run = desk.run(LINES[2:]).outcome.run
    desk.server.post()
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert {state: total.lines for state, total in certificate.states.items()} == {State.POSTED: 1, State.REJECTED: 1}


@pytest.mark.parametrize(("look_up", "state"), [(True, State.DELETED), (False, State.GONE)])
def test_a_line_whose_removal_was_not_answered_counts_as_deleted_in_time_and_only_where_posted_entries_can_be_read(
    tmp_path: Path, look_up: bool, state: State
) -> None:
    desk = Desk(tmp_path, look_up=look_up)
    run = desk.run(LINES[:1]).outcome.run
    desk.server.deletes_are_lost = True
    desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    desk.server.delete_by_hand(min(desk.server.rows))
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run(LINES[:1]).settled) == [State.GONE]
    desk.clock.sleep(PAST_HORIZON_S)
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert list(certificate.states) == [state]


def test_a_line_that_was_hidden_when_its_lost_delete_was_looked_for_is_known_again_when_it_is_seen(desk: Desk) -> None:
    run = desk.run(LINES[:1]).outcome.run
    desk.server.deletes_are_lost = True
    desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    hidden = desk.server.rows.copy()
    desk.server.rows.clear()
    assert states(desk.run(LINES[:1]).settled) == [State.GONE]
    desk.server.rows.update(hidden)
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (list(certificate.states), certificate.reasons) == ([State.CREATED], ())


@pytest.mark.parametrize(("key_taken_away", "state"), [(False, State.DELETED), (True, State.GONE)])
def test_a_line_that_is_gone_counts_as_deleted_only_while_the_entries_could_tell_that_it_was_posted(
    desk: Desk, key_taken_away: bool, state: State
) -> None:
    run = desk.run(LINES[:1]).outcome.run
    number = min(desk.server.rows)
    if key_taken_away:
        desk.server.edit(number, external_document_number="")
    certificates = []
    for happens in (int, lambda: desk.server.delete_by_hand(number), lambda: desk.clock.sleep(PAST_HORIZON_S)):
        happens()
        certificates.append(desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy())))
    assert list(certificates[-1].states) == [state]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((NotApplied("Authorization_RequestDenied", "no permission"),) * 2, Exit.DENIED),
        ((NotApplied("NotSent", "no answer"),) * 2, Exit.UNAVAILABLE),
        ((Refused("Application_DialogException", "under approval"),) * 2, Exit.REVIEW),
    ],
)
def test_an_undo_that_deletes_nothing_says_so_and_why(desk: Desk, answers: tuple[Reply, ...], code: Exit) -> None:
    run = desk.run(LINES[:2]).outcome.run
    desk.server.deletes_are_answered = answers
    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (set(states(outcome)), outcome.exit_code) == ({State.CREATED}, code)
    assert outcome.stopped is not None
    assert outcome.stopped.reason.startswith("2 lines were not deleted: ")


def test_undo_leaves_alone_what_the_run_only_found_in_the_journal(desk: Desk) -> None:
    desk.run()
    desk.lose_ledger()
    run = desk.run().outcome.run
    outcome = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (states(outcome), sorted(desk.amounts)) == ([State.CREATED] * 4, ALL)
    assert len(desk.server.rows) == 4


def test_an_undone_line_whose_delete_got_lost_is_settled_by_looking_once_it_can_no_longer_be_carried_out(
    desk: Desk,
) -> None:
    run = desk.run().outcome.run
    desk.server.deletes_are_lost = True
    first = desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (set(states(first)), first.exit_code) == ({State.DELETING}, Exit.UNKNOWN_OUTCOME)
    number = min(desk.server.rows)
    del desk.server.rows[number]
    soon = desk.run()
    assert sorted(states(soon.settled)) == sorted([*[State.DELETING] * 3, State.GONE])
    desk.clock.sleep(PAST_HORIZON_S)
    assert states(desk.run().settled) == [State.CREATED] * 3


def test_a_line_that_somebody_changed_after_its_delete_got_lost_stays_for_good(desk: Desk) -> None:
    run = desk.run(LINES[:1]).outcome.run
    desk.server.deletes_are_lost = True
    desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    desk.server.edit(min(desk.server.rows), comment="keep this")
    assert states(desk.run(LINES[:1]).settled) == [State.EDITED]


def test_a_journal_is_not_safe_to_post_while_a_lost_delete_may_still_be_carried_out(desk: Desk) -> None:
    run = desk.run(LINES[:1]).outcome.run
    desk.server.deletes_are_lost = True
    desk.with_ledger(lambda ports: undo(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (list(certificate.states), len(certificate.reasons)) == ([State.DELETING], 1)


def test_a_certificate_counts_the_journal_and_says_whether_it_may_be_posted(desk: Desk) -> None:
    run = desk.run().outcome.run
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert certificate.safe_to_post
    assert (certificate.planned, certificate.journal) == (certificate.states[State.CREATED], certificate.planned)
    assert (certificate.journal.lines, certificate.journal.amount.text()) == (4, "-60.00")


def test_a_journal_with_an_open_line_is_not_safe_to_post(desk: Desk) -> None:
    desk.server.answers = [lost_before]
    run = desk.run(LINES[:1]).outcome.run
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert not certificate.safe_to_post
    assert "importer run settle" in certificate.reasons[0]


def test_a_run_that_died_before_it_numbered_its_lines_is_finished_by_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)

    def dies(*_: object) -> tuple[Reply, ...]:
        raise KeyboardInterrupt

    desk.server.patch_answers = [dies]
    with pytest.raises(KeyboardInterrupt):
        desk.run()
    assert {row.document_number for row in desk.server.rows.values()} == {""}
    done = desk.run()
    assert {row.document_number for row in desk.server.rows.values()} == set(desk.server.keys)
    assert done.settled.exit_code is Exit.DONE


def test_a_journal_that_carries_keys_as_numbers_gets_the_next_lines_with_their_numbers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    desk.run(LINES[:1])
    desk.run()
    assert {row.document_number for row in desk.server.rows.values()} == set(desk.server.keys)
    assert len(desk.server.patched) == 1


def test_a_line_without_number_that_a_person_deleted_is_let_go(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    desk.server.patch_answers = [lambda _, patches: (NotApplied("Authorization_RequestDenied", "no"),) * len(patches)]
    assert desk.run(LINES[:1]).outcome.exit_code is Exit.DENIED
    desk.server.rows.clear()
    desk.run(LINES[:1])
    assert [desk.run(LINES[:1]).settled for _ in range(2)][-1].run == ""


@pytest.mark.parametrize("look_up", [True, False])
def test_what_a_ledger_from_a_backup_only_planned_is_known_once_it_is_seen_in_the_journal(
    tmp_path: Path, *, look_up: bool
) -> None:
    desk = Desk(tmp_path, look_up=look_up)
    desk.stop = lambda: "not today"
    desk.run()
    desk.stop = str
    back_up(desk.path, tmp_path / "backup.db")
    desk.run()
    put_back(tmp_path / "backup.db", desk.path)
    desk.clock.sleep(PAST_HORIZON_S)
    seen = desk.run()
    desk.server.post()
    after = desk.run()
    assert (states(seen.outcome), states(after.outcome), desk.created) == ([State.CREATED] * 4, [], 4)


@pytest.mark.parametrize("error", [ServerContradiction("round in a circle"), ServerUnavailable("down")])
def test_what_was_sent_is_told_although_the_lines_cannot_be_read_to_be_numbered(
    tmp_path: Path, error: ImporterError
) -> None:
    def fail() -> None:
        raise error

    desk = Desk(tmp_path, series=False)
    desk.server.on_read = [int, int, fail]
    done = desk.run(LINES[:2])
    assert (states(done.outcome), desk.created) == ([State.CREATED, State.CREATED], 2)
    assert done.outcome.stopped == Stopped(Exit(error.exit_code), str(error))
