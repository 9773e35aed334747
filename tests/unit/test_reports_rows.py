from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from importer.model import Confidence, Reason
from importer.money import Money
from importer.plan import Decision, Finding, Seen, Skip
from importer.reports.labels import State
from importer.reports.rows import Report, Row, StateTotal, Sums, plan_report
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
    bank = structs.replace(
        plans.line(4, "1180.00", "RE 103007", counterparty="Grün", iban=plans.PAYER), reference="RF18"
    )
    line = structs.replace(bank, bank_reference="T-1")
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
