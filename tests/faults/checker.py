"""The judge of a schedule: reads the server's own history and the hidden truth, never the importer's ledger or keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from importer.model import JournalLine
from tests.faults.server import Event

# What a payment is for the people who sent it: hidden id and part, written into a field that the importer only carries.
Hidden = str


@dataclass(frozen=True)
class Verdict:
    """What went wrong in a schedule; all empty when nothing did."""

    lost: tuple[Hidden, ...] = ()
    doubled: tuple[Hidden, ...] = ()
    clobbered: tuple[str, ...] = ()
    invented: tuple[Hidden, ...] = ()

    def __bool__(self) -> bool:
        return not (self.lost or self.doubled or self.clobbered or self.invented)


def judge(truth: Counter[Hidden], history: Iterable[Event]) -> Verdict:
    """Compare what the importer ever created with what the payers really paid; `truth` counts payments that look equal."""
    created: Counter[Hidden] = Counter()
    versions: dict[str, JournalLine] = {}
    clobbered = []
    for event in history:
        before = versions.get(event.line.id)
        if event.by == "importer" and event.kind == "created":
            created[hidden(event.line)] += 1
        if event.by == "importer" and event.kind == "patched" and before is not None:
            # All that these schedules give a reason to change is a blank document number.
            numbered = replace(event.line, etag=before.etag, modified_at=before.modified_at, document_number="")
            clobbered += [] if numbered == before else [f"{before} became {event.line}"]
        versions[event.line.id] = event.line
    return Verdict(
        lost=tuple((truth - created).elements()),
        doubled=tuple(name for name in (created - truth).elements() if name in truth),
        clobbered=tuple(clobbered),
        invented=tuple(name for name in created if name not in truth),
    )


def hidden(line: JournalLine) -> Hidden:
    """The payment a created line stands for: who paid, which invoice, and the text the payer wrote."""
    return f"{line.customer}/{line.invoice}/{line.amount}/{line.description}"
