"""What is looked for after lines were sent again: a payment that was posted unseen meanwhile stands there a second time.

A person can change a line so that the API does not show it, and post it between two requests: when it was looked for it was
neither in the journal nor posted, and when it is sent again its number is free. Nothing can prevent that, but it is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from importer.states import Intent, State
from importer.writer.reading import Reading


def posted_besides(reading: Reading, intents: Sequence[Intent]) -> Iterator[str]:
    """What a person has to do about bank lines of which more was posted than left the journal, by key.

    Args:
        intents: all parts of their bank lines.
    """
    parts: defaultdict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        parts[intent.key].append(intent)
    for key, found in sorted(parts.items()):
        if key not in reading.moving and _entries(reading, key) > _away(reading, found):
            yield _what_to_do(key, found, reading)


def _what_to_do(key: str, parts: Sequence[Intent], reading: Reading) -> str:
    standing = [part.payment for part in parts if reading.row_of(part)]
    what = f"Of bank line {key} more payments were posted than it has"
    if not standing:
        return f"{what}: look in the customer's ledger entries, and reverse what is too much."
    numbers = ", ".join(str(payment.line_number) for payment in standing)
    return f"{what}, and the journal holds line {numbers} for it. Do not post the journal before that is deleted."


def _entries(reading: Reading, key: str) -> int:
    """How many payments were posted for a bank line; they are negative, what reverses them is not."""
    return sum(amount is None or amount < 0 for amount in (reading.posted or {}).get(key, ()))


def _away(reading: Reading, parts: Sequence[Intent]) -> int:
    """How many of the parts may have been posted: they were not refused and are not in the journal."""
    return sum(part.state is not State.REJECTED and reading.row_of(part) is None for part in parts)
