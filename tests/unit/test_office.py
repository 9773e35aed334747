"""What the work on a company begins with, and how waiting for Business Central ends when somebody wants the work to end."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from pathlib import Path

import pytest

from importer import office
from importer.bc.auth import Token
from importer.config import Company
from importer.errors import Busy
from importer.office import open_client
from importer.shipped import shipped

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


def test_companies_that_begin_at_once_read_the_mappings_once(tmp_path: Path) -> None:
    own = ["a-kasse", "a-sparbank"]
    for name in own:
        shutil.copy(shipped("mappings") / "generic.toml", tmp_path / f"{name}.toml")
    before, ready = office._loaded.cache_info().misses, threading.Barrier(8)  # noqa: SLF001 - how often is seen nowhere else

    def begin(_: int) -> list[str]:
        ready.wait()
        return [mapping.id for mapping in office._mappings(tmp_path)][:2]  # noqa: SLF001

    with ThreadPoolExecutor(8) as companies:
        assert list(companies.map(begin, range(8))) == [own] * 8
    assert office._loaded.cache_info().misses == before + 1  # noqa: SLF001
