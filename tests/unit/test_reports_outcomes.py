from __future__ import annotations

from dataclasses import replace

import pytest

from importer.errors import Exit
from importer.model import Problem
from importer.money import Money
from importer.outcome import Certificate, ControlTotal, Outcome, Stopped, control_total
from importer.reports.labels import LABELS, Group, State, Weight
from importer.reports.outcomes import outcome_report
from importer.reports.rows import Notice, Report, plan_report
from importer.states import PatchIntent, PatchState
from importer.states import State as Written
from tests.unit import report_plans as plans


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def states(report: Report) -> list[tuple[int, State]]:
    return [(row.record, row.state) for row in report.rows]


ONE_EACH = plans.plan_of(*plans.ready())
BLOCKED = "Customer 10100 is blocked with type All."


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([Written.CREATED] * 3, State.CREATED),
        ([Written.CREATED, Written.EDITED, Written.POSTED], State.CREATED),
        ([Written.CREATED, Written.REJECTED, Written.CREATED], State.REFUSED),
        ([Written.REJECTED, Written.UNKNOWN, Written.CREATED], State.UNKNOWN),
        ([Written.SENDING, Written.CREATED, Written.CREATED], State.UNKNOWN),
        ([Written.CREATED, Written.MISMATCH, Written.CREATED], State.ATTENTION),
        ([Written.CREATED, Written.HIDDEN, Written.CREATED], State.ATTENTION),
        ([Written.CREATED, Written.CREATED, Written.PLANNED], State.NOT_SENT),
        ([Written.UNDONE] * 3, State.REMOVED),
        ([Written.DELETING, Written.UNDONE, Written.UNDONE], State.UNKNOWN),
        ([Written.GONE, Written.DELETED, Written.UNDONE], State.REMOVED),
    ],
)
def test_a_bank_line_shows_the_state_of_its_worst_journal_line(parts: list[Written], expected: State) -> None:
    outcome = plans.run_outcome(ONE_EACH, (Written.CREATED, ""), *((state, "") for state in parts))
    assert dict(states(outcome_report(ONE_EACH, outcome))) == {1: State.CREATED, 2: expected}


def test_every_state_of_the_writer_has_a_row_state() -> None:
    decision = plans.ready()[0]
    plan = plans.plan_of(decision)
    shown = {
        state: outcome_report(plan, Outcome("R-1", (plans.intent(decision, 0, state),))).rows[0].state
        for state in Written
    }
    waiting = {state for state, row in shown.items() if LABELS[row].group is Group.WAITING}
    assert waiting == {
        Written.PLANNED,
        Written.SENDING,
        Written.UNKNOWN,
        Written.MISMATCH,
        Written.REJECTED,
        Written.HIDDEN,
        Written.DOUBTFUL,
        Written.DELETING,
    }


def test_a_refusal_is_told_in_the_words_of_business_central() -> None:
    outcome = plans.run_outcome(
        ONE_EACH,
        (Written.CREATED, ""),
        (Written.CREATED, ""),
        (Written.REJECTED, BLOCKED),
        (Written.UNKNOWN, "time-out"),
    )
    row = outcome_report(ONE_EACH, outcome).rows[0]
    assert row.why == (
        "time-out. It is not known whether Business Central carried the request out. The next import finds out, "
        f"or run: importer run settle. {BLOCKED}"
    )
    assert row.results == ("Created", f"Rejected: {BLOCKED}", "Unknown: time-out")


def test_a_refusal_without_words_adds_no_reason() -> None:
    outcome = plans.run_outcome(ONE_EACH, (Written.REJECTED, ""), *[(Written.CREATED, "done")] * 3)
    refused, created = outcome_report(ONE_EACH, outcome).rows
    planned = {row.record: row.reasons for row in plan_report(ONE_EACH).rows}
    assert {row.record: row.reasons for row in (refused, created)} == planned


def test_the_journal_lines_of_a_bank_line_are_told_in_the_order_of_their_parts() -> None:
    outcome = plans.run_outcome(ONE_EACH, *[(Written.CREATED, "")] * 3, (Written.REJECTED, BLOCKED))
    row = outcome_report(ONE_EACH, replace(outcome, intents=outcome.intents[::-1])).rows[0]
    assert [payment.invoice for payment in row.payments] == ["103002", "103003", "103004"]
    assert row.results[2].startswith("Rejected")


def test_a_line_that_was_never_reached_is_not_sent() -> None:
    report = outcome_report(ONE_EACH, Outcome("R-1", stopped=Stopped(Exit.UNAVAILABLE, "no answer")))
    assert [row.state for row in report.rows] == [State.NOT_SENT, State.NOT_SENT]
    assert report.notices == (Notice(Weight.ALARM, "The run ended before everything was sent: no answer"),)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (PatchState.PATCHED, State.CHANGED),
        (PatchState.CONFLICT, State.ATTENTION),
        (PatchState.REJECTED, State.REFUSED),
        (PatchState.GONE, State.ATTENTION),
        (PatchState.UNKNOWN, State.UNKNOWN),
        (PatchState.SENDING, State.UNKNOWN),
        (PatchState.PLANNED, State.NOT_SENT),
    ],
)
def test_a_change_shows_what_became_of_it(state: PatchState, expected: State) -> None:
    decision = plans.patch_description()
    intent = PatchIntent("c-1", "j-1", "R-1", 0, decision.source.key, decision.patches[0], state)
    report = outcome_report(plans.plan_of(decision), Outcome("R-1", patches=(intent,)))
    assert [row.state for row in report.rows] == [expected]


def test_lines_that_were_not_to_be_written_stay_as_they_were_planned() -> None:
    plan = plans.plan_of(plans.review_proposal(), plans.reject_unread(), plans.skip_seen())
    assert outcome_report(plan, Outcome("R-1")).rows == plan_report(plan).rows


def test_only_a_certificate_without_reasons_vouches_for_posting() -> None:
    outcome = plans.run_outcome(ONE_EACH, *[(Written.CREATED, "")] * 4)
    total = control_total(outcome.intents, "EUR")
    safe = Certificate("R-1", total, {Written.CREATED: total}, total, ())
    unsafe = replace(safe, reasons=("a line is missing",))
    assert [outcome_report(ONE_EACH, outcome, certificate=each).notices for each in (safe, unsafe, None)] == [
        (Notice(Weight.GOOD, "Safe to post: the journal holds 4 lines of this run, -4,760.00 EUR."),),
        (Notice(Weight.WARNING, "Not safe to post: a line is missing"),),
        (),
    ]


def test_alarms_and_notes_of_a_run_are_told_first() -> None:
    outcome = Outcome("R-1", alarms=("a line was doubled",), notes=("a line was edited",))
    warned = replace(ONE_EACH, files=(replace(ONE_EACH.files[0], warnings=(Problem("gap", "a day is missing"),)),))
    assert [notice.weight for notice in outcome_report(warned, outcome).notices] == [
        Weight.ALARM,
        Weight.NOTE,
        Weight.WARNING,
    ]


def test_a_run_that_wrote_nothing_says_so_instead_of_a_sum() -> None:
    nothing = ControlTotal(0, eur("0.00"))
    outcome = plans.run_outcome(plans.plan_of())
    report = outcome_report(plans.plan_of(), outcome, certificate=Certificate("R-1", nothing, {}, nothing, ()))
    assert report.notices == (Notice(Weight.GOOD, "Safe to post: this run created no journal line."),)
