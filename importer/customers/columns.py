"""The header of the file → which column is which property, and which one names the customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from importer.master import CustomerField, Fields, MasterFile, is_blank
from importer.model import Problem

KEYS = ("id", "number")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its place, counted from 0, and the property it holds."""

    place: int
    field: CustomerField


def columns_of(file: MasterFile, fields: Fields) -> tuple[Column, ...]:
    """The columns that hold properties, in the order of the file; `header_problems` says what is wrong with the others."""
    return tuple(Column(place, fields[name]) for place, name in enumerate(file.header) if name in fields)


def header_problems(file: MasterFile, fields: Fields, api: str) -> tuple[Problem, ...]:
    """Why the file cannot be used as a whole; all reasons at once."""
    texts = (*_strangers(file, fields, api), *_doubled(file), *_without_key(file), *_nameless(file))
    return tuple(Problem(rule, message, file.name, file.header_row, column) for rule, column, message in texts)


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant; "" when none is near. A property may stand in an object or beside the others."""
    known = list(names)
    by_end = {each.rpartition(".")[2].casefold(): each for each in known}
    end = name.rpartition(".")[2].casefold()
    if end in by_end:
        return by_end[end]
    whole = get_close_matches(name.casefold(), [each.casefold() for each in known], n=1, cutoff=0.5)
    if whole:
        return next(each for each in known if each.casefold() == whole[0])
    ends = get_close_matches(end, by_end, n=1, cutoff=0.5)
    return by_end[ends[0]] if ends else ""


def _strangers(file: MasterFile, fields: Fields, api: str) -> Iterable[tuple[str, str, str]]:
    for name in file.header:
        if name and name not in fields:
            near = nearest(name, fields)
            hint = f'did you mean "{near}"?' if near else f"there are {', '.join(fields)}."
            yield (
                "known_property",
                name,
                f"customers of API {api} have no such property; {hint} Rename or remove the column",
            )


def _doubled(file: MasterFile) -> Iterable[tuple[str, str, str]]:
    for name, times in Counter(filter(None, file.header)).items():
        if times > 1:
            yield "one_column_per_property", name, f"{times} columns have this name; keep one of them"


def _without_key(file: MasterFile) -> Iterable[tuple[str, str, str]]:
    if not set(KEYS) & set(file.header):
        yield "key_column", "", 'no column names the customer; add a column "number" (or "id")'
    elif set(file.header) <= {*KEYS, ""}:
        yield "key_column", "", "there is no column beside the key, so nothing can change; add properties such as city"


def _nameless(file: MasterFile) -> Iterable[tuple[str, str, str]]:
    for place in range(len(file.header)):
        if not file.header[place] and (row := _first_filled(file, place)):
            yield "column_has_name", "", f"column {place + 1} has no name but row {row} a value; name it or empty it"


def _first_filled(file: MasterFile, place: int) -> int:
    return next((row.number for row in file.rows if len(row.cells) > place and not is_blank(row.cells[place])), 0)


def named(columns: Sequence[Column], name: str) -> Column | None:
    """The column of a property; None when the file has none."""
    return next((column for column in columns if column.field.name == name), None)
