"""Reading the journal back: what stands in it, what was posted, and whether a line that is not there proves anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from importer.identity import is_line_key
from importer.model import JournalLine
from importer.ports import PostedEntries
from importer.states import Intent, State, Ticks
from importer.writer.judge import compare, is_ours
from importer.writer.session import Ports, Session


class Posted(StrEnum):
    """Whether a line stands in the posted entries."""

    NO = "no"
    YES = "yes"
    UNCLEAR = "unclear"  # some lines of its bank line do, and nobody can say whether it is one of them


@dataclass(frozen=True)
class Reading:
    """The journal as it was read from the primary database, beginning at `began`, by the ticks of this machine at `ticks`.

    `posted` are the posted entries of the keys asked for, None when they cannot be read. `moving` are the keys whose lines in
    the journal changed while the entries were read: which of them were posted then, nobody can say.
    """

    began: datetime
    lines: tuple[JournalLine, ...]
    posted: PostedEntries | None
    moving: frozenset[str] = frozenset()
    ticks: Ticks | None = None

    @cached_property
    def by_number(self) -> Mapping[int, JournalLine]:
        """The rows by line number, the journal's primary key."""
        return {line.line_number: line for line in self.lines}

    @cached_property
    def by_key(self) -> Mapping[str, tuple[JournalLine, ...]]:
        """The rows that carry a key of ours, by key."""
        found: dict[str, tuple[JournalLine, ...]] = {}
        for line in self.lines:
            key = line.external_document_number.strip().upper()
            if is_line_key(key):
                found[key] = (*found.get(key, ()), line)
        return found

    def row_of(self, intent: Intent) -> JournalLine | None:
        """The intent's own line; None when it is not in the journal."""
        row = self.by_number.get(intent.payment.line_number)
        if row is not None and is_ours(intent, row):
            return row
        rows = self.by_key.get(intent.key, ())
        same = next((line for line in rows if intent.line and line.id == intent.line.id), None)
        # A server that numbers lines itself still stores the key, and what is paid tells the parts of a bank line apart.
        return same or next((line for line in rows if not compare(intent.payment, line, but=("lineNumber",))), None)

    def is_posted(self, key: str) -> bool:
        """The key stands in posted entries, for one part of its bank line at least."""
        return self.posted is not None and key in self.posted

    def posted_part(self, intent: Intent, parts: Sequence[Intent]) -> Posted:
        """Whether this part of a bank line was posted; the entries carry the key and an amount, not the part.

        Args:
            parts: all intents of the bank line.
        """
        if self.posted is None or intent.key not in self.posted:
            return Posted.NO
        if len(parts) == 1:
            return Posted.YES
        if intent.key in self.moving:
            return Posted.UNCLEAR
        entries = Counter(amount for amount in self.posted[intent.key] if amount is None or amount < 0)
        away = [part for part in parts if part.state is not State.REJECTED and self.row_of(part) is None]
        return _among(intent, entries, Counter(part.payment.amount.amount for part in away))


def _among(intent: Intent, entries: Counter[Decimal | None], away: Counter[Decimal | None]) -> Posted:
    """Whether one of a bank line's entries is this part's.

    Args:
        entries: the amounts that were posted.
        away: the amounts of the parts that were not refused and are not in the journal.
    """
    mine = intent.payment.amount.amount
    if intent.state is State.REJECTED:
        # Only an entry that none of the others can have is its own.
        return Posted.YES if (entries - away)[mine] else Posted.NO
    if entries.total() >= away.total():
        return Posted.YES
    if entries - away or 0 < entries[mine] < away[mine]:
        # An amount that somebody changed before posting, or one that several parts have.
        return Posted.UNCLEAR
    return Posted.YES if entries[mine] else Posted.NO


def read_journal(ports: Ports, keys: Collection[str] = ()) -> Reading:
    """A fresh reading of the journal, and of the posted entries for these keys.

    The journal first, the entries second: a posting between the two moves lines from one to the other, and so a line is
    missing from both only if it was in neither. That makes a line stand in both, though, and where a bank line has several
    parts an entry could be taken for that of another part; so the journal is read once more where both have a key.
    """
    began, ticks = ports.now(), ports.uptime()
    lines = ports.business_central.journal_lines()
    posted = ports.business_central.posted(keys) if keys else {}
    reading = Reading(began, lines, posted, ticks=ticks)
    both = reading.by_key.keys() & (posted or {}).keys()
    if not both:
        return reading
    again = Reading(began, ports.business_central.journal_lines(), posted)
    return replace(reading, moving=frozenset(key for key in both if _ids(reading, key) != _ids(again, key)))


def _ids(reading: Reading, key: str) -> set[str]:
    return {line.id for line in reading.by_key.get(key, ())}


def doubled(reading: Reading, intents: Sequence[Intent]) -> tuple[str, ...]:
    """What must not be in the journal: more lines or more money for a bank line than it has, or one that was posted or undone.

    Args:
        intents: all parts of their bank lines.
    """
    parts: defaultdict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        parts[intent.key].append(intent)
    surplus = [_surplus(key, parts[key], reading.by_key.get(key, ())) for key in sorted(parts)]
    left = [intent for intent in intents if intent.state in (State.POSTED, State.UNDONE)]
    return (*filter(None, surplus), *(_back_again(intent) for intent in left if reading.row_of(intent) is not None))


def _surplus(key: str, parts: Sequence[Intent], rows: Sequence[JournalLine]) -> str:
    wanted, found = sum(abs(part.payment.amount.amount) for part in parts), sum(abs(row.amount) for row in rows)
    # Another ledger may have split the bank line otherwise, and its lines stand between ours; what a person changed is hers.
    is_too_much = found > wanted and any(part.state is State.MISMATCH for part in parts)
    if len(rows) <= len(parts) and not is_too_much:
        return ""
    numbers = ", ".join(str(row.line_number) for row in rows)
    return (
        f"Bank line {key} has {len(parts)} payment(s) of {wanted} in all, but the journal holds lines {numbers} of {found} for "
        "it. Do not post the journal before the surplus line is deleted."
    )


def _back_again(intent: Intent) -> str:
    return (
        f"Line {intent.payment.line_number} ({intent.key}) was {intent.state.value}, and stands in the journal again. "
        "Do not post the journal before it is deleted."
    )


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows with the key of a bank line that are none of its payments as they were sent, and the payments without a row."""

    rows: tuple[JournalLine, ...]
    parts: tuple[Intent, ...]

    def of(self, intent: Intent) -> JournalLine | None:
        """The row that can only be this intent's, changed by somebody; None when there is a choice."""
        is_only = len(self.rows) == len(self.parts) == 1
        return self.rows[0] if is_only and self.parts[0].part == intent.part else None


def strays(session: Session, intents: Sequence[Intent], reading: Reading) -> Mapping[str, Strays]:
    """Rows that carry the key of one of these intents and are no payment's own, by key."""
    keys = {intent.key for intent in intents if intent.key in reading.by_key and reading.row_of(intent) is None}
    found: dict[str, list[Intent]] = {}
    for part in session.ports.ledger.intents_for(session.company_id, keys):
        found.setdefault(part.key, []).append(part)
    return {key: stray for key, parts in found.items() if (stray := _strays(key, parts, reading)).rows}


def _strays(key: str, parts: Sequence[Intent], reading: Reading) -> Strays:
    own = {row.id for part in parts if (row := reading.row_of(part)) is not None}
    rows = tuple(row for row in reading.by_key[key] if row.id not in own)
    return Strays(rows, tuple(part for part in parts if reading.row_of(part) is None))


def siblings(session: Session, intents: Sequence[Intent], reading: Reading) -> Mapping[str, tuple[Intent, ...]]:
    """All parts of the bank lines that stand in posted entries, by key."""
    found: dict[str, tuple[Intent, ...]] = {}
    keys = {intent.key for intent in intents if reading.is_posted(intent.key)}
    for part in session.ports.ledger.intents_for(session.company_id, keys):
        found[part.key] = (*found.get(part.key, ()), part)
    return found
