"""Opening and closing balance: what the file states outside its table must agree with the lines, and with their balances.

    both stated                    opening + sum = closing
    balances that run              the first line begins with the opening balance, the last one ends with the closing one
    an opening balance alone       the file ends before its closing balance, when the mapping knows where that stands

Source: reliability.md §10.2 (B52), formats.md §4 (16).
"""

from __future__ import annotations

from collections.abc import Sequence

from importer.errors import UnusableFile
from importer.mapping.schema import Running
from importer.model import BankLine
from importer.money import Money
from importer.reader.integrity import Reading, is_newest_first, sequences

_EXACT = {Running.BEFORE, Running.AFTER}
_ADVICE = "rows are missing, doubled or changed. Export the file again"


def check_total(reading: Reading) -> None:
    """Nothing, where opening balance and lines give the closing one, or one of them is not stated.

    Raises:
        UnusableFile: they do not, or the closing balance is not there.
    """
    opening, closing, labels = reading.opening, reading.closing, reading.mapping.outside
    if opening is None or reading.unread or len(reading.by_account) > 1:
        return
    if closing is None and labels.closing is not None:
        raise UnusableFile(
            f"{reading.file}: opening balance {opening}, but no closing balance where the mapping says; the file may be cut "
            "off. Export the file again"
        )
    total = opening + Money.sum((line.amount for line in reading.lines), opening.currency)
    if closing is not None and total != closing:
        raise UnusableFile(
            f"{reading.file}: opening balance {opening} and the lines give {total}, but the file says {closing}; {_ADVICE}"
        )


def agreed_balances(reading: Reading) -> tuple[Money | None, Money | None]:
    """Opening and closing balance: as stated, else from an exact running balance of a complete file.

    Raises:
        UnusableFile: what is stated is not what the running balances begin or end with.
    """
    stated, running = (reading.opening, reading.closing), reading.mapping.running
    if running not in _EXACT or reading.unread or len(reading.by_account) != 1:
        return stated
    if stated == (None, None) and reading.overview.all_follow:
        lines = reading.lines
        return _ends(lines[::-1] if is_newest_first(lines, reading.mapping.order) else lines, running) or stated
    found = [ends for way in sequences(reading.overview, reading) if (ends := _ends(way, running))]
    if stated == (None, None):
        return found[0] if found else stated
    if found and not any(_agree(stated, ends) for ends in found):
        opening, closing = found[0]
        raise UnusableFile(
            f"{reading.file}: the balances of the lines begin with {opening} and end with {closing}, but the file says "
            f"{_told(*stated)}; {_ADVICE}"
        )
    return stated


def _ends(lines: Sequence[BankLine], running: Running) -> tuple[Money, Money] | None:
    """What the running balance of lines begins and ends with, oldest first."""
    first, last = lines[0], lines[-1]
    if first.balance is None or last.balance is None:
        return None
    if running is Running.BEFORE:
        return first.balance, last.balance + last.amount
    return first.balance - first.amount, last.balance


def _agree(stated: tuple[Money | None, Money | None], ends: tuple[Money, Money]) -> bool:
    return all(one is None or one == end for one, end in zip(stated, ends, strict=True))


def _told(opening: Money | None, closing: Money | None) -> str:
    named = {"opening balance": opening, "closing balance": closing}
    return " and ".join(f"{name} {money}" for name, money in named.items() if money is not None)
