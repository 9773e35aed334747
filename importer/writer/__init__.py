"""The writer: carries a plan out, exactly once, and says what became of every line (reliability.md §4).

    write ──▶ adopt ─▶ send, chunk by chunk ─▶ number documents ─▶ patch ─▶ verify ─▶ Outcome
    settle ─▶ read back what is unknown ─▶ send again what is proven absent ─▶ Outcome
    undo ──▶ delete what a run created and nobody touched
    look_for ──▶ say what of a file was deleted, so that it may come again

Every request is preceded by a committed intent in the ledger, and every conclusion rests on an answer or on a row that was
read; silence settles nothing.
"""

from __future__ import annotations

from importer.writer.again import Gone, look_for
from importer.writer.session import Policy, Ports, Settling, Word
from importer.writer.settling import settle
from importer.writer.undoing import undo
from importer.writer.verify import certify
from importer.writer.writing import write

__all__ = ["Gone", "Policy", "Ports", "Settling", "Word", "certify", "look_for", "settle", "undo", "write"]
