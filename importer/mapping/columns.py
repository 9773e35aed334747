"""How a mapping addresses a column: by name, alias, pattern, n-th of a name, place from either end, or a run of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from importer.mapping.headers import plain_header, same_header


class Strict(BaseModel):
    """Base of everything in a mapping: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def pattern_text(text: str) -> str:
    """A regular expression as it stands in a mapping.

    Raises:
        ValueError: when it is not one.
    """
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f'"{text}" is not a regular expression: {error}') from error
    return text


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str | dict) else value


Pattern = Annotated[str, BeforeValidator(lambda value: pattern_text(value) if isinstance(value, str) else value)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Column(Strict):
    """One column, or a run of columns. Exactly one of `name`, `any_of`, `pattern`, `position`, `first_filled` is given.

    `position` counts from 1, -1 is the last; with `to` it is a run of columns. `nth` picks among columns of one name.
    `first_filled` takes, row by row, the first of its columns that is not blank.
    """

    name: str | None = None
    any_of: Texts = ()
    pattern: Pattern | None = None
    position: int | None = None
    to: int | None = None
    first_filled: Annotated[tuple[ColumnText, ...], BeforeValidator(_listed)] = ()
    nth: int = 1
    optional: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [self.name is not None, bool(self.any_of), self.pattern is not None, self.position is not None]
        if sum([*given, bool(self.first_filled)]) != 1:
            raise ValueError(
                "a column is addressed in exactly one way: name, any_of, pattern, position or first_filled"
            )
        if self.position == 0 or self.to == 0:
            raise ValueError("positions count from 1, or from -1 backwards")
        return self

    def __str__(self) -> str:
        if self.first_filled:
            return " or ".join(map(str, self.first_filled))
        if self.any_of:
            return " or ".join(self.any_of)
        return self.name or self.pattern or f"column {self.position}"

    def places(self, header: Sequence[str], width: int) -> tuple[int, ...]:
        """0-based indexes of the columns meant, () when there is none. `header` is the header as the file has it.

        For `first_filled` these are the alternatives, in order.
        """
        if self.first_filled:
            return tuple(place for column in self.first_filled for place in column.places(header, width))
        if self.position is not None:
            return self._run(width, len(header))
        found = self._named(header)
        return found[self.nth - 1 : self.nth]

    def _run(self, width: int, header_width: int) -> tuple[int, ...]:
        ends = (self.position or 1, self.to or self.position or 1)
        first, last = (_from_start(end, width) for end in ends)
        # Columns after the last named one are counted from the left only: how many there are differs from file to file.
        most = max(width, header_width) if min(ends) > 0 else width
        return tuple(range(max(first, 0), min(last, most - 1) + 1))

    def _named(self, header: Sequence[str]) -> tuple[int, ...]:
        if self.pattern is not None:
            search = re.compile(self.pattern, re.IGNORECASE).fullmatch
            return tuple(place for place, cell in enumerate(header) if search(" ".join(cell.split())))
        cells = list(map(plain_header, header))
        for name in self.any_of or (self.name or "",):
            plain = plain_header(name)
            if exact := tuple(place for place, cell in enumerate(cells) if cell == plain):
                return exact
            if alike := tuple(place for place, cell in enumerate(cells) if same_header(plain, cell)):
                return alike
        return ()


def _from_start(position: int, width: int) -> int:
    return position - 1 if position > 0 else width + position


def _column(value: object, checked: ValidatorFunctionWrapHandler) -> Column:
    """A column in one of its forms: a text is a name, a number a position."""
    if isinstance(value, str):
        return _named(value)
    column: Column = checked({"position": value} if isinstance(value, int) else value)
    return column


@cache
def _named(name: str) -> Column:
    # Hundreds of mappings name the same few thousand columns, and a column never changes.
    return Column(name=name)


def _columns(value: object) -> object:
    """One column or a list of columns."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


ColumnText = Annotated[Column, WrapValidator(_column)]
Columns = Annotated[tuple[ColumnText, ...], BeforeValidator(_columns)]
Column.model_rebuild()
