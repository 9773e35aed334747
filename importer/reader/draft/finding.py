"""The draft while it is made: a value for each key of the mapping, why, and whether the file proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from importer.mapping.toml_text import CONFIRM

BOOKED = "are these the words of bookings? A row with any other is an error"


@dataclass(frozen=True, slots=True)
class Finding:
    """A value as it will stand in the mapping, and the remark behind it; `is_proven` is False for what a person confirms."""

    value: object
    why: str = ""
    is_proven: bool = True

    @property
    def remark(self) -> str:
        """The remark with its mark."""
        return self.why if self.is_proven else f"{CONFIRM} {self.why}"


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A rule about rows: `kind` is "leave_out" or "keep_only"; `column` is counted from 0; `bookings` are the other words."""

    kind: str
    column: int
    test: str
    value: object
    because: str
    why: str
    bookings: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """Findings by key, such as "amounts.model"; columns are lists of places counted from 0.

    `patterns` stand for headers that hold a currency, by place; `notes` are told below the mapping.
    `decimals` is how many decimals amounts have at most.
    """

    header: tuple[str, ...] = ()
    patterns: dict[int, str] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    rows: list[RowFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    decimals: int = 0

    def prove(self, key: str, value: object, why: str = "") -> None:
        """Write down what the file shows."""
        self.findings[key] = Finding(value, why)

    def guess(self, key: str, value: object, why: str) -> None:
        """Write down what a person has to confirm."""
        self.findings[key] = Finding(value, why, is_proven=False)

    def doubt(self, key: str, why: str) -> None:
        """Take back that a value is proven."""
        self.findings[key] = Finding(self.findings[key].value, why, is_proven=False)

    def value(self, key: str) -> object:
        """The value that is written for a key, None for one that is not."""
        return self.findings[key].value if key in self.findings else None

    def column(self, name: str) -> int | None:
        """The place of a mapped column, None when it is not mapped."""
        return next(iter(self.columns(name)), None)

    def columns(self, *names: str) -> list[int]:
        """The places of these columns, of those that are mapped."""
        found = (self.findings.get(f"columns.{name}") for name in names)
        return [
            place for each in found if each is not None and isinstance(each.value, Sequence) for place in each.value
        ]
