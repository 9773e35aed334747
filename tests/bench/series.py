"""Number series of invented ledgers: plain, prefixed, by year, by month, by branch, short, suffixed, padded, mixed."""

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
    """Two series of one company: independent, or colliding by year, letters, length or zeros."""
    start = random.randrange(1, 9000)
    first = series_of(random, start)
    second: dict[int, Callable[[int], str]] = {
        1: lambda n: "S" + "".join(filter(str.isdigit, first.number(n))),
        2: lambda n: "18" + "".join(filter(str.isdigit, first.number(n))),
        3: lambda n: first.number(n) + "-G",
        4: lambda n: "0" + "".join(filter(str.isdigit, first.number(n))),
    }
    kind = random.randrange(9)
    if kind == 0:
        return first, series_of(random, random.randrange(1, 9000))
    if kind in second:
        return first, Series(f"colliding {kind}", second[kind])
    if kind == 5:
        return _of_letters("RE-2025", start), _of_letters("RE-2026", start)
    if kind == 6:
        return _of_letters("HH", start), _of_letters("HB", start)
    return first, first


def _of_letters(beginning: str, start: int) -> Series:
    return Series(beginning, lambda n: f"{beginning}-{10000 + start + n}")


def series_of(random: Random, start: int) -> Series:
    """One of many kinds of series, beginning at an invented number."""
    kinds = {**_plain(random, start), **_formatted(random, start)}
    name = random.choice(sorted(kinds))
    return Series(name, kinds[name])


def _plain(random: Random, start: int) -> dict[str, Callable[[int], str]]:
    year = random.choice((2024, 2025, 2026))
    first = random.randrange(1, 9)
    return {
        "plain six digits": lambda n: str(first * 100000 + start + n),
        "plain eight digits": lambda n: str(first * 10_000_000 + start * 100 + n),
        "ten digits, constant beginning": lambda n: f"{1800000000 + start + n}",
        "fourteen digits": lambda n: f"{first}000{year}{1000000 + start + n}"[:15],
        "short": lambda n: str(1000 + start % 8000 + n),
        "five digits": lambda n: str(10000 + start * 3 + n),
        "padded": lambda n: f"{start + n:08d}",
        "year in front": lambda n: f"{year}{start % 5000 + n:05d}",
        "two digits of the year in front": lambda n: f"{year % 100}{start % 5000 + n:06d}",
    }


def _formatted(random: Random, start: int) -> dict[str, Callable[[int], str]]:
    year = random.choice((2024, 2025, 2026))
    letters = random.choice(("RE", "INV", "FV", "F", "SI", "AR", "FA", "VF", "R", "CRON", "FT", "SF"))
    branch = random.randrange(10, 99)
    return {
        "prefixed": lambda n: f"{letters}{100000 + start + n}",
        "prefixed with hyphen": lambda n: f"{letters}-{100000 + start + n}",
        "prefixed with blank": lambda n: f"{letters} {100000 + start + n}",
        "year and padded number": lambda n: f"{letters}-{year}-{start % 500 + n:05d}",
        "year, month and number": lambda n: f"{letters}-{year % 100}-{1 + n % 12:02d}-{start % 500 + n:04d}",
        "number and year": lambda n: f"{letters}/{1000 + start + n}/{year}",
        "year and number with slash": lambda n: f"{year}/{start % 3000 + n:04d}",
        "number and short year": lambda n: f"{5000 + start + n}/{year % 100}",
        "dots": lambda n: f"{letters}.{year}.{start + n:06d}",
        "branch": lambda n: f"{branch}-{10000 + start + n}",
        "branch behind": lambda n: f"{100000 + start + n}-{branch % 10:02d}",
        "letters in the middle": lambda n: f"{year % 100}{letters}{start + n:05d}",
        "suffixed": lambda n: f"{200000 + start + n}-{'ABC'[n % 3]}",
    }
