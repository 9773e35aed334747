"""A bank line that stands in the journal as it was sent, and shall become another payment: field by field, never anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from importer.line_changes import patch_to
from importer.model import JournalLine
from importer.plan import Finding, Patch, Payment, Source
from importer.texts import words


def correction(
    source: Source, finding: Finding, lines: Sequence[JournalLine], wanted: Sequence[Payment]
) -> Patch | None:
    """The changes that make the journal lines of a bank line the wanted payments; None when they are that already.

    An earlier export that comes again takes nothing back of what a later one says more fully.

    Args:
        lines: as many as `wanted`, in the order of their parts; each keeps its line number.
    """
    payments = tuple(_on(line, payment) for payment, line in zip(wanted, lines, strict=True))
    patches = (patch_to(line, payment) for line, payment in zip(lines, payments, strict=True))
    changing = tuple(patch for patch in patches if patch)
    return Patch(source, finding, payments, changing) if changing else None


def _on(line: JournalLine, payment: Payment) -> Payment:
    """The payment with the number of the line, and with the line's texts where the other comment says no more than its own."""
    placed = replace(payment, line_number=line.line_number)
    ours, theirs = payment.comment, line.comment
    if ours != theirs and words(ours) <= words(theirs) and len(ours) <= len(theirs):
        return replace(placed, description=line.description, comment=line.comment)
    return placed
