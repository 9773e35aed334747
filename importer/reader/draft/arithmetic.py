"""What the running balance proves: which column is the amount, with which sign, and in which order the bookings stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Numbers = Sequence[Decimal | None]
ENOUGH = 2  # steps from one balance to the next that show how they follow
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Flow:
    """How balances follow from amounts: `steps` of them do. `sign` is that of the amounts, `running` that of the balances."""

    steps: int
    sign: int
    order: str
    running: str
    is_dated: bool  # the dates go the same way; else they do not confirm the order, and the sign with it


def flow(amounts: Numbers, balances: Numbers, days: Sequence[date | None]) -> Flow | None:
    """How the balances follow from the amounts in file order; None when they do not.

    b[i+1] - b[i] = a[i+1] is oldest first with balances after the booking, or newest first with balances before it and
    all signs the other way round; the dates tell which. Balances before a booking are believed only where that makes the
    signs right: dates that contradict the balances and signs that are turned are too much at once.
    """
    amounts, balances = amounts[:_MOST_ROWS], balances[:_MOST_ROWS]
    going = direction(days)
    found = []
    for sign in (1, -1):
        signed = [None if amount is None else sign * amount for amount in amounts]
        if steps := _steps(signed, balances):
            found.append(_forward(steps, sign, going))
        if steps := _steps(signed[::-1], balances[::-1]):
            found.append(_backward(steps, sign, going))
    return max(found, key=lambda each: (each.steps, each.running == "after", each.sign), default=None)


def _forward(steps: int, sign: int, going: str) -> Flow:
    if going == "newest_first" and sign < 0:
        return Flow(steps, 1, going, "before", is_dated=True)
    return Flow(steps, sign, "oldest_first", "after", is_dated=going == "oldest_first")


def _backward(steps: int, sign: int, going: str) -> Flow:
    if going == "oldest_first" and sign < 0:
        return Flow(steps, 1, going, "before", is_dated=True)
    return Flow(steps, sign, "newest_first", "after", is_dated=going == "newest_first")


def _steps(amounts: Numbers, balances: Numbers) -> int:
    """How many balances follow from the one before and the amounts between; 0 when one of them does not."""
    before: Decimal | None = None
    since = Decimal(0)
    steps = 0
    for amount, balance in zip(amounts, balances, strict=True):
        since += amount or 0
        if balance is None:
            continue
        if before is not None:
            if before + since != balance:
                return 0
            # A balance that stays where it is shows nothing.
            steps += since != 0
        before, since = balance, Decimal(0)
    return steps


def direction(days: Sequence[date | None]) -> str:
    """The order as the dates go: "oldest_first" or "newest_first" as the dates go, "" when they do not go one way."""
    known = [day for day in days if day is not None]
    if known == sorted(known) and known[:1] != known[-1:]:
        return "oldest_first"
    if known == sorted(known, reverse=True) and known[:1] != known[-1:]:
        return "newest_first"
    return ""
