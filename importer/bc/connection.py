"""What the client must be told about one company: plain values, and the seams to the world (clock, waiting, transport)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from importer.bc.auth import Auth
from importer.bc.limits import Patience, Share
from importer.cache_ports import Cache
from importer.ports import Now, Sleep

if TYPE_CHECKING:
    import httpx  # only its name: the configuration is read without loading an HTTP library


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _wait(seconds: float) -> None:
    time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds (reliability.md §9.3).

    `answer_s` is how long the server may stay silent, `whole_s` how long an answer may take altogether: a server that
    drips a byte a second is never silent. An answer to a question that brings less than `slowest` bytes a second, over
    `drip_s` from its first byte on, is given up. `largest` is the size of an unpacked answer in bytes, `most_rows` that of
    a collection over all its pages.
    """

    connect_s: float = 10.0
    send_s: float = 60.0
    answer_s: float = 180.0
    slot_s: float = 30.0
    whole_s: float = 600.0
    drip_s: float = 15.0
    slowest: int = 1000
    largest: int = 64 * 1024 * 1024
    most_rows: int = 3_000_000


@dataclass(frozen=True, slots=True)
class Connection:
    """One company of one service and how to reach it.

    `base_url` is everything before the companies, `company` a name or an id, `journal` the code of the customer payment
    journal, `currency` the company's local currency. `journals` spells the journals' entity set where a server differs
    from its flavour. Companies of one principal are given the same `share`. `cache` remembers
    customers and documents between runs; without one everything is read each time. `transport` replaces the network in tests.
    """

    flavour: str
    base_url: str
    company: str
    journal: str
    currency: str
    auth: Auth
    journals: str = ""
    page_size: int = 20_000
    timeouts: Timeouts = field(default_factory=Timeouts)
    patience: Patience = field(default_factory=Patience)
    share: Share = field(default_factory=Share)
    cache: Cache | None = None
    transport: httpx.BaseTransport | None = None
    now: Now = _utc_now
    sleep: Sleep = _wait
    chance: Callable[[], float] = random.random
