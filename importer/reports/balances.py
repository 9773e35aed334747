"""Whether each bank file adds up: opening balance plus its lines is its closing balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importer.model import BankLine, UnreadRow
from importer.money import Money
from importer.plan import FileFacts, Plan


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """Whether a file adds up: opening balance plus its lines is its closing balance. `verdict` says so in words."""

    file: FileFacts
    lines: int
    unread: int
    movement: Money | None
    difference: Money | None
    verdict: str

    @property
    def is_alarming(self) -> bool:
        """The file states balances and does not add up, or it cannot be told because records are unreadable."""
        if self.difference is None:
            return False
        return bool(self.unread or self.difference.amount)


def balance_checks(plan: Plan) -> tuple[BalanceCheck, ...]:
    """One check for each file of the plan, in its order."""
    lines: dict[str, list[BankLine | UnreadRow]] = {file.name: [] for file in plan.files}
    for decision in plan.decisions:
        lines.setdefault(decision.source.file, []).append(decision.source.line)
    return tuple(_balance(file, lines[file.name]) for file in plan.files)


def _balance(file: FileFacts, lines: Sequence[BankLine | UnreadRow]) -> BalanceCheck:
    amounts = [line.amount for line in lines if isinstance(line, BankLine)]
    unread = len(lines) - len(amounts)
    movement = _movement(file, amounts)
    difference = None
    if movement and file.opening and file.closing and file.opening.currency == movement.currency:
        difference = file.opening + movement - file.closing
    return BalanceCheck(file, len(lines), unread, movement, difference, _verdict(file, unread, difference))


def _movement(file: FileFacts, amounts: Sequence[Money]) -> Money | None:
    """The sum of the lines; None where they have several currencies, and where nothing tells the currency of none."""
    currencies = {amount.currency for amount in amounts} or {balance.currency for balance in (file.opening,) if balance}
    return Money.sum(amounts, currencies.pop()) if len(currencies) == 1 else None


def _verdict(file: FileFacts, unread: int, difference: Money | None) -> str:
    if not (file.opening and file.closing):
        return "The file states no opening and closing balance."
    if difference is None:
        return "The balances cannot be checked: they and the lines are not all in one currency."
    if unread:
        return f"The balances cannot be checked: {unread} {'record' if unread == 1 else 'records'} could not be read."
    if difference.amount:
        return f"Opening balance plus lines differs from the closing balance {file.closing} by {difference}."
    return "Opening balance plus lines is the closing balance."
