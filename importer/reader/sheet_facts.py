"""What the values of a sheet do not show."""

from __future__ import annotations

from dataclasses import dataclass, field

# Row, counted from 1, and column, counted from 0.
Place = tuple[int, int]


@dataclass(slots=True)
class SheetFacts:
    """What was noted of one sheet."""

    hidden_rows: int = 0
    last_row: int = 0
    last_column: int = 26
    formulas: bool = False
    unplaced: bool = False  # a cell in error or without a value does not say which one it is
    in_error: set[Place] = field(default_factory=set)
    without_value: set[Place] = field(default_factory=set)
