"""Whether the money explains a set of documents, to the cent: exactly, or by a discount, a stated charge or a tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from importer.matcher.books import Item
from importer.matcher.settings import MatchingSettings
from importer.money import decimals_of

_MOST_DISCOUNTS = 8


class Part(NamedTuple):
    """What the line settles of one document; `deducted` of it is not money: discount, tolerance or charges."""

    item: Item
    gross: int
    deducted: int = 0


class Fit(NamedTuple):
    """How the money and the documents agree. `asks` when the explanation needs a person's consent."""

    kind: str
    parts: tuple[Part, ...]
    discount: int = 0
    tolerance: int = 0
    fee: int = 0
    unapplied: int = 0
    asks: bool = False


class Allowance:
    """What may be missing or too much, for one currency, in minor units."""

    def __init__(self, settings: MatchingSettings, currency: str) -> None:
        self.settings = settings
        self._decimals = decimals_of(currency)
        self._unit = 10**self._decimals
        self.rounding = self._minor(max(settings.tolerance, settings.rounding_limit))
        self._most = self._minor(settings.max_payment_tolerance_amount)

    def payment_tolerance(self, total: int) -> int:
        """The payment tolerance for documents of this total: percentage and maximum, the lower where both are set."""
        if not self.settings.accept_payment_tolerance:
            return 0
        share = int(total * self.settings.payment_tolerance_pct / 100)
        return min(share, self._most) if share and self._most else share or self._most

    def match_tolerance(self, money: int) -> int:
        """The match tolerance of the bank account; an absolute one never exceeds half of the money."""
        if self.settings.tolerance_type == "Percentage":
            return min(int(money * self.settings.tolerance_value / 100), money // 2)
        return min(self._minor(self.settings.tolerance_value), money // 2)

    def whole(self, amount: int) -> str:
        """The amount as a whole number; "" when it has cents."""
        units, cents = divmod(abs(amount), self._unit)
        return "" if cents else str(units)

    def _minor(self, amount: Decimal) -> int:
        return int(Decimal(amount).scaleb(self._decimals))


class Money(NamedTuple):
    """What came in, when, and what the line says was kept by the banks."""

    amount: int
    on: date
    fees: tuple[int, ...]
    allowance: Allowance


def explain(items: Sequence[Item], money: Money, left: Mapping[int, int]) -> Fit | None:
    """How the money settles all of these documents; None when it does not.

    Args:
        left: what is left to settle of a document, by id of the item, where that is not its remaining amount.
    """
    open_amounts = {id(item): left.get(id(item), item.remaining) for item in items}
    total = sum(open_amounts.values())
    gross = [(item, open_amounts[id(item)]) for item in items]
    if total == money.amount:
        return Fit("exact", tuple(Part(item, amount) for item, amount in gross))
    if total <= 0:
        return None
    discounts = [
        item.discount(money.on) if left.get(id(item), item.remaining) == item.remaining else 0 for item in items
    ]
    return (
        _with_discount(gross, discounts, total - money.amount)
        or _with_fee(gross, discounts, total, money)
        or _within_tolerance(gross, discounts, total, money)
        or _with_late_discount(gross, total, money)
        or _within_match_tolerance(gross, total, money)
    )


def _with_discount(gross: list[tuple[Item, int]], discounts: list[int], missing: int) -> Fit | None:
    """The in-time discounts that explain what is missing; None when two choices do."""
    places = [place for place, discount in enumerate(discounts) if discount]
    if missing <= 0 or not places or sum(discounts) < missing:
        return None
    if sum(discounts) == missing:
        return _discounted(gross, discounts, missing)
    if len(places) > _MOST_DISCOUNTS:
        return None
    found = [
        chosen
        for size in range(1, len(places))
        for chosen in combinations(places, size)
        if sum(discounts[place] for place in chosen) == missing
    ]
    if len(found) != 1:
        return None
    return _discounted(gross, [d if place in found[0] else 0 for place, d in enumerate(discounts)], missing)


def _discounted(gross: list[tuple[Item, int]], discounts: list[int], missing: int, kind: str = "discount") -> Fit:
    parts = tuple(Part(item, amount, taken) for (item, amount), taken in zip(gross, discounts, strict=True))
    return Fit(kind, parts, discount=missing)


def _with_fee(gross: list[tuple[Item, int]], discounts: list[int], total: int, money: Money) -> Fit | None:
    for discount in dict.fromkeys((0, sum(discounts))):
        fee = total - discount - money.amount
        if fee > 0 and fee in money.fees:
            taken = discounts if discount else [0] * len(gross)
            parts = _deducting(gross, taken, fee)
            return Fit(
                "charges",
                parts,
                discount=discount,
                fee=fee,
                asks=not money.allowance.settings.accept_stated_bank_charges,
            )
    return None


def _within_tolerance(gross: list[tuple[Item, int]], discounts: list[int], total: int, money: Money) -> Fit | None:
    """Rounding, else payment tolerance, against the gross or the discounted total, whichever is nearer."""
    choices = []
    for discount in dict.fromkeys((0, sum(discounts))):
        missing = total - discount - money.amount
        choices.append((abs(missing), discount, missing))
    distance, discount, missing = min(choices)
    allowance = money.allowance
    is_rounding = distance <= allowance.rounding
    if not is_rounding and distance > allowance.payment_tolerance(total):
        return None
    parts = _deducting(gross, discounts if discount else [0] * len(gross), missing)
    asks = not is_rounding and allowance.settings.payment_tolerance_warning
    kind = "rounding" if is_rounding else "tolerance"
    return Fit(kind, parts, discount=discount, tolerance=missing, asks=asks)


def _with_late_discount(gross: list[tuple[Item, int]], total: int, money: Money) -> Fit | None:
    if not money.allowance.settings.accept_discount_tolerance:
        return None
    late = [item.discount(money.on) or item.late_discount(money.on) for item, _ in gross]
    missing = total - money.amount
    if not missing or sum(late) != missing:
        return None
    fit = _discounted(gross, late, missing, "late discount")
    return Fit(fit.kind, fit.parts, discount=missing, asks=True)


def _within_match_tolerance(gross: list[tuple[Item, int]], total: int, money: Money) -> Fit | None:
    """A little too much: everything is settled and the rest stays on the account. Too little is a part payment."""
    over = money.amount - total
    if 0 < over <= money.allowance.match_tolerance(money.amount):
        return Fit("match tolerance", tuple(Part(item, amount) for item, amount in gross), unapplied=over)
    return None


def _deducting(gross: list[tuple[Item, int]], discounts: list[int], other: int) -> tuple[Part, ...]:
    """The parts with their discounts, and charges or tolerance on the largest one."""
    largest = max(range(len(gross)), key=lambda place: (gross[place][1], -place))
    return tuple(
        Part(item, amount, discounts[place] + (other if place == largest else 0))
        for place, (item, amount) in enumerate(gross)
    )


def by_due_date(items: Sequence[Item], money: int, left: Mapping[int, int]) -> tuple[Part, ...]:
    """The documents in order of their due dates, as far as the money reaches; the last one perhaps in part."""
    parts = []
    for item in sorted(items, key=lambda item: (item.due, item.number)):
        gross = min(left.get(id(item), item.remaining), money)
        if gross > 0:
            parts.append(Part(item, gross))
            money -= gross
    return tuple(parts)
