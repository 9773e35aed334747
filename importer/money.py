"""Exact money: a decimal amount with its currency. No float ever becomes money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from msgspec import Struct

# Decimals per currency where they are not two (ISO 4217).
_DECIMALS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


def decimals_of(currency: str) -> int:
    """How many decimals an amount in this currency may have (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


class Money(Struct, frozen=True, gc=False):
    """An exact amount in one currency. Adding two currencies raises ValueError: it is always a bug.

    A Struct, as bank lines are: files bring hundreds of thousands of them, and it is built in a tenth of the time of a frozen
    dataclass and is nothing to the garbage collector, as there are no cycles. `msgspec.structs.replace` gives a changed one.
    """

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """Money from text such as "1190.00"; never from a float."""
        return cls(Decimal(amount), currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The total, zero in `currency` when there is nothing to add."""
        total = cls(Decimal(0), currency)
        for amount in amounts:
            total += amount
        return total

    @property
    def minor(self) -> int:
        """The amount in the smallest unit of its currency (cents)."""
        return int(self.amount.scaleb(decimals_of(self.currency)))

    @property
    def is_incoming(self) -> bool:
        """True for money received; zero is not."""
        return self.amount > 0

    def text(self) -> str:
        """The amount with the decimals of its currency, a point and no grouping: "-1190.00"."""
        return f"{self.amount:.{decimals_of(self.currency)}f}"

    def __str__(self) -> str:
        return f"{self.amount:,.{decimals_of(self.currency)}f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        # Not -0: it would be printed as "-0.00".
        return Money(Decimal(0) - self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are different currencies")
        return other.amount
