"""The documents and customers of a snapshot in the form the matcher works with: whole minor units, grouped and indexed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from importer.model import Customer, Document, DocumentKind, Snapshot
from importer.money import Money

_ENOUGH_TO_JUDGE = 20
_CROWD = 100


class Item(NamedTuple):
    """A document in minor units. `remaining` is 0 for a closed document and negative for a credit memo."""

    number: str
    customer: str
    remaining: int
    currency: str
    posted: date
    due: date
    document: Document
    total: int

    @property
    def is_open(self) -> bool:
        """Something is left to settle."""
        return self.remaining != 0

    @property
    def is_charge(self) -> bool:
        """A reminder or finance charge memo: it comes with an invoice, nobody pays it by chance."""
        return self.document.kind in (DocumentKind.REMINDER, DocumentKind.FINANCE_CHARGE_MEMO)

    def discount(self, on: date) -> int:
        """What may be deducted by a payment of that day."""
        offer = self.document.discount
        return offer.amount.minor if offer is not None and on <= offer.until else 0

    def late_discount(self, on: date) -> int:
        """What may be deducted by a payment of that day in the grace period, when somebody agrees."""
        offer = self.document.discount
        if offer is None or offer.grace_until is None or not offer.until < on <= offer.grace_until:
            return 0
        return offer.amount.minor


class Books:
    """Everything known of one company, for any number of lines. Nothing in it depends on the order of the snapshot.

    `is_price_list` says that amounts repeat so often (fares, rents, subscriptions) that an equal amount proves nothing.
    Source: matching.md §8: with price-list amounts a stranger's amount exists in 70-100 % of all ledgers.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.currency = snapshot.currency
        self.items = [_item(document) for document in sorted(snapshot.documents, key=_order)]
        self.customers: Mapping[str, Customer] = {
            customer.number: customer for customer in sorted(snapshot.customers, key=lambda c: c.number)
        }
        self.open_of: defaultdict[str, list[Item]] = defaultdict(list)
        self._of_amount: defaultdict[tuple[str, int], list[Item]] = defaultdict(list)
        self._paid: set[tuple[str, str, int]] = set()
        for item in self.items:
            if item.remaining:
                self.open_of[item.customer].append(item)
                self._of_amount[item.currency, item.remaining].append(item)
            else:
                self._paid.add((item.customer, item.currency, item.total))
        self.is_price_list = _repeat((item.currency, abs(item.total)) for item in self.items)

    def of_amount(self, currency: str, amount: int) -> Sequence[Item]:
        """The open documents with exactly this remaining amount, of any customer."""
        return self._of_amount.get((currency, amount), ())

    def is_crowded(self, customer: str) -> bool:
        """Whether so much is open that chance explains any amount, and looking at all of it for each line takes too long."""
        return len(self.open_of.get(customer, ())) > _CROWD

    def open_items(self, customer: str, amount: int) -> list[Item]:
        """What is open; of a crowded customer only what has this amount, gross or less its discount."""
        if not self.is_crowded(customer):
            return self.open_of.get(customer, [])
        return self._by_customer_and_amount.get((customer, amount), [])

    @cached_property
    def _by_customer_and_amount(self) -> Mapping[tuple[str, int], list[Item]]:
        found: defaultdict[tuple[str, int], list[Item]] = defaultdict(list)
        for customer, items in self.open_of.items():
            for item in items if len(items) > _CROWD else ():
                offer = item.document.discount
                net = item.remaining - (offer.amount.minor if offer else 0)
                for amount in {item.remaining, net}:
                    found[customer, amount].append(item)
        return found

    def closed_with(self, customer: str, total: int, currency: str) -> bool:
        """Whether the customer has already paid a document of exactly this amount."""
        return (customer, currency, total) in self._paid

    @cached_property
    def amounts(self) -> Mapping[str, list[tuple[int, Item]]]:
        """Open items per currency by rising remaining amount, for tolerances."""
        found: defaultdict[str, list[tuple[int, Item]]] = defaultdict(list)
        for items in self.open_of.values():
            for item in items:
                found[item.currency].append((item.remaining, item))
        for rows in found.values():
            rows.sort(key=lambda row: (row[0], row[1].number))
        return found


def _repeat(amounts: Iterable[tuple[str, int]]) -> bool:
    counts = Counter(amounts)
    known = counts.total()
    once = sum(1 for count in counts.values() if count == 1)
    return known >= _ENOUGH_TO_JUDGE and (known - once) * 2 > known


def claims_of(snapshot: Snapshot, own_keys: Collection[str]) -> Mapping[tuple[str, str], int]:
    """What lines in the journal, not yet posted, already take from each (customer, document), in minor units."""
    taken: Counter[tuple[str, str]] = Counter()
    currencies = {document.number: document.remaining.currency for document in snapshot.documents}
    for line in snapshot.journal_lines:
        if line.invoice and line.external_document_number not in own_keys:
            currency = currencies.get(line.invoice, snapshot.currency)
            taken[line.customer, line.invoice] -= Money(line.amount, currency).minor
    return taken


def _order(document: Document) -> tuple[str, str, str, str]:
    return document.number, document.customer, document.kind.value, document.id


def _item(document: Document) -> Item:
    whole = document.remaining.minor
    remaining = whole if document.is_open else 0
    number, customer, currency = document.number, document.customer, document.remaining.currency
    posted = document.posting_date
    due = document.due_date or posted
    return Item(number, customer, remaining, currency, posted, due, document, _total(document, whole, remaining))


def _total(document: Document, whole: int, remaining: int) -> int:
    if document.total is None:
        return remaining
    return whole if document.total is document.remaining else document.total.minor
