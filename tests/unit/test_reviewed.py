"""What a person decided, looked up in the books and checked by the rules; each refusal says what he can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from importer import validator
from importer.choices import Accept, Assign, Choice, Choices, Entry, Ignore, Share
from importer.history import History, Known
from importer.model import Blocked, Confidence, Customer, Document, DocumentStatus, Match, Problem
from importer.money import Money
from importer.plan import Create, Decision, Plan, Review, Skip
from importer.planner import Ground, Reviewed, reviewed_plan
from tests.properties.books import MADE_AT, guid
from tests.unit.planner_books import BOOKS, CERTAIN, KEY, PAYMENTS, SEEN, STATEMENT, plan_of

HERE = Entry("To review", 7, "checked", "Kim")


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


BOOKS_OF_TWO = replace(
    BOOKS,
    customers=(*BOOKS.customers, Customer(guid(200), "D20", "Birke & Co", Blocked.SHIP)),
    documents=(
        *BOOKS.documents,
        Document("PS-7", "D20", eur("900.00"), date(2026, 1, 10), id=guid(507)),
        Document("PS-8", "D20", eur("500.00"), date(2026, 1, 10), id=guid(508)),
        Document("Abo-1", "D20", eur("0.50"), date(2026, 1, 10), id=guid(510)),
        Document("PS-LOST", "D99", eur("1200.00"), date(2026, 1, 10), id=guid(512)),
        Document("PS-USD", "D20", Money.of("1200.00", "USD"), date(2026, 1, 10), id=guid(511)),
        Document("PS-9", "D20", eur("0.00"), date(2026, 1, 10), id=guid(509), status=DocumentStatus.PAID),
    ),
)
WAITING = plan_of(STATEMENT, match=replace(CERTAIN, confidence=Confidence.MEDIUM), books=BOOKS_OF_TWO)
CERTAINLY = plan_of(STATEMENT, books=BOOKS_OF_TWO)


def applied(plan: Plan, *choices: Choice, history: History | None = None, **more: object) -> Reviewed:
    check = partial(validator.check, books=BOOKS_OF_TWO)
    given = Choices(plan, choices, **more)  # type: ignore[arg-type]  # whatever a test wants to add
    return reviewed_plan(given, Ground(BOOKS_OF_TWO, history or History()), check, MADE_AT)


def only(reviewed: Reviewed) -> Decision:
    (decision,) = reviewed.plan.decisions
    return decision


def paid(decision: Decision) -> list[tuple[str, str, str]]:
    assert isinstance(decision, Create)
    return [(payment.customer, payment.invoice, payment.amount.text()) for payment in decision.payments]


ASSIGNED: dict[str, tuple[str, tuple[Share, ...], list[tuple[str, str, str]]]] = {
    "on account": ("D20", (), [("D20", "", "-1200.00")]),
    "a customer in lower case": ("d20", (), [("D20", "", "-1200.00")]),
    "a customer with her name": ("D20 birke & co", (), [("D20", "", "-1200.00")]),
    "each invoice what it needs, in their order": (
        "",
        (Share("PS-8"), Share("PS-7")),
        [("D20", "PS-8", "-500.00"), ("D20", "PS-7", "-700.00")],
    ),
    "an invoice in lower case, the rest on account": (
        "D20",
        (Share("ps-7"),),
        [("D20", "PS-7", "-900.00"), ("D20", "", "-300.00")],
    ),
    "an invoice that some server does not write in capitals": (
        "",
        (Share("ABO-1"),),
        [("D20", "Abo-1", "-0.50"), ("D20", "", "-1199.50")],
    ),
    "invoices of several customers": (
        "",
        (Share("103001"), Share("PS-7", eur("4.00")), Share("103002", eur("6.00"))),
        [("10000", "103001", "-1190.00"), ("10000", "103002", "-6.00"), ("D20", "PS-7", "-4.00")],
    ),
    "amounts": (
        "",
        (Share("PS-7", eur("100.00")), Share("PS-8", eur("5.50"))),
        [("D20", "PS-7", "-100.00"), ("D20", "PS-8", "-5.50"), ("D20", "", "-1094.50")],
    ),
}


@pytest.mark.parametrize(("customer", "shares", "payments"), ASSIGNED.values(), ids=ASSIGNED.keys())
def test_a_line_goes_where_a_person_wants_it(
    customer: str, shares: tuple[Share, ...], payments: list[tuple[str, str, str]]
) -> None:
    reviewed = applied(WAITING, Assign(KEY, HERE, customer, shares))
    assert (paid(only(reviewed)), reviewed.problems) == (payments, ())
    assert only(reviewed).finding.reasons[0].message == "assigned by Kim: checked"


UNREADABLE = (
    "the importer cannot read customer D99 of the invoices; give it the permission, or choose ignore and enter the payment by "
    "hand"
)
IN_DOLLARS = "invoice PS-USD is in USD, the payment in EUR; choose ignore and enter the payment by hand"
REFUSED: dict[str, tuple[Choice, str, str]] = {
    "no such customer": (
        Assign(KEY, HERE, "Birke"),
        "customer_exists",
        'there is no customer "Birke" in CRONUS; write the No. alone, such as 10000',
    ),
    "a customer by her name": (
        Assign(KEY, HERE, "birke & CO"),
        "customer_exists",
        'there is no customer "birke & CO" in CRONUS; that is a name of D20: write the No.',
    ),
    "no such invoice": (
        Assign(KEY, HERE, "D20", (Share("PS-1"), Share("PS-2"))),
        "invoice_exists",
        "there is no posted sales invoice PS-1, PS-2; write the No. of an open invoice, several with a semicolon between them",
    ),
    "the invoice of another customer": (
        Assign(KEY, HERE, "10000", (Share("PS-7"),)),
        "one_customer",
        (
            "you named customer 10000, but the invoices belong to D20 (PS-7 to D20): leave out what is another's, or leave "
            "the customer empty when the payment is for all of them"
        ),
    ),
    "more than the invoices of several customers take": (
        Assign(KEY, HERE, "", (Share("103002"), Share("PS-7"))),
        "left_over",
        (
            "290.00 EUR of the bank line is left over, and nobody knows for which of 10000, D20; name invoices, or give "
            "amounts, that take all of it"
        ),
    ),
    "the invoice of a customer whom nobody can read": (
        Assign(KEY, HERE, "", (Share("PS-LOST"),)),
        "customer_exists",
        UNREADABLE,
    ),
    "the invoice of a customer whom nobody can read, beside others": (
        Assign(KEY, HERE, "", (Share("103001"), Share("PS-LOST", eur("10.00")))),
        "customer_exists",
        UNREADABLE,
    ),
    "an invoice in another currency": (Assign(KEY, HERE, "", (Share("PS-USD"),)), "currency_fits", IN_DOLLARS),
    "an invoice in another currency beside others": (
        Assign(KEY, HERE, "", (Share("103001"), Share("PS-USD", eur("10.00")))),
        "currency_fits",
        IN_DOLLARS,
    ),
    "a paid invoice": (
        Assign(KEY, HERE, "", (Share("PS-9"),)),
        "nothing_left",
        "invoice PS-9 is Paid: there is nothing to settle; leave it out",
    ),
    "nothing left for an invoice": (
        Assign(KEY, HERE, "", (Share("103001"), Share("103002", eur("10.00")), Share("103002"))),
        "nothing_left",
        (
            "nothing is left for invoice 103002: the invoices before it take all of the payment "
            "(0.00 EUR left); leave it out, or give amounts"
        ),
    ),
    "more than was paid": (
        Assign(KEY, HERE, "", (Share("PS-7", eur("900.00")), Share("PS-8", eur("400.00")))),
        "adds_up",
        "the amounts add up to 1,300.00 EUR, the bank line has 1,200.00 EUR; lower one of them",
    ),
    "more than is left of an invoice": (
        Assign(KEY, HERE, "", (Share("PS-7", eur("1000.00")),)),
        "remaining_amount_used_once",
        (
            "invoice PS-7 has 900.00 EUR remaining, this run and the journal settle 1,000.00 EUR; "
            "lower the amount, or leave the invoice out"
        ),
    ),
}


@pytest.mark.parametrize(("choice", "rule", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_decision_that_does_not_fit_is_refused_with_what_to_do_and_the_line_waits_on(
    choice: Choice, rule: str, message: str
) -> None:
    reviewed = applied(WAITING, choice)
    assert reviewed.problems == (Problem(rule, message, "To review", 7),)
    waiting = only(reviewed)
    assert isinstance(waiting, Review)
    assert waiting.finding.reasons[0].message == message


def test_an_accepted_proposal_is_created_as_it_stands_in_the_plan() -> None:
    reviewed = applied(WAITING, Accept(KEY, HERE))
    assert paid(only(reviewed)) == [(p.customer, p.invoice, p.amount.text()) for p in PAYMENTS]


def test_a_certain_line_that_is_held_waits_with_what_is_wrong() -> None:
    problem = Problem("edited", "was changed", "Ready", 2, "Customer No.", "1")
    reviewed = applied(CERTAINLY, held={KEY: (problem,)})
    waiting = only(reviewed)
    assert (type(waiting), reviewed.problems) == (Review, (problem,))
    assert waiting.finding.reasons[0].message == 'Customer No. "1": was changed'


def test_a_certain_line_can_be_left_out() -> None:
    assert isinstance(only(applied(CERTAINLY, Ignore(KEY, HERE))), Skip)


def test_of_a_line_that_is_known_by_now_only_a_decision_is_told() -> None:
    history = History({KEY: Known(SEEN, done=PAYMENTS)})
    problem = Problem("removed", "its row is gone", "Ready")
    assert applied(CERTAINLY, history=history, held={KEY: (problem,)}).problems == ()
    reviewed = applied(WAITING, Ignore(KEY, HERE), history=history)
    said = "nothing was done: already imported: old.csv, record 4, run run-1"
    assert (type(only(reviewed)), reviewed.problems) == (Skip, (Problem("already_decided", said, "To review", 7),))


def test_a_rule_broken_by_a_certain_line_names_its_row_in_the_workbook() -> None:
    closed = replace(BOOKS_OF_TWO, documents=BOOKS_OF_TWO.documents[1:])
    check = partial(validator.check, books=closed)
    given = Choices(CERTAINLY, listed={KEY: Entry("Ready", 4)})
    reviewed = reviewed_plan(given, Ground(closed, History()), check, MADE_AT)
    said = (
        "there is no posted sales invoice 103001; the line waits for a person now: make a new workbook with "
        "`importer preview FILE --format xlsx` and decide it there, or choose ignore here and enter the payment by hand"
    )
    assert reviewed.problems == (Problem("invoice_exists", said, "Ready", 4),)


def test_a_plan_says_what_it_rests_on_and_what_else_the_customers_of_waiting_lines_owe() -> None:
    guess = Match(Confidence.LOW, "D20")
    assert [d.number for d in plan_of(STATEMENT, match=guess, books=BOOKS_OF_TWO).basis.documents] == [
        "Abo-1",
        "PS-7",
        "PS-8",
        "PS-USD",
    ]
    assert [d.number for d in CERTAINLY.basis.documents] == ["103001", "103002"]
    assert [(c.number, c.blocked) for c in CERTAINLY.basis.customers] == [("10000", Blocked.NO)]
