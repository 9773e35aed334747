"""Two other ways to match, for comparison: an exact token with the exact amount, and Business Central's own rules.

The latter is written from the description of the payment reconciliation journal (matching.md §1): customers only, no direct
debits, no text mappings, default rules, no tolerance.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from importer.model import BankLine, Customer, Document, Snapshot
from tests.bench.intents import Truth

Answer = tuple[str, tuple[tuple[str, Decimal], ...]] | None


def exact_token(line: BankLine, books: Snapshot) -> Answer:
    """The only open document whose number is a word of the text and whose amount is the line's."""
    words = set(re.split(r"[\s,;:+]+", f"{line.text} {line.reference}"))
    found = [d for d in books.documents if d.is_open and d.number in words and d.remaining == line.amount]
    return (found[0].customer, ((found[0].number, found[0].remaining.amount),)) if len(found) == 1 else None


@dataclass(frozen=True)
class Candidate:
    """Open entries of one account that a line may be applied to, with the score of the best rule."""

    customer: str
    entries: tuple[Document, ...]
    score: int


# (related party, document no., amount) -> score; the first rule that fits counts (matching.md §1.3)
_FULLY, _PARTIALLY, _NO = "Fully", "Partially", "No"
_RULES = (
    (3998, _FULLY, "Multiple", "One"), (3997, _FULLY, "Multiple", "Multiple"), (3996, _FULLY, "Yes", "One"),
    (3995, _FULLY, "Yes", "Multiple"), (3994, _PARTIALLY, "Multiple", "One"), (3993, _PARTIALLY, "Multiple", "Multiple"),
    (3992, _PARTIALLY, "Yes", "One"), (3991, _FULLY, "No", "One"), (3990, _NO, "Multiple", "One"),
    (3989, _NO, "Multiple", "Multiple"),
)  # fmt: skip
_SCORES = {(party, number, amount): score for score, party, number, amount in _RULES}


class BusinessCentral:
    """Scores every open entry for a line and applies the best, newest first on ties; only its High is looked at."""

    def __init__(self, books: Snapshot) -> None:
        self._open = [document for document in books.documents if document.is_open]
        self._customers = {customer.number: customer for customer in books.customers}
        names = [customer.name.upper() for customer in books.customers]
        self._unique = {name for name in names if sum(name in other for other in names) == 1}

    def answer(self, line: BankLine) -> Answer:
        """What it applies at High; None when it is less sure."""
        fitting = [d for d in self._open if d.remaining.amount > 0 and d.posting_date <= line.booked_on]
        same = Counter(self._applicable(d, line) for d in fitting)
        party = {customer: self._party(line, self._customers[customer]) for customer in {d.customer for d in fitting}}
        candidates = list(self._candidates(line, fitting, same, party))
        if not candidates:
            return None
        best = max(candidates, key=lambda c: (c.score, len(c.entries), c.entries[-1].number))
        return best.customer, self._applied(best, line)

    def _candidates(
        self, line: BankLine, fitting: list[Document], same: Counter[Decimal], party: dict[str, str]
    ) -> list[Candidate]:
        text = f"{line.text} {line.reference}".upper()
        named: dict[str, list[Document]] = {}
        found = []
        for entry in fitting:
            is_named = _is_named(entry.number.upper(), text)
            if is_named:
                named.setdefault(entry.customer, []).append(entry)
            amount = _amount_feature(same, self._applicable(entry, line), line.amount.amount)
            score = _SCORES.get((party[entry.customer], "Yes" if is_named else "No", amount))
            found += [Candidate(entry.customer, (entry,), score)] if score else []
        for customer, entries in named.items():
            total = sum((self._applicable(entry, line) for entry in entries), Decimal(0))
            feature = "One" if total == line.amount.amount else "None"
            score = _SCORES.get((party[customer], "Multiple", feature)) if len(entries) > 1 else None
            found += [Candidate(customer, tuple(entries), score)] if score else []
        return found

    @staticmethod
    def _applicable(entry: Document, line: BankLine) -> Decimal:
        offer = entry.discount
        taken = offer.amount.amount if offer and line.booked_on <= offer.until else Decimal(0)
        return entry.remaining.amount - taken

    def _party(self, line: BankLine, customer: Customer) -> str:
        if line.iban and line.iban in customer.accounts:
            return _FULLY
        written = (line.counterparty or line.text).upper()
        name = customer.name.upper()
        if len(written) < 0.65 * len(name) or nearness(name, written) < 95:
            return _NO
        return _FULLY if name in self._unique else _PARTIALLY

    def _applied(self, best: Candidate, line: BankLine) -> tuple[tuple[str, Decimal], ...]:
        money, parts = line.amount.amount, []
        for entry in sorted(best.entries, key=lambda entry: (entry.due_date or entry.posting_date, entry.number)):
            net = self._applicable(entry, line)
            parts.append((entry.number, entry.remaining.amount if money >= net else money))
            money -= min(net, money)
        return tuple(part for part in parts if part[1] > 0)


def is_right(answer: Answer, truth: Truth) -> bool:
    """Whether customer, every document and every amount are what the payer meant."""
    return answer is not None and answer[0] == truth.customer and sorted(answer[1]) == sorted(truth.parts)


def _is_named(number: str, text: str) -> bool:
    """Only the first occurrence is looked at, and it must stand free."""
    place = text.find(number)
    if place < 0 or len(number) < 4:
        return False
    around = text[place - 1 : place] if place else "", text[place + len(number) : place + len(number) + 1]
    return not any(char.isascii() and char.isalnum() for char in around if char)


def _amount_feature(same: Counter[Decimal], applicable: Decimal, money: Decimal) -> str:
    if applicable != money:
        return "None"
    return "One" if same[applicable] == 1 else "Multiple"


@lru_cache(maxsize=1 << 18)
def nearness(name: str, written: str) -> int:
    """100 times the common substrings of at least four characters, by the length of the shorter text."""
    shorter = min(len(name), len(written))
    if not shorter or not any(name[n : n + 4] in written for n in range(len(name) - 3)):
        return 0
    common = 0
    while True:
        best = max((name[a : a + n] for a in range(len(name)) for n in _fitting(name, a, written)), key=len, default="")
        if not best:
            return 100 * common // shorter
        common += len(best)
        name, written = name.replace(best, "\0", 1), written.replace(best, "\1", 1)


def _fitting(name: str, start: int, written: str) -> list[int]:
    """The longest length of at least four from here that occurs in the other text."""
    length = 4
    if name[start : start + 4] not in written or start + 4 > len(name):
        return []
    while start + length < len(name) and name[start : start + length + 1] in written:
        length += 1
    return [length]
