"""How payers misspell document numbers, at known rates."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from random import Random


def spell(random: Random, number: str, others: Container[str]) -> str:
    """The number as a payer may write it; six of ten write it exactly.

    A slip that makes another document's number of it is not made: from such a line nobody could tell what was meant.
    """
    habit = random.choice(
        ("exact",) * 12 + ("separators", "zeros", "prefix", "glued", "blank", "look-alike", "slip", "padded")
    )
    written = _HABITS[habit](random, number)
    return number if re.sub(r"[^0-9A-Z]", "", written) in others else written


def _separators(random: Random, number: str) -> str:
    return re.sub(r"[-/]", lambda _: random.choice((" ", "/", "-", ".")), number)


def _zeros(random: Random, number: str) -> str:
    del random
    return re.sub(r"(?<!\d)0+(?=\d)", "", number)


def _prefix(random: Random, number: str) -> str:
    del random
    return re.sub(r"^[A-Z]+[-/]?", "", number)


def _glued(random: Random, number: str) -> str:
    return random.choice(("RE", "INV", "FV", "Rg")) + number if number[0].isdigit() else number


def _blank(random: Random, number: str) -> str:
    place = random.randrange(1, len(number))
    return number[:place] + " " + number[place:]


def _look_alike(random: Random, number: str) -> str:
    old, new = random.choice((("0", "O"), ("1", "I"), ("5", "S"), ("8", "B")))
    return number.replace(old, new)


def _slip(random: Random, number: str) -> str:
    """One digit wrong, missing, doubled, or two swapped."""
    places = [place for place, char in enumerate(number) if char.isdigit()]
    place = random.choice(places[1:] or places)
    before, digit, after = number[:place], number[place], number[place + 1 :]
    match random.randrange(4):
        case 0:
            return before + random.choice("0123456789".replace(digit, "")) + after
        case 1:
            return before + after
        case 2:
            return before + digit + digit + after
        case _:
            return before[:-1] + digit + before[-1:] + after


_HABITS: dict[str, Callable[[Random, str], str]] = {
    "exact": lambda random, number: number,  # noqa: ARG005 - habits are alike
    "separators": _separators,
    "zeros": _zeros,
    "prefix": _prefix,
    "glued": _glued,
    "blank": _blank,
    "look-alike": _look_alike,
    "slip": _slip,
    "padded": lambda random, number: "0000" + number if number.isdigit() else number,  # noqa: ARG005 - habits are alike
}
