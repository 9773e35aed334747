"""How payers write several numbers: one after another, with endings only, or as a range."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.bench.phrases import AND, RANGE


def written_together(random: Random, numbers: Sequence[str], language: str) -> str:
    """The numbers in one of these ways; endings and ranges only where they say the same."""
    rising = sorted(numbers)
    ways = [random.choice(AND[language]).join(numbers)] * 3
    if len(rising) > 1 and _differ_in_last_digit(rising):
        ways.append("/".join([rising[0], *(number[-1] for number in rising[1:])]))
        if _follow(rising):
            ways += [f"{rising[0]}{random.choice(RANGE[language])}{rising[-1]}", f"{rising[0]}-{rising[-1][-2:]}"]
    return random.choice(ways)


def _differ_in_last_digit(numbers: Sequence[str]) -> bool:
    return all(number[:-1] == numbers[0][:-1] and number[-1].isdigit() for number in numbers)


def _follow(numbers: Sequence[str]) -> bool:
    ends = [int(number[-1]) for number in numbers]
    return len(numbers) > 2 and ends == list(range(ends[0], ends[0] + len(ends)))
