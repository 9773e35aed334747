"""Changing lines in the journal: a person's edit always wins, our own lost answer is recognised (reliability.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.ledger import open_ledger
from importer.outcome import Outcome, with_told
from importer.plan import FieldChange, LinePatch
from importer.ports import Changed, NotApplied, Refused, Reply, Unknown
from importer.states import PatchState
from importer.writer import Policy, settle
from importer.writer.changes import send_changes
from importer.writer.session import Ports, Session
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL, Server
from tests.unit.writer_desk import LINES, Desk

PatchAnswer = Callable[[Server, Sequence[LinePatch]], tuple[Reply, ...]]


class ChangeDesk(Desk):
    """One line in the journal whose description is to be changed from "payment 1" to "wanted"."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.created_by = self.run(LINES[:1]).outcome
        (self.number,) = self.server.rows

    def change(self, *answers: PatchAnswer) -> Outcome:
        row = self.server.rows[self.number]
        wanted = LinePatch(row.id, row.line_number, row.etag, (FieldChange("description", "payment 1", "wanted"),))
        self.server.patch_answers = list(answers)

        def send(ports: Ports) -> Outcome:
            run = ports.ledger.begin(COMPANY_ID, JOURNAL.id, "import")
            session = Session(COMPANY_ID, JOURNAL.id, run, ports, Policy())
            planned = ports.ledger.add_patches(run, [(row.external_document_number, wanted)])
            stopped = send_changes(session, planned)
            return Outcome(run, patches=ports.ledger.patches_of(run), stopped=stopped)

        return self.with_ledger(send)

    @property
    def description(self) -> str:
        return self.server.rows[self.number].description

    def person_writes(self, **values: str) -> PatchAnswer:
        def answer(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
            self.server.edit(self.number, **values)
            return tuple(server.patch_one(patch) for patch in patches)

        return answer


@pytest.fixture
def desk(tmp_path: Path) -> ChangeDesk:
    return ChangeDesk(tmp_path)


def lost_after(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
    for patch in patches:
        server.patch_one(patch)
    return (Unknown("no answer"),) * len(patches)


def lost_before(_: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
    return (Unknown("no answer"),) * len(patches)


def result(outcome: Outcome) -> tuple[PatchState, Exit]:
    return outcome.patches[0].state, outcome.exit_code


def test_a_change_is_carried_out(desk: ChangeDesk) -> None:
    assert (result(desk.change()), desk.description) == ((PatchState.PATCHED, Exit.DONE), "wanted")


def test_a_change_whose_answer_got_lost_is_recognised_and_not_sent_again(desk: ChangeDesk) -> None:
    assert (result(desk.change(lost_after)), desk.description) == ((PatchState.PATCHED, Exit.DONE), "wanted")
    assert len(desk.server.patched) == 1


def test_a_change_that_got_lost_is_sent_again_at_once(desk: ChangeDesk) -> None:
    assert (result(desk.change(lost_before)), desk.description) == ((PatchState.PATCHED, Exit.DONE), "wanted")
    assert len(desk.server.patched) == 2


def test_an_edit_of_another_field_is_kept_beside_the_change(desk: ChangeDesk) -> None:
    outcome = desk.change(desk.person_writes(comment="called them"))
    row = desk.server.rows[desk.number]
    assert (result(outcome), row.description, row.comment) == ((PatchState.PATCHED, Exit.DONE), "wanted", "called them")


def test_an_edit_of_the_same_field_wins_and_is_shown(desk: ChangeDesk) -> None:
    outcome = desk.change(desk.person_writes(description="theirs"))
    assert (result(outcome), desk.description) == ((PatchState.CONFLICT, Exit.REVIEW), "theirs")
    assert outcome.patches[0].reason == 'description: was "payment 1", somebody made it "theirs", wanted "wanted"'


def test_an_edit_after_our_lost_change_is_a_conflict_not_an_overwrite(desk: ChangeDesk) -> None:
    def lost_then_edited(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        replies = lost_after(server, patches)
        desk.server.edit(desk.number, description="theirs")
        return replies

    assert result(desk.change(lost_then_edited)) == (PatchState.CONFLICT, Exit.REVIEW)
    assert desk.description == "theirs"


def test_an_edit_that_puts_the_old_value_back_after_our_lost_change_is_not_written_over(desk: ChangeDesk) -> None:
    def lost_then_put_back(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        replies = lost_after(server, patches)
        desk.server.edit(desk.number, description="payment 1")
        return replies

    outcome = desk.change(lost_then_put_back)
    assert (result(outcome), desk.description) == ((PatchState.CONFLICT, Exit.REVIEW), "payment 1")
    assert "somebody may have put them back" in outcome.patches[0].reason


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"amount": Decimal(-60)}, 'amount: was "-10.00", somebody made it "-60"'),
        ({"customer": "C2"}, 'customerNumber: was "10000", somebody made it "C2"'),
        ({"invoice": "INV2"}, 'appliesToInvoiceNumber: was "", somebody made it "INV2"'),
    ],
)
def test_a_line_of_which_somebody_made_another_payment_is_not_changed_any_more(
    desk: ChangeDesk, edit: dict[str, str], told: str
) -> None:
    outcome = desk.change(desk.person_writes(**edit))
    assert (result(outcome), desk.description) == ((PatchState.CONFLICT, Exit.REVIEW), "payment 1")
    assert outcome.patches[0].reason == told


def test_a_person_who_did_the_same_did_our_work(desk: ChangeDesk) -> None:
    outcome = desk.change(desk.person_writes(description="wanted"))
    assert (result(outcome), len(desk.server.patched)) == ((PatchState.PATCHED, Exit.DONE), 1)


def test_a_line_that_left_the_journal_is_told(desk: ChangeDesk) -> None:
    def posted(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        server.post()
        return tuple(server.patch_one(patch) for patch in patches)

    assert result(desk.change(posted)) == (PatchState.GONE, Exit.REVIEW)


def test_a_refusal_is_final_and_in_the_servers_words(desk: ChangeDesk) -> None:
    outcome = desk.change(lambda *_: (Refused("Application_DialogException", "under approval"),))
    assert result(outcome) == (PatchState.REJECTED, Exit.REVIEW)
    assert outcome.patches[0].reason == "under approval (Application_DialogException)"


def test_a_line_that_changes_all_the_time_is_given_up_after_some_rounds(desk: ChangeDesk) -> None:
    outcome = desk.change(*[lambda *_: (Changed("again"),)] * 99)
    assert (outcome.exit_code, len(desk.server.patched)) == (Exit.UNAVAILABLE, 4)
    desk.server.patch_answers = []
    settled = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (result(settled), desk.description) == ((PatchState.PATCHED, Exit.DONE), "wanted")


def test_access_denied_ends_the_changes(desk: ChangeDesk) -> None:
    outcome = desk.change(lambda *_: (NotApplied("Authorization_RequestDenied", "no permission"),))
    assert result(outcome) == (PatchState.PLANNED, Exit.DENIED)


def test_an_error_of_our_own_leaves_the_change_unknown_and_the_next_settling_looks(desk: ChangeDesk) -> None:
    def crash(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        lost_after(server, patches)
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        desk.change(crash)
    settled = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert (result(settled), len(desk.server.patched)) == ((PatchState.PATCHED, Exit.DONE), 1)


def test_a_changed_line_counts_as_sent_that_way(desk: ChangeDesk) -> None:
    desk.change()
    with open_ledger(str(desk.path), desk.clock.now) as ledger:
        (intent,) = ledger.intents_of(desk.created_by.run)
        assert (intent.payment.description, intent.line) == ("wanted", desk.server.rows[desk.number])


def test_the_import_after_a_lost_change_tells_what_became_of_it(desk: ChangeDesk) -> None:
    def lost_then_edited(server: Server, patches: Sequence[LinePatch]) -> tuple[Reply, ...]:
        lost_after(server, patches)
        desk.server.edit(desk.number, description="theirs")
        raise ZeroDivisionError("the process was killed")

    with pytest.raises(ZeroDivisionError):
        desk.change(lost_then_edited)
    settled = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert with_told(Outcome("run", notes=("last",)), settled).notes == (
        "Earlier runs had left 1 lines or changes of lines open; now: 1 conflict.",
        (
            f"The change of line {desk.number} ({settled.patches[0].key}) is conflict: "
            'description: was "payment 1", somebody made it "theirs", wanted "wanted"'
        ),
        "last",
    )


def test_an_import_after_which_nothing_was_open_tells_of_none(desk: ChangeDesk) -> None:
    desk.change()
    settled = desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert with_told(Outcome("run", notes=("last",)), settled).notes == ("last",)
