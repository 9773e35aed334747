"""What can be proposed when the money does not settle exactly what a line names. Never more than medium."""

from __future__ import annotations

from collections.abc import Sequence

from importer.matcher import table
from importer.matcher.amounts import Part, by_due_date
from importer.matcher.books import Item
from importer.matcher.evidence import Strength
from importer.matcher.mentioned import Named, for_part
from importer.matcher.parties import Proof
from importer.matcher.sentences import state_of
from importer.matcher.subsets import few_subsets
from importer.matcher.table import Row
from importer.matcher.verdict import Case, Option, Verdict

# Why a document that is named is not applied to; else it is its status.
_WHY = {
    table.NOT_YET.name: "has a later Posting Date than the payment",
    table.TAKEN.name: "is already applied to by another payment",
    table.CREDIT_NAMED.name: "is a Credit Memo",
    table.CURRENCY.name: "is in another currency",
    table.SOME_UNCLEAR.name: "is named, but the amount covers only some of the named documents",
}


def not_adding_up(case: Case, named: Named) -> Verdict | None:
    """What can be proposed when the money does not settle exactly what is named."""
    if len(named.customers) != 1:
        return None
    customer = named.customers[0]
    if case.party.contradicts(customer):
        return None
    usable = tuple(item for item in named.items if case.is_usable(item))
    if not usable:
        return _nothing_usable(case, named)
    total = sum(map(case.left_of, usable))
    base = Verdict(
        table.NOTHING,
        customer,
        mentions=named.mentions,
        proof=case.party.proof_of(customer),
        considered=frozenset((customer,)),
    )
    if total <= 0:
        return _only_customer(base, table.CREDIT_NAMED, usable, case)
    if len(usable) > 1 and (verdict := _some_of(case, base, usable)):
        return verdict
    verdict = _short(case, base, named, usable) if total > case.money.amount else _over(case, base, named, usable)
    return with_unusable(case, verdict, named, usable) if verdict else None


def _nothing_usable(case: Case, named: Named) -> Verdict | None:
    item = named.items[0]
    row, _ = why_not(case, item)
    proof = case.party.proof_of(item.customer)
    if named.strength < Strength.SHORT and proof is Proof.NONE:
        return None
    base = Verdict(row, item.customer, mentions=named.mentions, proof=proof, considered=frozenset((item.customer,)))
    if row is table.CURRENCY and (proof is not Proof.NONE or _is_stated(case, named.items)):
        parts = tuple(
            Part(item, case.left_of(item)) for item in named.items if item.currency == named.items[0].currency
        )
        return Verdict(
            row, item.customer, parts=parts, mentions=named.mentions, proof=proof, considered=base.considered
        )
    equal = [
        Option(item.customer, other, "is open and has the same amount")
        for other in case.books.open_items(item.customer, case.money.amount)
        if case.left_of(other) == case.money.amount and case.is_usable(other)
    ]
    return _only_customer(base, row, named.items, case).also(*equal)


def _is_stated(case: Case, items: Sequence[Item]) -> bool:
    """Whether the line states the open amount of the documents in their own currency."""
    total = sum(map(case.left_of, items))
    return (items[0].currency, total) in case.reading.stated


def _only_customer(base: Verdict, row: Row, items: Sequence[Item], case: Case) -> Verdict:
    options = tuple(Option(item.customer, item, _WHY.get(row.name) or state_of(item.document)) for item in items)
    return Verdict(
        row,
        base.customer,
        unapplied=case.money.amount,
        options=options,
        mentions=base.mentions,
        proof=base.proof,
        considered=base.considered,
    )


def _some_of(case: Case, base: Verdict, usable: Sequence[Item]) -> Verdict | None:
    """The only subset of the named documents that adds up; the customer alone when two subsets do."""
    amounts = [case.left_of(item) for item in usable]
    found = few_subsets(amounts, case.money.amount) if min(amounts) > 0 else ()
    if not found:
        return None
    if len(found) > 1:
        return _only_customer(base, table.SOME_UNCLEAR, usable, case)
    parts = tuple(Part(usable[place], amounts[place]) for place in found[0])
    rest = [
        Option(i.customer, i, "is named, but the money does not reach it")
        for n, i in enumerate(usable)
        if n not in found[0]
    ]
    return _proposal(base, table.SOME_NAMED, parts).also(*rest)


def _proposal(base: Verdict, row: Row, parts: tuple[Part, ...], unapplied: int = 0) -> Verdict:
    return Verdict(
        row,
        base.customer,
        parts,
        unapplied=unapplied,
        mentions=base.mentions,
        proof=base.proof,
        considered=base.considered,
    )


def _short(case: Case, base: Verdict, named: Named, usable: Sequence[Item]) -> Verdict | None:
    """Less money than named: less the only credit memo, else a part payment in order of due dates."""
    missing = sum(map(case.left_of, usable)) - case.money.amount
    memos = [
        item
        for item in case.books.open_items(base.customer or "", -missing)
        if case.is_usable(item) and case.left_of(item) == -missing and item not in usable
    ]
    if len(memos) == 1:
        parts = tuple(Part(item, case.left_of(item)) for item in (*usable, memos[0]))
        return _proposal(base, table.CREDIT, parts)
    credit = tuple(Part(item, case.left_of(item)) for item in usable if case.left_of(item) < 0)
    money = case.money.amount - sum(part.gross for part in credit)
    parts = by_due_date([item for item in usable if case.left_of(item) > 0], money, case.left)
    row = table.FALLS_SHORT[for_part(named)][base.proof is not Proof.NONE]
    if row is table.NUMBER_UNSURE:
        return None
    row = table.DUE_ORDER if len(usable) > 1 and row is table.PART else row
    applied = {id(part.item) for part in parts}
    left_out = [
        Option(i.customer, i, "is named, but the money does not reach it") for i in usable if id(i) not in applied
    ]
    options = [Option(memo.customer, memo, "may have been deducted") for memo in memos]
    return _proposal(base, row, (*parts, *credit)).also(*left_out, *options)


def _over(case: Case, base: Verdict, named: Named, usable: Sequence[Item]) -> Verdict | None:
    """More money than named: the open charges explain it, else the rest stays on the account."""
    parts = tuple(Part(item, case.left_of(item)) for item in usable)
    over = case.money.amount - sum(part.gross for part in parts)
    own = [i for i in case.books.open_items(base.customer or "", over) if case.is_usable(i) and i not in usable]
    charges = [item for item in own if item.is_charge and case.left_of(item) > 0]
    found = few_subsets([case.left_of(item) for item in charges], over)
    if found and len(found) == 1:
        return _proposal(base, table.CHARGES, (*parts, *(Part(charges[n], case.left_of(charges[n])) for n in found[0])))
    row = table.GOES_OVER[for_part(named)][base.proof is not Proof.NONE]
    if row is table.NUMBER_UNSURE:
        return None
    equal = [
        Option(i.customer, i, "is open, and its amount is what is left over") for i in own if case.left_of(i) == over
    ]
    return _proposal(base, row, parts, over).also(*equal)


def with_unusable(case: Case, verdict: Verdict, named: Named, usable: Sequence[Item]) -> Verdict:
    """The verdict with what speaks against it because of documents that cannot be applied to."""
    for item in named.items:
        if item not in usable:
            row, contradiction = why_not(case, item)
            why = _WHY.get(row.name) or state_of(item.document)
            verdict = verdict.but(contradiction).also(Option(item.customer, item, why))
    return verdict


def why_not(case: Case, item: Item) -> tuple[Row, str]:
    """Why a document cannot be applied to: the row when it is all that is named, the contradiction when it is not."""
    if item.remaining == 0:
        return table.CLOSED, "closed_document"
    if item.currency != case.currency:
        return table.CURRENCY, "further_number"
    if item.posted > case.money.on:
        return table.NOT_YET, "later_document"
    return table.TAKEN, "taken_document"
