"""The columns of a file's lines, for the checks of the whole file: each is taken once, whoever needs it.

To go through a hundred thousand lines takes longer than most checks of what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice
from operator import add, eq, ge, le

from importer.model import BankLine


@dataclass(frozen=True)
class Overview:
    """The lines of a file, and their columns in the order of the lines."""

    lines: Sequence[BankLine]

    @cached_property
    def days(self) -> Sequence[date]:
        """The booking dates."""
        return [line.booked_on for line in self.lines]

    @cached_property
    def amounts(self) -> Sequence[Decimal]:
        """The amounts, of whatever currency."""
        return [line.amount.amount for line in self.lines]

    @cached_property
    def accounts(self) -> Sequence[str]:
        """The different accounts, in the order in which they come."""
        return list(dict.fromkeys([line.account for line in self.lines]))

    @cached_property
    def currencies(self) -> frozenset[str]:
        """The different currencies of the amounts."""
        return frozenset({line.amount.currency for line in self.lines})

    @cached_property
    def span(self) -> int:
        """How many days lie between the first and the last date of all, booking or value."""
        days = {*self.days, *[line.value_on for line in self.lines]} - {None}
        return (max(days) - min(days)).days if days else 0  # type: ignore[type-var,operator] # None is taken out

    @cached_property
    def is_ordered(self) -> bool:
        """True when the booking dates rise or fall from line to line, or stay."""
        return any(all(map(follows, self.days, islice(self.days, 1, None))) for follows in (le, ge))

    @cached_property
    def all_follow(self) -> bool:
        """True when every line has a balance and it is the one before plus the amount: nearly always, and quickly seen."""
        balances = [line.balance.amount for line in self.lines if line.balance is not None]
        if len(balances) != len(self.lines):
            return False
        ways = ((balances, self.amounts), (balances[::-1], self.amounts[::-1]))
        return any(all(map(eq, map(add, way, islice(amounts, 1, None)), islice(way, 1, None))) for way, amounts in ways)
