"""A cell that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

# Blanks that banks use beside the plain one.
SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000\t"), " ")
# The full-width forms of ! to ~, digits among them, and the plain ones.
FULL_WIDTH = {0xFF01 + place: chr(ord("!") + place) for place in range(94)}


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell cannot be read: the rule and a sentence with what was wanted."""

    rule: str
    message: str
