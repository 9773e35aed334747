"""Opens what one company's work needs of the world: ledger, client, mappings, clock."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from importer.bc.client import Client
from importer.bc.connection import Connection
from importer.bc.limits import Share
from importer.cache_ports import Cache, Remembering
from importer.config import Company, Configuration
from importer.customer_ports import CustomerLedger, CustomerMaster
from importer.customers import Desk
from importer.errors import Busy
from importer.ledger import open_cache, open_ledger
from importer.mapping import Mapping, load_mappings
from importer.payers import PayerRegister
from importer.ports import BusinessCentral, Ledger, Now, Progress, Rehearsing, Sleep, Stop, Uptime, no_uptime
from importer.shipped import shipped
from importer.states import Ticks
from importer.writer import Policy, Ports
from importer.writer.session import never

if TYPE_CHECKING:
    import httpx

_LOOK_AGAIN_S = 0.5
_LOADING = Lock()


_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Office:
    """One company and everything its work needs of the world, opened and passed in."""

    company: Company
    business_central: BusinessCentral
    ledger: Ledger
    register: PayerRegister
    rehearsing: Rehearsing
    remembering: Remembering
    mappings: Sequence[Mapping]
    now: Now
    sleep: Sleep
    progress: Progress
    stop: Stop = never
    uptime: Uptime = no_uptime

    @property
    def ports(self) -> Ports:
        """The world as the writer sees it."""
        return Ports(self.business_central, self.ledger, self.now, self.sleep, self.progress, self.stop, self.uptime)

    @property
    def policy(self) -> Policy:
        """How careful the writer is with what it does not know."""
        return Policy(settle_after=self.company.settle_after)


@dataclass(frozen=True, slots=True)
class CustomerOffice:
    """One company and everything that work on its customers needs of the world, opened and passed in."""

    company: Company
    master: CustomerMaster
    ledger: CustomerLedger
    now: Now
    sleep: Sleep
    progress: Progress
    stop: Stop = never

    @property
    def desk(self) -> Desk:
        """The world as the writer of customers sees it."""
        return Desk(self.master, self.ledger, self.sleep, self.progress, self.stop)


def utc_now() -> datetime:
    """The time of this machine, aware, in UTC."""
    return datetime.now(UTC)


def machine_uptime() -> Ticks | None:
    """How long this machine runs, also while it sleeps; None where it does not say which of its starts that was."""
    start = _this_start()
    return None if start is None else Ticks(start, time.clock_gettime(time.CLOCK_BOOTTIME))


@cache
def _this_start() -> str | None:
    """The name of this start of the machine: no process sees two of them."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return None


@contextmanager
def open_office(
    configuration: Configuration,
    company: Company,
    progress: Progress,
    transport: httpx.BaseTransport | None = None,
    *,
    stop: Stop = never,
    share: Share | None = None,
) -> Iterator[Office]:
    """Everything to work on one company; closed again at the end.

    Args:
        transport: what carries requests instead of the network, such as a sandbox in the same process.
        stop: who may want the work to end early.
        share: limits and token that this company shares with others of its principal; its own when there is none.
    """
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(configuration.state, utc_now, machine_uptime))
        cache = stack.enter_context(open_cache(configuration.state))
        client = stack.enter_context(open_client(company, transport, share, cache, stop))
        yield Office(
            company=company,
            business_central=client,
            ledger=ledger,
            register=ledger,
            rehearsing=client,
            remembering=client,
            mappings=_mappings(configuration.mappings),
            now=utc_now,
            sleep=partial(_sleep, stop),
            progress=progress,
            stop=stop,
            uptime=machine_uptime,
        )


@contextmanager
def open_customer_office(
    configuration: Configuration, company: Company, progress: Progress, *, stop: Stop = never
) -> Iterator[CustomerOffice]:
    """Everything to work on the customers of one company; closed again at the end."""
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(configuration.state, utc_now))
        client = stack.enter_context(open_client(company, stop=stop))
        yield CustomerOffice(company, client, ledger, utc_now, partial(_sleep, stop), progress, stop)


def _mappings(own: Path | None) -> Sequence[Mapping]:
    """All mappings, read once for all companies of a process, and again when one of the user's own was added or changed."""
    files = sorted(own.rglob("*.toml")) if own else []
    stamps = tuple((path, path.stat().st_mtime_ns) for path in files)
    # A night begins with many companies at once, and each would read them all.
    with _LOADING:
        return _loaded(own, stamps)


@lru_cache(maxsize=4)
def _loaded(own: Path | None, stamps: object) -> Sequence[Mapping]:  # noqa: ARG001 - part of the key
    return load_mappings([shipped("mappings"), *([own] if own else [])])


def open_client(
    company: Company,
    transport: httpx.BaseTransport | None = None,
    share: Share | None = None,
    cache: Cache | None = None,
    stop: Stop = never,
) -> Client:
    """The client of one company; close it, or use it in a `with`. Without a cache it reads everything.

    Asked to stop, it waits no longer and raises Busy.
    """
    return Client(
        Connection(
            flavour=company.api,
            base_url=company.base_url,
            company=company.company,
            journal=company.journal,
            journals=company.journals,
            currency=company.currency,
            auth=company.auth,
            share=share or Share(),
            cache=cache,
            transport=transport,
            now=utc_now,
            sleep=partial(_sleep_before_a_request, stop),
        )
    )


def _sleep(stop: Stop, seconds: float, /) -> None:
    """Wait, but not beyond the wish to stop: a server may ask for a pause of a quarter of an hour."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not stop():
        time.sleep(min(left, _LOOK_AGAIN_S))


def _sleep_before_a_request(stop: Stop, seconds: float, /) -> None:
    _sleep(stop, seconds)
    if why := stop():
        # A pause that was cut short must not be followed by the request that it was meant to hold back.
        raise Busy(f"Stopped: {why}, while waiting for Business Central. The next run goes on.")
