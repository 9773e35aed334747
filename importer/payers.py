"""The payer register: which account or name pays for which customer, who said so and when (matching.md §10.3).

It holds what the API cannot give. Entries come from a file or from a person's decisions; a contradiction disables them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from stdnum import iban

from importer.choices import Choices
from importer.errors import UnusableFile
from importer.master import Given, MasterFile
from importer.matcher import Payer, PayerKind, Payers
from importer.model import BankLine
from importer.plan import Plan

COLUMNS = ("customer", "account", "name", "kind")
_IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11}")


@dataclass(frozen=True, slots=True)
class Registered:
    """One entry with its origin: `source` is a file or a run, `author` who decided, `count` how often it was confirmed."""

    payer: Payer
    source: str
    author: str
    recorded_at: datetime
    count: int = 1
    disabled: bool = False


def usable(register: Iterable[Registered]) -> Payers:
    """What the matcher may rely on."""
    return Payers(tuple(entry.payer for entry in register if not entry.disabled))


def plain_account(account: str) -> str:
    """An account number without blanks and punctuation, in upper case."""
    return "".join(char for char in account.upper() if char.isalnum())


def with_entries(register: Sequence[Registered], new: Sequence[Registered]) -> tuple[Registered, ...]:
    """The register after new entries: the same one again counts, and one that contradicts a confirmed one disables both.

    Two customers paid from one confirmed account contradict each other; what a file registers (own accounts, payers for
    several customers) does not, because somebody wrote it down on purpose.
    """
    entries = {_name(entry.payer): entry for entry in register}
    for entry in new:
        known = entries.get(_name(entry.payer))
        if known is not None:
            disabled = known.disabled and entry.payer.kind is PayerKind.CONFIRMED
            entries[_name(entry.payer)] = replace(entry, count=known.count + entry.count, disabled=disabled)
            continue
        rivals = [name for name, other in entries.items() if _contradicts(other.payer, entry.payer)]
        for name in rivals:
            entries[name] = replace(entries[name], disabled=True)
        entries[_name(entry.payer)] = replace(entry, disabled=bool(rivals))
    return tuple(entries[name] for name in sorted(entries))


def _contradicts(one: Payer, other: Payer) -> bool:
    confirmed = one.kind is other.kind is PayerKind.CONFIRMED
    same = bool(one.account) and plain_account(one.account) == plain_account(other.account)
    return confirmed and same and one.customer != other.customer


def _name(payer: Payer) -> tuple[str, str, str, str]:
    return (
        payer.customer,
        plain_account(payer.account),
        "" if payer.account else payer.name.casefold(),
        payer.kind.value,
    )


def confirmed(choices: Choices, plan: Plan, run: str, at: datetime) -> tuple[Registered, ...]:
    """What the decisions of a review teach: the account of each bank line that a person gave to one customer."""
    decided = {choice.key: choice.entry.decided_by for choice in choices.choices}
    learned = []
    for decision in plan.writes:
        line = decision.source.line
        customers = {payment.customer for payment in decision.payments}
        if decision.source.key in decided and isinstance(line, BankLine) and line.iban and len(customers) == 1:
            payer = Payer(customers.pop(), plain_account(line.iban), line.counterparty, PayerKind.CONFIRMED)
            learned.append(Registered(payer, run, decided[decision.source.key], at))
    return tuple(learned)


def without_corrected(register: Sequence[Registered], choices: Choices, plan: Plan) -> tuple[Registered, ...]:
    """The register without what was learned from decisions that a person takes back: the payment gets another customer."""
    decided = {choice.key for choice in choices.choices}
    left = {_name(entry.payer): entry for entry in register}
    for decision in plan.patches:
        line = decision.source.line
        if decision.source.key in decided and isinstance(line, BankLine) and line.iban:
            changes = (change for patch in decision.patches for change in patch.changes)
            for customer in {change.old for change in changes if change.field == "customerNumber"}:
                name = _name(Payer(customer, line.iban, line.counterparty, PayerKind.CONFIRMED))
                if (entry := left.pop(name, None)) and entry.count > 1:
                    left[name] = replace(entry, count=entry.count - 1)
    return tuple(left.values())


class PayerRegister(Protocol):
    """Where the register is kept: the ledger."""

    def payers(self, company_id: str) -> tuple[Registered, ...]:
        """All entries, also disabled ones."""

    def keep_payers(self, company_id: str, register: Sequence[Registered]) -> None:
        """Replace the register; needs the company's lock."""


def entries_of(file: MasterFile, at: datetime) -> tuple[Registered, ...]:
    """The entries of a file with the columns customer, account, name, kind; kind is own, payer or empty for own.

    Raises:
        UnusableFile: with everything that is wrong, by row.
    """
    captions = [caption.strip().lower() for caption in file.header]
    strangers = [caption for caption in captions if caption not in COLUMNS]
    if "customer" not in captions or strangers or not {"account", "name"} & set(captions):
        raise UnusableFile(
            f"{file.name}: the columns must be {', '.join(COLUMNS)}; the file has {', '.join(file.header)}."
        )
    entries, problems = [], []
    for row in file.rows:
        cells = {caption: _text(cell) for caption, cell in zip(captions, row.cells, strict=False)}
        problem = _wrong(cells)
        if problem:
            problems.append(f"row {row.number}: {problem}")
            continue
        kind = PayerKind(cells.get("kind", "").lower() or PayerKind.OWN)
        payer = Payer(cells["customer"], plain_account(cells.get("account", "")), cells.get("name", ""), kind)
        entries.append(Registered(payer, file.name, "", at))
    if problems:
        raise UnusableFile(
            "\n".join([f"{file.name}: nothing was registered.", *(f"  {problem}" for problem in problems)])
        )
    return tuple(entries)


def _wrong(cells: Mapping[str, str]) -> str:
    if not cells.get("customer"):
        return "customer is empty; wanted a customer number"
    if not (cells.get("account") or cells.get("name")):
        return "account and name are both empty; wanted at least one"
    account = plain_account(cells.get("account", ""))
    if _IBAN.match(account) and not iban.is_valid(account):
        return f'account "{account}" looks like an IBAN but its check digits are wrong'
    kind = cells.get("kind", "").lower()
    return "" if kind in ("", *PayerKind) else f'kind "{kind}" is unknown; wanted {", ".join(PayerKind)}'


def _text(cell: Given) -> str:
    return cell.strip() if isinstance(cell, str) else f"{cell:f}" if isinstance(cell, Decimal) else ""
