"""Opens what one company's work needs of the world: ledger, client, mappings, clock."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.config import Company, Configuration
from importer.ledger import open_ledger
from importer.mapping import Mapping, load_mappings
from importer.ports import BusinessCentral, Ledger, Now, Progress, Sleep
from importer.shipped import shipped
from importer.writer import Policy, Ports

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Office:
    """One company and everything its work needs of the world, opened and passed in."""

    company: Company
    business_central: BusinessCentral
    ledger: Ledger
    mappings: Sequence[Mapping]
    now: Now
    sleep: Sleep
    progress: Progress

    @property
    def ports(self) -> Ports:
        """The world as the writer sees it."""
        return Ports(self.business_central, self.ledger, self.now, self.sleep, self.progress)

    @property
    def policy(self) -> Policy:
        """How careful the writer is with what it does not know."""
        return Policy(settle_after=self.company.settle_after)


def utc_now() -> datetime:
    """The time of this machine, aware, in UTC."""
    return datetime.now(UTC)


@contextmanager
def open_office(
    configuration: Configuration,
    company: Company,
    progress: Progress,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Office]:
    """Everything to work on one company; closed again at the end.

    Args:
        transport: what carries requests instead of the network, such as a sandbox in the same process.
    """
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(configuration.state, utc_now))
        client = stack.enter_context(open_client(company, transport))
        folders = [folder for folder in (configuration.mappings, shipped("mappings")) if folder]
        yield Office(company, client, ledger, load_mappings(folders), utc_now, time.sleep, progress)


def open_client(company: Company, transport: httpx.BaseTransport | None = None) -> Client:
    """The client of one company; close it, or use it in a `with`."""
    return Client(
        Connection(
            flavour=company.api,
            base_url=company.base_url,
            company=company.company,
            journal=company.journal,
            currency=company.currency,
            auth=company.auth,
            transport=transport,
            now=utc_now,
            sleep=time.sleep,
        )
    )
