"""Who pays: accounts, the payer register, customer numbers and names, each with how much it proves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from importer.matcher.evidence import CustomerMention, Reading
from importer.matcher.exact_names import ExactNames
from importer.matcher.masks import Masked
from importer.matcher.names import Named, NameIndex
from importer.matcher.normalise import compact, plain
from importer.matcher.settings import MatchingSettings, PayerKind, Payers
from importer.model import BankLine, Customer

_NOBODY: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
_NO_NAME = Named()


class Proof(StrEnum):
    """What the payer is known by, from strong to nothing."""

    ACCOUNT = "account"
    NUMBER = "customer number"
    NAME = "name"
    NONE = "none"


_BY_ACCOUNT = Proof.ACCOUNT


class Party(NamedTuple):
    """The payer of one line.

    `owners` hold the account themselves; `paid_for` may be paid from it as well: subsidiaries and those the register names.
    """

    owners: tuple[str, ...] = ()
    paid_for: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    uncertain_numbers: tuple[str, ...] = ()
    is_named_payer: bool = False  # the names come from the counterparty's field, not from free text

    def proof_of(self, customer: str) -> Proof:
        """How the customer is known as the payer."""
        owners = self.owners
        if owners == (customer,) or (customer in self.paid_for and customer not in owners):
            return _BY_ACCOUNT
        if self.numbers == (customer,):
            return Proof.NUMBER
        if self.names == (customer,) or (customer in self.owners and customer in self.names):
            return Proof.NAME
        return Proof.NONE

    def contradicts(self, customer: str) -> str:
        """Why this customer is not the payer: "account", "customer number", "name"; "" when nothing speaks against it."""
        if self.owners and customer not in self.owners and customer not in self.paid_for:
            return Proof.ACCOUNT.value
        if self.numbers and customer not in self.numbers:
            return Proof.NUMBER.value
        known = customer in self.owners or customer in self.paid_for
        if self.is_named_payer and self.names and customer not in self.names and not known:
            return Proof.NAME.value
        return ""

    def suspects(self) -> tuple[tuple[str, ...], Proof]:
        """The customers it may be, by the strongest fact there is."""
        if self.numbers:
            return self.numbers, Proof.NUMBER
        if self.owners:
            narrowed = tuple(customer for customer in self.owners if customer in self.names)
            return (narrowed, Proof.NAME) if narrowed and len(self.owners) > 1 else (self.owners, Proof.ACCOUNT)
        if self.paid_for:
            return self.paid_for, Proof.ACCOUNT
        return self.names, Proof.NAME


class PartyIndex:
    """Finds the payer of a line among the customers and the payer register."""

    def __init__(self, customers: Sequence[Customer], payers: Payers, settings: MatchingSettings) -> None:
        self._owners: defaultdict[str, set[str]] = defaultdict(set)
        self._paid_for: defaultdict[str, set[str]] = defaultdict(set)
        known = {customer.number for customer in customers}
        children: defaultdict[str, set[str]] = defaultdict(set)
        for customer in customers:
            children[customer.parent].add(customer.number)
            for account in customer.accounts:
                self._add(self._owners, account, customer.number)
        names = []
        for entry in payers.entries:
            if entry.customer in known:
                own = entry.kind is not PayerKind.PAYER
                self._add(self._owners if own else self._paid_for, entry.account, entry.customer)
                names += [(entry.name, entry.customer)] if entry.name else []
        self._children = children
        self._known: dict[tuple[str, str, str], Party] = {}
        self._mappings = _customer_mappings(settings, known)
        self._names = _names(settings, customers, names)

    def find(self, line: BankLine, reading: Reading, masked: Masked) -> Party:
        """Everything that says who pays this line."""
        account = line.iban or (masked.accounts[0] if len(masked.accounts) == 1 else "")
        known_by = account, line.counterparty, masked.name
        party = self._known.get(known_by)
        if party is None:
            party = self._known[known_by] = self._payer(*known_by)
        if not party.is_named_payer and self._names is not None:
            party = self._with_names(party, self._names.mentioned(line.text))
        if self._mappings:
            mapped = {customer for text, customer in self._mappings if text in plain(line.text)}
            party = party._replace(owners=tuple(sorted({*party.owners, *mapped}))) if mapped else party
        return _with_numbers(party, reading.customers) if reading.customers else party

    def _payer(self, account: str, counterparty: str, tagged: str) -> Party:
        """The payer by account and name; of names the one he pays for, if a tag says so, else the counterparty's."""
        owners, paid_for = self._by_account(account) if account else _NOBODY
        is_named = bool(counterparty.strip() or tagged)
        if self._names is None or not is_named:
            return Party(owners, paid_for, is_named_payer=is_named)
        named = self._names.payer(tagged) if tagged else _NO_NAME
        if not named.certain:
            named = self._names.payer(counterparty.strip() or tagged)
        return Party(owners, paid_for, (), self._family(named, owners), named.vague, (), is_named)

    def _with_names(self, party: Party, named: Named) -> Party:
        return party._replace(names=self._family(named, party.owners), vague=named.vague)

    def _family(self, named: Named, owners: Sequence[str]) -> tuple[str, ...]:
        """Who is certainly named; a parent without an account of its own stands for its subsidiaries as well."""
        names = named.certain
        if len(names) == 1 and not owners and (family := self._children.get(names[0])):
            return tuple(sorted({*names, *family}))
        return names

    def _by_account(self, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        key = compact(account)
        owners, paid_for = self._owners.get(key), self._paid_for.get(key, ())
        if owners is None and not paid_for:
            return _NOBODY
        children = {child for owner in owners or () for child in self._children.get(owner, ())}
        return tuple(sorted(owners or ())), tuple(sorted({*paid_for, *children}))

    @staticmethod
    def _add(index: defaultdict[str, set[str]], account: str, customer: str) -> None:
        key = compact(account)
        if key:
            index[key].add(customer)
            if key[:2].isalpha() and len(key) >= 15:  # the national account number inside an IBAN
                index[key[4:]].add(customer)


@lru_cache(maxsize=1 << 16)
def account_key(written: str) -> str:
    """An account without what is printed between its characters; the same few payers come again and again."""
    return compact(written)


def _with_numbers(party: Party, mentions: Sequence[CustomerMention]) -> Party:
    certain = tuple(dict.fromkeys([m.customer for m in mentions if m.is_certain]))
    uncertain = tuple(dict.fromkeys([m.customer for m in mentions if not m.is_certain]))
    return Party(party.owners, party.paid_for, certain, party.names, party.vague, uncertain, party.is_named_payer)


def _names(
    settings: MatchingSettings, customers: Sequence[Customer], others: Sequence[tuple[str, str]]
) -> NameIndex | ExactNames | None:
    match settings.name_matching:
        case "tokens":
            return NameIndex(customers, others)
        case "exact-permutations":
            return ExactNames(customers, others)
        case "disabled":
            return None


def _customer_mappings(settings: MatchingSettings, known: Iterable[str]) -> tuple[tuple[str, str], ...]:
    known = set(known)
    return tuple(
        (plain(mapping.text), mapping.account_no)
        for mapping in settings.text_mappings
        if mapping.account_type == "Customer" and mapping.account_no in known and mapping.text.strip()
    )
