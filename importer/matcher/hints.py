"""What is left when neither numbers nor payer decide: candidates for a person, nothing more. And money that is no receipt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

from importer.matcher import table
from importer.matcher.amounts import Fit, Part, explain
from importer.matcher.books import Item
from importer.matcher.contradict import is_from_provider
from importer.matcher.evidence import Strength
from importer.matcher.near import near_items
from importer.matcher.normalise import plain
from importer.matcher.parties import Proof, account_key
from importer.matcher.verdict import Case, Option, Verdict
from importer.matcher.words import PAYOUT_WORDS, REFUND_WORDS, RETURN_WORDS

_MOST_OPTIONS = 10


def by_hints(case: Case) -> Verdict:
    """Candidates from near numbers, the amount, uncertain numbers and vague names; nothing is set."""
    if mapped_elsewhere(case):
        return Verdict(table.TEXT_MAPPING)
    near = [item for item in near_items(case) if case.is_usable(item) and explain((item,), case.money, case.left)]
    if len(near) == 1:
        return _low(
            table.NEAR,
            (Option(near[0].customer, near[0], "differs from what is written in one place of its Document No."),),
        )
    if verdict := _by_unsure_numbers(case):
        return verdict
    if case.party.vague:
        return _low(table.VAGUE_NAME, _open_items(case, case.party.vague, "is open, and the name is similar"))
    if case.party.uncertain_numbers:
        return _low(
            table.NUMBER_ALONE,
            _open_items(case, case.party.uncertain_numbers, "is open, and the text may give its Customer No."),
        )
    return _by_amount(case)


def _by_unsure_numbers(case: Case) -> Verdict | None:
    """Numbers that may name a document; when one fits several documents there is not even a candidate to prefer."""
    unsure = [m for m in case.reading.mentions if not m.is_soft and m.strength > Strength.NEAR]
    if not unsure:
        return None
    items = {id(item): item for mention in unsure for item in mention.items}
    row = table.NUMBER_UNSURE if any(len(m.items) == 1 for m in unsure) else table.NUMBER_AMBIGUOUS
    return _low(row, (Option(i.customer, i, "may be meant by a number in the text") for i in items.values()))


def mapped_elsewhere(case: Case) -> bool:
    """Whether a text-to-account mapping sends the line to another kind of account."""
    text = plain(case.line.text)
    return any(
        mapping.account_type != "Customer" and mapping.text.strip() and plain(mapping.text) in text
        for mapping in case.settings.text_mappings
    )


def by_sign(case: Case, own_accounts: frozenset[str]) -> Verdict | None:
    """Lines that are no receipt of a customer's money; None when the line is one."""
    if not case.settings.match_customers:
        return Verdict(table.SWITCHED_OFF)
    if case.money.amount == 0:
        return Verdict(table.ZERO)
    if case.money.amount < 0:
        return _outgoing(case)
    if own_accounts and case.line.iban and account_key(case.line.iban) in own_accounts:
        return Verdict(table.OWN_TRANSFER)
    return None


def is_payout(case: Case) -> bool:
    """Whether the line is a collective payout of a payment provider."""
    return is_from_provider(case) and (not PAYOUT_WORDS.isdisjoint(case.reading.words) or not case.reading.mentions)


def _outgoing(case: Case) -> Verdict:
    """Money paid out: a refund when it names an open credit memo of this amount, a returned payment when it says so."""
    mentions = [
        m for m in case.reading.mentions if len(m.items) == 1 and m.strength >= Strength.SHORT and not m.is_soft
    ]
    items = tuple({id(m.items[0]): m.items[0] for m in mentions}.values())
    customers = {item.customer for item in items}
    named = tuple(Option(item.customer, item, "is named in the text") for item in items)
    if len(customers) != 1:
        return Verdict(table.OUTGOING, options=named)
    customer = items[0].customer
    memos = [item for item in items if case.is_usable(item) and case.left_of(item) < 0]
    if len(memos) == len(items) and sum(map(case.left_of, memos)) == case.money.amount:
        return _refund(case, customer, memos)
    if not RETURN_WORDS.isdisjoint(case.reading.words) and not memos:
        return Verdict(table.RETURNED, customer, options=named, mentions=tuple(mentions), unapplied=case.money.amount)
    return Verdict(table.OUTGOING, options=named)


def _refund(case: Case, customer: str, memos: Sequence[Item]) -> Verdict:
    parts = tuple(Part(item, case.left_of(item)) for item in memos)
    against = ("account_of_other",) if case.party.contradicts(customer) else ()
    returned = ("return_words",) if (RETURN_WORDS - REFUND_WORDS).intersection(case.reading.words) else ()
    return Verdict(
        table.REFUND,
        customer,
        parts,
        Fit("exact", parts),
        contradictions=(*against, *returned),
        mentions=tuple(m for m in case.reading.mentions if len(m.items) == 1),
        proof=case.party.proof_of(customer),
        considered=frozenset((customer,)),
    )


def _low(row: table.Row, options: Iterable[Option]) -> Verdict:
    found = tuple(options)[:_MOST_OPTIONS]
    return Verdict(row, options=found, considered=frozenset(option.customer for option in found), proof=Proof.NONE)


def _open_items(case: Case, customers: Sequence[str], why: str) -> Iterable[Option]:
    for customer in customers:
        usable = (item for item in case.books.open_of.get(customer, ()) if case.is_usable(item))
        items = list(islice(usable, 3))
        yield from (Option(customer, item, why) for item in items)
        if not items:
            yield Option(customer, None, why)


def _by_amount(case: Case) -> Verdict:
    """The open documents of this amount: one is a candidate, several are not even that."""
    found = [item for item in _of_amount(case) if case.is_usable(item)]
    if not found:
        return Verdict(table.NOTHING)
    options = tuple(Option(item.customer, item, "is open and has this amount") for item in found[:_MOST_OPTIONS])
    considered = frozenset(item.customer for item in found[:_MOST_OPTIONS])
    row = table.AMOUNT_ONLY if len(found) == 1 else table.AMOUNT_AMBIGUOUS
    return Verdict(row, options=options, considered=considered)


def _of_amount(case: Case) -> Sequence[Item]:
    tolerance = case.money.allowance.match_tolerance(case.money.amount)
    if not tolerance:
        found = case.books.of_amount(case.currency, case.money.amount)
        return found[: 2 * _MOST_OPTIONS]
    rows = case.books.amounts.get(case.currency, [])
    first = bisect_left(rows, case.money.amount - tolerance, key=lambda row: row[0])
    last = bisect_right(rows, case.money.amount + tolerance, key=lambda row: row[0])
    return [item for _, item in rows[first : min(last, first + 2 * _MOST_OPTIONS)]]
