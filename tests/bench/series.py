"""Number series of invented ledgers: plain, prefixed, by year, by branch, short, suffixed, padded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Series:
    """How a company numbers its documents: the n-th document's number."""

    name: str
    number: Callable[[int], str]


def two_series_of(random: Random) -> tuple[Series, Series]:
    """Two series of one company: independent, or colliding, with the same running numbers in another year or with letters."""
    start = random.randrange(1, 9000)
    first = series_of(random, start)
    kind = random.randrange(4)
    if kind == 0:
        return first, series_of(random, random.randrange(1, 9000))
    if kind == 1:
        return Series("2025", lambda n: f"RE-2025-{start + n:05d}"), Series(
            "2026", lambda n: f"RE-2026-{start + n:05d}"
        )
    if kind == 2:
        return first, Series("same digits with letters", lambda n: "S" + "".join(filter(str.isdigit, first.number(n))))
    return first, first


def series_of(random: Random, start: int) -> Series:
    """One of many kinds of series, beginning at an invented number."""
    year = random.choice((2024, 2025, 2026))
    letters = random.choice(("RE", "INV", "FV", "F", "SI", "AR", "FA", "VF", "R"))
    branch = random.randrange(10, 99)
    first = random.randrange(1, 9)
    kinds: dict[str, Callable[[int], str]] = {
        "plain six digits": lambda n: str(first * 100000 + start + n),
        "plain eight digits": lambda n: str(first * 10_000_000 + start * 100 + n),
        "ten digits, constant beginning": lambda n: f"{1800000000 + start + n}",
        "prefixed": lambda n: f"{letters}{100000 + start + n}",
        "prefixed with hyphen": lambda n: f"{letters}-{100000 + start + n}",
        "year and padded number": lambda n: f"{letters}-{year}-{start % 500 + n:05d}",
        "number and year": lambda n: f"{letters}/{1000 + start + n}/{year}",
        "branch": lambda n: f"{branch}-{10000 + start + n}",
        "short": lambda n: str(1000 + start % 8000 + n),
        "padded": lambda n: f"{start + n:08d}",
        "year in front": lambda n: f"{year}{start % 5000 + n:05d}",
        "suffixed": lambda n: f"{200000 + start + n}-{'ABC'[n % 3]}",
    }
    name = random.choice(sorted(kinds))
    return Series(name, kinds[name])
