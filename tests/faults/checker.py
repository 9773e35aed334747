"""The judge of a schedule: reads the server's own history and the hidden truth, nothing that the importer ever touched.

It knows a payment by who pays which invoice, how much, and by the last word of the payer's text. Keys, line numbers and the
ledger mean nothing to it, and it shares no code with what makes them (reliability.md §12.5).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields

from importer.sandbox.papers import Line
from importer.sandbox.store import Executed
from tests.faults.truth import Hidden

# The server's own stamps, and the name of the journal: who renames that changes none of its lines.
_STAMPS = frozenset({"version", "modified_at", "journal_code"})


@dataclass(frozen=True)
class Verdict:
    """What went wrong in a schedule; all empty when nothing did."""

    lost: tuple[Hidden, ...] = ()
    doubled: tuple[Hidden, ...] = ()
    invented: tuple[Hidden, ...] = ()
    clobbered: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.invented or self.clobbered)


def judge(
    expected: Counter[Hidden], history: Iterable[Executed], forgiven: Iterable[Line] = (), *, again: bool = False
) -> Verdict:
    """Compare what the importer did with what the payers really paid.

    Args:
        expected: every journal line that should come to be, counted, because payments may look alike.
        forgiven: lines that a person deleted before the importer had heard of them; each may come back once.
        again: whether what was undone was asked for again, so that it has to come back.
    """
    created: Counter[Hidden] = Counter()
    undone: Counter[Hidden] = Counter()
    allowed = expected + Counter(hidden(line) for line in forgiven)
    writers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    clobbered: list[str] = []
    for event in history:
        before, after = event.before, event.after
        if event.by == "api" and event.action == "create" and isinstance(after, Line):
            created[hidden(after)] += 1
        elif event.by == "api" and isinstance(before, Line):
            clobbered += _written_over(event, before, after, writers[before.id])
        if event.by == "api" and event.action == "delete" and isinstance(before, Line):
            # Undone on request: it may be asked for again.
            undone[hidden(before)] += 1
        if isinstance(before, Line) and isinstance(after, Line):
            writers[before.id] |= dict.fromkeys(_changed(before, after), event.by)
    surplus = created - allowed - undone
    standing = created - undone if again else created
    return Verdict(
        lost=tuple((expected - standing).elements()),
        doubled=tuple(name for name in surplus.elements() if name in expected),
        invented=tuple(name for name in surplus if name not in expected),
        clobbered=tuple(clobbered),
    )


def was_made(key: str, payment: Hidden, history: Iterable[Executed]) -> bool:
    """Whether a person who looks for this payment finds it: of payments in the same words the key tells which one it is."""
    rows: set[str] = set()
    for event in history:
        match event:
            case Executed(by="api", action="create", after=Line() as made):
                rows |= {made.id} if (made.external_document_number, hidden(made)) == (key, payment) else set()
            case Executed(by="api", action="delete", before=Line() as undone):
                rows.discard(undone.id)
    return bool(rows)


def hidden(line: Line) -> Hidden:
    """The payment that a line stands for."""
    words = line.description.split() or [""]
    return line.customer_number, line.invoice_number, line.amount, words[-1]


def _written_over(event: Executed, before: Line, after: object, writers: dict[str, str]) -> list[str]:
    people = {name for name, by in writers.items() if by == "person"}
    if not isinstance(after, Line):
        return [f"{event.action} of a line that a person changed: {before}"] if people else []
    lost = people & set(_changed(before, after))
    return [f"{name} of line {before.line_number} was written over: {before} became {after}" for name in sorted(lost)]


def _changed(before: Line, after: Line) -> list[str]:
    names = (each.name for each in fields(before) if each.name not in _STAMPS)
    return [name for name in names if getattr(before, name) != getattr(after, name)]
