"""The bank's own words with the found numbers marked, by the offsets of the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from importer.model import Evidence, Reason
from importer.reports.printable import printable


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `kind` is what was found there, "" where nothing was. The text is printable."""

    text: str
    kind: str = ""


def pieces(text: str, field: str, reasons: Iterable[Reason]) -> tuple[Piece, ...]:
    """The text of one field of a bank line cut at its evidence, in order; joined, the pieces are the whole text.

    Where two pieces of evidence overlap, the one that begins first, then the longer one, is marked.
    """
    cut: list[Piece] = []
    at = 0
    for found in _found_in(text, field, reasons):
        if found.start < at:
            continue
        cut += [Piece(printable(text[at : found.start])), Piece(printable(text[found.start : found.end]), found.kind)]
        at = found.end
    return tuple(piece for piece in (*cut, Piece(printable(text[at:]))) if piece.text)


def _found_in(text: str, field: str, reasons: Iterable[Reason]) -> list[Evidence]:
    evidence = {found for reason in reasons for found in reason.evidence if found.field == field}
    inside = (found for found in evidence if 0 <= found.start < found.end <= len(text))
    return sorted(inside, key=lambda found: (found.start, -found.end, found.kind))
