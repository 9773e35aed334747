"""What a bank line can come to, and how every report names, marks and groups it. The marks work without colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What a state means for the money: is it settled, does it wait for a person, or is it nothing to do."""

    CERTAIN = "certain"
    WAITING = "waiting"
    SKIPPED = "skipped"


class State(StrEnum):
    """What becomes of a bank line, in the order in which it is shown."""

    UNKNOWN = "unknown"
    REFUSED = "refused"
    ATTENTION = "attention"
    NOT_SENT = "not-sent"
    REVIEW = "review"
    REJECTED = "rejected"
    READY = "ready"
    CHANGE = "change"
    CREATED = "created"
    CHANGED = "changed"
    IMPORTED = "imported"
    LEFT = "left"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Label:
    """How a state is named, marked without colour, and coloured where there is one."""

    caption: str
    mark: str
    group: Group


LABELS: Mapping[State, Label] = {
    State.UNKNOWN: Label("Outcome unknown", "*", Group.WAITING),
    State.REFUSED: Label("Rejected by Business Central", "x", Group.WAITING),
    State.ATTENTION: Label("Needs attention", "*", Group.WAITING),
    State.NOT_SENT: Label("Not sent", ">", Group.WAITING),
    State.REVIEW: Label("To review", "?", Group.WAITING),
    State.REJECTED: Label("Rejected", "!", Group.WAITING),
    State.READY: Label("Ready", "+", Group.CERTAIN),
    State.CHANGE: Label("To change", "~", Group.CERTAIN),
    State.CREATED: Label("Created", "+", Group.CERTAIN),
    State.CHANGED: Label("Changed", "~", Group.CERTAIN),
    State.IMPORTED: Label("Already imported", "=", Group.SKIPPED),
    State.LEFT: Label("Left out", "-", Group.SKIPPED),
    State.REMOVED: Label("Removed again", "-", Group.SKIPPED),
}


class Weight(StrEnum):
    """How a notice is meant."""

    ALARM = "alarm"
    WARNING = "warning"
    NOTE = "note"
    GOOD = "good"


NOTICE_MARKS: Mapping[Weight, str] = {Weight.ALARM: "!!", Weight.WARNING: "!", Weight.NOTE: "i", Weight.GOOD: "ok"}
