"""Which part of a date is the day and which the month: proven by a value above 12 anywhere in the file, else marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from importer.reader.draft.dates import DayColumn, Shape, day_formats, days_of

_ORDERS = {"dm": "day before month", "md": "month before day", "ym": "year first"}
_DATE_LIKE = re.compile(r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?!\d)")
_FEW_DAYS = 400  # a statement that is read rightly rarely covers more

_FIRST_YEAR = 2010  # of the files that two digits in front of a date may be of


@dataclass(frozen=True, slots=True)
class Settled:
    """The formats of each column, and why they are the right ones; `rival` is another reading that nothing excludes."""

    formats: Mapping[int, tuple[str, ...]]
    why: str
    rival: str = ""


def settle(columns: Mapping[int, DayColumn], names: Mapping[int, str], around: Iterable[str]) -> Settled:
    """The formats of all date columns of one file; `around` are the texts above and below its table."""
    unclear = [(place, shape) for place, column in columns.items() for shape in column.shapes if _is_open(shape)]
    order, why, rival = _decided(unclear, _proofs(columns, names, around))
    formats = {
        place: tuple(dict.fromkeys(_chosen(shape, order) for shape in column.shapes))
        for place, column in columns.items()
    }
    return Settled(formats, why, rival)


def order_of(form: str) -> str:
    """What comes first in a format of digits: "dm", "md" or "ym"; "" where a name or a long year tells."""
    parts = re.findall(r"%([dmYyb])", form)
    if "b" in parts or parts[:1] == ["Y"] or "月" in form:
        return ""
    return "".join(parts[:2])


def _is_open(shape: Shape) -> bool:
    return len(shape.formats) > 1


def _chosen(shape: Shape, order: str) -> str:
    return next((form for form in shape.formats if order_of(form) == order), shape.formats[0])


def _proofs(columns: Mapping[int, DayColumn], names: Mapping[int, str], around: Iterable[str]) -> dict[str, str]:
    """Orders that some text of the file shows, each with that text."""
    proofs: dict[str, str] = {}
    for place, column in columns.items():
        for shape in column.shapes:
            order = order_of(shape.formats[0])
            if not _is_open(shape) and order:
                cell = next((cell for cell in shape.cells if len(day_formats(cell)) == 1), shape.cells[0])
                proofs.setdefault(order, f'"{cell}" in column {names[place]}')
    for text in around:
        for found in _DATE_LIKE.findall(text):
            forms = day_formats(found)
            if len(forms) == 1 and order_of(forms[0]):
                proofs.setdefault(order_of(forms[0]), f'"{found}" outside the table')
    return proofs


def _decided(unclear: list[tuple[int, Shape]], proofs: Mapping[str, str]) -> tuple[str, str, str]:
    """The order, why, and what else it may be."""
    if not unclear:
        order, proof = next(iter(proofs.items()), ("", ""))
        return order, f"{proof} shows {_ORDERS.get(order, '')}" if proof and order != "dm" else "", ""
    common = [
        order
        for order in ("dm", "md", "ym")
        if all(any(order_of(form) == order for form in shape.formats) for _, shape in unclear)
    ]
    shown = [order for order in common if order in proofs]
    if len(shown) == 1:
        return shown[0], f"{proofs[shown[0]]} shows {_ORDERS[shown[0]]}", ""
    spans = {order: _span(order, unclear) for order in common}
    common = [order for order in common if order != "ym" or _is_recent(unclear)] or common
    best = min(common, key=lambda order: (_is_odd(order, unclear), spans[order], common.index(order)), default="dm")
    rivals = [
        order
        for order in common
        if order != best
        and not _is_odd(order, unclear)
        and ("ym" not in (order, best) or spans[order] <= max(_FEW_DAYS, 2 * spans[best]))
    ]
    return best, "", _rival_text(best, rivals, unclear)


def _is_odd(order: str, unclear: list[tuple[int, Shape]]) -> bool:
    """Month first is not written with points anywhere."""
    return order == "md" and any("." in form for _, shape in unclear for form in shape.formats)


def _is_recent(unclear: list[tuple[int, Shape]]) -> bool:
    """True when two digits in front may be a year of our time: with the year in front most days of a month would be years."""
    days = [day for _, shape in unclear for day in days_of(_chosen(shape, "ym"), shape.cells) or []]
    return all(_FIRST_YEAR <= day.year < _FIRST_YEAR + 40 for day in days)


def _span(order: str, unclear: list[tuple[int, Shape]]) -> int:
    """How many days lie between the first and the last date when they are read in this order."""
    spans = []
    for _, shape in unclear:
        days = days_of(_chosen(shape, order), shape.cells) or []
        spans.append((max(days) - min(days)).days if days else 0)
    return max(spans, default=0)


def _rival_text(best: str, rivals: list[str], unclear: list[tuple[int, Shape]]) -> str:
    if not rivals:
        return ""
    _, shape = unclear[0]
    cell = shape.cells[0]
    readings = [f"{days[0]:%d %B %Y}" for order in (best, *rivals) if (days := days_of(_chosen(shape, order), [cell]))]
    return f'no date of the file has a value above 12; "{cell}" may be {" or ".join(dict.fromkeys(readings))}'
