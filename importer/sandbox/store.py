"""The running books: tables with a primary key, transactions that can be taken back, and a replica that lags behind."""

from __future__ import annotations

import uuid
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, Protocol, TypeVar

from importer.sandbox.papers import Document, Entry, Journal, Line, Series
from importer.sandbox.refusals import Refusal
from importer.sandbox.rows import ZERO, Account, BankAccount, Code, Company, Customer, Key, Row

R = TypeVar("R", bound=Row)
Action = Literal["create", "patch", "delete", "post"]
Actor = Literal["api", "person", "server"]
_IDS = uuid.UUID("5f0c6f6e-27d4-4a55-9a55-0d2f3c7f9b11")


def made_id(*parts: str) -> str:
    """A GUID that is always the same for the same parts, so that two sandboxes over the same books agree."""
    return str(uuid.uuid5(_IDS, "\x1f".join(parts)))


@dataclass(frozen=True, slots=True)
class Executed:
    """One row that really changed: created (no `before`), changed, or deleted (no `after`); `number` counts them."""

    number: int
    at: datetime
    action: Action
    by: Actor
    before: Row | None
    after: Row | None


class Change(Protocol):
    """A recorded change of one row of some table."""

    executed: Executed

    def undo(self) -> None:
        """Put the state before it back."""

    def replay(self) -> None:
        """Do it in the replica's table too."""


class _Swap(Generic[R]):
    def __init__(self, table: Table[R], before: R | None, after: R | None, executed: Executed) -> None:
        self._table, self._before, self._after = table, before, after
        self.executed = executed

    def undo(self) -> None:
        self._table.swap(self._after, self._before)

    def replay(self) -> None:
        if self._table.twin is not None:
            self._table.twin.swap(self._before, self._after)


class Table(Generic[R]):
    """The rows of one kind, by id and by primary key, in the order of the key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, R] = {}
        self._ids: dict[Key, str] = {}
        self._order: dict[str, list[tuple[str, int]]] = {}
        self.twin: Table[R] | None = None

    def get(self, row_id: str) -> R | None:
        """The row with that id."""
        return self._rows.get(row_id)

    def find(self, group: str, text: str = "", number: int = 0) -> R | None:
        """The row with that primary key."""
        row_id = self._ids.get((group, text, number))
        return None if row_id is None else self._rows[row_id]

    def scan(self, group: str, after: tuple[str, int] | None = None) -> Iterator[R]:
        """The rows of a group in the order of their key; those behind `after` only."""
        order = self._order.get(group, [])
        start = 0 if after is None else bisect_right(order, after)
        for text, number in order[start:]:
            yield self._rows[self._ids[group, text, number]]

    def groups(self, prefix: str) -> list[str]:
        """The groups whose names begin so."""
        return [group for group in self._order if group.startswith(prefix)]

    def last(self, group: str) -> R | None:
        """The row with the highest key of a group."""
        order = self._order.get(group)
        return self.find(group, *order[-1]) if order else None

    def next_above(self, group: str, place: tuple[str, int]) -> R | None:
        """The row with the next higher key."""
        order = self._order.get(group, [])
        at = bisect_right(order, place)
        return self.find(group, *order[at]) if at < len(order) else None

    def put(self, row: R) -> R:
        """Add the row, or replace the one with its id; it gets the time and a new version.

        Raises:
            Refusal: Internal_EntityWithSameKeyExists when another row has its primary key.
        """
        taken = self._ids.get(row.key)
        if taken is not None and taken != row.id:
            raise self._store.same_key(row)
        stamped = replace(row, modified_at=self._store.now(), version=self._store.next_version())
        self._change(self._rows.get(row.id), stamped)
        return stamped

    def put_unnoticed(self, row: R) -> R:
        """Replace the row with its id, although for the row itself nothing changed: its time and version stay."""
        self._change(self._rows[row.id], row)
        return row

    def remove(self, row: R) -> None:
        """Delete the row."""
        self._change(self._rows[row.id], None)

    def load(self, rows: list[R]) -> None:
        """Fill the table without recording it."""
        for row in rows:
            self._enter(row)

    def follow(self, other: Table[R]) -> None:
        """Become the replica of another table: the same rows now, its changes when they are replayed."""
        other.twin = self
        self.load(list(other._rows.values()))

    def swap(self, before: R | None, after: R | None) -> None:
        """Exchange one state of a row for another, without asking or recording."""
        if before is not None:
            self._leave(before)
        if after is not None:
            self._enter(after)

    def _change(self, before: R | None, after: R | None) -> None:
        self.swap(before, after)
        self._store.record(_Swap(self, before, after, self._store.executed(before, after)))

    def _enter(self, row: R) -> None:
        group, text, number = row.key
        self._rows[row.id] = row
        self._ids[row.key] = row.id
        insort(self._order.setdefault(group, []), (text, number))

    def _leave(self, row: R) -> None:
        group, text, number = row.key
        order = self._order[group]
        del order[bisect_left(order, (text, number))]
        del self._ids[row.key]
        del self._rows[row.id]


class Lines(Table[Line]):
    """Journal lines, with what every journal is out of balance by."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._balance: dict[str, Decimal] = {}

    def balance(self, journal_id: str) -> Decimal:
        """The sum over lines without a balancing account."""
        return self._balance.get(journal_id, ZERO)

    def _enter(self, row: Line) -> None:
        super()._enter(row)
        self._balance[row.journal_id] = self.balance(row.journal_id) + row.unbalanced

    def _leave(self, row: Line) -> None:
        super()._leave(row)
        self._balance[row.journal_id] = self.balance(row.journal_id) - row.unbalanced


class Store:
    """All tables. Changes are recorded until `commit` keeps them or `undo` takes them back."""

    def __init__(self, now: Callable[[], datetime], same_key_status: int) -> None:
        # Business Central keeps milliseconds; finer ones would make "changed since" see a row twice.
        self._clock = now
        self._same_key_status = same_key_status
        self._version = 0
        self._made = 0
        self._numbered = 0
        self._pending: list[Change] = []
        self.action: Action = "create"
        self.actor: Actor = "api"
        self.companies = Table[Company](self)
        self.codes = Table[Code](self)
        self.accounts = Table[Account](self)
        self.bank_accounts = Table[BankAccount](self)
        self.customers = Table[Customer](self)
        self.documents = Table[Document](self)
        self.series = Table[Series](self)
        self.journals = Table[Journal](self)
        self.lines = Lines(self)
        self.entries = Table[Entry](self)

    def replica(self) -> Store:
        """A second store with the same rows, that follows this one when changes are replayed."""
        other = Store(self._clock, self._same_key_status)
        other.companies.follow(self.companies)
        other.codes.follow(self.codes)
        other.accounts.follow(self.accounts)
        other.bank_accounts.follow(self.bank_accounts)
        other.customers.follow(self.customers)
        other.documents.follow(self.documents)
        other.series.follow(self.series)
        other.journals.follow(self.journals)
        other.lines.follow(self.lines)
        other.entries.follow(self.entries)
        return other

    def now(self) -> datetime:
        """The time of a change."""
        moment = self._clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def new_id(self) -> str:
        """A GUID that no row has."""
        self._made += 1
        return made_id("row", str(self._made))

    def next_version(self) -> int:
        """A number that no change had."""
        self._version += 1
        return self._version

    def executed(self, before: Row | None, after: Row | None) -> Executed:
        """The record of a change that is happening now."""
        self._numbered += 1
        return Executed(self._numbered, self.now(), self.action, self.actor, before, after)

    def record(self, change: Change) -> None:
        """Keep a change until it is committed or undone."""
        self._pending.append(change)

    def mark(self) -> int:
        """A point to which `undo` can go back."""
        return len(self._pending)

    def undo(self, mark: int) -> None:
        """Take back everything since the mark, latest first."""
        while len(self._pending) > mark:
            self._pending.pop().undo()

    def commit(self) -> list[Change]:
        """Make everything pending permanent; returns it in order."""
        done, self._pending = self._pending, []
        return done

    def same_key(self, row: Row) -> Refusal:
        """The refusal of a second row with one primary key."""
        _, text, number = row.key
        message = f"The record in table {type(row).__name__} already exists. Identification fields and values: {text or number}"
        return Refusal(self._same_key_status, "Internal_EntityWithSameKeyExists", message)
