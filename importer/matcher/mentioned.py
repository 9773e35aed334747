"""The documents a line names, as a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from importer.matcher.books import Item
from importer.matcher.evidence import Mention, Strength
from importer.matcher.words import Label

_SHORT = Strength.SHORT
_COMPLETE_ENOUGH = frozenset(
    (
        "document number without zeros",
        "document number with zeros in front",
        "document number with look-alike letters",
        "joined document number",
        "list of document numbers",
        "number in spreadsheet notation",
    )
)


class Named(NamedTuple):
    """The documents a line names, each once in order of appearance, with the strongest mention of each.

    `customers` are theirs, in order of appearance. `strength` is the weakest of all mentions.
    """

    mentions: tuple[Mention, ...] = ()
    items: tuple[Item, ...] = ()
    customers: tuple[str, ...] = ()
    strength: Strength = Strength.NEAR

    def of(self, items: Iterable[Item]) -> Named:
        """Only these documents."""
        wanted = {id(item) for item in items}
        return named_by(mention for mention in self.mentions if id(mention.items[0]) in wanted)


def named_by(mentions: Iterable[Mention]) -> Named:
    """The documents of mentions that each have one reading and a document of their own."""
    mentions = tuple(mentions)
    if len(mentions) == 1:
        items = mentions[0].items
        return Named(mentions, items, (items[0].customer,), strength_of(mentions[0]))
    items = tuple(mention.items[0] for mention in mentions)
    customers = tuple(dict.fromkeys(item.customer for item in items))
    return Named(mentions, items, customers, min(map(strength_of, mentions), default=Strength.NEAR))


def united(first: Sequence[Mention], further: Sequence[Mention]) -> Named:
    """Both together, each document once; of two mentions the first counts."""
    found: dict[int, Mention] = {}
    for mention in (*first, *further):
        if len(mention.items) == 1:
            found.setdefault(id(mention.items[0]), mention)
    return named_by(found.values())


def strength_of(mention: Mention) -> Strength:
    """The strength of a mention; a soft one is weak at best."""
    if mention.is_soft and mention.strength is Strength.FULL:
        return Strength.WEAK
    return mention.strength


def is_firm(mention: Mention) -> bool:
    """Whether the mention counts whatever the amount says."""
    if mention.is_soft:
        return False
    return mention.strength >= _SHORT or mention.kind == "list of document numbers"


def for_part(named: Named) -> Strength:
    """The strength for a part payment: complete but for zeros or look-alikes is good enough."""
    strength = named.strength
    if strength is Strength.WEAK and all(
        m.strength >= Strength.SHORT or m.kind in _COMPLETE_ENOUGH or m.label is Label.INVOICE for m in named.mentions
    ):
        return Strength.SHORT
    return strength
