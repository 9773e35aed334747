"""Bank lines that the ledger has forgotten and that were posted: their customer ledger entries carry the key.

Source: reliability.md §4.8. Who is asked: only where a line pays what is already paid, so that an ordinary import asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from importer.history import History
from importer.model import BankLine, Confidence, Reason
from importer.plan import Create, Finding, Plan, Review, Skip, Source

# The amounts of posted entries by key, a receipt negative; None is an entry whose amount the server does not tell.
PostedAmounts = Mapping[str, Sequence[Decimal | None]]

# What the matcher says of a line that may have been paid with itself.
_PAID = frozenset({"named_document_closed", "closed_document", "paid_before"})


def perhaps_posted(plan: Plan, history: History) -> frozenset[str]:
    """The keys to look for among posted entries: of all lines that are new to the ledger, once one pays what is paid."""
    new = [d for d in plan.decisions if isinstance(d, Create | Review) and d.source.key not in history.known]
    is_suspicious = any(reason.rule in _PAID for decision in new for reason in decision.finding.reasons)
    return frozenset(decision.source.key for decision in new if decision.source.key) if is_suspicious else frozenset()


def found_posted(source: Source, posted: PostedAmounts) -> Skip | Review | None:
    """What is decided of a line whose key stands in posted entries; None when it stands in none.

    One whose entries are reversed, or make up another amount, was posted too; what is to be done then, a person decides.
    """
    amounts = posted.get(source.key, ())
    if not amounts or not isinstance(source.line, BankLine):
        return None
    text = f"already posted: customer ledger entries carry its key {source.key} as External Document No."
    known = [amount for amount in amounts if amount is not None]
    if len(known) == len(amounts) and -sum(known) == source.line.amount.amount:
        return Skip(source, _finding("posted_before", text))
    return Review(source, _finding("posted_differs", f"{text}, with another amount; look at them in Business Central"))


def _finding(rule: str, message: str) -> Finding:
    return Finding(Confidence.NONE, None, (Reason(rule, message),))
