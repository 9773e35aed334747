"""What a person decided about the lines of a plan, and what is wrong with what he wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from importer.model import Problem
from importer.money import Money
from importer.plan import Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a person wrote his decision: the sheet, its row as he sees it (1-based), what he noted, and who he is."""

    sheet: str
    row: int
    note: str = ""
    decided_by: str = ""

    def problem(self, rule: str, message: str) -> Problem:
        """A problem with the decision that is written here."""
        return Problem(rule, message, self.sheet, self.row)


@dataclass(frozen=True, slots=True)
class Share:
    """A document to settle and how much of the bank line goes to it, positive; None where the person left it open."""

    document: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Carry out the proposal as it stands in the plan."""

    key: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Assign:
    """Apply the line otherwise: to this customer, to these documents; what is left over stays on the customer's account.

    `customer` "" means the customer of the documents; without `shares` the whole amount goes on account.
    """

    key: str
    entry: Entry
    customer: str
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignore:
    """Import nothing for this line, now or later."""

    key: str
    entry: Entry


Choice = Accept | Assign | Ignore

ALREADY_DECIDED = "already_decided"  # the rule of a line of which something became meanwhile: no row is to be corrected


@dataclass(frozen=True, slots=True)
class Choices:
    """A reviewed plan. A line with a problem has no choice.

    `undecided` are the keys of lines that go on waiting. `held` are the lines, by key, whose decision cannot be understood
    or whose row was changed or removed: they wait, also those that were certain. `astray` are problems of no known line.
    `listed` says where the certain lines stand.
    """

    plan: Plan
    choices: tuple[Choice, ...] = ()
    undecided: tuple[str, ...] = ()
    held: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    astray: tuple[Problem, ...] = ()
    listed: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, each once, in the order of sheets and rows."""
        found = dict.fromkeys((*self._of_lines(), *self.astray))
        return tuple(sorted(found, key=lambda problem: (problem.file, problem.row)))

    def _of_lines(self) -> Iterator[Problem]:
        return (problem for problems in self.held.values() for problem in problems)
