"""What the ledger remembers of a company, as far as planning needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from importer.money import Money
from importer.plan import Payment, Seen


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a bank line.

    `done` are the parts known to exist or to have existed in Business Central, `unsettled` those sent with unknown
    outcome, `refused` those Business Central refused. `adopted` are those of `done` that were found in the journal, not
    sent by this ledger: nobody knows what was sent, so a person's edit cannot be told from it and they are never changed.
    """

    seen: Seen
    done: tuple[Payment, ...] = ()
    unsettled: tuple[Payment, ...] = ()
    refused: tuple[Payment, ...] = ()
    adopted: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A bank line imported earlier, to be compared with new ones that may be the same booking in other words."""

    key: str
    account: str
    booked_on: date
    amount: Money
    mapping: str
    seen: Seen


@dataclass(frozen=True)
class History:
    """What the ledger remembers of one company, as far as planning needs it.

    `known` is by key. `equals` counts, per fingerprint, the lines already imported from other files than the ones being
    planned; it matters for banks whose files never repeat a line (`Overlap.INCREMENTAL`). `earlier` are the lines that
    became payments, `ignored` the keys that a person left out, `decided` those whose payments a person chose in a review.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    equals: Mapping[str, int] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()
    ignored: Collection[str] = ()
    decided: Collection[str] = ()
