"""The exact name mode: a customer is named only by the whole name as it is kept, or with its first word moved to the end.

That is "Exact Match with Permutations" of Business Central (matching.md §1.2). Accents and capitals do not count here either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from importer.matcher.names import Named, core_of, is_distinctive, words_of
from importer.model import Customer


class ExactNames:
    """Names of the customers, and further names of the payer register, each in the two orders that count."""

    def __init__(self, customers: Iterable[Customer], others: Iterable[tuple[str, str]] = ()) -> None:
        self._by_first: defaultdict[str, set[tuple[tuple[str, ...], str]]] = defaultdict(set)
        for name, number in [*((customer.name, customer.number) for customer in customers), *others]:
            words = words_of(name)
            for order in (words, (*words[1:], *words[:1])):
                for first in order[:1]:
                    self._by_first[first].add((order, number))

    def payer(self, written: str) -> Named:
        """Who the counterparty's name is; other words may stand around it."""
        return self.mentioned(written)

    def mentioned(self, text: str) -> Named:
        """Who is named in free text."""
        words = words_of(text)
        certain: set[str] = set()
        vague: set[str] = set()
        for place, word in enumerate(words):
            for order, number in self._by_first.get(word, ()):
                if words[place : place + len(order)] == order:
                    (certain if is_distinctive(core_of(order)) else vague).add(number)
        return Named(tuple(sorted(certain)), tuple(sorted(vague)))
