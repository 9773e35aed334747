"""What a person decides about a bank line whose journal lines stand already: it is changed, or left with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from importer import validator
from importer.choices import Accept, Assign, Choice, Choices, Entry, Ignore, Share
from importer.history import History, Known
from importer.model import Application, Confidence, Document, JournalLine, Match, Snapshot
from importer.money import Money
from importer.plan import DECIDED, Decision, Patch, Payment, Plan, Review, Skip
from importer.planner import Ground, Reviewed, reviewed_plan
from tests.properties.books import MADE_AT, guid
from tests.unit.planner_books import BOOKS, KEY, PAYMENTS, SEEN, STATEMENT, journal_line, plan_of

HERE = Entry("To review", 7, "", "Kim")
ALREADY = "nothing was done: already imported: old.csv, record 4, run run-1"
BY_HAND = "if it is wrong, correct it in Business Central"
# The whole payment on account, as the journal has it.
ON_ACCOUNT = (replace(PAYMENTS[0], amount=Money.of("-1200.00", "EUR"), invoice="", invoice_id=""),)
OTHER_INVOICE = Document("103003", "10000", Money.of("1200.00", "EUR"), date(2026, 1, 10), id=guid(503))
PROPOSED = Match(Confidence.MEDIUM, "10000", (Application("10000", "103003", Money.of("1200.00", "EUR")),))


def standing(payments: Sequence[Payment]) -> tuple[JournalLine, ...]:
    """The journal lines as Business Central has them after these payments were created."""
    return tuple(
        replace(
            journal_line(payment.line_number, payment.amount.text()),
            etag=f"e{number}",
            invoice=payment.invoice,
            invoice_id=payment.invoice_id,
            description=payment.description,
            comment=payment.comment,
        )
        for number, payment in enumerate(payments, start=1)
    )


def books_with(lines: Sequence[JournalLine]) -> Snapshot:
    return replace(BOOKS, documents=(*BOOKS.documents, OTHER_INVOICE), journal_lines=tuple(lines))


LINES = standing(ON_ACCOUNT)
IMPORTED = History({KEY: Known(SEEN, done=ON_ACCOUNT)})
WAITING = plan_of(STATEMENT, match=PROPOSED, books=books_with(()))


def applied(
    *choices: Choice, plan: Plan = WAITING, history: History = IMPORTED, lines: Sequence[JournalLine] = LINES
) -> Reviewed:
    books = books_with(lines)
    return reviewed_plan(Choices(plan, choices), Ground(books, history), partial(validator.check, books=books), MADE_AT)


def only(reviewed: Reviewed) -> Decision:
    (decision,) = reviewed.plan.decisions
    return decision


def changes(decision: Decision) -> list[tuple[str, str, str]]:
    assert isinstance(decision, Patch)
    return [(change.field, change.old, change.new) for patch in decision.patches for change in patch.changes]


TO_OTHER_INVOICE = [("appliesToInvoiceId", "", guid(503)), ("appliesToInvoiceNumber", "", "103003")]


@pytest.mark.parametrize("decided", [(), (KEY,)], ids=["the program created it", "a person decided it before"])
def test_what_a_person_names_changes_the_journal_line_that_stands_there(decided: tuple[str, ...]) -> None:
    reviewed = applied(Assign(KEY, HERE, "", (Share("103003"),)), history=replace(IMPORTED, decided=decided))
    decision = only(reviewed)
    assert isinstance(decision, Patch)
    assert (changes(decision), reviewed.problems) == (TO_OTHER_INVOICE, ())
    assert [(patch.line_id, patch.etag) for patch in decision.patches] == [(LINES[0].id, "e1")]
    assert [(reason.rule, reason.message) for reason in decision.finding.reasons] == [
        (DECIDED, "assigned by Kim"),
        ("already_imported", "already imported: old.csv, record 4, run run-1"),
    ]


def test_a_decision_that_the_journal_already_has_changes_nothing() -> None:
    reviewed = applied(Assign(KEY, HERE, "10000"))
    assert (type(only(reviewed)), [problem.message for problem in reviewed.problems]) == (Skip, [ALREADY])


@pytest.mark.parametrize("choice", [Accept(KEY, HERE), Ignore(KEY, HERE)], ids=["accept", "ignore"])
def test_who_decides_about_a_new_line_changes_none_that_he_did_not_know_of(choice: Choice) -> None:
    reviewed = applied(choice)
    assert (type(only(reviewed)), [problem.message for problem in reviewed.problems]) == (Skip, [ALREADY])


def test_who_accepts_the_change_of_an_imported_line_changes_it() -> None:
    correcting = replace(PROPOSED, confidence=Confidence.HIGH)
    plan = plan_of(STATEMENT, match=correcting, books=books_with(LINES), history=IMPORTED, wrong="not now")
    assert isinstance(plan.decisions[0], Review)
    assert changes(only(applied(Accept(KEY, HERE), plan=plan))) == TO_OTHER_INVOICE


UNCHANGED: dict[str, tuple[Sequence[JournalLine], History]] = {
    "a person changed it": ([replace(LINES[0], comment="my own words")], IMPORTED),
    "it was posted or deleted": ([], IMPORTED),
    "the ledger found it and did not send it": (LINES, History({KEY: Known(SEEN, ON_ACCOUNT, adopted=ON_ACCOUNT)})),
}


@pytest.mark.parametrize(("lines", "history"), UNCHANGED.values(), ids=UNCHANGED.keys())
def test_a_line_that_is_not_as_it_was_sent_is_left_with_what_to_do(
    lines: Sequence[JournalLine], history: History
) -> None:
    reviewed = applied(Assign(KEY, HERE, "", (Share("103003"),)), lines=lines, history=history)
    said = f"{ALREADY}; the journal does not have it as it was sent: {BY_HAND}"
    assert (type(only(reviewed)), [problem.message for problem in reviewed.problems]) == (Skip, [said])


def test_a_decision_that_needs_more_journal_lines_is_left_with_what_to_do() -> None:
    reviewed = applied(Assign(KEY, HERE, "", (Share("103001"),)))
    number = LINES[0].line_number
    said = f"{ALREADY}; 2 journal lines would be needed, there is {number}: {BY_HAND}"
    assert (type(only(reviewed)), [problem.message for problem in reviewed.problems]) == (Skip, [said])


def test_a_line_of_unknown_outcome_is_settled_before_anybody_changes_it() -> None:
    unknown = History({KEY: Known(SEEN, unsettled=ON_ACCOUNT)})
    (problem,) = applied(Assign(KEY, HERE, "", (Share("103003"),)), history=unknown).problems
    assert problem.message.startswith("nothing was done: sent to Business Central (old.csv, record 4, run run-1)")


def test_a_decision_that_breaks_a_rule_leaves_the_journal_line_and_names_the_row() -> None:
    choice = Assign(KEY, HERE, "", (Share("103003", Money.of("1200.00", "EUR")),))
    taken = replace(journal_line(77, "-100.00"), external_document_number="", invoice="103003", invoice_id=guid(503))
    reviewed = applied(choice, lines=[*LINES, taken])
    (problem,) = reviewed.problems
    assert (type(only(reviewed)), problem.rule, problem.row) == (Skip, "remaining_amount_used_once", 7)


def test_a_decision_that_the_books_do_not_know_is_refused_in_its_row() -> None:
    reviewed = applied(Assign(KEY, HERE, "99999"))
    assert (type(only(reviewed)), [problem.rule for problem in reviewed.problems]) == (Skip, ["customer_exists"])


def test_a_line_that_comes_twice_in_the_files_is_changed_once() -> None:
    again = replace(STATEMENT, file="copy.csv")
    twice = plan_of(STATEMENT, again, match=PROPOSED, books=books_with(()))
    reviewed = applied(Assign(KEY, HERE, "", (Share("103003"),)), plan=twice)
    assert ([type(decision) for decision in reviewed.plan.decisions], reviewed.problems) == ([Patch, Skip], ())


PLANNED = plan_of(
    STATEMENT, match=replace(PROPOSED, confidence=Confidence.HIGH), books=books_with(LINES), history=IMPORTED
)


def test_a_planned_change_is_carried_out_with_the_review() -> None:
    assert only(applied(plan=PLANNED)) == PLANNED.decisions[0]


def test_a_planned_change_takes_the_version_that_the_line_has_now() -> None:
    (decision,) = applied(plan=PLANNED, lines=[replace(LINES[0], etag="e9")]).plan.patches
    assert [patch.etag for patch in decision.patches] == ["e9"]


def test_a_planned_change_of_a_line_that_a_person_changed_meanwhile_is_left() -> None:
    assert isinstance(only(applied(plan=PLANNED, lines=[replace(LINES[0], comment="my own words")])), Skip)


def test_a_planned_change_that_a_person_decided_otherwise_meanwhile_is_left() -> None:
    assert isinstance(only(applied(plan=PLANNED, history=replace(IMPORTED, decided=(KEY,)))), Skip)


def test_a_stopped_change_counts_as_decided() -> None:
    reviewed = applied(Ignore(KEY, Entry("Ready", 3, "keep", "Kim")), plan=PLANNED)
    decision = only(reviewed)
    assert (type(decision), decision.finding.reasons[0].rule, decision.finding.reasons[0].message) == (
        Skip,
        DECIDED,
        "left out by Kim: keep",
    )


def test_a_change_whose_row_somebody_touched_is_not_carried_out() -> None:
    problem = HERE.problem("edited", "was changed")
    books = books_with(LINES)
    given = Choices(PLANNED, held={KEY: (problem,)})
    reviewed = reviewed_plan(given, Ground(books, IMPORTED), partial(validator.check, books=books), MADE_AT)
    assert (type(only(reviewed)), reviewed.problems) == (Skip, (problem,))
