"""What a person decided about the lines of a plan that wait for review, and what is wrong with what he wrote."""

from __future__ import annotations

from dataclasses import dataclass

from importer.model import Problem
from importer.money import Money
from importer.plan import Plan


@dataclass(frozen=True, slots=True)
class Share:
    """A document to settle and how much of the bank line goes to it, positive; None where the person left it open."""

    document: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Carry out the proposal as it stands in the plan."""

    key: str
    row: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """Apply the line otherwise: to this customer, to these documents; what is left over stays on the customer's account.

    `customer` "" means the customer of the documents; without `shares` the whole amount goes on account.
    """

    key: str
    row: int
    customer: str
    shares: tuple[Share, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Import nothing for this line, now or later."""

    key: str
    row: int
    note: str = ""


Choice = Accept | Assign | Ignore


@dataclass(frozen=True, slots=True)
class Choices:
    """A reviewed plan. `row` of a choice or problem is the row a person sees, 1-based; a line with a problem has no choice.

    `undecided` are the keys of lines that go on waiting. `decided_by` is the name the spreadsheet program noted, "" if none.
    """

    plan: Plan
    choices: tuple[Choice, ...]
    undecided: tuple[str, ...]
    problems: tuple[Problem, ...]
    decided_by: str = ""
