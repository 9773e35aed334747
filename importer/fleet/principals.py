"""Who the service takes the importer for: the companies of one principal share its limits and its token."""

from __future__ import annotations

from urllib.parse import urlsplit

from importer.bc.auth import Wallet, principal
from importer.bc.connection import Shared
from importer.bc.limits import Pace, Paces
from importer.config import Company

# The service counts requests per user, so everything that one process does for a principal goes through one pace.
_PACES = Paces()
_WALLET = Wallet()


def shared_by(company: Company) -> Shared:
    """What this company shares, in this process, with all others of its principal."""
    return Shared(pace_of(company), _WALLET)


def pace_of(company: Company) -> Pace:
    """The limits that this company shares, in this process, with all others of its principal and environment."""
    return _PACES.of(principal_of(company))


def principal_of(company: Company) -> str:
    """Who the service takes the importer for when it works on this company, and in which environment. Holds no secret."""
    address = urlsplit(company.base_url)
    return f"{principal(company.auth)} at {address.netloc}{address.path.partition('/api/')[0]}"
