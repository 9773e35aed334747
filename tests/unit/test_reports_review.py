from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from importer.choices import Accept, Assign, Choices, Ignore, Share
from importer.money import Money
from tests.unit import report_plans as plans
from tests.unit.reviewing import (
    AMOUNTS,
    CUSTOMER,
    DOCUMENTS,
    EVERY,
    LISTED,
    PROPOSED,
    TWO,
    Clerk,
    at,
    reviewed,
    rules,
    write,
)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_an_untouched_workbook_decides_nothing(tmp_path: Path) -> None:
    assert reviewed(tmp_path) == Choices(EVERY, undecided=(TWO, PROPOSED), listed=LISTED)


@pytest.mark.parametrize(
    ("clerk", "choice"),
    [
        ([write("Decision", "accept")], Accept(PROPOSED, at(3))),
        ([write("Decision", " Accept "), write("Note", "checked")], Accept(PROPOSED, at(3, "checked"))),
        ([write("Decision", "accept"), write(CUSTOMER, "10110")], Accept(PROPOSED, at(3))),
        ([write("Decision", "accept"), write(DOCUMENTS, "103007")], Accept(PROPOSED, at(3))),
        ([write("Decision", "ignore"), write("Note", "not ours")], Ignore(PROPOSED, at(3, "not ours"))),
        ([write("Decision", "other"), write(CUSTOMER, "10500")], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(CUSTOMER, 10500)], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(CUSTOMER, 10500.0)], Assign(PROPOSED, at(3), "10500")),
        ([write("Decision", "other"), write(DOCUMENTS, "103019")], Assign(PROPOSED, at(3), "", (Share("103019"),))),
        ([write("Decision", "OTHER"), write(DOCUMENTS, 103019)], Assign(PROPOSED, at(3), "", (Share("103019"),))),
        (
            [write("Decision", "other"), write(CUSTOMER, "10110"), write(DOCUMENTS, "103007; 103019")],
            Assign(PROPOSED, at(3), "10110", (Share("103007"), Share("103019"))),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103007, 103019\nPS-INV/26-1")],
            Assign(PROPOSED, at(3), "", (Share("103007"), Share("103019"), Share("PS-INV/26-1"))),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103019"), write(AMOUNTS, 1000.1)],
            Assign(PROPOSED, at(3), "", (Share("103019", eur("1000.10")),)),
        ),
        (
            [write("Decision", "other"), write(DOCUMENTS, "103007;103019"), write(AMOUNTS, "1.000,00; 180")],
            Assign(PROPOSED, at(3), "", (Share("103007", eur("1000.00")), Share("103019", eur("180.00")))),
        ),
    ],
)
def test_a_decision_is_read_as_the_clerk_wrote_it(
    tmp_path: Path, clerk: list[Clerk], choice: Accept | Assign | Ignore
) -> None:
    assert reviewed(tmp_path, *clerk) == Choices(EVERY, (choice,), (TWO,), listed=LISTED)


@pytest.mark.parametrize(
    ("clerk", "problem"),
    [
        ([write("Decision", "yes")], ("decision", 3, "Decision")),
        ([write("Decision", "accept", row=2)], ("nothing_proposed", 2, "Decision")),
        ([write("Decision", "accept"), write(CUSTOMER, "10500")], ("accept_differs", 3, CUSTOMER)),
        ([write("Decision", "accept"), write(AMOUNTS, 5)], ("accept_differs", 3, AMOUNTS)),
        ([write("Decision", "ignore"), write(DOCUMENTS, "103019")], ("contradiction", 3, DOCUMENTS)),
        ([write(CUSTOMER, "10500")], ("decision_missing", 3, CUSTOMER)),
        ([write("Decision", "other")], ("nobody", 3, CUSTOMER)),
        ([write("Decision", "other"), write(AMOUNTS, 5)], ("nobody", 3, CUSTOMER)),
        ([write("Decision", "other"), write(CUSTOMER, "1"), write(AMOUNTS, 5)], ("amount_count", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1;1")], ("twice", 3, DOCUMENTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1;2"), write(AMOUNTS, "5")], ("amount_count", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "-5")], ("amount_sign", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 0)], ("amount_sign", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 1180.01)], ("amount_sum", 3, AMOUNTS)),
        # A thousand and something, or one and something: nobody guesses.
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "1.180")], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "1,180")], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, 1.005)], ("amount", 3, AMOUNTS)),
        ([write("Decision", "other"), write(DOCUMENTS, "1"), write(AMOUNTS, "all")], ("amount", 3, AMOUNTS)),
    ],
)
def test_what_contradicts_itself_or_is_unclear_is_refused_in_its_row(
    tmp_path: Path, clerk: list[Clerk], problem: tuple[str, int, str]
) -> None:
    choices = reviewed(tmp_path, *clerk)
    assert (rules(choices), choices.choices) == ([problem], ())


@pytest.mark.parametrize("decision", ["accept", "other"])
def test_money_paid_out_cannot_become_a_payment(tmp_path: Path, decision: str) -> None:
    returned = replace(plans.review_proposal(), source=plans.source(plans.line(4, "-45.30", "Refund")), payments=())
    choices = reviewed(tmp_path, write("Decision", decision, row=2), plan=plans.plan_of(returned))
    (problem,) = choices.problems
    assert (problem.rule, problem.row) == ("paid_out", 2)
    assert problem.message.endswith("choose ignore and enter it by hand")


def test_who_saved_the_workbook_is_told(tmp_path: Path) -> None:
    def save_as(book: Workbook) -> None:
        book.properties.lastModifiedBy = "Petra Beispiel"

    (choice,) = reviewed(tmp_path, write("Decision", "accept"), save_as).choices
    assert choice == Accept(PROPOSED, at(3, decided_by="Petra Beispiel"))
