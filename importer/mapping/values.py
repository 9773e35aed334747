"""The parts of a mapping that say how dates and numbers are written."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from importer.cells import LANGUAGES, SERIALS, Grouping, NumberFormat, Sign, contradict, date_pattern
from importer.mapping.columns import Strict, Texts

PROVEN = "proven"
# What may stand between thousands beside either decimal mark; blanks of every kind are blanks (cells/wrong.py).
THOUSANDS = {",": (".", " ", "'", "’"), ".": (",", " ", "'", "’")}


class Dates(Strict):
    """How dates are written; see cells.DateFormat."""

    formats: Annotated[Texts, Field(min_length=1)]
    value_formats: Texts = ()
    stated_formats: Texts = ()
    language: str = "en"
    pivot: int = 70

    @field_validator("formats", "value_formats")
    @classmethod
    def _readable(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for text in formats:
            pattern = date_pattern(text)
            if text not in SERIALS and not {"d"} < set(pattern.groupindex):
                raise ValueError(f'"{text}" has no day or no month; they are written %d and %m, the year %Y or %y')
        if both := contradict(formats):
            raise ValueError(f'"{both[0]}" and "{both[1]}" read the same text as different days; only one can be right')
        return formats

    @field_validator("language")
    @classmethod
    def _spoken(cls, language: str) -> str:
        if language not in LANGUAGES:
            raise ValueError(f'there are no month names for "{language}"; there are {", ".join(LANGUAGES)}')
        return language


class Numbers(Strict):
    """How numbers are written; see cells.NumberFormat.

    `decimal` is the mark, or "proven": the numbers of the file have to show it (reader/proof.py), with `THOUSANDS` beside it.
    `all_decimals`: the bank writes them also of whole amounts (20,00). `implied_decimals`: how many of the digits are decimals
    although no mark says so (2000 = 20.00).
    """

    decimal: Annotated[str, Field(pattern=rf"^([.,]|{PROVEN})$")]
    thousands: Texts = ()
    grouping: Grouping = Grouping.THREES
    signs: frozenset[Sign] = frozenset()
    symbols: dict[str, str] = Field(default_factory=dict)
    blanks: Texts = ()
    decimals: Annotated[int, Field(ge=0, le=18)] | None = None
    all_decimals: bool = False
    implied_decimals: Annotated[int, Field(ge=0, le=4)] = 0

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal in self.thousands:
            raise ValueError(f'"{self.decimal}" cannot be both the decimal and a thousands mark')
        if self.is_proven and self.thousands:
            raise ValueError(f'thousands marks cannot be declared beside decimal = "{PROVEN}"; the file shows them too')
        if self.implied_decimals and (self.is_proven or self.decimals or self.all_decimals):
            raise ValueError(
                "where decimals are implied no number has a decimal mark: none can be proven, or written always"
            )
        return self

    @property
    def is_proven(self) -> bool:
        """True when each file has to prove its decimal mark."""
        return self.decimal == PROVEN

    def declaring(self, decimal: str) -> Numbers:
        """The same with the decimal mark that a file has proven, and the thousands marks that may stand beside it."""
        return self.model_copy(update={"decimal": decimal, "thousands": THOUSANDS[decimal]})

    def format(self) -> NumberFormat:
        """Ready to parse.

        Raises:
            ValueError: the decimal mark is not declared.
        """
        if self.is_proven:
            raise ValueError("a file has to prove the decimal mark before its numbers can be read")
        return NumberFormat(
            self.decimal,
            self.thousands,
            self.grouping,
            self.signs,
            self.symbols,
            frozenset(self.blanks),
            self.decimals,
            self.implied_decimals,
        )
