"""Which customer paid which documents: bank lines and the books in, one match per line out. Pure."""

from __future__ import annotations

from importer.matcher.engine import match_lines
from importer.matcher.settings import MatchingSettings, Payer, PayerKind, Payers

__all__ = ["MatchingSettings", "Payer", "PayerKind", "Payers", "match_lines"]
