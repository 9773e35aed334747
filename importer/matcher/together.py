"""All lines of a run together: a document's remaining amount is used once.

Every line is decided alone first. Where lines want the same document and the money does not allow both, the strictly stronger
row keeps it and the others are decided again with what is left; equally strong ones all go to a person. What was decided from
what others left is never more than medium.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from importer.identity import fingerprint
from importer.matcher import table
from importer.matcher.books import Item
from importer.matcher.normalise import compact
from importer.matcher.parties import Proof
from importer.matcher.verdict import Verdict
from importer.model import BankLine, Confidence

Left = dict[int, int]
Again = Callable[[int, Left], Verdict]
_HIGH = Confidence.HIGH
_NUMBERED = table.SHORT_PAYER.rank  # rows that rest on a number; only they may win by date


class Together:
    """Settles competing claims. Independent of the order of the lines: everything is ordered by what the lines say."""

    def __init__(self, lines: Sequence[BankLine], verdicts: Sequence[Verdict], left: Left, again: Again) -> None:
        self._lines, self._left, self._again = lines, dict(left), again
        self.verdicts = list(verdicts)
        self._touched: set[str] = set()

    def settle(self) -> list[Verdict]:
        """The verdicts after all claims are settled, in the order of the lines."""
        lowered = self._compete()
        high, others = list[int](), list[int]()
        for position, verdict in enumerate(self.verdicts):
            (high if verdict.confidence is _HIGH else others).append(position)
        for position in high:
            self._take(position)
        waiting = [n for n in others if self.verdicts[n].parts or n in lowered]
        for position in sorted(waiting, key=self._order):
            self._settle_weaker(position, is_lowered=position in lowered)
        self._look_again(set(others).difference(waiting))
        self._same_amounts(others)
        return self.verdicts

    def _compete(self) -> set[int]:
        """Lower what competes with something equally strong; the positions of all that lost or were lowered."""
        lowered: set[int] = set()
        for item, positions in self._contested():
            parts = [part for n in positions for part in self.verdicts[n].parts if part.item is item]
            available = self._left.get(id(item), item.remaining)
            if abs(sum(part.gross for part in parts)) > abs(available):
                lowered |= self._losers(positions)
        for position in lowered:
            if _is_high(self.verdicts[position]):
                self.verdicts[position] = self.verdicts[position].but("competing_line")
        return lowered

    def _contested(self) -> Iterable[tuple[Item, list[int]]]:
        """The documents that several lines want, with the positions of these lines."""
        first: dict[int, int] = {}
        contested: dict[int, tuple[Item, list[int]]] = {}
        for position, verdict in enumerate(self.verdicts):
            for item, _, _ in verdict.parts:
                earlier = first.setdefault(id(item), position)
                if earlier != position:
                    contested.setdefault(id(item), (item, [earlier]))[1].append(position)
        return contested.values()

    def _losers(self, positions: list[int]) -> set[int]:
        """Those of the competing lines that may not keep high: a contradiction makes the line doubtful, not its claim."""
        claims = [n for n in positions if self.verdicts[n].row.confidence is Confidence.HIGH]
        best = max((self.verdicts[n].row.rank for n in claims), default=0)
        winners = [n for n in claims if self.verdicts[n].row.rank == best]
        if len(winners) > 1:
            first = self._paid_first(winners)
            winners = [first] if first is not None else []
        if winners and best < _NUMBERED:
            winners = []
        return set(positions) - {n for n in winners if _is_high(self.verdicts[n])}

    def _paid_first(self, positions: list[int]) -> int | None:
        """Of payments from one account for the same document the first settles it; the date must tell them apart."""
        lines = [self._lines[n] for n in positions]
        ranks = {self.verdicts[n].row.rank for n in positions}
        payers = {compact(line.iban) for line in lines}
        earliest = min(line.booked_on for line in lines)
        first = [n for n in positions if self._lines[n].booked_on == earliest]
        if payers == {""} or len(payers) > 1 or len(first) > 1 or min(ranks) < _NUMBERED:
            return None
        return first[0]

    def _settle_weaker(self, position: int, *, is_lowered: bool) -> None:
        verdict = self.verdicts[position]
        if not self._allows(verdict):
            verdict = self._again(position, self._left)
            if _is_high(verdict) or verdict.parts:
                verdict = verdict.but("left_over")
            self.verdicts[position] = verdict
        elif is_lowered and _is_high(verdict):
            self.verdicts[position] = verdict.but("competing_line")
        if self._allows(self.verdicts[position]):
            self._take(position)

    def _allows(self, verdict: Verdict) -> bool:
        return all(abs(p.gross) <= abs(self._left.get(id(p.item), p.item.remaining)) for p in verdict.parts)

    def _take(self, position: int) -> None:
        for item, gross, _ in self.verdicts[position].parts:
            key = id(item)
            self._left[key] = self._left.get(key, item.remaining) - gross
            self._touched.add(item.customer)

    def _look_again(self, positions: Iterable[int]) -> None:
        """Lines without a proposal that concern customers whose documents others have taken."""
        again = [n for n in positions if not self._touched.isdisjoint(self.verdicts[n].considered)]
        for position in sorted(again, key=self._order):
            verdict = self._again(position, self._left)
            self.verdicts[position] = verdict.but("left_over") if verdict.parts else verdict
            if self._allows(verdict):
                self._take(position)

    def _same_amounts(self, positions: Iterable[int]) -> None:
        """Several lines for which the same document is only a matter of its amount: none of them may have it."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for position in positions:
            verdict = self.verdicts[position]
            if verdict.row is table.AMOUNT_ONLY and verdict.options and verdict.options[0].item:
                wanted[id(verdict.options[0].item)].append(position)
        for rivals in wanted.values():
            for position in rivals if len(rivals) > 1 else ():
                options = self.verdicts[position].options
                self.verdicts[position] = Verdict(table.AMOUNT_AMBIGUOUS, options=options)

    def _order(self, position: int) -> tuple[int, int, date, str, int]:
        """Stronger, better known and earlier lines first. Lines that even the importer takes for equal are taken as they come:
        in that order they are numbered, so that the same key always gets the same proposal.
        """
        line, verdict = self._lines[position], self.verdicts[position]
        known = 0 if verdict.proof is Proof.NONE else 1
        return -verdict.row.rank, -known, line.booked_on, fingerprint(line), position


def _is_high(verdict: Verdict) -> bool:
    return verdict.confidence is _HIGH


def own_accounts(lines: Iterable[BankLine], configured: Iterable[str]) -> frozenset[str]:
    """The company's own accounts: the configured ones and those the lines are booked on."""
    written = {line.account for line in lines} | set(configured)
    return frozenset(filter(None, map(compact, written)))
