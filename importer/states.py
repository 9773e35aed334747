"""What becomes of a journal line that was planned: the states, which may follow which, and the intent that carries them.

        PLANNED ──committed, then sent──▶ SENDING ─▶ CREATED · REJECTED · PLANNED (nothing happened)
                                             │
              no sure answer, or the run died├──▶ UNKNOWN ─▶ CREATED · POSTED · SENDING (absent, and late enough)
              line number is taken           └──▶ HIDDEN  ─▶ CREATED (ours) · PLANNED (a foreign line: next number)
                                                             · POSTED · SENDING (it has left: the same number again)

        UNKNOWN · HIDDEN ─▶ DOUBTFUL (nothing that can be read says it) ─▶ CREATED · POSTED · SENDING, as a person says

        CREATED ─▶ EDITED · POSTED · GONE ─▶ DELETED          CREATED ─▶ DELETING ─▶ UNDONE

`MOVES` is the whole truth; the ledger refuses every other step. Nothing leads back from a line once created to PLANNED,
except that a person asks for it again after it was undone or deleted. Source: reliability.md §4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from importer.model import JournalLine
from importer.plan import LinePatch, Payment, Seen


class State(StrEnum):
    """What is known of one planned journal line."""

    PLANNED = "planned"  # never sent, or proven that nothing happened
    SENDING = "sending"  # committed before the request leaves; it may be on the wire
    UNKNOWN = "unknown"  # sent, and nobody knows whether it was carried out
    CREATED = "created"  # it stands, or stood, in the journal as sent
    MISMATCH = "mismatch"  # it stands in the journal, but never with the values that were sent
    REJECTED = "rejected"  # refused by Business Central for a reason of business
    HIDDEN = "hidden"  # its line number is taken, by a line that was not seen yet; no new number without seeing it
    DOUBTFUL = "doubtful"  # perhaps created and posted, and nothing that can be read says so; a person must
    EDITED = "edited"  # created, and somebody changed it since
    POSTED = "posted"  # found in the posted entries
    GONE = "gone"  # created, and no longer in the journal: posted or deleted
    DELETED = "deleted"  # created, then deleted by somebody
    DELETING = "deleting"  # undo: committed before the request leaves
    UNDONE = "undone"  # deleted by undo


DONE = frozenset(
    {
        State.CREATED,
        State.MISMATCH,
        State.EDITED,
        State.POSTED,
        State.GONE,
        State.DELETED,
        State.DELETING,
        State.UNDONE,
    }
)
UNSETTLED = frozenset({State.SENDING, State.UNKNOWN, State.HIDDEN, State.DOUBTFUL})
FOR_A_PERSON = frozenset({State.HIDDEN, State.DOUBTFUL})  # time alone settles nothing
IN_JOURNAL = frozenset({State.CREATED, State.MISMATCH, State.EDITED})
REPEATABLE = frozenset({State.UNDONE, State.DELETED})

# A line seen for the first time is as it was sent, or it is not; one known as sent can have been edited since.
_FOUND = frozenset({State.CREATED, State.MISMATCH, State.POSTED})
_SEEN_AGAIN = frozenset({State.CREATED, State.EDITED, State.POSTED})

MOVES: Mapping[State, frozenset[State]] = {
    State.PLANNED: _FOUND | {State.PLANNED, State.SENDING, State.DOUBTFUL},
    State.SENDING: _FOUND | {State.PLANNED, State.SENDING, State.UNKNOWN, State.REJECTED, State.HIDDEN},
    State.UNKNOWN: _FOUND | {State.SENDING, State.DOUBTFUL},
    State.REJECTED: _FOUND,
    State.HIDDEN: _FOUND | {State.PLANNED, State.SENDING, State.DOUBTFUL},
    State.DOUBTFUL: _FOUND | {State.SENDING},
    State.CREATED: _SEEN_AGAIN | {State.GONE, State.DELETING},
    State.MISMATCH: frozenset({State.MISMATCH, State.CREATED, State.POSTED, State.GONE}),
    State.EDITED: frozenset({State.EDITED, State.POSTED, State.GONE}),
    State.GONE: _SEEN_AGAIN | {State.DELETED},
    State.POSTED: frozenset(),
    State.DELETED: _SEEN_AGAIN | {State.PLANNED},
    State.DELETING: frozenset({State.CREATED, State.EDITED, State.POSTED, State.GONE, State.UNDONE}),
    State.UNDONE: frozenset({State.PLANNED}),
}


@dataclass(frozen=True, slots=True)
class Ticks:
    """A clock that nobody can set: the seconds since the machine was started, and which start that was."""

    boot: str
    seconds: float


def elapsed(since: tuple[datetime, Ticks | None], until: tuple[datetime, Ticks | None]) -> timedelta:
    """The time between two moments, each told by the wall clock and by the ticks of its machine.

    A wall clock is set forward and back; within one start of one machine the ticks decide (reliability.md §8, K48 and K49).
    """
    (at, ticks), (later, later_ticks) = since, until
    if ticks is not None and later_ticks is not None and ticks.boot == later_ticks.boot:
        return timedelta(seconds=later_ticks.seconds - ticks.seconds)
    return later - at


@dataclass(frozen=True, slots=True)
class Intent:
    """One part of a bank line that shall become one journal line, and what is known of it.

    `part` counts from 0 within the bank line, `probe` how often its line number was changed because a foreign line sat
    there, `attempt` how often it was sent. `line` is what Business Central stored, as last seen.
    """

    company_id: str
    journal_id: str
    part: int
    payment: Payment
    state: State
    seen: Seen
    changed_at: datetime
    probe: int = 0
    attempt: int = 0
    sent_at: datetime | None = None
    sent_ticks: Ticks | None = None
    line: JournalLine | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """The key of the bank line, as it stands in the journal line's external document number."""
        return self.payment.external_document_number


@dataclass(frozen=True, slots=True)
class Move:
    """A step of one intent: where to, and why. What is None stays as it was."""

    intent: Intent
    to: State
    reason: str = ""
    line: JournalLine | None = None
    payment: Payment | None = None
    probe: int | None = None


def moved(move: Move, at: datetime, ticks: Ticks | None = None) -> Intent:
    """The intent after the step that is carried out at this moment.

    Raises:
        ValueError: no such step exists; it is always a bug.
    """
    intent = move.intent
    if move.to not in MOVES[intent.state]:
        raise ValueError(f"{intent.key} part {intent.part} cannot go from {intent.state} to {move.to}")
    leaves = move.to in (State.SENDING, State.DELETING)
    again = intent.state is State.SENDING
    return replace(
        intent,
        state=move.to,
        reason=move.reason,
        changed_at=at,
        line=move.line or intent.line,
        payment=move.payment or intent.payment,
        probe=intent.probe if move.probe is None else move.probe,
        # Recording a sending once more before anything left is still the same attempt.
        attempt=intent.attempt + (1 if move.to is State.SENDING and not again else 0),
        sent_at=at if leaves else intent.sent_at,
        sent_ticks=ticks if leaves else intent.sent_ticks,
    )


class PatchState(StrEnum):
    """What is known of one planned change of a journal line."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PATCHED = "patched"
    CONFLICT = "conflict"  # somebody else changed the same field; nothing was written over
    REJECTED = "rejected"
    GONE = "gone"  # the line is no longer in the journal


PATCH_MOVES: Mapping[PatchState, frozenset[PatchState]] = {
    PatchState.PLANNED: frozenset(
        {PatchState.PLANNED, PatchState.SENDING, PatchState.PATCHED, PatchState.CONFLICT, PatchState.GONE}
    ),
    PatchState.SENDING: frozenset(PatchState) - {PatchState.SENDING},
    PatchState.UNKNOWN: frozenset({PatchState.PATCHED, PatchState.PLANNED, PatchState.CONFLICT, PatchState.GONE}),
    PatchState.PATCHED: frozenset(),
    PatchState.CONFLICT: frozenset(),
    PatchState.REJECTED: frozenset(),
    PatchState.GONE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PatchIntent:
    """One planned change of a journal line, the `number`-th of its run, counted from 0."""

    company_id: str
    journal_id: str
    run: str
    number: int
    key: str
    patch: LinePatch
    state: PatchState
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PatchMove:
    """A step of one patch; `patch` replaces it when it is based on a newer version of the line."""

    intent: PatchIntent
    to: PatchState
    reason: str = ""
    patch: LinePatch | None = None


def patch_moved(move: PatchMove) -> PatchIntent:
    """The patch after the step.

    Raises:
        ValueError: no such step exists; it is always a bug.
    """
    intent = move.intent
    if move.to not in PATCH_MOVES[intent.state]:
        raise ValueError(f"the change of line {intent.patch.line_number} cannot go from {intent.state} to {move.to}")
    return replace(
        intent,
        state=move.to,
        reason=move.reason,
        patch=move.patch or intent.patch,
        attempt=intent.attempt + (1 if move.to is PatchState.SENDING else 0),
    )
