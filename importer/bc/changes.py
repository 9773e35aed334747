"""Reading only what changed since the last time, so that the result is what reading everything would have given.

    kept rows ─▶ + those with a newer lastModifiedDateTime ─▶ + all open documents ─▶ rows

What is not proven is not relied on (business-central-api.md §3.4): the remaining amount of an invoice is that of its ledger
entry, so every open document is read each time, and one that was open and is no more is looked up. A deleted record has no
time at all; so once a week everything is read. A server that does not filter, or filters wrongly, is noticed by the rows it
sends, and then everything is read too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from importer.bc.json_text import Json, Unreadable, parse, render
from importer.bc.reading import QueryRefused, Question, Reading
from importer.bc.records import Row, enum, key, moment
from importer.bc.wire import ids_in
from importer.cache_ports import Cache, Kept
from importer.model import DocumentStatus

MODIFIED = "lastModifiedDateTime"
# A change has the time at which it began and is seen when it has ended; clocks of servers differ; a replica lags.
OVERLAP = timedelta(hours=1)
# The companies of a fleet began on one night; they need not all read everything on the same one again.
FULL_AFTER = timedelta(days=6)
_SPREAD_H = 48
# As many ids as make a URL of less than 2,000 characters.
_IDS_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Remembered:
    """A collection that is kept between runs: which rows, and which properties of them, dotted for nested ones.

    `open_only` narrows it to rows that may change without a newer time; "" where there are none.
    """

    name: str
    question: Question
    properties: tuple[str, ...]
    open_only: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a collection, by id; `anew` says that all of them were read just now."""

    rows: Mapping[str, Row]
    anew: bool


class Doubtful(Exception):
    """What the server sent does not fit what it was asked for."""


class Changes:
    """Reads the collections of one place as far as needed.

    Args:
        place: what the cache calls the company, its address and dialect; hexadecimal.
        server_now: the server's time; None where it does not say it.
        page: how many rows the server is asked for at once.
    """

    def __init__(
        self, reading: Reading, cache: Cache, *, place: str, server_now: Callable[[], datetime | None], page: int
    ) -> None:
        self._reading = reading
        self._cache = cache
        self._place = place
        self._server_now = server_now
        self._page = page

    def rows(self, collection: Remembered) -> Found:
        """Every row of the collection, with the properties that are kept of it.

        Raises:
            ImporterError: as `Reading.all`; half a collection is never given.
        """
        began = self._server_now()
        if began is None:
            return Found(self._slim(collection, self._reading.rows(collection.question)), anew=True)
        kept = self._cache.recall(self._place, collection.name)
        if kept is None or self._is_old(kept, began):
            return self._everything(collection, began)
        if kept.since is None:
            return Found(self._slim(collection, self._reading.rows(collection.question)), anew=True)
        try:
            return self._changed(collection, kept, kept.since, began)
        except (QueryRefused, Doubtful):
            rows = self._slim(collection, self._reading.rows(collection.question))
            # Asking for changes costs more than it saves here; in a week it is tried again.
            self._cache.replace(self._place, collection.name, Kept(None, began, {}))
            return Found(rows, anew=True)
        except Unreadable:
            return self._everything(collection, began)

    def forget(self) -> None:
        """Let the next reading be of everything."""
        self._cache.forget(self._place)

    def _is_old(self, kept: Kept, began: datetime) -> bool:
        turned_back = kept.since is not None and began < kept.since
        spread = timedelta(hours=int(self._place[:4], 16) % _SPREAD_H)
        return turned_back or began >= kept.full_at + FULL_AFTER + spread

    def _everything(self, collection: Remembered, began: datetime) -> Found:
        rows = self._slim(collection, self._reading.rows(collection.question))
        timed = all(moment(row, MODIFIED) for row in rows.values())
        kept = Kept(began - OVERLAP, began, _texts(rows)) if timed else Kept(None, began, {})
        self._cache.replace(self._place, collection.name, kept)
        return Found(rows, anew=True)

    def _changed(self, collection: Remembered, kept: Kept, since: datetime, began: datetime) -> Found:
        """What is kept, brought up to date.

        Raises:
            QueryRefused: this server cannot be asked so. Doubtful: it answers something else. Unreadable: the kept rows.
        """
        since = since.replace(microsecond=0)
        news = self._asked(collection, f"{MODIFIED} ge {since:%Y-%m-%dT%H:%M:%SZ}")
        if any((at := moment(row, MODIFIED)) is None or at < since for row in news.values()):
            raise Doubtful
        rows = {**{name: _row(text) for name, text in kept.rows.items()}, **news}
        gone: set[str] = set()
        if collection.open_only:
            is_open = self._asked(collection, collection.open_only)
            left = [name for name, row in rows.items() if _is_open(row) and name not in is_open]
            if left and ceil(len(left) / _IDS_AT_ONCE) >= ceil(len(rows) / self._page):
                return self._everything(collection, began)
            closed = self._looked_up(collection, left)
            gone = set(left) - closed.keys()
            news |= {**is_open, **closed}
            rows = {name: row for name, row in (rows | news).items() if name not in gone}
        changed = {
            name: text for name, text in _texts(news).items() if kept.rows.get(name) != text and name not in gone
        }
        self._cache.update(self._place, collection.name, since=began - OVERLAP, changed=changed, gone=gone)
        return Found(rows, anew=False)

    def _looked_up(self, collection: Remembered, ids: Sequence[str]) -> dict[str, Row]:
        """The rows with these ids that were open and are no more."""
        found: dict[str, Row] = {}
        for start in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[start : start + _IDS_AT_ONCE]
            answered = self._asked(collection, ids_in(some))
            found |= {name: answered[name] for name in some if name in answered}
        if any(_is_open(row) for row in found.values()):
            # It is open after all: the server left it out when asked for the open ones.
            raise Doubtful
        return found

    def _asked(self, collection: Remembered, where: str) -> dict[str, Row]:
        return self._slim(collection, self._reading.exact_rows(replace(collection.question, where=where)))

    def _slim(self, collection: Remembered, rows: Sequence[Row]) -> dict[str, Row]:
        made = self._reading.made(collection.question, rows, lambda row: (key(row), _kept(row, collection.properties)))
        return dict(made)


def _kept(row: Row, properties: Collection[str]) -> Row:
    kept: dict[str, Json] = {}
    for name in properties:
        outer, _, inner = name.partition(".")
        value = row.get(outer)
        if inner and isinstance(value, dict):
            kept[outer] = {inner: value.get(inner)}
        elif not inner and outer in row:
            kept[outer] = value
    return kept


def _is_open(row: Row) -> bool:
    return enum(row, "status") == DocumentStatus.OPEN


def _texts(rows: Mapping[str, Row]) -> dict[str, str]:
    return {name: render(row) for name, row in rows.items()}


def _row(text: str) -> Row:
    row = parse(text.encode())
    if not isinstance(row, dict):
        raise Unreadable("it is no object")
    return row
