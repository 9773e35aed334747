"""The plan of customer changes: what will happen to every row of the file, and why.

Each filled row has exactly one decision. Only `Change` is carried out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from importer.errors import Exit, PlanChanged
from importer.master import CustomerPatch
from importer.model import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """The customer gets the values of the row that differ; `row` counts from 1 as in the file."""

    row: int
    patch: CustomerPatch

    @property
    def customer(self) -> str:
        """The customer's number."""
        return self.patch.base.number

    @property
    def name(self) -> str:
        """The customer's name as it stands."""
        return self.patch.base.name


@dataclass(frozen=True, slots=True)
class Keep:
    """The customer already is as the row wants it."""

    row: int
    customer: str
    name: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nothing of the row is carried out; `customer` is the key as the file has it, `name` "" where it names nobody."""

    row: int
    customer: str
    name: str
    problems: tuple[Problem, ...]


Decision = Change | Keep | Refuse

ACTIONS: dict[type[Decision], str] = {Change: "patch", Keep: "skip", Refuse: "reject"}


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """Decisions for the rows of one file, in their order; `properties` are those that the file has columns for."""

    company_id: str
    company: str
    api: str
    made_at: datetime
    file: str
    sha256: str
    properties: tuple[str, ...]
    decisions: tuple[Decision, ...]

    @property
    def digest(self) -> str:
        """A name for exactly these changes and these refusals; the order of rows and columns does not matter.

        The old values are in it: somebody who approves a change has seen what is overwritten.
        """
        facts = sorted(map(_facts, self.decisions), key=json.dumps)
        return hashlib.sha256(json.dumps([self.company_id, "customers", facts]).encode()).hexdigest()[:16]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What will be carried out, in plan order."""
        return tuple(decision for decision in self.decisions if isinstance(decision, Change))

    @property
    def refusals(self) -> tuple[Refuse, ...]:
        """The rows that wait for a person."""
        return tuple(decision for decision in self.decisions if isinstance(decision, Refuse))

    @property
    def exit_code(self) -> Exit:
        """3 when rows were refused, else 0."""
        return Exit.REVIEW if self.refusals else Exit.DONE

    def totals(self) -> dict[str, int]:
        """How many customers per action; every action is there, also with none."""
        return {action: sum(type(each) is kind for each in self.decisions) for kind, action in ACTIONS.items()}

    def raise_if_over(self, max_lines: int) -> None:
        """The brake: refuse a plan larger than configured, before anything is written.

        Raises:
            PlanChanged: with the numbers.
        """
        if len(self.changes) > max_lines:
            raise PlanChanged(
                f"The plan changes {len(self.changes)} customers, more than max_lines = {max_lines} of company {self.company}. "
                "Nothing was written. Check the file; if the plan is right, raise max_lines in importer.toml."
            )

    def raise_if_other(self, expect: str | None) -> None:
        """Refuse when a certain plan was approved and this is another.

        Raises:
            PlanChanged: with both digests.
        """
        if expect is not None and expect != self.digest:
            raise PlanChanged(
                f"The plan is now {self.digest}, not the expected {expect}: the file or the customers changed since. "
                "Nothing was written. Look at the new plan with `importer customer preview`, then expect its digest."
            )


def _facts(decision: Decision) -> list[object]:
    match decision:
        case Change(patch=patch):
            return ["patch", patch.base.id, sorted([each.field, each.old, each.new] for each in patch.changes)]
        case Keep(customer=customer):
            return ["skip", customer]
        case Refuse(customer=customer, problems=problems):
            return ["reject", customer, sorted([each.rule, each.column, each.value] for each in problems)]
