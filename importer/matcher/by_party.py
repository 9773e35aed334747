"""What follows from the payer when no document is named, or when what is named does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from importer.matcher import table
from importer.matcher.amounts import Fit, Part, explain
from importer.matcher.books import Item
from importer.matcher.contradict import in_general, is_unexplained
from importer.matcher.near import near_items
from importer.matcher.parties import Proof
from importer.matcher.sentences import state_of
from importer.matcher.subsets import is_accidental, only_subset, reaches
from importer.matcher.table import Row
from importer.matcher.verdict import Case, Option, Verdict

_SURE = frozenset(("exact", "discount"))
_MOST_OPTIONS = 10


def by_party(case: Case) -> Verdict | None:
    """The conclusion from the payer; None when nobody is known as the payer."""
    customers, proof = case.party.suspects()
    if not customers:
        return None
    if len(customers) > 1:
        return _one_of_several(case, customers)
    return _of_customer(case, customers[0], proof).also(*_others_named(case, customers[0]))


def _of_customer(case: Case, customer: str, proof: Proof) -> Verdict:
    items, left, amount = _payable(case, customer), case.left, case.money.amount
    fits = [
        (item, fit)
        for item in items  # nearly all of them end at these comparisons
        if (left.get(id(item), item.remaining) == amount or item.document.discount is not None)
        and (fit := _single(case, item))
    ]
    base = _base(case, customer, proof)
    if len(fits) > 1:
        near = [(item, fit) for item, fit in fits if item in near_items(case)]
        if len(near) == 1:
            return _with_fit(base, table.NEAR_PAYER, near[0][1])
        equal = base._replace(row=table.PAYER_EQUAL)
        return equal.also(*(Option(customer, item, "is open and has this amount") for item, _ in fits))
    if fits:
        return _item(case, base, items, fits[0])
    return (
        _balance(case, base)
        or _due(case, base, items)
        or _related(case, base)
        or _combination(case, base, items)
        or base.also(*_strangers(case, customer))
    )


def _base(case: Case, customer: str, proof: Proof) -> Verdict:
    considered = frozenset((customer, *case.party.paid_for))
    return Verdict(table.PAYER_ONLY, customer, unapplied=case.money.amount, proof=proof, considered=considered)


def _item(case: Case, base: Verdict, items: Sequence[Item], only: tuple[Item, Fit]) -> Verdict:
    """The one open document of this amount."""
    item, fit = only
    settings = case.settings
    row, allowed = {
        Proof.ACCOUNT: (table.ACCOUNT_ITEM, settings.single_item),
        Proof.NUMBER: (table.CUSTOMER_ITEM, settings.customer_number_and_amount),
    }.get(base.proof, (table.NAME_ITEM, True))
    found = [*_doubts(case, base, fit), *(() if allowed else ("not_allowed",))]
    found += ["other_explanation"] if _is_otherwise_explained(case, item, items) else []
    if base.proof is Proof.ACCOUNT and case.books.is_price_list:
        found.append("repeated_amounts")
    if case.books.closed_with(item.customer, case.money.amount, case.currency):
        found.append("paid_before")
    related = [other for other in _related_items(case, item.customer) if _single(case, other)]
    found += ["other_explanation"] if related else []
    options = [
        Option(other.customer, other, "has this amount as well; the payer also pays for this customer")
        for other in related
    ]
    return _with_fit(base, row, fit).but(*found).also(*options)


def _is_otherwise_explained(case: Case, item: Item, items: Sequence[Item]) -> bool:
    """Whether further open documents of the customer add up to the money as well, gross or less their discounts."""
    if case.books.is_crowded(item.customer):
        return True
    others = [other for other in items if other is not item]
    gross = [case.left_of(other) for other in others]
    if reaches(gross, case.money.amount):
        return True
    if all(other.document.discount is None for other in others):
        return False
    on = case.money.on
    return reaches([left - other.discount(on) for left, other in zip(gross, others, strict=True)], case.money.amount)


def _balance(case: Case, base: Verdict) -> Verdict | None:
    """Everything that is open, credit memos deducted."""
    if case.books.is_crowded(base.customer or ""):
        return None
    items = [item for item in case.books.open_of.get(base.customer or "", ()) if case.left_of(item)]
    if len(items) < 2 or not all(map(case.is_usable, items)):
        return None
    fit = explain(items, case.money, case.left)
    if fit is None or fit.kind not in _SURE:
        return None
    if base.proof is not Proof.ACCOUNT:
        return _with_fit(base, table.PAYER_BALANCE, fit)
    found = [*_doubts(case, base, fit), *(() if case.settings.whole_balance else ("not_allowed",))]
    if case.books.is_price_list:
        found.append("repeated_amounts")
    return _with_fit(base, table.ACCOUNT_BALANCE, fit).but(*found)


def _due(case: Case, base: Verdict, items: Sequence[Item]) -> Verdict | None:
    if case.books.is_crowded(base.customer or ""):
        return None
    due = [item for item in items if item.due <= case.money.on]
    if len(due) < 2 or sum(map(case.left_of, due)) != case.money.amount:
        return None
    return _with_fit(base, table.PAYER_DUE, Fit("exact", tuple(Part(item, case.left_of(item)) for item in due)))


def _combination(case: Case, base: Verdict, items: Sequence[Item]) -> Verdict | None:
    """The only combination of open documents, unless chance alone would offer one."""
    if base.proof is Proof.NAME or case.books.is_crowded(base.customer or ""):
        return None
    amounts = [case.left_of(item) for item in items]
    found = only_subset(amounts, case.money.amount)
    if found is None or is_accidental(amounts, case.money.amount, len(found)):
        return None
    parts = tuple(Part(items[place], amounts[place]) for place in found)
    return _with_fit(base, table.PAYER_SUBSET, Fit("exact", parts))


def _related(case: Case, base: Verdict) -> Verdict | None:
    """One document of this amount of another customer for whom this payer pays."""
    fits = [fit for item in _related_items(case, base.customer or "") if (fit := _single(case, item))]
    if len(fits) != 1:
        return None
    other = fits[0].parts[0].item.customer
    found = _with_fit(base, table.RELATED_ITEM, fits[0])
    return Verdict(found.row, other, found.parts, found.fit, proof=base.proof, considered=found.considered)


def _one_of_several(case: Case, customers: Sequence[str]) -> Verdict:
    """Namesakes, or customers who share an account: only the amount can decide, and a person confirms."""
    fits = [(item, fit) for c in customers for item in _payable(case, c) if (fit := _single(case, item))]
    considered = frozenset(customers)
    if len(fits) == 1:
        item, fit = fits[0]
        base = Verdict(
            table.NAMESAKES_ITEM, item.customer, proof=case.party.proof_of(item.customer), considered=considered
        )
        others = [Option(c, None, "may be the payer as well") for c in customers if c != item.customer]
        return _with_fit(base, table.NAMESAKES_ITEM, fit).also(*others)
    options = [Option(item.customer, item, "is open and has this amount") for item, _ in fits]
    if not fits:
        options = [Option(c, item, "is open") for c in customers for item in _payable(case, c)[:2]]
        options = options or [Option(c, None, "may be the payer") for c in customers]
    return Verdict(table.SHARED_PAYER, options=tuple(options[:_MOST_OPTIONS]), considered=considered)


def _with_fit(base: Verdict, row: Row, fit: Fit) -> Verdict:
    return Verdict(
        row,
        base.customer,
        fit.parts,
        fit,
        unapplied=fit.unapplied,
        contradictions=("needs_consent",) if fit.asks else (),
        proof=base.proof,
        considered=base.considered,
    )


def _single(case: Case, item: Item) -> Fit | None:
    """The document alone explains the money: exactly or with its discount; nothing else counts without a number."""
    left, amount = case.left.get(id(item), item.remaining), case.money.amount
    if left == amount:
        return Fit("exact", (Part(item, left),))
    if item.document.discount is None or left - item.discount(case.money.on) != amount:
        return None
    fit = explain((item,), case.money, case.left)
    return fit if fit is not None and fit.kind in _SURE else None


def _payable(case: Case, customer: str) -> list[Item]:
    """The open documents that money can be applied to: not credit memos, not in another currency, not posted later."""
    left, currency, on = case.left, case.currency, case.money.on
    return [
        item
        for item in case.books.open_items(customer, case.money.amount)
        if left.get(id(item), item.remaining) > 0 and item.currency == currency and item.posted <= on
    ]


def _related_items(case: Case, customer: str) -> Iterable[Item]:
    others = (c for c in (*case.party.paid_for, *case.party.owners) if c != customer)
    return (item for other in others for item in _payable(case, other))


def _doubts(case: Case, base: Verdict, fit: Fit) -> Iterable[str]:
    if is_unexplained(case, fit.parts):
        yield "named_elsewhere" if case.reading.mentions else "unexplained_number"
    if base.customer and base.customer not in case.party.owners and case.party.owners and base.proof is Proof.NUMBER:
        yield "account_of_other"
    if case.party.is_named_payer and case.party.names and base.customer not in case.party.names:
        yield "name_of_other"
    yield from in_general(case)


def _others_named(case: Case, customer: str) -> Iterable[Option]:
    """Documents of other customers whose numbers stand in the text, as documents or as something else."""
    for mention in case.reading.mentions:
        for item in mention.items[:2]:
            if item.customer != customer:
                closed = "" if item.is_open else f" and {state_of(item.document)}"
                yield Option(item.customer, item, f"is named in the text, but belongs to another customer{closed}")
    for place in case.reading.unknown:
        for item in case.numbers.exact.get(place.value, ()):
            if item.customer != customer:
                yield Option(item.customer, item, "has the number in the text, which is said to be something else")


def _strangers(case: Case, customer: str) -> Iterable[Option]:
    found = case.books.of_amount(case.currency, case.money.amount)
    for item in found[:3]:
        if item.customer != customer and case.is_usable(item):
            yield Option(item.customer, item, "has this amount, but belongs to another customer")
