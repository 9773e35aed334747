"""One line, one conclusion: numbers first, then the payer, then hints. Every way ends in a row of the decision table."""

from __future__ import annotations

from importer.matcher import table
from importer.matcher.by_party import by_party
from importer.matcher.hints import by_hints, by_sign, is_payout
from importer.matcher.named import by_numbers
from importer.matcher.verdict import Case, Verdict


def decide(case: Case, own_accounts: frozenset[str]) -> Verdict:
    """The conclusion for one line, as if it were alone.

    Args:
        own_accounts: the bank accounts of the company, compact; money from them is no payment of a customer.
    """
    if verdict := by_sign(case, own_accounts):
        return verdict
    if verdict := by_numbers(case):
        return verdict
    if is_payout(case):
        return Verdict(table.PROVIDER)
    return by_party(case) or by_hints(case)
