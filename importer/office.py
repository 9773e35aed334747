"""Opens what one company's work needs of the world: ledger, client, mappings, clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.config import Company, Configuration
from importer.ledger import open_ledger
from importer.mapping import load_mappings
from importer.pipeline import Office
from importer.ports import Progress
from importer.shipped import shipped

if TYPE_CHECKING:
    import httpx


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
