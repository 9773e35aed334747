"""What remembering Business Central's books asks of the world, beside ports.py: a place that keeps rows as they were read.

What is kept there may be thrown away at any time; then everything is read anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Kept:
    """One collection as it was read; `rows` are JSON texts by id.

    `since` is the server's time from which changes are to be asked for, None where they cannot be asked for; `full_at` is
    when all of it was last read, or when asking for changes was given up.
    """

    since: datetime | None
    full_at: datetime
    rows: Mapping[str, str]


class Cache(Protocol):
    """Keeps collections by place: one company at one address in one dialect. Never raises: it may forget instead."""

    def recall(self, place: str, collection: str) -> Kept | None:
        """What is kept of a collection."""

    def replace(self, place: str, collection: str, kept: Kept) -> None:
        """Keep this instead of what there was."""

    def update(
        self, place: str, collection: str, *, since: datetime, changed: Mapping[str, str], gone: Collection[str]
    ) -> None:
        """Keep these rows beside the others, let go of those that are gone, and ask for changes from that time on."""

    def forget(self, place: str) -> None:
        """Let go of everything of a place."""


class Remembering(Protocol):
    """Books of which a part may come from memory."""

    def is_outdated(self, customers: Collection[str]) -> bool:
        """Read these customers anew where the last snapshot took them from memory; True when one is not as it said.

        Then everything is forgotten, and the next snapshot reads it all.
        """

    def forget(self) -> None:
        """Let the next snapshot read everything."""
