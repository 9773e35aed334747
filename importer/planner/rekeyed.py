"""Of equal lines that may be one booking, those that a person accepts get the first keys, those left out the others.

    plan      0.csv a #2   1.csv a #3        she leaves out the first and accepts the second
    reviewed  0.csv a #3   1.csv a #2        so that the payments of equal bookings are #1, #2, ... without a gap

A ledger that was lost counts equal bookings anew: at a gap it would miss a payment that stands there, and make it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from importer.choices import Choices, Ignore
from importer.history import History
from importer.identity import fingerprint
from importer.model import BankLine
from importer.plan import DOUBTED, Create, Decision, Review


def rekeyed(choices: Choices, history: History) -> Choices:
    """The same review with these keys; what was sent meanwhile keeps its own."""
    accepted = {choice.key for choice in choices.choices if not isinstance(choice, Ignore)}
    new: dict[str, str] = {}
    for equal in _equal_ones(choices.plan.decisions, history):
        # In this order they got their keys (naming.py).
        keys = [decision.source.key for decision in sorted(equal, key=lambda decision: decision.source.file)]
        new |= zip(sorted(keys, key=lambda key: key not in accepted), keys, strict=True)
    return replace(
        choices,
        plan=replace(choices.plan, decisions=tuple(_named(decision, new) for decision in choices.plan.decisions)),
        choices=tuple(replace(choice, key=new.get(choice.key, choice.key)) for choice in choices.choices),
        undecided=tuple(new.get(key, key) for key in choices.undecided),
        held={new.get(key, key): problems for key, problems in choices.held.items()},
        listed={new.get(key, key): entry for key, entry in choices.listed.items()},
    )


def _equal_ones(decisions: Sequence[Decision], history: History) -> Iterator[Sequence[Review]]:
    """The lines that wait because of what the files say, each with its equals, where no key was used since."""
    found: defaultdict[str, list[Review]] = defaultdict(list)
    for decision in decisions:
        line, rules = decision.source.line, {reason.rule for reason in decision.finding.reasons}
        if isinstance(decision, Review) and isinstance(line, BankLine) and DOUBTED in rules:
            found[fingerprint(line)].append(decision)
    return (equal for equal in found.values() if not any(history.was_sent(one.source.key) for one in equal))


def _named(decision: Decision, keys: Mapping[str, str]) -> Decision:
    key = keys.get(decision.source.key)
    if key is None or not isinstance(decision, Create | Review):
        return decision
    payments = tuple(replace(payment, external_document_number=key) for payment in decision.payments)
    return replace(decision, source=replace(decision.source, key=key), payments=payments)
