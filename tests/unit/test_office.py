"""Waiting for Business Central ends when somebody wants the work to end."""

from __future__ import annotations

import time
from itertools import chain, repeat

import pytest

from importer.bc.auth import Token
from importer.config import Company
from importer.errors import Busy
from importer.office import open_client

COMPANY = Company(
    name="cronus",
    base_url="https://bc.example/api/v2.0",
    company="CRONUS",
    journal="BANK",
    currency="EUR",
    auth=Token("env:BC_TOKEN"),
)


def test_a_pause_is_cut_short_by_who_wants_to_stop() -> None:
    began = time.monotonic()
    reasons = chain(["", ""], repeat("signal SIGTERM"))
    with open_client(COMPANY, stop=lambda: next(reasons)) as client, pytest.raises(Busy, match="signal SIGTERM"):
        client._connection.sleep(600)  # noqa: SLF001 - what the client waits with
    assert time.monotonic() - began < 10


def test_a_pause_that_nobody_cuts_short_lasts_as_long_as_it_should() -> None:
    began = time.monotonic()
    with open_client(COMPANY) as client:
        client._connection.sleep(0.3)  # noqa: SLF001 - what the client waits with
    assert 0.3 <= time.monotonic() - began < 10
