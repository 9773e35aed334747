"""What parts of a mapping say about one another: columns are in the header, words are on one side, row rules have a test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from importer.mapping.columns import Column
from importer.mapping.headers import plain_header
from importer.mapping.wording import nearest

if TYPE_CHECKING:
    from importer.mapping.schema import Mapping


def faults(mapping: Mapping) -> list[str]:
    """Everything that contradicts itself, as sentences."""
    return [*_column_faults(mapping), *_currency_faults(mapping), *_word_faults(mapping), *_rule_faults(mapping)]


def _column_faults(mapping: Mapping) -> Iterator[str]:
    if mapping.table.more_columns or not _headers(mapping):
        return
    named = [(f"columns.{name}", column) for name, columns in mapping.columns.named().items() for column in columns]
    for kind in ("leave_out", "keep_only"):
        named += [(f"{kind} (number {n})", rule.column) for n, rule in enumerate(getattr(mapping, kind), 1)]
    for key, column in named:
        if not column.optional and not any(_is_in(column, header) for header in _headers(mapping)):
            yield _missing(key, column, mapping)


def _headers(mapping: Mapping) -> Sequence[Sequence[Column] | int]:
    """The headers; for a table without one its widths."""
    return mapping.table.headers or mapping.table.widths


def _is_in(column: Column, header: Sequence[Column] | int) -> bool:
    if isinstance(header, int):
        return column.position is not None and -header <= column.position <= header
    if column.first_filled:
        return any(_is_in(each, header) for each in column.first_filled)
    if column.position is not None:
        # Unnamed columns at the end are counted from the left only, as the reader does.
        named = max((place for place, cell in enumerate(header, 1) if cell.name != ""), default=0)
        return -named <= column.position <= len(header)
    wanted = _names(column)
    return sum(not wanted.isdisjoint(_names(cell)) for cell in header) >= column.nth or _may_be_pattern(column, header)


@lru_cache(maxsize=1024)  # the cells of a header are compared with every column that a mapping names
def _names(column: Column) -> frozenset[str]:
    names = (*column.any_of, *([column.name] if column.name is not None else []))
    return frozenset(map(plain_header, names)) or frozenset({column.pattern or ""})


def _may_be_pattern(column: Column, header: Sequence[Column]) -> bool:
    """A pattern may describe a header that is written out, and the other way round."""
    return column.pattern is not None or any(cell.pattern is not None for cell in header)


def _missing(key: str, column: Column, mapping: Mapping) -> str:
    headers = mapping.table.headers
    if not headers:
        return f'"{key}": the table has no header, so columns are numbers from 1 to {max(mapping.table.widths)}, not "{column}"'
    if column.position is not None:
        return f'"{key}": table.header has no column {column.position}'
    cells = [str(cell) for header in headers for cell in header if str(cell)]
    if str(column) in cells:
        return f'"{key}": table.header has "{column}" {cells.count(str(column))} times, not {column.nth}'
    return f'"{key}": "{column}" is not in table.header{nearest(str(column), cells)}'


def _currency_faults(mapping: Mapping) -> Iterator[str]:
    named = mapping.columns.named()
    for name in ("amount", "debit", "credit") if mapping.columns.currency is not None else ():
        for column in named.get(name, ()):
            if "currency" in re.compile(column.pattern or "").groupindex:
                yield (
                    f'"columns.currency": the header of columns.{name} states its currency already, so '
                    f'"{mapping.columns.currency}" is that of another amount, such as the original one; leave it out'
                )
                return


def _word_faults(mapping: Mapping) -> Iterator[str]:
    sides = {
        name: {word.casefold() for word in getattr(mapping.amounts, name)} for name in ("debit", "credit", "neutral")
    }
    for one, other in (("debit", "credit"), ("debit", "neutral"), ("credit", "neutral")):
        if both := sorted(sides[one] & sides[other]):
            yield f'"{both[0]}" stands in amounts.{one} and in amounts.{other}; a word means one of them'


def _rule_faults(mapping: Mapping) -> Iterator[str]:
    for kind in ("leave_out", "keep_only"):
        for number, rule in enumerate(getattr(mapping, kind), 1):
            place = f'"{kind} (number {number})"'
            if not (rule.equals or rule.pattern or rule.blank or rule.bookings):
                yield f"{place} says nothing about its column; give equals, pattern or blank = true"
            if kind == "keep_only" and rule.bookings:
                yield f"{place} keeps only the rows it describes; bookings belongs to leave_out"
            if both := sorted({word.casefold() for word in rule.equals} & {word.casefold() for word in rule.bookings}):
                yield f'{place} has "{both[0]}" in equals and in bookings; a word means one of them'
