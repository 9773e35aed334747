"""Who the service takes the importer for: the companies of one principal share its limits and its token.

The service counts requests per user. In one process all companies of a principal go through one share; where the ledger is
a PostgreSQL, the limits are those of all processes that use it.
"""

from __future__ import annotations

import atexit
from functools import cache, partial
from urllib.parse import urlsplit

from importer.bc.auth import principal
from importer.bc.limits import Share, Shares
from importer.config import Company
from importer.fleet.shared_pace import Database, SharedPace


def share_of(company: Company, state: str) -> Share:
    """The limits and the token that this company shares with all others of its principal and environment."""
    return _shares(state).of(principal_of(company))


def principal_of(company: Company) -> str:
    """Who the service takes the importer for when it works on this company, and in which environment. Holds no secret."""
    address = urlsplit(company.base_url)
    return f"{principal(company.auth)} at {address.netloc}{address.path.partition('/api/')[0]}"


def books_of(company: Company) -> str:
    """Which company of Business Central this section of importer.toml works on, as far as the section says it."""
    return f"{company.base_url.rstrip('/')} {company.company}".casefold()


@cache
def _shares(state: str) -> Shares:
    if not state.startswith(("postgresql://", "postgres://")):
        return Shares()
    database = Database(state)
    atexit.register(database.close)
    return Shares(partial(SharedPace, database))
