"""What a file says about itself must hold: one account, every running balance (opening and closing: opening_closing.py).

A violation refuses the file: it shows that something is wrong, not which line.
Source: reliability.md §3.3 and §10.2 (B51-B54), formats.md §4 (16).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.mapping.schema import Order, Running
from importer.model import BankLine, Problem, UnreadRow
from importer.money import Money, decimals_of
from importer.reader.balance_columns import refuse_contradicted_amounts
from importer.reader.balances import doubts, refuse_damaged_row
from importer.reader.overview import Overview

_MANY_EQUALS = 1000
_PIECE = 10_000  # lines looked at together
_LETTERS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


@dataclass(frozen=True)
class Reading:
    """The lines and unread rows of a file with the balances that it states."""

    file: str
    mapping: Mapping
    overview: Overview
    unread: tuple[UnreadRow, ...] = ()
    left_out: frozenset[int] = frozenset()
    opening: Money | None = None
    closing: Money | None = None

    @property
    def lines(self) -> Sequence[BankLine]:
        """The lines, in the order of the file."""
        return self.overview.lines

    @cached_property
    def by_account(self) -> Sequence[Overview]:
        """The lines of each account and currency."""
        if len(self.overview.accounts) == len(self.overview.currencies) == 1:
            return [self.overview]
        groups: defaultdict[tuple[str, str], list[BankLine]] = defaultdict(list)
        for line in self.lines:
            groups[line.account, line.amount.currency].append(line)
        return list(map(Overview, groups.values()))


def one_account(reading: Reading, stated: str) -> str:
    """The account of the file; "" when it names none, or several and the mapping allows that.

    Raises:
        UnusableFile: lines of several accounts where the mapping knows only one.
    """
    accounts = list(filter(None, reading.overview.accounts))
    if len(accounts) <= 1:
        return accounts[0] if accounts else stated
    if reading.mapping.several_accounts:
        return ""
    first, other = accounts[:2]
    row = next(line.row for line in reading.lines if line.account == other)
    raise UnusableFile(
        f'{reading.file}, row {row}: account "{other}", but the lines before are of "{first}"; '
        "export the accounts one by one, or say several_accounts = true in the mapping"
    )


def check_balances(reading: Reading) -> None:
    """Nothing, where each running balance follows from the one before.

    Raises:
        UnusableFile: with the first row that does not follow.
    """
    if reading.mapping.running is Running.UNPROVEN:
        for lines in _with_balances(reading):
            refuse_contradicted_amounts(lines, _unknown(reading), reading.file)
            refuse_damaged_row(lines, _unknown(reading), reading.file)
        return
    for overview in reading.by_account:
        broken = first_break(overview, reading)
        if broken is not None:
            line, expected = broken
            raise UnusableFile(
                f"{reading.file}, row {line.row}: balance {line.balance}, but the rows before it lead to {expected}; "
                "rows are missing, doubled or changed, or the mapping's amounts.model or net_amount is wrong. "
                "Export the file again"
            )


def _with_balances(reading: Reading) -> Sequence[Sequence[BankLine]]:
    """The lines of each account whose balances are there and do not all follow."""
    has_balances = reading.mapping.columns.balance is not None
    return [overview.lines for overview in reading.by_account if not overview.all_follow] if has_balances else []


def first_break(overview: Overview, reading: Reading) -> tuple[BankLine, Money] | None:
    """The first line whose balance does not follow, and the balance that would; None when all do.

    Banks turn the order of their exports around; the order that holds for the whole file is right.
    """
    if (reading.mapping.running is not Running.BEFORE and overview.all_follow) or any(sequences(overview, reading)):
        return None
    lines = overview.lines
    likely = lines[::-1] if is_newest_first(lines, reading.mapping.order) else lines
    return break_of(likely, _unread(reading), reading.mapping.running)


def sequences(overview: Overview, reading: Reading) -> Iterator[Sequence[BankLine]]:
    """The lines, oldest first, in each order in which the balances run; the likely one first.

    Some banks write the last day first, and the bookings of each day as they came, or the other way round.
    """
    lines, unread = overview.lines, _unread(reading)
    ways = [lines[::-1], lines] if is_newest_first(lines, reading.mapping.order) else [lines, lines[::-1]]
    if overview.is_ordered:
        ways += [sorted(way, key=lambda line: line.booked_on) for way in ways]
    yield from (way for way in ways if break_of(way, unread, reading.mapping.running) is None)


def _unread(reading: Reading) -> frozenset[int]:
    return frozenset(row.row for row in reading.unread)


def is_newest_first(lines: Sequence[BankLine], order: Order) -> bool:
    """The direction of the file: what its dates say, and where they say nothing, what the mapping says."""
    if not lines or lines[0].booked_on == lines[-1].booked_on:
        return order is Order.NEWEST_FIRST
    return lines[0].booked_on > lines[-1].booked_on


def break_of(lines: Sequence[BankLine], unread: Collection[int], running: Running) -> tuple[BankLine, Money] | None:
    """The first of lines in this order, oldest first, whose balance does not follow, and the balance that would.

    Args:
        unread: rows that may be part of the balance after them.
    """
    before: Money | None = None
    last_row = 0
    for line in lines:
        if unread and last_row and any(row in unread for row in _between(last_row, line.row)):
            before = None
        last_row = line.row
        if line.balance is None:
            before = before + line.amount if before is not None else None
            continue
        after = line.balance + line.amount if running is Running.BEFORE else line.balance
        if before is not None and not _is_reached(before + line.amount, after, running):
            return line, before if running is Running.BEFORE else before + line.amount
        before = after
    return None


def _is_reached(expected: Money, stated: Money, running: Running) -> bool:
    off = abs(expected.amount - stated.amount)
    return not off or (running is Running.ROUNDED and off <= Decimal(1).scaleb(-decimals_of(stated.currency)))


def _between(one: int, other: int) -> range:
    return range(min(one, other) + 1, max(one, other))


def observations(reading: Reading) -> list[Problem]:
    """What is odd but not wrong: mistyped IBANs, very many equal lines, dates that go up and down, balances in doubt."""
    found = []
    if wrong := _mistyped(reading.lines):
        named = ", ".join(wrong[:3])
        found.append(
            Problem(
                "IBAN-1",
                f"{len(wrong)} counterparty accounts look like IBANs but their check digits are wrong",
                reading.file,
                value=named,
            )
        )
    if most := _most_equal(reading.lines):
        found.append(Problem("ROW-EQUAL", f"{most:,} lines are equal; is the file right?", reading.file))
    if reading.mapping.order is not Order.ANY and not reading.overview.is_ordered:
        found.append(
            Problem("ORDER-1", f"the dates go up and down, the mapping says {reading.mapping.order}", reading.file)
        )
    if reading.mapping.running is Running.UNPROVEN:
        found += [
            doubt for lines in _with_balances(reading) for doubt in doubts(lines, _unknown(reading), reading.file)
        ]
    elif reading.lines and not any(line.balance for line in reading.lines):
        advice = "export the file with balances, or take `running` out of the mapping"
        message = f"no row has a balance, so nothing proves the amounts; {advice}"
        found.append(Problem("BAL-3", message, reading.file))
    return found


def _unknown(reading: Reading) -> frozenset[int]:
    """The rows that count for nothing, although they may be part of the balance after them."""
    return reading.left_out | {row.row for row in reading.unread}


def _most_equal(lines: Sequence[BankLine]) -> int:
    # Few files repeat a text often, and that is seen at once: counting whole lines would cost more than reading them.
    pieces = (lines[start : start + _PIECE] for start in range(0, len(lines), _PIECE))
    if sum(len(piece) - len({line.text for line in piece}) + 1 for piece in pieces) < _MANY_EQUALS:
        return 0
    texts = Counter([line.text for line in lines])
    suspects = (line for line in lines if texts[line.text] >= _MANY_EQUALS)
    counts = Counter((line.text, line.booked_on, line.amount, line.iban) for line in suspects).values()
    most = max(counts, default=0)
    return most if most >= _MANY_EQUALS else 0


def _mistyped(lines: Sequence[BankLine]) -> list[str]:
    # Piece by piece: a set of all accounts of a large file would take as much memory as a tenth of its lines.
    wrong: set[str] = set()
    seen: set[str] = set()
    for start in range(0, len(lines), _PIECE):
        new = {line.iban for line in lines[start : start + _PIECE]} - seen
        wrong.update(filter(_is_mistyped, new))
        seen = new if len(seen) > _PIECE else seen | new
    return sorted(wrong)


def _is_mistyped(iban: str) -> bool:
    country, check, rest = iban[:2], iban[2:4], iban[4:]
    if " " in rest:
        return _is_mistyped(iban.replace(" ", ""))
    if not (11 <= len(rest) <= 30 and check.isdigit() and iban.isascii() and (digits := _country_digits(country))):
        return False
    if not rest.isdigit():
        if not rest.isalnum():
            return False
        rest = rest.upper().translate(_LETTERS)
    return int(rest + digits + check) % 97 != 1


@cache
def _country_digits(country: str) -> str:
    """The digits that stand for a country's letters in the check; "" for what is none."""
    return country.upper().translate(_LETTERS) if country.isalpha() and country.isascii() and len(country) == 2 else ""
