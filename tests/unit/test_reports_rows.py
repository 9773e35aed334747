from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import Exit
from importer.model import Confidence, Problem, Reason
from importer.money import Money
from importer.outcome import Certificate, ControlTotal, Outcome, Stopped, control_total
from importer.plan import Decision, Finding, Seen, Skip
from importer.reports.balances import balance_checks
from importer.reports.labels import LABELS, Group, State, Weight
from importer.reports.masking import masked
from importer.reports.outcomes import outcome_report
from importer.reports.rows import Notice, Report, Row, StateTotal, Sums, plan_report
from importer.states import PatchIntent, PatchState
from importer.states import State as Written
from tests.unit import report_plans as plans


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def states(report: Report) -> list[tuple[int, State]]:
    return [(row.record, row.state) for row in report.rows]


def skip(rule: str, seen: Seen | None = None) -> Skip:
    finding = Finding(reasons=(Reason(rule, "because"),))
    return Skip(plans.source(plans.line(1, "10.00", "text")), finding, seen)


def test_lines_that_need_a_person_come_first_and_no_line_is_left_out() -> None:
    assert states(plan_report(plans.every_kind())) == [
        (3, State.REVIEW),
        (4, State.REVIEW),
        (5, State.REJECTED),
        (1, State.READY),
        (2, State.READY),
        (6, State.CHANGE),
        (7, State.IMPORTED),
        (8, State.LEFT),
    ]


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (skip("already_imported", plans.SEEN), State.IMPORTED),
        (skip("in_journal"), State.IMPORTED),
        (skip("outgoing"), State.LEFT),
        # Sent, and nobody knows whether it arrived: that is nothing to call imported.
        (skip("outcome_unknown", plans.SEEN), State.UNKNOWN),
    ],
)
def test_a_skipped_line_says_whether_it_is_imported_unknown_or_left_out(decision: Skip, state: State) -> None:
    assert states(plan_report(plans.plan_of(decision))) == [(1, state)]


def test_a_skip_without_a_reason_says_where_the_line_came_from() -> None:
    (row,) = plan_report(plans.plan_of(plans.skip_seen())).rows
    assert row.why == "Imported from statement-2026-10.csv, record 41, in run R-20261102-0630."


def test_a_rejected_record_shows_column_and_value_as_the_bank_wrote_them() -> None:
    (row,) = plan_report(plans.plan_of(plans.reject_unread())).rows
    assert (row.booked_on, row.amount, row.text, row.why) == (
        None,
        None,
        "31.02.2026;Muster AG;100,00",
        'Buchungstag "31.02.2026": is no date of the calendar; wanted DD.MM.YYYY',
    )


decisions = st.lists(
    st.one_of(
        st.builds(
            lambda record, cents: plans.create(plans.line(record, str(Decimal(cents) / 100), "text"), "1", "2"),
            st.integers(1, 99),
            st.integers(1, 10**9),
        ),
        st.builds(plans.skip_seen, st.integers(1, 99)),
        st.builds(plans.skip_paid_out, st.integers(1, 99)),
        st.builds(plans.review_proposal),
        st.builds(plans.reject_unread),
    ),
    max_size=8,
)


@given(decisions)
def test_totals_of_the_rows_are_the_totals_of_the_plan(chosen: list[Decision]) -> None:
    plan = plans.plan_of(*chosen)
    report = plan_report(plan)
    shown = {
        "create": report.rows_of(State.READY),
        "patch": report.rows_of(State.CHANGE),
        "skip": report.rows_of(State.IMPORTED, State.LEFT),
        "review": report.rows_of(State.REVIEW),
        "reject": report.rows_of(State.REJECTED),
    }
    received = {
        action: (len(rows), Money.sum((row.amount for row in rows if row.amount and row.amount.is_incoming), "EUR"))
        for action, rows in shown.items()
    }
    assert received == {action: (total.lines, total.amount) for action, total in plan.totals().items()}
    assert sum(sums.lines for sums in report.sums()) == len(chosen)


def test_totals_tell_received_and_paid_out_of_each_state_apart() -> None:
    report = plan_report(plans.every_kind())
    zero = eur("0")
    assert report.totals == (
        StateTotal(State.REVIEW, Sums(2, eur("1775.00"), zero)),
        StateTotal(State.REJECTED, Sums(1, zero, zero)),
        StateTotal(State.READY, Sums(2, eur("4760.00"), zero)),
        StateTotal(State.CHANGE, Sums(1, eur("250.00"), zero)),
        StateTotal(State.IMPORTED, Sums(1, eur("119.00"), zero)),
        StateTotal(State.LEFT, Sums(1, zero, eur("89.90"))),
    )
    assert report.sums() == (Sums(8, eur("6904.00"), eur("89.90")),)


def test_totals_keep_currencies_apart_the_companys_own_first() -> None:
    euros, francs = plans.line(1, "10.00", "a"), plans.line(2, "20.00", "b", currency="CHF")
    report = plan_report(plans.plan_of(plans.create(francs, "1", "2"), plans.create(euros, "1", "3")))
    none = Money.of(0, "CHF")
    assert report.totals == (
        StateTotal(State.READY, Sums(1, eur("10.00"), eur("0"))),
        StateTotal(State.READY, Sums(1, Money.of("20.00", "CHF"), none)),
    )
    assert [sums.received.currency for sums in report.sums()] == ["EUR", "CHF"]


def test_a_row_carries_all_that_is_known_of_its_line() -> None:
    decision = plans.review_proposal()
    bank = replace(plans.line(4, "1180.00", "RE 103007", counterparty="Grün", iban=plans.PAYER), reference="RF18")
    line = replace(bank, bank_reference="T-1")
    plan = plans.plan_of(replace(decision, source=plans.source(line)), basis=plans.BASIS)
    assert plan_report(plan).rows == (
        Row(
            state=State.REVIEW,
            file=plans.FILE,
            record=4,
            line_in_file=5,
            key="BI100000000000000004",
            booked_on=line.booked_on,
            amount=eur("1180.00"),
            text="RE 103007",
            counterparty="Grün",
            iban=plans.PAYER,
            reference="RF18",
            bank_reference="T-1",
            confidence=Confidence.MEDIUM,
            customer="10110",
            payments=decision.payments,
            reasons=decision.finding.reasons,
            candidates=decision.finding.candidates,
            basis=plans.BASIS,
        ),
    )


def test_a_patch_carries_its_changes_and_a_skip_where_it_was_seen() -> None:
    patch, skipped = plans.patch_description(), plans.skip_seen()
    changed, seen = plan_report(plans.plan_of(patch, skipped)).rows
    assert (changed.payments, changed.changes, seen.seen) == (patch.payments, patch.patches[0].changes, plans.SEEN)


def test_a_rejected_line_keeps_the_reasons_of_the_matcher_behind_its_problems() -> None:
    rejected = replace(plans.reject_unread(), finding=Finding(reasons=(Reason("later", "second"),)))
    (row,) = plan_report(plans.plan_of(rejected)).rows
    assert [reason.rule for reason in row.reasons] == ["real-date", "later"]


def test_invoices_are_named_once_and_what_is_left_on_account_is_none() -> None:
    bank = plans.line(1, "30.00", "a")
    parts = [plans.payment(bank, "1", invoice, "-10.00") for invoice in ("103002", "", "103002")]
    (row,) = plan_report(plans.plan_of(replace(plans.create(bank, "1", "103002"), payments=tuple(parts)))).rows
    assert row.invoices == ("103002",)


EVERY = plans.every_kind()
READABLE = tuple(decision for decision in EVERY.decisions if decision.source.key)
ADDS_UP = "Opening balance plus lines is the closing balance."


@pytest.mark.parametrize(
    ("decisions", "opening", "closing", "difference", "verdict"),
    [
        (READABLE, eur("10000.00"), eur("16814.10"), eur("0"), ADDS_UP),
        (
            READABLE,
            eur("10000.00"),
            eur("16814.00"),
            eur("0.10"),
            "Opening balance plus lines differs from the closing balance 16,814.00 EUR by 0.10 EUR.",
        ),
        (READABLE, eur("10000.00"), None, None, "The file states no opening and closing balance."),
        (
            READABLE,
            Money.of(1, "USD"),
            Money.of(2, "USD"),
            None,
            "The balances cannot be checked: they and the lines are not all in one currency.",
        ),
        (
            EVERY.decisions,
            eur("10000.00"),
            eur("16814.10"),
            eur("0"),
            "The balances cannot be checked: 1 record could not be read.",
        ),
        ((), eur("5.00"), eur("5.00"), eur("0"), ADDS_UP),
    ],
)
def test_a_file_adds_up_or_the_report_says_why_not(
    decisions: tuple[Decision, ...],
    opening: Money | None,
    closing: Money | None,
    difference: Money | None,
    verdict: str,
) -> None:
    file = replace(EVERY.files[0], opening=opening, closing=closing)
    (check,) = balance_checks(replace(EVERY, decisions=decisions, files=(file,)))
    assert (check.difference, check.verdict) == (difference, verdict)


@pytest.mark.parametrize(
    ("decisions", "closing", "alarming"),
    [
        (READABLE, eur("16814.10"), "no"),
        (READABLE, eur("16814.00"), "yes"),
        (EVERY.decisions, eur("16814.10"), "yes"),
        (EVERY.decisions, None, "no"),
    ],
)
def test_only_stated_balances_that_do_not_agree_alarm(
    decisions: tuple[Decision, ...], closing: Money | None, alarming: str
) -> None:
    file = replace(EVERY.files[0], closing=closing)
    (check,) = balance_checks(replace(EVERY, decisions=decisions, files=(file,)))
    assert check.is_alarming is (alarming == "yes")


def test_masking_leaves_no_whole_account_number_and_keeps_the_evidence_in_place() -> None:
    spaced = "IBAN DE02 5001 0517 0137 0750 30 danke"
    bank = replace(plans.line(1, "10.00", spaced, iban=plans.PAYER), counterparty=plans.PAYER.lower())
    evidence = plans.found(bank, "iban", "DE02 5001 0517 0137 0750 30")
    decision = plans.create(bank, "10000", "103001")
    finding = replace(decision.finding, reasons=(Reason("payer", f"Account {plans.PAYER} is known.", (evidence,)),))
    file = replace(plans.every_kind().files[0], name=f"{plans.ACCOUNT}.csv", warnings=(Problem("w", plans.ACCOUNT),))
    report = masked(plan_report(plans.plan_of(replace(decision, finding=finding), files=(file,))))

    bare = repr(report).replace(" ", "").upper()
    assert plans.PAYER not in bare
    assert plans.ACCOUNT not in bare
    (row,) = report.rows
    assert (row.iban, row.text) == ("DE02…5030", "IBAN DE02 •••• •••• •••• ••50 30 danke")
    assert row.text[evidence.start : evidence.end] == "DE02 •••• •••• •••• ••50 30"


def test_every_free_text_of_every_row_is_masked() -> None:
    plan = plans.hostile(plans.PAYER)
    outcome = plans.run_outcome(plan, (Written.REJECTED, f"{plans.PAYER} is unknown"))
    report = masked(outcome_report(plan, outcome))
    texts = {
        text
        for row in report.rows
        for text in (
            *(row.file, row.text, row.counterparty, row.iban, row.reference, row.bank_reference, *row.results),
            *(text for payment in row.payments for text in (payment.description, payment.comment)),
            *(text for change in row.changes for text in (change.old, change.new)),
            *(text for reason in row.reasons for text in (reason.message, *(each.value for each in reason.evidence))),
            *(candidate.why for candidate in row.candidates),
        )
    }
    texts |= {text for check in report.balances for text in (check.file.name, check.file.account)}
    texts |= {notice.text for notice in report.notices}
    assert [text for text in texts if plans.PAYER in text] == []
    assert any("DE02••••••••••••••5030 is unknown" in text for text in texts)


def test_evidence_in_a_masked_account_number_marks_all_of_it() -> None:
    bank = plans.line(1, "5.00", "a", iban=plans.PAYER)
    evidence = plans.found(bank, "account", plans.PAYER[4:12], "iban")
    finding = Finding(reasons=(Reason("account", "known", (evidence,)),))
    (row,) = masked(plan_report(plans.plan_of(replace(plans.create(bank, "1", "2"), finding=finding)))).rows
    (found,) = row.reasons[0].evidence
    assert row.iban[found.start : found.end] == found.value


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
