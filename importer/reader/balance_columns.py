"""What the balances of a whole file say of its amounts: signs that are turned or lost, columns exchanged, decimals cut off.

Of a bank of which nobody has proven that its balances run, they must agree with the amounts in all but one thing.
Source: formats.md §5 (balance arithmetic settles the sign).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from importer.errors import UnusableFile
from importer.model import BankLine

_SCALES = (10, 100, 1000)  # times what it is, an amount stands there that has lost its decimal mark
_FEWEST = 4  # so many balances do not agree by chance
_EXPORT = "Export the file again; do not save it in a spreadsheet"


@dataclass(frozen=True, slots=True)
class _Step:
    """From one balance to the next: by how much it moved, and what the amounts between say."""

    line: BankLine
    moved: Decimal
    amount: Decimal


def refuse_contradicted_amounts(lines: Sequence[BankLine], unknown: AbstractSet[int], file: str) -> None:
    """Nothing, unless the balances show what is wrong with the amounts.

    Args:
        lines: those of one account and currency, in the order of the file.
        unknown: rows that are left out or unread; they may be part of the balance after them.
        file: its name.

    Raises:
        UnusableFile: with what is wrong and the first row that shows it.
    """
    if not lines:
        return
    first, last = lines[0].booked_on, lines[-1].booked_on
    for way in [lines] if first < last else [lines[::-1]] if last < first else [lines, lines[::-1]]:
        steps = list(_steps(way, unknown))
        if len(steps) < _FEWEST:
            return
        # Where the dates do not say which row came first, a balance before its booking follows backwards with signs turned.
        why = (
            (_turned(steps) if first != last else "")
            or _lost(steps)
            or _exchanged(way)
            or _cut(steps)
            or _scaled(steps)
        )
        if why:
            raise UnusableFile(f"{file}, {why}")


def _steps(lines: Sequence[BankLine], unknown: AbstractSet[int]) -> Iterator[_Step]:
    before: Decimal | None = None
    amounts, last = Decimal(0), 0
    for line in lines:
        if not unknown.isdisjoint(range(min(last, line.row) + 1, max(last, line.row))):
            before = None
        last = line.row
        amounts += line.amount.amount
        if line.balance is None:
            continue
        if before is not None:
            yield _Step(line, line.balance.amount - before, amounts)
        before, amounts = line.balance.amount, Decimal(0)


def _turned(steps: Sequence[_Step]) -> str:
    if not all(step.moved == -step.amount for step in steps) or not any(step.amount for step in steps):
        return ""
    return (
        f"row {steps[0].line.row}: every balance of the file follows from the one before only if money that came is read as "
        "money that went; the mapping's amounts.model is wrong for this file. Where the balance is money owed, as of a card or "
        "a loan, leave balance out of the mapping"
    )


def _lost(steps: Sequence[_Step]) -> str:
    """Some signs are turned: a mapping turns all or none, so the file has lost them."""
    wrong = [step for step in steps if step.moved != step.amount]
    if not 0 < len(wrong) < len(steps) or any(abs(step.moved) != abs(step.amount) for step in wrong):
        return ""
    if len(wrong) == 1:
        return ""  # a row on the wrong side; balances.py knows more of single rows
    line = wrong[0].line
    return (
        f"row {line.row}: the amount is {line.amount}, but the balance moves by {wrong[0].moved}, and so in {len(wrong)} of "
        f"{len(steps)} rows: signs are lost. {_EXPORT}"
    )


def _exchanged(lines: Sequence[BankLine]) -> str:
    stated = [(line.amount.amount, line.balance.amount) for line in lines if line.balance is not None]
    moves = [(after - before, balance) for (before, _), (after, balance) in pairwise(stated)]
    if not any(balance for _, balance in moves) or any(moved != balance for moved, balance in moves):
        return ""
    return f"row {lines[0].row}: amounts and balances are exchanged: every balance is by how much the amounts move. {_EXPORT}"


def _cut(steps: Sequence[_Step]) -> str:
    """Decimals are gone: all amounts are whole, and the balances move by a little more or less.

    Where the balances have lost theirs, too, they move by one more or less in some of the rows.
    """
    off = [step for step in steps if step.moved != step.amount]
    if any(step.amount % 1 for step in steps):
        return ""
    if all(step.moved % 1 == 0 for step in steps):
        is_cut = len(off) > 1 and len(off) * 5 >= len(steps) and all(abs(step.moved - step.amount) == 1 for step in off)
    else:
        is_cut = len(off) * 2 > len(steps) and all(abs(step.moved - step.amount) < 1 for step in off)
    if not is_cut:
        return ""
    return (
        f"row {off[0].line.row}: the amount is {off[0].line.amount}, but the balance moves by {off[0].moved}: the decimals of "
        f"the amounts are lost. {_EXPORT}"
    )


def _scaled(steps: Sequence[_Step]) -> str:
    """Decimal marks are gone, from all amounts or from those without a thousands mark: 250.50 stands as 25050."""
    off = [step for step in steps if step.moved != step.amount]
    if len(off) < 2 or not any(all(step.amount == step.moved * scale for step in off) for scale in _SCALES):
        return ""
    return (
        f"row {off[0].line.row}: the amount is {off[0].line.amount}, but the balance moves by {off[0].moved}, and so in "
        f"{len(off)} of {len(steps)} rows: decimal marks are lost or are others than those of the mapping. {_EXPORT}"
    )
