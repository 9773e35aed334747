"""What the sandbox remembers of the requests it got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ServedPart:
    """One part of a batch and its answer; `code` is the error code, "" for a success."""

    method: str
    path: str
    status: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """One request and its answer. `query` is the raw query string, `intent` the Data-Access-Intent header."""

    at: datetime
    method: str
    path: str
    query: str
    status: int
    code: str = ""
    intent: str = ""
    parts: tuple[ServedPart, ...] = ()

    @property
    def is_write(self) -> bool:
        """True for every request that could change something; a batch of reads alone cannot."""
        if self.parts:
            return any(part.method not in {"GET", "HEAD"} for part in self.parts)
        return self.method not in {"GET", "HEAD"}
