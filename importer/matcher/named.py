"""What follows from the documents a line names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from importer.matcher import table
from importer.matcher.amounts import Fit, Part, explain
from importer.matcher.books import Item
from importer.matcher.contradict import against_named
from importer.matcher.evidence import OR_YEAR, Mention, Strength
from importer.matcher.mentioned import Named, is_firm, named_by, strength_of, united
from importer.matcher.near import near_items
from importer.matcher.parties import Proof
from importer.matcher.partly import not_adding_up, with_unusable
from importer.matcher.table import Row
from importer.matcher.verdict import Case, Option, Verdict

_UNKNOWN = Proof.NONE


def by_numbers(case: Case) -> Verdict | None:
    """The conclusion from document numbers; None when none is named, or what is named proves nothing."""
    if not case.reading.mentions:
        return None
    return _one_paid_exactly(case) or _in_general(case)


def _in_general(case: Case) -> Verdict | None:
    single, unclear = _resolved(case)
    firm = named_by(m for m in single.mentions if is_firm(m))
    loose = tuple(m for m in single.mentions if not is_firm(m) and strength_of(m) > Strength.NEAR)
    if any(m.kind == OR_YEAR for m in loose) and case.party.suspects()[0]:
        loose = tuple(m for m in loose if m.kind != OR_YEAR)  # a known payer writes years as others do
    if case.reading.has_two_readings and unclear:
        return _two_readings(case, unclear)
    for named, row in _sets(case, firm, loose):
        if verdict := _adding_up(case, named, row):
            return against_named(case, verdict, single.mentions)
    if not firm.mentions and (verdict := _only_one_of(case, loose)):
        return against_named(case, verdict, single.mentions)
    if firm.mentions:
        return _with_slips(case, firm) or not_adding_up(case, united(firm.mentions, _in_ranges(case)))
    weak = named_by(m for m in loose if not m.is_soft)
    return not_adding_up(case, weak) if weak.mentions else None


def _one_paid_exactly(case: Case) -> Verdict | None:
    """The usual line: it names one document beyond doubt and pays exactly that. The general way would find the same."""
    mentions, money = case.reading.mentions, case.money
    if len(mentions) != 1 or len(mentions[0].items) != 1 or case.reading.ranges or not is_firm(mentions[0]):
        return None
    item, amount = mentions[0].items[0], money.amount
    if case.left.get(id(item), item.remaining) != amount or item.currency != case.currency or item.posted > money.on:
        return None
    customer = item.customer
    proof = case.party.proof_of(customer)
    row = table.ADDS_UP[mentions[0].strength][proof is not _UNKNOWN]
    parts, named = (Part(item, amount),), tuple(mentions)
    verdict = Verdict(row, customer, parts, Fit("exact", parts), 0, (), (), named, proof, frozenset((customer,)))
    return against_named(case, verdict, named)


def _sets(case: Case, firm: Named, loose: Sequence[Mention]) -> Iterable[tuple[Named, Row | None]]:
    """The sets of documents that may be meant, the most literal first, each perhaps with a row of its own."""
    ranged = _in_ranges(case)
    if ranged:
        row = table.RANGE if len(ranged) >= 3 and case.settings.range_without_payer else None
        yield united(firm.mentions, ranged), row
    if firm.mentions:
        yield firm, None
        if loose:
            yield united(firm.mentions, loose), None
        return
    if loose:
        yield named_by(loose), None
        hard = tuple(mention for mention in loose if not mention.is_soft)
        if hard and len(hard) < len(loose):
            yield named_by(hard), None


def _with_slips(case: Case, firm: Named) -> Verdict | None:
    """Named documents and those that wrongly written numbers are near to, when together they add up."""
    near = [item for item in near_items(case) if item not in firm.items and item.customer in firm.customers]
    items = (*firm.items, *near)
    if not near or len(firm.customers) != 1 or not all(map(case.is_usable, items)):
        return None
    fit = explain(items, case.money, case.left)
    if fit is None or case.party.contradicts(firm.customers[0]):
        return None
    return _applied(case, firm, table.NEAR_PAYER, fit)


def _only_one_of(case: Case, loose: Sequence[Mention]) -> Verdict | None:
    """Among several uncertain numbers the only one whose document has the amount."""
    found = [verdict for mention in loose if (verdict := _adding_up(case, named_by((mention,)), None))]
    return found[0] if len(found) == 1 and len(loose) > 1 else None


def _resolved(case: Case) -> tuple[Named, tuple[Mention, ...]]:
    """Mentions of one document each, the strongest per document, and those that stay unclear."""
    mentions = case.reading.mentions
    if len(mentions) == 1 and len(mentions[0].items) == 1:
        return named_by(mentions), ()
    best: dict[int, Mention] = {}
    several = []
    for mention in case.reading.mentions:
        items = _narrowed(case, mention)
        if len(items) != 1:
            several.append(mention)
            continue
        known = best.get(id(items[0]))
        if known is None or strength_of(mention) > strength_of(known):
            best[id(items[0])] = mention if len(mention.items) == 1 else _only(mention, items[0])
    unclear = tuple(m for m in several if not any(id(item) in best for item in m.items))
    return named_by(best.values()), unclear


def _narrowed(case: Case, mention: Mention) -> tuple[Item, ...]:
    """The items of a mention as far as the payer decides between them, or as far as they can be paid at all."""
    items = mention.items
    if len(items) == 1 or case.reading.has_two_readings:
        return items
    payers, _ = case.party.suspects()
    if payers and (own := tuple(item for item in items if item.customer in payers)):
        items = own
    if len({item.number for item in items}) == 1:
        items = tuple(item for item in items if item.remaining > 0) or items[:1]
    return items


def _adding_up(case: Case, named: Named, row: Row | None) -> Verdict | None:
    """The verdict when the money settles exactly these documents."""
    usable = tuple([item for item in named.items if case.is_usable(item)])
    if len(named.customers) != 1:
        return _several_customers(case, named) if named.strength >= Strength.SHORT else None
    if not usable:
        return None
    customer = named.customers[0]
    fit = explain(usable, case.money, case.left)
    if fit is None:
        return None
    proof = case.party.proof_of(customer)
    known = proof is not Proof.NONE
    if row is None or known or fit.kind != "exact":
        row = table.ADDS_UP[named.strength][known]
    verdict = _applied(case, named, row, fit)
    return verdict if len(usable) == len(named.items) else with_unusable(case, verdict, named, usable)


def _applied(case: Case, named: Named, row: Row, fit: Fit) -> Verdict:
    customer = named.customers[0]
    return Verdict(
        row=row,
        customer=customer,
        parts=fit.parts,
        fit=fit,
        unapplied=fit.unapplied,
        contradictions=("needs_consent",) if fit.asks else (),
        mentions=named.mentions,
        proof=case.party.proof_of(customer),
        considered=frozenset((customer,)),
    )


def _several_customers(case: Case, named: Named) -> Verdict | None:
    """Documents of several customers: a split when they add up together, else the one customer whose documents do."""
    usable = tuple(item for item in named.items if case.is_usable(item))
    if len(usable) == len(named.items) and sum(map(case.left_of, usable)) == case.money.amount:
        parts = tuple(Part(item, case.left_of(item)) for item in usable)
        considered = frozenset(named.customers)
        return Verdict(table.TWO_CUSTOMERS, parts=parts, mentions=named.mentions, considered=considered)
    fits = []
    for customer in named.customers:
        own = tuple(item for item in usable if item.customer == customer)
        fit = explain(own, case.money, case.left) if own else None
        if fit is not None:
            fits.append((customer, own, fit))
    if len(fits) > 1:
        fits = [found for found in fits if case.party.proof_of(found[0]) is not Proof.NONE]
    if len(fits) != 1:
        return None
    _, own, fit = fits[0]
    others = [Option(i.customer, i, "is named, but belongs to another customer") for i in named.items if i not in own]
    return _applied(case, named.of(own), table.ONE_OF_CUSTOMERS, fit).also(*others)


def _two_readings(case: Case, unclear: Sequence[Mention]) -> Verdict | None:
    items = [item for mention in unclear for item in mention.items]
    fitting = [item for item in items if case.is_usable(item) and explain((item,), case.money, case.left)]
    options = tuple(Option(item.customer, item, "may be meant by this number") for item in fitting or items)
    considered = frozenset(item.customer for item in items)
    if len(fitting) != 1:
        return Verdict(table.TWO_READINGS, options=options, mentions=tuple(unclear), considered=considered)
    item = fitting[0]
    fit = explain((item,), case.money, case.left)
    parts = fit.parts if fit else ()
    return Verdict(
        table.TWO_READINGS, item.customer, parts, fit, options=options, mentions=tuple(unclear), considered=considered
    )


def _in_ranges(case: Case) -> tuple[Mention, ...]:
    """The documents of ranges; between two documents of one customer only his are meant."""
    found = []
    for first, *inner, last in case.reading.ranges:
        customers = {first.items[0].customer, last.items[0].customer}
        found += [first, *(m for m in inner if len(customers) > 1 or m.items[0].customer in customers), last]
    return tuple(found)


def _only(mention: Mention, item: Item) -> Mention:
    strength = min(mention.strength, Strength.WEAK)
    return Mention(
        (item,),
        strength,
        mention.text,
        mention.start,
        mention.end,
        mention.kind,
        mention.label,
        is_soft=mention.is_soft,
    )
