"""What the planner makes of a line that comes for the first time, by what the matcher and the rules say of it."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from importer.identity import line_number
from importer.model import Application, Confidence, Match, Problem, UnreadRow
from importer.money import Money
from importer.plan import Create, Reject, Review, Skip
from tests.properties.books import guid
from tests.unit.planner_books import (
    BOOKS,
    BOTH,
    CERTAIN,
    KEY,
    LINE,
    PAYMENTS,
    STATEMENT,
    journal_line,
    only,
    plan_of,
    rule_of,
)


def test_a_certain_line_becomes_one_negative_payment_per_invoice() -> None:
    decision = only(plan_of(STATEMENT))
    assert isinstance(decision, Create)
    assert decision.payments == PAYMENTS


def test_what_is_left_becomes_a_payment_without_an_invoice() -> None:
    match = replace(CERTAIN, applications=BOTH[:1])
    decision = only(plan_of(STATEMENT, match=match))
    assert isinstance(decision, Create)
    assert [(p.invoice, p.invoice_id, p.amount.text()) for p in decision.payments] == [
        ("103001", guid(501), "-1190.00"),
        ("", "", "-10.00"),
    ]


def test_a_discount_is_paid_net_because_business_central_grants_it_when_posting() -> None:
    taken = replace(BOTH[0], amount=Money.of("1220.00", "EUR"), deducted=Money.of("20.00", "EUR"))
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, applications=(taken,))))
    assert isinstance(decision, Create)
    assert [p.amount.text() for p in decision.payments] == ["-1200.00"]


@pytest.mark.parametrize("confidence", [Confidence.MEDIUM, Confidence.LOW, Confidence.NONE])
def test_what_is_not_certain_waits_with_its_proposal(confidence: Confidence) -> None:
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, confidence=confidence)))
    assert isinstance(decision, Review)
    assert decision.payments == PAYMENTS


def test_applications_of_more_money_than_came_in_are_never_planned() -> None:
    more = (*BOTH, Application("10000", "103001", Money.of("0.01", "EUR")))
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, applications=more)))
    assert isinstance(decision, Review)
    assert decision.payments == ()


def test_an_invoice_in_another_currency_is_no_proposal() -> None:
    dollars = (Application("10000", "103001", Money.of("1200.00", "USD")),)
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, confidence=Confidence.MEDIUM, applications=dollars)))
    assert isinstance(decision, Review)
    assert decision.payments == ()


def test_a_broken_rule_holds_the_line_back_and_is_the_first_reason() -> None:
    decision = only(plan_of(STATEMENT, wrong="customer 10000 is blocked"))
    assert isinstance(decision, Review)
    assert [reason.message for reason in decision.finding.reasons] == [
        "customer 10000 is blocked",
        "both numbers, exact sum",
    ]


def test_money_paid_out_is_left_alone_unless_it_concerns_a_customer() -> None:
    outgoing = replace(STATEMENT, lines=(structs.replace(LINE, amount=Money.of("-5.00", "EUR")),))
    decision = only(plan_of(outgoing, match=Match(Confidence.NONE)))
    assert isinstance(decision, Skip)
    assert rule_of(decision) == "outgoing"
    returned = only(plan_of(outgoing, match=Match(Confidence.MEDIUM, "10000")))
    assert isinstance(returned, Review)
    assert returned.payments == ()


def test_a_record_that_could_not_be_read_is_rejected_with_its_problems() -> None:
    problem = Problem("AMT-1", "no amount", "bank.csv", 3, "Betrag")
    statement = replace(STATEMENT, lines=(), unread=(UnreadRow(1, 3, "x", (problem,)),))
    decision = only(plan_of(statement))
    assert isinstance(decision, Reject)
    assert decision.problems == (problem,)


def test_a_line_number_that_is_taken_is_not_used_again() -> None:
    foreign = replace(journal_line(PAYMENTS[0].line_number, "-1.00"), external_document_number="HAND")
    decision = only(plan_of(STATEMENT, books=replace(BOOKS, journal_lines=(foreign,))))
    assert isinstance(decision, Create)
    expected = (line_number(KEY, date(2026, 2, 5), 0, probe=1), PAYMENTS[1].line_number)
    assert tuple(p.line_number for p in decision.payments) == expected


def test_equal_lines_of_one_file_are_separate_payments() -> None:
    twins = replace(STATEMENT, lines=(LINE, structs.replace(LINE, record=2, row=3)))
    assert [type(d) for d in plan_of(twins).decisions] == [Create, Create]


def test_description_and_comment_are_cut_to_what_business_central_documents() -> None:
    long = structs.replace(LINE, text="x" * 300)
    decision = only(plan_of(replace(STATEMENT, lines=(long,))))
    assert isinstance(decision, Create)
    assert {(len(p.description), len(p.comment)) for p in decision.payments} == {(50, 250)}
