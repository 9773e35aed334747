"""The parts of a mapping that say how a file becomes rows: its kind, encoding, table, and what stands outside the table."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from importer.mapping.columns import ColumnText, Pattern, Strict, Texts
from importer.mapping.headers import plain_row


class Kind(StrEnum):
    """What a file really is, whatever its name says."""

    CSV = "csv"
    EXCEL = "excel"
    HTML = "html"


class FileRules(Strict):
    """How the bytes become rows. A BOM always wins over `encodings`, which are tried in order, strictly."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = (Kind.CSV,)
    encodings: Texts = ("utf-8",)
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(max_length=1)] = '"'
    blank_before_quote: bool = False
    stray_quotes: bool = False
    escape: Annotated[str, Field(max_length=1)] = ""
    sheet: str = ""

    def __hash__(self) -> int:
        return self.content_hash

    @cached_property
    def content_hash(self) -> int:
        """The hash, reckoned once: what is read of a file is kept by these rules, and many mappings ask for it."""
        return hash(tuple(getattr(self, name) for name in type(self).model_fields))

    @field_validator("encodings")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                "".encode(name)
            except LookupError as error:
                raise ValueError(f'"{name}" is not an encoding; examples are utf-8, windows-1252, utf-16-le') from error
        return names


@cache
def one_for_all(rules: FileRules) -> FileRules:
    """The same object for equal rules, so that comparing them costs nothing."""
    return rules


class Label(Strict):
    """Something the file says outside its table: the cell after `label`, or the first group of `pattern` in a row.

    The cells of a row are joined by tabs before the pattern is tried. `file_name` is a pattern for the name of the file.
    """

    label: str | None = None
    pattern: Pattern | None = None
    file_name: Pattern | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if [self.label, self.pattern, self.file_name].count(None) != 2:
            raise ValueError("give one of label, pattern and file_name")
        return self


class Outside(Strict):
    """What stands before or after the table."""

    account: Label | None = None
    currency: Label | None = None
    opening: Label | None = None
    closing: Label | None = None
    ends_on: Label | None = None
    number: Label | None = None


class RowLength(StrEnum):
    """What to do with rows of another length than the header's."""

    EXACT = "exact"  # refuse the file
    LENIENT = (
        "lenient"  # cells missing at the end are blank, blank ones too many are ignored; but all records are alike
    )
    RAGGED = "ragged"  # records too may lack cells at their end
    JOINED = "joined"  # as RAGGED, and filled ones too many belong to the last text column


class Footer(StrEnum):
    """How the table ends."""

    NONE = "none"  # with the file
    UNDATED = "undated"  # rows at the end that have no date
    BLANK_ROW = "blank_row"  # the first blank row
    PATTERN = "pattern"  # the first row that matches `end`


class Table(Strict):
    """Where the bookings stand. Without `header` the columns are addressed by position and `width` is given.

    `header` lists all header cells in order; `other_headers` the same layout in other languages or versions.
    A header over two rows is written as one, the two cells joined by a blank. `only_when_named`: so little is known of the
    file that files of other banks look the same; it is read only for somebody who names the mapping. `common_header`: many
    banks use these words, so what was assumed is told. `tables_below`: others stand below the end that hold no bookings, or
    the same ones. `pending_below`: the rows below the end are not booked yet.
    """

    header: tuple[ColumnText, ...] = ()
    other_headers: tuple[tuple[ColumnText, ...], ...] = ()
    header_rows: Annotated[int, Field(ge=1, le=3)] = 1
    more_columns: bool = False
    width: tuple[int, ...] | int = ()
    skip: Annotated[int, Field(ge=0)] = 0
    start: Pattern | None = None
    end: Pattern | None = None
    footer: Footer = Footer.NONE
    tables_below: bool = False
    pending_below: bool = False
    rows: RowLength = RowLength.EXACT
    only_when_named: bool = False
    common_header: bool = False

    @property
    def headers(self) -> tuple[tuple[ColumnText, ...], ...]:
        """All spellings of the header; () for a table without one."""
        return (self.header, *self.other_headers) if self.header else ()

    @cached_property
    def literal_headers(self) -> tuple[tuple[str, ...], ...]:
        """Comparable forms of the headers that are plain words."""
        if self.header_rows > 1 or self.more_columns:
            return ()
        literal = (columns for columns in self.headers if all(column.name is not None for column in columns))
        return tuple(plain_row([column.name or "" for column in columns]) for columns in literal)

    @property
    def is_literal(self) -> bool:
        """True when all headers are plain words."""
        return len(self.literal_headers) == len(self.headers)

    @property
    def widths(self) -> tuple[int, ...]:
        """The numbers of columns a table without a header may have."""
        return (self.width,) if isinstance(self.width, int) else self.width
