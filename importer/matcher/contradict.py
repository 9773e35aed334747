"""What speaks against a conclusion. Any of it sends a line to a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from importer.matcher.amounts import Part
from importer.matcher.books import Item
from importer.matcher.evidence import END_ONLY, INCOMPLETE, OR_YEAR, Mention, Place, Strength
from importer.matcher.forms import SHORTEST_END
from importer.matcher.normalise import plain
from importer.matcher.partly import why_not
from importer.matcher.verdict import Case, Option, Verdict
from importer.matcher.words import PROVIDERS, RETURN_WORDS, Label

_MOST_RUNNERS_UP = 3
_NAME_BEHIND = re.compile(r" [^\W\d_]{3}")
_UNNAMED = "has the same amount, but the text does not name it"
_ELSEWHERE = "has the same amount, but its number in the text is said to be something else"
_BY_PARTY = {"account": "account_of_other", "customer number": "number_of_other", "name": "name_of_other"}


def against_named(case: Case, verdict: Verdict, mentions: Sequence[Mention]) -> Verdict:
    """The verdict with everything the line says against it.

    Args:
        mentions: all documents the line names, those of the verdict among them.
    """
    reading = case.reading
    found = list(in_general(case))
    if verdict.fit and verdict.fit.kind == "exact" and "provider" in found:
        found.remove("provider")  # the whole amount came through: no fee was kept
    if verdict.customer and (against := case.party.contradicts(verdict.customer)):
        found.append(_BY_PARTY[against])
    if reading.unknown and reading.names_unknown():
        found.append("unknown_number")
    further: list[Mention] = []
    if len(reading.mentions) > 1:
        further = _further(verdict, mentions)
        found += ["further_number" if case.is_usable(m.items[0]) else why_not(case, m.items[0])[1] for m in further]
        found += ["further_number"] if _is_any_unclear(reading.mentions, verdict) else []
    incomplete = [mention.kind for mention in verdict.mentions if mention.kind in INCOMPLETE]
    if END_ONLY in incomplete and not case.settings.omitted_prefix:
        found.append("not_allowed")
    twins = _twins(case, verdict) if incomplete or any(map(_may_be_else, verdict.mentions)) else []
    found += ["other_explanation"] if twins else []
    if reading.has_open_range:
        found.append("open_range")
    if reading.has_invalid_reference:
        found.append("invalid_reference")
    options = [Option(m.items[0].customer, m.items[0], "is named as well") for m in further]
    options += _same_amount(case, verdict)
    options += [Option(item.customer, item, "is open and may be meant as well") for item in twins[:_MOST_RUNNERS_UP]]
    return verdict.but(*found).also(*options)


def _may_be_else(mention: Mention) -> bool:
    """Whether the whole number is there, but as something else as well: a date, the amount, a postal code before its town."""
    if not mention.is_soft or mention.strength < Strength.SHORT:
        return False
    return mention.strength is Strength.FULL or _NAME_BEHIND.match(mention.text.plain, mention.end) is not None


def _further(verdict: Verdict, mentions: Sequence[Mention]) -> list[Mention]:
    """The documents that the line means besides those of the verdict."""
    applied = {id(part.item) for part in verdict.parts}
    return [m for m in mentions if id(m.items[0]) not in applied and _is_meant(m, verdict.customer)]


def is_unexplained(case: Case, parts: Sequence[Part]) -> bool:
    """Whether some number of the line is explained by nothing: not by payer and amount, nor by these parts."""
    reading = case.reading
    paid = {id(part.item) for part in parts}
    names_others = any(m.kind != OR_YEAR and paid.isdisjoint(map(id, m.items)) for m in reading.mentions)
    return names_others or any(_is_unexplained(case, place) for place in reading.unknown) or reading.has_open_range


def _is_unexplained(case: Case, place: Place) -> bool:
    """Whether the number may stand for what is paid: not the amount, a year, or a telephone number that is no document's.

    An order or a contract of which no document is known may be paid in advance.
    """
    value = place.value
    if sum(map(str.isdigit, value)) < SHORTEST_END or value == str(int(case.line.amount.amount)) or _is_year(value):
        return False
    return place.label is not Label.PHONE or value in case.numbers.exact


def in_general(case: Case) -> tuple[str, ...]:
    """What speaks against any conclusion about this line."""
    found = () if RETURN_WORDS.isdisjoint(case.reading.words) else ("return_words",)
    return (*found, "provider") if is_from_provider(case) else found


def is_from_provider(case: Case) -> bool:
    """Whether a payment provider sent the money: its name is in the counterparty's, or in the text without one.

    A customer who is called like that is no provider.
    """
    name = case.line.counterparty
    is_provider = _is_provider(name) if name else not PROVIDERS.isdisjoint(case.reading.words)
    return is_provider and not (case.party.names or case.party.owners)


@lru_cache(maxsize=1 << 16)
def _is_provider(name: str) -> bool:
    return not PROVIDERS.isdisjoint(plain(name).split())


def _is_meant(mention: Mention, customer: str | None) -> bool:
    """Whether the line means this document, too; four bare digits only if they are an open document of the same customer."""
    if mention.is_soft:
        item = mention.items[0]
        return mention.strength is Strength.SHORT and item.is_open and item.customer == customer
    return (
        mention.strength >= Strength.SHORT
        or mention.label is Label.INVOICE
        or mention.kind == "list of document numbers"
    )


def _same_amount(case: Case, verdict: Verdict) -> list[Option]:
    """The runners-up: documents of the same amount that lost because the line does not name them."""
    found = case.books.of_amount(case.currency, case.money.amount)
    if len(found) <= len(verdict.parts):
        return []
    applied = {id(part.item) for part in verdict.parts}
    others = [item for item in found[:_MOST_RUNNERS_UP] if id(item) not in applied]
    elsewhere = {place.value for place in case.reading.unknown}
    return [Option(item.customer, item, _ELSEWHERE if item.number in elsewhere else _UNNAMED) for item in others]


def _twins(case: Case, verdict: Verdict) -> list[Item]:
    """The customer's other open documents of the same amount: then the amount does not confirm part of a number."""
    applied = {id(part.item) for part in verdict.parts}
    amounts = {part.gross for part in verdict.parts}
    others = (item for amount in sorted(amounts) for item in case.books.open_items(verdict.customer or "", amount))
    found = {id(item): item for item in others if case.left_of(item) in amounts and id(item) not in applied}
    return list(found.values())


def _is_any_unclear(mentions: Sequence[Mention], verdict: Verdict) -> bool:
    """Whether a number said to be an invoice fits several documents, none of them applied to."""
    unclear = [mention for mention in mentions if len(mention.items) > 1 and mention.label is Label.INVOICE]
    applied = {id(part.item) for part in verdict.parts}
    return any(applied.isdisjoint(map(id, mention.items)) for mention in unclear)


def _is_year(value: str) -> bool:
    return len(value) == 4 and value[:2] in ("19", "20") and value.isdigit()
