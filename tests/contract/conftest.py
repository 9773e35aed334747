"""The services that the conformance cases ask; see conformance.py."""

import os
from collections.abc import Iterator

import pytest

from tests.contract.conformance import Service, real_service, sandbox_service


@pytest.fixture
def service() -> Iterator[Service]:
    """The service that the environment names, else a sandbox with fresh books."""
    url = os.environ.get("CONFORMANCE_URL")
    if url is None:
        yield sandbox_service()
        return
    real = real_service(url)
    with real.client:
        real.clear()
        yield real
        real.clear()


@pytest.fixture
def fresh() -> Service:
    """A sandbox with fresh books, for cases that a shared service must not see."""
    return sandbox_service()
