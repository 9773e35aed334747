"""A second, deliberately simple reading of bank files by published facts about their layouts, sharing no code with the reader.

The facts are columns by role, date formats, decimal mark and sign convention; rows without a date or an amount are no bookings.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

Facts = dict[str, Any]  # one entry of the collection of layouts, as its JSON has it
DATES = ("booking_date", "transaction_date", "value_date", "completed_date")


@dataclass(frozen=True)
class Booking:
    days: frozenset[date]
    amount: Decimal


FEES_ON_TOP = ("xx-paypal", "xx-revolut", "cz-airbank", "cz-raiffeisenbank")  # elsewhere a fee is part of the amount
AFTER_FEES = ("ch-twint",)  # and here the amount is what is left of the booking


def bookings(path: Path, facts: Facts) -> list[Booking]:
    """What the file says, in its order; `days` are all the dates of a row. A fee on top is a booking after its own."""
    rows = [(row, booking) for row in _rows(path, facts) if (booking := _booking(row, facts)) is not None]
    if not facts["id"].startswith((*FEES_ON_TOP, *AFTER_FEES)):
        return [booking for _, booking in rows]
    fees = [_number(row[facts["column_roles"].get("fee", [-1])[0]], facts) or Decimal(0) for row, _ in rows]
    sign = 1 if min(fees, default=Decimal(0)) < 0 else -1  # fees have a sign of their own, or none
    with_fees = [
        [_before(fee * sign, booking, facts), Booking(booking.days, fee * sign)]
        for (_, booking), fee in zip(rows, fees, strict=True)
    ]
    return [booking for pair in with_fees for booking in pair if booking.amount]


def _before(fee: Decimal, booking: Booking, facts: Facts) -> Booking:
    return Booking(booking.days, booking.amount - fee) if facts["id"].startswith(AFTER_FEES) else booking


def _rows(path: Path, facts: Facts) -> list[list[Any]]:
    content = path.read_bytes()
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        frame = pd.read_excel(path, header=None, dtype=object, engine="calamine")
        return [["" if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy().tolist()]
    quote = facts["quotechar"] or '"'
    text = io.StringIO(_text(content, facts), newline="")
    return list(csv.reader(text, delimiter=facts["delimiter"] or ",", quotechar=quote, skipinitialspace=True))


def _text(content: bytes, facts: Facts) -> str:
    stated = re.sub(r"\s.*", "", facts["encoding"] or "").split("/")[0]
    for encoding in ("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", stated, "cp1252"):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("latin-1")


def _booking(row: list[Any], facts: Facts) -> Booking | None:
    roles = facts["column_roles"]
    cells = {role: [row[place] for place in places if place < len(row)] for role, places in roles.items()}
    days = {day for role in DATES for cell in cells.get(role, []) if (day := _day(cell, facts)) is not None}
    amount = _amount(cells, facts)
    return Booking(frozenset(days), amount) if days and amount else None


def _amount(cells: dict[str, list[Any]], facts: Facts) -> Decimal | None:
    def first(role: str) -> Decimal | None:
        numbers = (_number(cell, facts) for cell in cells.get(role, []))
        return next((number for number in numbers if number is not None), None)

    match facts["sign_convention"]:
        case "debit_credit_columns" | "debit_credit_columns_signed":
            debit, credit = first("debit"), first("credit")
            return -abs(debit) if debit else credit and abs(credit)
        case "inverted_signed_amount":
            amount = first("amount")
            return amount and -amount
        case "amount_plus_indicator":
            amount, words = first("amount"), [str(cell).strip() for cell in cells.get("dc_indicator", [])]
            is_debit = bool(set(words) & set(_listed((facts["dc_values"] or {}).get("debit"))))
            return amount and (-abs(amount) if is_debit else abs(amount))
    return first("amount")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _day(cell: Any, facts: Facts) -> date | None:
    if isinstance(cell, datetime | date):
        return cell.date() if isinstance(cell, datetime) else cell
    text = str(cell).strip().strip("'")
    for form in facts["date_formats"] or []:
        plain = form.removeprefix("fr:").replace(" (text)", "").replace("%-", "%")
        try:
            return datetime.strptime(text, plain).date()  # noqa: DTZ007 - bookings have no zone
        except ValueError:
            continue
    return None


def _number(cell: Any, facts: Facts) -> Decimal | None:
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    text = re.sub(r'^="?(.*?)"?$', r"\1", str(cell).strip()).replace("\u2212", "-")
    digits = re.sub(r"[^0-9.,+-]", "", text)
    decimal, other = (",", ".") if facts["decimal"] == "," else (".", ",")
    plain = digits.replace(other, "").replace(decimal, ".")
    negative = text.startswith("(") or plain.endswith("-")
    try:
        number = Decimal(plain.rstrip("-"))
    except InvalidOperation:
        return None
    return -number if negative else number
