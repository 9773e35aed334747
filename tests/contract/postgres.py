"""A database of its own for a test, on the PostgreSQL server that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any  # rows of a database have no better type
from uuid import uuid4

import pytest

POSTGRES = "IMPORTER_TEST_POSTGRES"


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database, gone at the end; the test is skipped where there is no server."""
    server = os.environ.get(POSTGRES)
    if not server:
        # The server that runs everything must have one; elsewhere its absence is said.
        assert os.environ.get("CI") != "true", f"{POSTGRES} must name a PostgreSQL server"
        pytest.skip(f"{POSTGRES} names no server")
    import psycopg

    name = f"{kind}_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows(state: str, query: str) -> list[Any]:
    """What a query gives."""
    import psycopg

    with psycopg.connect(state, autocommit=True) as connection:
        return connection.execute(query).fetchall()
