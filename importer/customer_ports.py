"""What changing customers asks of the world, beside ports.py: the customers of one company, and a part of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from importer.master import CustomerPatch, CustomerRecord, Fields
from importer.plan import LinePatch
from importer.ports import Changed, Missing, NotApplied, Refused, Unknown
from importer.states import PatchIntent, PatchMove, PatchState

# Where the ledger asks for a journal and there is none: changes of customers belong to the whole company.
NO_JOURNAL = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """The server changed the customer; `record` is what it stored."""

    record: CustomerRecord


CustomerReply = Stored | Refused | NotApplied | Changed | Missing | Unknown


class CustomerMaster(Protocol):
    """The customers of one company. Reads that decide are answered by the primary database."""

    @property
    def company_id(self) -> str:
        """The id of the company, asked once."""

    @property
    def company_name(self) -> str:
        """The name of the company, asked once."""

    @property
    def customer_properties(self) -> Fields:
        """What a customer consists of in the flavour that is spoken."""

    def customer_records(self, properties: Collection[str] = ()) -> tuple[CustomerRecord, ...]:
        """All customers, freshly read from the primary: at least with these properties, with all that there are for none."""

    def codes(self, table: str) -> Mapping[str, str] | None:
        """The codes of a small table (currencies, paymentTerms …) by their ids; None where the server shows none."""

    def patch_customers(self, patches: Sequence[CustomerPatch]) -> tuple[CustomerReply, ...]:
        """Change customers, at most 100, each only if it is still the version of its etag; one reply for each, in the same
        order. Never raises after the first byte was sent: what is not known is `Unknown`.
        """


class CustomerLedger(Protocol):
    """The part of the ledger that changes of customers need; see `Ledger`. A change is kept as a `LinePatch`: its
    `line_id` is the customer's id, its `line_number` the row of the file, and its key the customer's number.
    """

    def lock(self, company_id: str) -> AbstractContextManager[None]:
        """Hold the company's lock; what a run that died left as being sent becomes unknown."""

    def start_customers(
        self, company_id: str, company: str, *, digest: str, document: str, patches: Sequence[tuple[str, LinePatch]]
    ) -> str:
        """Begin a run with the digest and the JSON text of its plan and with its changes; returns the run id."""

    def begin(self, company_id: str, journal_id: str, kind: str) -> str:
        """Begin a run that has no plan; returns the run id."""

    def finish(self, run: str, exit_code: int) -> None:
        """End the run."""

    def patches(self, company_id: str, journal_id: str, states: Collection[PatchState]) -> tuple[PatchIntent, ...]:
        """The changes in these states; those of customers have the journal `NO_JOURNAL`."""

    def untold_conflicts(self, company_id: str) -> tuple[PatchIntent, ...]:
        """The conflicts about customers that were found since a run that changes customers last came to its end."""

    def patches_of(self, run: str) -> tuple[PatchIntent, ...]:
        """The changes that this run planned, in order."""

    def record_patches(self, run: str, moves: Sequence[PatchMove]) -> tuple[PatchIntent, ...]:
        """Carry out these steps; all of them or none."""
