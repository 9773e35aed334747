"""Who pays: accounts, the payer register, customer numbers and names, each with how much it proves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from importer.matcher.evidence import Reading
from importer.matcher.masks import Masked
from importer.matcher.names import Named, NameIndex
from importer.matcher.normalise import compact, plain
from importer.matcher.settings import MatchingSettings, PayerKind, Payers
from importer.model import BankLine, Customer

_UNNAMED = Named()
_NOBODY: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


class Proof(StrEnum):
    """What the payer is known by, from strong to nothing."""

    ACCOUNT = "account"
    NUMBER = "customer number"
    NAME = "name"
    NONE = "none"


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
        if self.owners == (customer,) or (customer in self.paid_for and customer not in self.owners):
            return Proof.ACCOUNT
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
        self._parent_of = {customer.number: customer.parent for customer in customers if customer.parent}
        self._mappings = _customer_mappings(settings, known)
        self._names = NameIndex(customers, names) if settings.name_matching != "disabled" else None

    def find(self, line: BankLine, reading: Reading, masked: Masked) -> Party:
        """Everything that says who pays this line."""
        account = line.iban or (masked.accounts[0] if len(masked.accounts) == 1 else "")
        owners, paid_for = self._by_account(account) if account else _NOBODY
        if self._mappings:
            mapped = {customer for text, customer in self._mappings if text in plain(line.text)}
            owners = tuple(sorted({*owners, *mapped})) if mapped else owners
        certain, uncertain = _NOBODY
        if reading.customers:
            certain = tuple(dict.fromkeys(m.customer for m in reading.customers if m.is_certain))
            uncertain = tuple(dict.fromkeys(m.customer for m in reading.customers if not m.is_certain))
        written = line.counterparty.strip() or masked.name
        named = self._named(line, masked.name)
        names = named.certain
        if len(names) == 1 and not owners and (family := self._children.get(names[0])):
            names = tuple(sorted({*names, *family}))
        return Party(owners, paid_for, certain, names, named.vague, uncertain, bool(written))

    def _by_account(self, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        key = compact(account)
        owners = self._owners.get(key, set())
        paid_for = self._paid_for.get(key, set())
        if not owners and not paid_for:
            return _NOBODY
        children = {child for owner in owners for child in self._children.get(owner, ())}
        return tuple(sorted(owners)), tuple(sorted(paid_for | children))

    def _named(self, line: BankLine, tagged: str) -> Named:
        """Who is named: the one he pays for, if a tag says so, else the counterparty, else somebody in the text."""
        if self._names is None:
            return _UNNAMED
        if tagged and (found := self._names.payer(tagged)).certain:
            return found
        written = line.counterparty.strip() or tagged
        return self._names.payer(written) if written else self._names.mentioned(line.text)

    @staticmethod
    def _add(index: defaultdict[str, set[str]], account: str, customer: str) -> None:
        key = compact(account)
        if key:
            index[key].add(customer)
            if key[:2].isalpha() and len(key) >= 15:  # the national account number inside an IBAN
                index[key[4:]].add(customer)


def _customer_mappings(settings: MatchingSettings, known: Iterable[str]) -> tuple[tuple[str, str], ...]:
    known = set(known)
    return tuple(
        (plain(mapping.text), mapping.account_no)
        for mapping in settings.text_mappings
        if mapping.account_type == "Customer" and mapping.account_no in known and mapping.text.strip()
    )
