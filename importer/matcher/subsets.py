"""Which of some open items add up to an amount, in whole minor units, and whether the answer is the only one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import gcd

MOST_ITEMS = 25
_MOST_ACCIDENTS = 0.01
_MOST_STEPS = 200_000
_FEW, _MOST_BITS = 14, 50_000_000


def only_subset(amounts: Sequence[int], wanted: int) -> tuple[int, ...] | None:
    """The positions of the only subset that adds up to `wanted`; None when there is none, a second, or too much to search."""
    found = few_subsets(amounts, wanted)
    return found[0] if found is not None and len(found) == 1 else None


def few_subsets(amounts: Sequence[int], wanted: int) -> tuple[tuple[int, ...], ...] | None:
    """At most two subsets that add up to `wanted`, as positions; None when there is too much to search.

    Positive amounts only. Depth first over falling amounts, cut where the rest cannot reach; stops at the second solution.
    """
    if not amounts or wanted <= 0:
        return ()
    if len(amounts) > MOST_ITEMS or min(amounts) <= 0:
        return None
    order = sorted(range(len(amounts)), key=lambda place: (-amounts[place], place))
    left = [0] * (len(order) + 1)
    for place in range(len(order) - 1, -1, -1):
        left[place] = left[place + 1] + amounts[order[place]]
    solutions: list[tuple[int, ...]] = []
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, wanted, ())]
    for _ in range(_MOST_STEPS):
        if not stack or len(solutions) == 2:
            return tuple(tuple(sorted(chosen)) for chosen in solutions)
        place, missing, chosen = stack.pop()
        if missing == 0:
            solutions.append(chosen)
        elif place < len(order) and left[place] >= missing:
            stack.append((place + 1, missing, chosen))
            if amounts[order[place]] <= missing:
                stack.append((place + 1, missing - amounts[order[place]], (*chosen, order[place])))
    return None


def is_accidental(amounts: Sequence[int], wanted: int, chosen: int) -> bool:
    """Whether some subset of at most `chosen` items would be expected to hit an amount like this by chance.

    Estimate: subsets searched divided by the sums they can have, in steps of the greatest common divisor (matching.md §10.3).
    """
    step = max(1, reduce(gcd, amounts, wanted))
    reachable = [amount for amount in amounts if amount <= wanted]
    searched, row = 0, 1
    for size in range(1, chosen + 1):
        row = row * (len(reachable) - size + 1) // size
        searched += row
    sums = max(1, min(sum(reachable), 2 * wanted) // step)
    return searched / sums > _MOST_ACCIDENTS


def reaches(amounts: Sequence[int], wanted: int) -> bool:
    """Whether any subset adds up to `wanted`; True also when there is too much to search, so that nobody relies on a no."""
    positive = [amount for amount in amounts if 0 < amount <= wanted]
    if len(positive) != len([amount for amount in amounts if amount <= wanted]) or len(positive) > 4 * MOST_ITEMS:
        return True
    if sum(positive) < wanted:
        return False
    if len(positive) <= _FEW:
        half = len(positive) // 2
        first, second = _sums(positive[:half]), _sums(positive[half:])
        return any(wanted - amount in second for amount in first)
    if wanted > _MOST_BITS:
        return True
    sums, limit = 1, (1 << (wanted + 1)) - 1
    for amount in positive:
        sums |= (sums << amount) & limit
    return bool(sums >> wanted & 1)


def _sums(amounts: Sequence[int]) -> set[int]:
    sums = {0}
    for amount in amounts:
        sums |= {amount + other for other in sums}
    return sums
