"""Every step of the state machine that is taken, counted where the ledger takes it; and that no step leads backwards (I11)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from importer.ledger import intents
from importer.states import (
    MOVES,
    PATCH_MOVES,
    Intent,
    Move,
    PatchIntent,
    PatchMove,
    Ticks,
    moved,
    patch_moved,
)

# Steps that need several rare things at once; the tables of the unit tests take each of them, chance only now and then.
RARE = frozenset(
    {
        "deleted -> created",
        "deleted -> edited",
        "deleted -> posted",
        "deleting -> posted",
        "doubtful -> created",
        "doubtful -> mismatch",
        "doubtful -> posted",
        "doubtful -> sending",
        "hidden -> created",
        "hidden -> doubtful",
        "hidden -> mismatch",
        "hidden -> planned",
        "hidden -> posted",
        "hidden -> sending",
        "mismatch -> created",
        "planned -> doubtful",
        "planned -> mismatch",
        "rejected -> created",
        "rejected -> mismatch",
        "rejected -> posted",
        "sending -> mismatch",
        "sending -> posted",
        "unknown -> doubtful",
    }
)
RARE_CHANGES = frozenset(
    {
        "planned -> conflict",
        "planned -> gone",
        "planned -> patched",
        "sending -> planned",
        "sending -> conflict",
        "sending -> gone",
    }
)
# Every step there is, by name.
POSSIBLE = frozenset(f"{before} -> {after}" for before, afters in MOVES.items() for after in afters)
POSSIBLE_OF_CHANGES = frozenset(f"{before} -> {after}" for before, afters in PATCH_MOVES.items() for after in afters)

_LINES: Counter[str] = Counter()
_CHANGES: Counter[str] = Counter()


def watch() -> None:
    """From now on the ledgers of this process count their steps."""
    setattr(intents, "moved", _moved)  # noqa: B010 - it is imported there, not exported
    setattr(intents, "patch_moved", _patch_moved)  # noqa: B010


def taken() -> tuple[Counter[str], Counter[str]]:
    """The steps of lines and of changes since the last time somebody asked."""
    lines, changes = Counter(_LINES), Counter(_CHANGES)
    _LINES.clear()
    _CHANGES.clear()
    return lines, changes


def _moved(move: Move, at: datetime, ticks: Ticks | None = None) -> Intent:
    after, before = moved(move, at, ticks), move.intent
    assert (after.attempt, after.probe) >= (before.attempt, 0), "I11: attempts never decrease"
    assert after.probe >= before.probe, "I11: probes never decrease"
    _LINES[f"{before.state} -> {after.state}"] += 1
    return after


def _patch_moved(move: PatchMove) -> PatchIntent:
    after = patch_moved(move)
    _CHANGES[f"{move.intent.state} -> {after.state}"] += 1
    return after
