"""Wires the stages of matching for one run: index once, read and decide every line alone, then settle all of them together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from importer.collection import without_collection
from importer.matcher.amounts import Allowance, Money
from importer.matcher.books import Books, claims_of
from importer.matcher.checked import check_settings, patterns_of
from importer.matcher.customers import CustomerIndex
from importer.matcher.decide import decide
from importer.matcher.explain import match_of
from importer.matcher.numbers import NumberIndex, series_of
from importer.matcher.parties import PartyIndex
from importer.matcher.read import Reader
from importer.matcher.references import References
from importer.matcher.scan import Known
from importer.matcher.settings import MatchingSettings, Payers
from importer.matcher.together import Together, own_accounts
from importer.matcher.verdict import Case, Verdict
from importer.model import BankLine, Match, Snapshot

_NO_PAYERS = Payers()


def match_lines(
    lines: Sequence[BankLine],
    snapshot: Snapshot,
    settings: MatchingSettings,
    payers: Payers = _NO_PAYERS,
    own_keys: Collection[str] = (),
) -> tuple[Match, ...]:
    """What each bank line pays: one match per line, in their order.

    The result does not depend on the order of lines, customers or documents.

    Args:
        payers: the payer register of the company.
        own_keys: keys of these very lines; lines of the journal that carry one do not count as other payments.

    Raises:
        ConfigurationError: a setting cannot be used.
    """
    check_settings(settings)
    with without_collection():
        run = _Run(lines, snapshot, settings, payers)
        return _matched(run, lines, run.left_after(snapshot, own_keys))


def _matched(run: _Run, lines: Sequence[BankLine], left: dict[int, int]) -> tuple[Match, ...]:
    # A line is read again when others have taken what it wanted. Keeping all readings would cost more than that.
    verdicts, matches = [], []
    for line in lines:
        case = run.case(line, left)
        verdict = decide(case, run.own_accounts)
        verdicts.append(verdict)
        matches.append(match_of(case, verdict))

    def again(position: int, now_left: dict[int, int]) -> Verdict:
        return decide(run.case(lines[position], now_left), run.own_accounts)

    settled = Together(lines, verdicts, left, again).settle()
    for position, verdict in enumerate(settled):
        if verdict is not verdicts[position]:
            matches[position] = match_of(run.case(lines[position], left), verdict)
    return tuple(matches)


class _Run:
    """What all lines of a run share."""

    def __init__(
        self, lines: Sequence[BankLine], snapshot: Snapshot, settings: MatchingSettings, payers: Payers
    ) -> None:
        self.settings = settings
        self.books = Books(snapshot)
        self.index = NumberIndex(self.books.items)
        numbers = tuple(self.books.customers)
        known = Known(self.index, CustomerIndex(numbers), dict(series_of(self.books.items)))
        self._reader = Reader(known, References(settings, self.index, numbers), patterns_of(settings))
        self._parties = PartyIndex(tuple(self.books.customers.values()), payers, settings)
        self.own_accounts = own_accounts(lines, settings.own_accounts)
        self._allowances: dict[str, Allowance] = {}

    def left_after(self, snapshot: Snapshot, own_keys: Collection[str]) -> dict[int, int]:
        """What existing lines of the journal leave of the documents they apply to."""
        taken = claims_of(snapshot, own_keys)
        if not taken:
            return {}
        left = {}
        for item in self.books.items:
            if item.remaining and (claimed := taken.get((item.customer, item.number), 0)):
                rest = item.remaining - claimed
                left[id(item)] = rest if (rest > 0) == (item.remaining > 0) else 0
        return left

    def case(self, line: BankLine, left: dict[int, int]) -> Case:
        """The line with everything that is found in it."""
        currency, amount = line.amount.currency, line.amount.minor
        allowance = self._allowances.get(currency)
        if allowance is None:
            allowance = self._allowances[currency] = Allowance(self.settings, currency)
        reading, masked = self._reader.read(line, allowance.whole(amount))
        money = Money(amount, line.booked_on, reading.fees, allowance)
        party = self._parties.find(line, reading, masked)
        return Case(line, money, currency, reading, masked, party, self.books, self.index, self.settings, left)
