"""Intents and patches in the ledger: every step is checked against the row as it stands, then written with its audit entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, Update, and_, bindparam, insert, select, update

from importer.errors import LedgerError
from importer.ledger.audit import add_entry
from importer.ledger.rows import (
    BLANK_DOCUMENT_NUMBER,
    Row,
    new_intent_row,
    patch_row,
    place_row,
    read_intent,
    read_patch,
    step_row,
)
from importer.ledger.tables import attempt, intent, patch
from importer.states import (
    DONE,
    IN_JOURNAL,
    UNSETTLED,
    Intent,
    Move,
    PatchIntent,
    PatchMove,
    PatchState,
    State,
    Ticks,
    moved,
    patch_moved,
)

_MANY = 500
_ENDING = ("outcome", "reason", "ended_at")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """Where a transaction writes: the connection, the company, who acts, in which epoch and when."""

    connection: Connection
    company_id: str
    run: str
    epoch: int
    at: datetime
    ticks: Ticks | None = None

    def note(self, event: str, body: Sequence[object]) -> None:
        """Append to the audit trail."""
        add_entry(self.connection, self.company_id, at=self.at, run=self.run, event=event, body=body)


def in_states(
    connection: Connection, company_id: str, journal_id: str, states: Collection[State]
) -> tuple[Intent, ...]:
    """The intents of a journal in these states, by line number."""
    wanted = (intent.c.company_id == company_id, intent.c.journal_id == journal_id, intent.c.state.in_(sorted(states)))
    return _read(connection, and_(*wanted))


def of_run(connection: Connection, run: str) -> tuple[Intent, ...]:
    """The intents that a run planned, by line number."""
    return _read(connection, intent.c.run == run)


def of_keys(connection: Connection, company_id: str, keys: Collection[str]) -> tuple[Intent, ...]:
    """The intents of these bank lines."""
    here = intent.c.company_id == company_id
    return tuple(one for some in in_pieces(keys) for one in _read(connection, and_(here, intent.c.key.in_(some))))


def newest(connection: Connection, company_id: str, journal_id: str) -> Intent | None:
    """The intent last seen in the journal, or seen to be gone from it."""
    states = intent.c.state.in_(sorted(IN_JOURNAL | {State.GONE}))
    here = and_(
        intent.c.company_id == company_id, intent.c.journal_id == journal_id, states, intent.c.stored.is_not(None)
    )
    query = select(intent).where(here).order_by(intent.c.changed_at.desc(), intent.c.line_number.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return read_intent(row) if row else None


def unnumbered(connection: Connection, company_id: str, journal_id: str) -> tuple[Intent, ...]:
    """The intents that stand in the journal without a document number."""
    here = and_(intent.c.company_id == company_id, intent.c.journal_id == journal_id)
    blank = intent.c.stored.contains(BLANK_DOCUMENT_NUMBER, autoescape=True)
    return _read(connection, and_(here, intent.c.state.in_(sorted(IN_JOURNAL)), blank))


def unfinished(connection: Connection, company_id: str) -> tuple[Intent, ...]:
    """Intents with unknown outcome, and planned ones of bank lines that were sent in part."""
    here = intent.c.company_id == company_id
    sent = select(intent.c.key).where(here, intent.c.state.in_(sorted(DONE | UNSETTLED)))
    planned = and_(intent.c.state == State.PLANNED.value, intent.c.key.in_(sent))
    return _read(connection, and_(here, intent.c.state.in_(sorted(UNSETTLED | {State.DELETING})) | planned))


def record(page: Page, moves: Sequence[Move]) -> tuple[Intent, ...]:
    """Carry out steps of intents.

    Raises:
        LedgerError: an intent is not in the state, or not at the attempt, that its step begins from.
    """
    after = tuple(moved(move, page.at, page.ticks) for move in moves)
    found = _found(page.connection, page.company_id, {move.intent.key for move in moves})
    for move in moves:
        stands = found.get((move.intent.key, move.intent.part))
        if stands != (move.intent.state, move.intent.attempt):
            raise LedgerError(
                f"The ledger has line {move.intent.payment.line_number} as {stands}, this run as "
                f"{(move.intent.state.value, move.intent.attempt)}. Another run has changed it; nothing more is sent."
            )
    for names, rows in _steps(page, moves, after).items():
        page.connection.execute(_update(intent, names), rows)
    _record_attempts(page, moves, after)
    page.note("move", [_line_of_audit(move) for move in moves])
    return after


def bring(page: Page, intents: Sequence[Intent]) -> tuple[Intent, ...]:
    """Put intents into another journal, under the line numbers that they have now."""
    for one in intents:
        here = (intent.c.company_id == one.company_id, intent.c.key == one.key, intent.c.part == one.part)
        page.connection.execute(update(intent).where(*here).values(place_row(one)))
    page.note("bring", [[one.key, one.part, one.journal_id, one.payment.line_number] for one in intents])
    return tuple(intents)


def add(page: Page, intents: Iterable[Intent], event: str) -> tuple[Intent, ...]:
    """Insert new intents."""
    added = tuple(intents)
    if added:
        rows = [new_intent_row(new, page.epoch, new.payment.posting_date) for new in added]
        page.connection.execute(insert(intent), rows)
        page.note(event, [[new.key, new.part, new.state.value, new.payment.line_number] for new in added])
    return added


def patches_where(connection: Connection, condition: ColumnElement[bool]) -> tuple[PatchIntent, ...]:
    """The patches that fulfil a condition, by run and number."""
    rows = connection.execute(select(patch).where(condition).order_by(patch.c.run, patch.c.number)).mappings()
    return tuple(read_patch(row) for row in rows)


def patches_in_states(
    connection: Connection, company_id: str, journal_id: str, states: Collection[PatchState]
) -> tuple[PatchIntent, ...]:
    """The patches of a journal in these states."""
    here = and_(patch.c.company_id == company_id, patch.c.journal_id == journal_id)
    return patches_where(connection, and_(here, patch.c.state.in_(sorted(states))))


def record_patches(page: Page, moves: Sequence[PatchMove]) -> tuple[PatchIntent, ...]:
    """Carry out steps of patches."""
    after = tuple(patch_moved(move) for move in moves)
    for move, now in zip(moves, after, strict=True):
        before = move.intent
        row = patch_row(now, page.at)
        here = and_(patch.c.run == before.run, patch.c.number == before.number, patch.c.state == before.state.value)
        if page.connection.execute(update(patch).where(here).values(row)).rowcount != 1:
            raise LedgerError(
                f"The change of line {before.patch.line_number} is no longer {before.state.value} in the ledger. "
                "Another run has changed it; nothing more is sent."
            )
    page.note("patch", [_change_of_audit(move) for move in moves])
    return after


def in_pieces(items: Collection[Item]) -> Iterator[list[Item]]:
    """The items in pieces that fit into one statement."""
    rest = list(items)
    for start in range(0, len(rest), _MANY):
        yield rest[start : start + _MANY]


def _read(connection: Connection, condition: ColumnElement[bool]) -> tuple[Intent, ...]:
    rows = connection.execute(select(intent).where(condition).order_by(intent.c.line_number)).mappings()
    return tuple(read_intent(row) for row in rows)


def _found(connection: Connection, company_id: str, keys: Collection[str]) -> dict[tuple[str, int], tuple[str, int]]:
    columns = select(intent.c.key, intent.c.part, intent.c.state, intent.c.attempt).where(
        intent.c.company_id == company_id
    )
    rows = [row for some in in_pieces(keys) for row in connection.execute(columns.where(intent.c.key.in_(some)))]
    return {(row.key, row.part): (row.state, row.attempt) for row in rows}


def _steps(page: Page, moves: Sequence[Move], after: Sequence[Intent]) -> Mapping[tuple[str, ...], list[Row]]:
    """The rows to update, with their place, by the columns that change."""
    found: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for move, now in zip(moves, after, strict=True):
        row = step_row(move, now, page.epoch)
        found[tuple(row)].append(row | {"at_company": now.company_id, "at_key": now.key, "at_part": now.part})
    return found


def _update(table: Table, names: Sequence[str]) -> Update:
    here = and_(
        table.c.company_id == bindparam("at_company"),
        table.c.key == bindparam("at_key"),
        table.c.part == bindparam("at_part"),
    )
    return update(table).where(here).values({name: bindparam(name) for name in names})


def _record_attempts(page: Page, moves: Sequence[Move], after: Sequence[Intent]) -> None:
    begun, ended = [], []
    for move, now in zip(moves, after, strict=True):
        place = {"company_id": now.company_id, "key": now.key, "part": now.part, "number": now.attempt}
        if now.attempt > move.intent.attempt:
            sent = {"sent_at": page.at.isoformat(), "run": page.run, "line_number": now.payment.line_number}
            begun.append(place | sent)
        elif move.intent.state is State.SENDING and now.state is not State.SENDING:
            outcome = {"outcome": now.state.value, "reason": now.reason, "ended_at": page.at.isoformat()}
            ended.append({f"at_{name}": value for name, value in place.items()} | outcome)
    if begun:
        page.connection.execute(insert(attempt), begun)
    if ended:
        here = [attempt.c[name] == bindparam(f"at_{name}") for name in ("company_id", "key", "part", "number")]
        change = update(attempt).where(*here, attempt.c.outcome.is_(None))
        page.connection.execute(change.values(**{name: bindparam(name) for name in _ENDING}), ended)


def _line_of_audit(move: Move) -> list[object]:
    intent_ = move.intent
    number = (move.payment or intent_.payment).line_number
    return [intent_.key, intent_.part, intent_.state.value, move.to.value, number, _shortened(move.reason)]


def _change_of_audit(move: PatchMove) -> list[object]:
    change = move.intent
    return [change.patch.line_number, change.state.value, move.to.value, _shortened(move.reason)]


def _shortened(reason: str) -> str:
    """A fingerprint of the reason: the trail is kept for ever, and a reason may quote a bank text (reliability.md §11.8)."""
    return sha256(reason.encode()).hexdigest()[:16] if reason else ""
